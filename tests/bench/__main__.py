"""`make bench`: measure every hot path beside its limit and print the ratios."""

import sys
from collections.abc import Callable, Iterator

from rich.console import Console
from rich.table import Table

from tests.bench import (
    events,
    finals,
    journal,
    printing,
    processes,
    rosters,
    schools,
    sentinel,
    sign_ins,
    substitutions,
    timetables,
    tokens,
)
from tests.bench.measure import Figure
from tests.support.home import open_home
from tests.support.postgres import Postgres
from tests.support.rabbitmq import RabbitMQ


def _journal(cluster: Postgres, _: RabbitMQ) -> Iterator[Figure]:
    with journal.journal(cluster) as running:
        yield journal.saves(running)
        yield journal.pages(running)
        yield journal.diaries(running)


def _finals(cluster: Postgres, _: RabbitMQ) -> Iterator[Figure]:
    with finals.term_end(cluster) as running:
        yield finals.all_at_once(running)
        yield sentinel.whole_school(running)


def _rosters(cluster: Postgres, _: RabbitMQ) -> Iterator[Figure]:
    with rosters.rosters(cluster) as running:
        yield rosters.all_rosters(running)
        yield rosters.class_roster(running)


def _substitutions(cluster: Postgres, _: RabbitMQ) -> Iterator[Figure]:
    with substitutions.sick_week(cluster) as running:
        yield substitutions.candidates(running)


SECTIONS: dict[str, Callable[[Postgres, RabbitMQ], Iterator[Figure]]] = {
    "journal": _journal,
    "processes": processes.figures,
    "finals": _finals,
    "schools": schools.figures,
    "events": events.figures,
    "printing": printing.figures,
    "sign-ins": sign_ins.figures,
    "tokens": tokens.figures,
    "rosters": _rosters,
    "substitutions": _substitutions,
    "timetables": timetables.figures,
}


def main(chosen: list[str]) -> int:
    """Measure the chosen sections (all when none is named); 1 when a target is missed."""
    if unknown := set(chosen) - SECTIONS.keys():
        sys.exit(f"There is no {', '.join(sorted(unknown))}. Choose from: {', '.join(SECTIONS)}.")
    close = open_home()
    console = Console()
    table = Table("path", "unit", "ours", "limit", "the limit is", "ratio", "wanted", "")
    missed = 0
    try:
        cluster, broker = Postgres.create(), RabbitMQ.create()
        for name in chosen or SECTIONS:
            for figure in SECTIONS[name](cluster, broker):
                console.print(f"{figure.name}: {figure.ours:,.1f} {figure.unit} {figure.note}")
                missed += not figure.holds
                table.add_row(*_cells(figure))
    finally:
        close()
    console.print(table)
    return 1 if missed else 0


def _cells(figure: Figure) -> list[str]:
    return [
        figure.name,
        figure.unit,
        f"{figure.ours:,.1f}",
        f"{figure.limit:,.1f}",
        figure.limit_name,
        f"{figure.ratio:.2f}",
        figure.wanted,
        "" if figure.holds else "MISSED",
    ]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
