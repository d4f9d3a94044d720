"""What a second `web` process is worth: one process on one core against two processes on two.

The database and the clients live on the same cores, so a machine of two is what such a school has. A
process alone on both is measured beside it: the database's share on the second core is then its gain,
and a second process wins no more than the first and its database left idle.
"""

import os
from collections.abc import Callable, Iterator

from tests.bench.finals import CLIENTS, TermEnd, term_end
from tests.bench.measure import Cores, Figure, Turn, confine, in_turn, rate
from tests.support.ports import free_port
from tests.support.postgres import Postgres

TIMES = 1.7


class Served:
    """A running journal behind one of its ports, on so many cores, and who takes them meanwhile."""

    def __init__(self, running: TermEnd, cluster: Postgres, cores: int) -> None:
        self.running = running
        self.web = running.deployment.webs["journal"]
        self.port = running.deployment.ports["journal"]
        self.roots = {"web": self.web.pid, "database": cluster.pid}
        self.places = sorted(os.sched_getaffinity(0))[:cores]
        self.taken = Cores(**self.roots)

    def rate(self, turn_of: Callable[[int], Turn]) -> float:
        """Return turns a second."""
        self.running.deployment.ports["journal"] = self.port
        with confine([os.getpid(), *self.roots.values()], self.places):
            return self.taken.during(lambda: rate(turn_of, clients=CLIENTS))


def figures(cluster: Postgres, _: object) -> Iterator[Figure]:
    """Measure a sheet of term-end marks, a class page and a save of period marks, by one and by two."""
    with term_end(cluster, processes=1) as running:
        one = running.deployment.webs["journal"]
        single, alone = Served(running, cluster, 1), Served(running, cluster, 2)
        running.deployment.ports["journal"] = free_port()
        running.deployment.start_web("journal", processes=2)
        served = Served(running, cluster, 2), single, alone
        yield _compared("open a term-end sheet", "sheets/s", running.opening_sheets, *served)
        yield _compared("open a class page", "pages/s", running.opening_pages, *served)
        yield _compared("set a class's period marks", "classes/s", running.setting, *served)
        assert not running.errors, running.errors[:3]
        one.kill()


def _compared(
    path: str, unit: str, turn_of: Callable[[int], Turn], two: Served, single: Served, alone: Served
) -> Figure:
    for each in (two, single, alone):
        each.taken = Cores(**each.roots)
    ours, limit = in_turn(lambda: two.rate(turn_of), lambda: single.rate(turn_of))
    beside = alone.rate(turn_of)
    note = f"({two.taken}; one process on one core {single.taken}, on both {beside:.1f}/s {alone.taken})"
    name, wanted = f"{path}, two processes", f"≥ {TIMES} times"
    return Figure(name, unit, ours, limit, "one process, one core", wanted, ours >= TIMES * limit, note)
