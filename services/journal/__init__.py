"""The journal: pages of marks and attendance, topics and homework, with a history nobody can change unseen.

Owns the pages and everything written on them, and which periods are closed. Publishes what was
recorded. Hears from identity who people are and which groups they belong to, from schedule the
year, the subjects, who teaches what, and the lessons.
"""
