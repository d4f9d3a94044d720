"""Who is told what: notices of marks and absences in the portal, and the letters that carry them.

Owns notices, preferences and letters. Publishes nothing. Listens to identity, schedule and journal.
"""
