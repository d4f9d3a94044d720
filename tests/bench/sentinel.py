"""How long it takes to find what contradicts itself in a whole school (clause 4.2.1; under 5 ms a pupil)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg

from services.journal.queries.contradictions import contradiction_list
from shared.auth import Actor
from shared.clock import now
from shared.ids import new_id
from tests.bench.finals import TermEnd
from tests.bench.measure import Figure, Turn, cpu_rate, in_turn

WANTED = 200
"""Pupils a second: 5 ms each."""

CELLS = """
SELECT e.lesson_id, e.slot, e.pupil_id, e.value FROM entries e JOIN lessons l ON l.id = e.lesson_id
WHERE e.value IS NOT NULL AND l.school_id = %(school)s AND l.held_on BETWEEN %(first)s AND %(last)s
"""
STAYS = "SELECT group_id, pupil_id, from_on, until_on FROM enrolments WHERE school_id = %(school)s"


def whole_school(running: TermEnd) -> Figure:
    """Measure one look over a clean school whose every pupil has a mark in every lesson.

    What counts is the work of this process: the rule's own cost, on however busy a machine.
    """
    pupils = sum(len(one.pupil_ids) for one in running.school.classes)
    look, bare = _look(running), _bare(running)
    ours, limit = in_turn(lambda: pupils * cpu_rate(look), lambda: pupils * cpu_rate(bare))
    found = look()["open"]
    note = f"{1000 / ours:.2f} ms of processor a pupil, {found} found"
    holds = ours > WANTED and not found
    name = "contradictions of a school"
    return Figure(name, "pupils/s", ours, limit, "bare psycopg, same rows", "< 5 ms", holds, note)


def _look(running: TermEnd) -> Callable[[], dict[str, Any]]:
    database = running.deployment.database("journal")
    actor = Actor("deputy", running.school.school_id, new_id(), frozenset({"deputy"}))
    day = now().date()

    def turn() -> dict[str, Any]:
        with database.reading(running.school.school_id) as session:
            return contradiction_list(session, actor, day - timedelta(days=60), day + timedelta(days=60))

    return turn


def _bare(running: TermEnd) -> Turn:
    connection = psycopg.connect(running.url, autocommit=True)
    school: UUID = running.school.school_id
    connection.execute("SELECT set_config('parta.school', %s, false)", (str(school),))
    day = now().date()
    given = {"school": school, "first": day - timedelta(days=60), "last": day + timedelta(days=60)}

    def turn() -> None:
        for asked in (CELLS, STAYS):
            connection.execute(asked, given, prepare=True).fetchall()

    return turn
