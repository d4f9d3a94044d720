"""What the school prints: a read model of the class journal, copied from events, and its pages as PDF.

Owns nothing but copies. Publishes nothing. Listens to identity, schedule and journal.
"""
