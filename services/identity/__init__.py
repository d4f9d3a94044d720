"""Identity: schools, people, who belongs to whom, and who is asking.

It owns the only personal data, tells it in `identity.*` events, and hears nobody.
"""
