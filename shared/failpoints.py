"""Places where a test may end the process as a loss of power would (FAULTS F4).

`PARTA_FAILPOINT=after_commit_before_ack` kills at that place; `name:3` at the third time there.
Outside tests the variable is not set and a place costs one comparison.
"""

import os
import signal

PLACES = (
    "before_commit",
    "after_commit",
    "before_publish",
    "after_publish",
    "after_confirm",
    "after_cursor_update",
    "before_apply",
    "after_apply",
    "after_commit_before_ack",
    "after_ack",
    "before_smtp",
    "after_smtp",
)
"""In order: a write, the relay, the consumer, the postman."""

_armed, _, _times = os.environ.get("PARTA_FAILPOINT", "").partition(":")
_left = {_armed: int(_times or 1)}
if _armed and _armed not in PLACES:
    raise SystemExit(f"PARTA_FAILPOINT={_armed}: there is no such place. Use one of {', '.join(PLACES)}.")


def reach(place: str) -> None:
    """Die here, if this is the place."""
    if place != _armed:
        return
    _left[place] -= 1
    if _left[place] <= 0:
        os.kill(os.getpid(), signal.SIGKILL)
