"""What the access log notes, and for how long."""

from datetime import timedelta

KEPT = timedelta(days=366)  # SECURITY 53: technical logs a year; the database holds them as long.
SEALED_EVERY = timedelta(seconds=30)
SEALED_LATE = timedelta(minutes=5)  # Whatever is older and not in the chain was put in afterwards.

# Renewed every five minutes by every browser: the session behind it was noted when it began.
NOT_NOTED = frozenset({"sessions.post_token", "sessions.delete_session"})
