"""What a second `web` process is worth: 1.7 times the first, or all that the cores have left for it.

Where PostgreSQL takes a third of a request's cost and has no core of its own, two cores have no room for
1.7 times. Then it shows otherwise whether two processes hinder each other: threads that wait for one
another leave the cores to nobody, so that none would be ready to run and find no core free; and a second
of their work would be worth less than that of one alone.
"""

from collections.abc import Callable, Iterator

from tests.bench.finals import CLIENTS, TermEnd, term_end
from tests.bench.measure import Cores, Figure, Turn, in_turn, rate
from tests.support.ports import free_port
from tests.support.postgres import Postgres

TIMES = 1.7
QUEUED = 2.0
"""So many threads, at any moment, that were ready to run and had no core say that cores are what lacks."""


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
    queued = two.cores.queued("web")
    note = (
        f"({two.cores}, {queued:.1f} threads of web waiting for one; by one process {one.cores}; "
        f"a second of web's is worth {worth:.0%})"
    )
    holds = ours >= TIMES * single or (queued >= QUEUED and worth >= TIMES / 2)
    wanted = f"≥ {TIMES} times, or no core left"
    return Figure(f"{path}, two processes", unit, ours, single, "one process", wanted, holds, note)
