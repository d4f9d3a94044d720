"""What a second `web` process is worth where two cores serve the database and the clients besides.

A second process wins no more than the first left idle. With the clients and PostgreSQL on the same cores
that is the less, the more of a request's cost is theirs; so the path judged is the one whose cost lies in
web, a sheet of term-end marks. Of a page and of a save no more can be asked than that nobody waits for
anybody: all cores are busy. Who took them is said beside each figure.
"""

from collections.abc import Callable, Iterator

from tests.bench.finals import CLIENTS, TermEnd, term_end
from tests.bench.measure import Cores, Figure, Turn, in_turn, rate
from tests.support.ports import free_port
from tests.support.postgres import Postgres

TIMES = 1.7
BUSY = 0.9
"""Of all cores; the rest is the disk, for which the school's last commit waits alone, and the scheduler."""


class Served:
    """A running journal behind one of its ports, and who takes the cores while it is measured."""

    def __init__(self, running: TermEnd, cluster: Postgres) -> None:
        self.running = running
        self.web = running.deployment.webs["journal"]
        self.port = running.deployment.ports["journal"]
        self.pids = {"web": self.web.pid, "database": cluster.pid}
        self.cores = Cores(**self.pids)

    def rate(self, turn_of: Callable[[int], Turn]) -> float:
        """Return turns a second."""
        self.running.deployment.ports["journal"] = self.port
        return self.cores.during(lambda: rate(turn_of, clients=CLIENTS))


def figures(cluster: Postgres, _: object) -> Iterator[Figure]:
    """Measure a sheet of term-end marks, a class page and a save of period marks, by one and by two."""
    with term_end(cluster, processes=1) as running:
        one = Served(running, cluster)
        running.deployment.ports["journal"] = free_port()
        running.deployment.start_web("journal", processes=2)
        two = Served(running, cluster)
        yield _compared("open a term-end sheet", "sheets/s", running.opening_sheets, one, two, is_of_web=True)
        yield _compared("open a class page", "pages/s", running.opening_pages, one, two)
        yield _compared("set a class's period marks", "classes/s", running.setting, one, two)
        assert not running.errors, running.errors[:3]
        one.web.kill()


def _compared(
    path: str, unit: str, turn_of: Callable[[int], Turn], one: Served, two: Served, *, is_of_web: bool = False
) -> Figure:
    one.cores, two.cores = Cores(**one.pids), Cores(**two.pids)
    ours, single = in_turn(lambda: two.rate(turn_of), lambda: one.rate(turn_of))
    holds = ours >= TIMES * single or (not is_of_web and two.cores.busy >= BUSY)
    wanted = f"≥ {TIMES} times" + ("" if is_of_web else f", or {BUSY:.0%} busy")
    note = f"({two.cores}; by one process {one.cores})"
    return Figure(f"{path}, two processes", unit, ours, single, "one process", wanted, holds, note)
