"""Recording what happened before, at its own time: for filling the demonstration, and for nothing else.

The import contracts let nobody but the demonstration in, and what is set here is seen in the
thread that has set it: no request, whatever it says, and no worker can be told another time.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from shared.clock import MOMENT


class StillAhead(ValueError):
    """A moment that has not come cannot be recorded at."""


@contextmanager
def recorded_at(moment: datetime) -> Iterator[None]:
    """Let the clock of this thread stand at a past moment meanwhile; raises StillAhead."""
    if moment > datetime.now(UTC):
        raise StillAhead(moment.isoformat())
    token = MOMENT.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        MOMENT.reset(token)
