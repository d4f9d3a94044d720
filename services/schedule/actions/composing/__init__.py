"""Timetables composed by FET's command-line solver: its file written, the solver run, its result a draft."""
