"""What other timetable programs wrote, read into plain facts: no database, no decisions."""
