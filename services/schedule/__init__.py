"""Schedule: the academic year, subjects, load, timetable and dated lessons.

Publishes `schedule.*` events; listens to identity for schools, people, groups and who is whose.
"""
