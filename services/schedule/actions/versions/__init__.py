"""Versions of the timetable: drafts, their cards, publication and withdrawal (regulation 3.4.1)."""
