"""What a second `web` process is worth where two cores serve the database and the clients besides.

A second process wins no more than the first left idle: where PostgreSQL takes a third of a request's
cost, two cores may not show 1.7 times. So who took the cores is said beside each figure, and what a
second of web's is worth beside another process: less than alone where they wait for one another.
"""

from collections.abc import Callable, Iterator

from tests.bench.finals import CLIENTS, TermEnd, term_end
from tests.bench.measure import Cores, Figure, Turn, in_turn, rate
from tests.support.ports import free_port
from tests.support.postgres import Postgres

TIMES = 1.7


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
        yield _compared("open a term-end sheet", "sheets/s", running.opening_sheets, one, two)
        yield _compared("open a class page", "pages/s", running.opening_pages, one, two)
        yield _compared("set a class's period marks", "classes/s", running.setting, one, two)
        assert not running.errors, running.errors[:3]
        one.web.kill()


def _compared(path: str, unit: str, turn_of: Callable[[int], Turn], one: Served, two: Served) -> Figure:
    one.cores, two.cores = Cores(**one.pids), Cores(**two.pids)
    ours, single = in_turn(lambda: two.rate(turn_of), lambda: one.rate(turn_of))
    worth = (ours / two.cores.of("web")) / (single / one.cores.of("web"))
    note = f"({two.cores}; by one process {one.cores}; a second of web's is worth {worth:.0%})"
    return Figure(
        f"{path}, two processes",
        unit,
        ours,
        single,
        "one process",
        f"≥ {TIMES} times",
        ours >= TIMES * single,
        note,
    )
