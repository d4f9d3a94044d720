"""The demonstration school: invented people, a timetable without conflicts, a journal of the year so far.

Everything follows from one seed, so that two fills of the same day are the same school. People
and timetable are written as the files a school would bring, and enter through the same imports.
"""
