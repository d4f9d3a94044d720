"""Which tests the workers of pytest-xdist keep together.

Its own groups do nothing under pytest 9.2: it writes their names where that no longer reads them.
"""

from xdist.scheduler import LoadScopeScheduling

# One after another on one worker: some would load the machine alone, others share a costly world.
TOGETHER = ("faults", "deploy", "school")
LONG = ("access", "portal")  # Whose modules would keep one worker busy when the other has done.


def unit_of(nodeid: str) -> str:
    """Return what a test is kept together with: its folder, or its module."""
    path = nodeid.split("::", maxsplit=1)[0]
    folder = path.split("/")[1]
    return folder if folder in TOGETHER else path


def urgency_of(nodeid: str) -> int:
    """Return where in the run a test belongs: what cannot be divided goes first, short modules come last."""
    order = (*TOGETHER, *LONG)
    folder = nodeid.split("/")[1]
    return order.index(folder) if folder in order else len(order)


class Sharing(LoadScopeScheduling):
    """Units in the order of their tests."""

    def _split_scope(self, nodeid: str) -> str:
        return unit_of(nodeid)
