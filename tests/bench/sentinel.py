"""How long it takes to find what contradicts itself in a whole school (clause 4.2.1; under 5 ms a pupil)."""

from datetime import timedelta
from uuid import UUID

import psycopg

from services.journal.queries.contradictions import contradiction_list
from shared.auth import Actor
from shared.clock import now
from shared.ids import new_id
from tests.bench.finals import TermEnd
from tests.bench.measure import Figure, Turn, in_turn, rate

WANTED = 200
"""Pupils a second: 5 ms each."""

CELLS = """
SELECT e.lesson_id, e.slot, e.pupil_id, e.value FROM entries e JOIN lessons l ON l.id = e.lesson_id
WHERE e.value IS NOT NULL AND l.school_id = %(school)s AND l.held_on BETWEEN %(first)s AND %(last)s
"""
STAYS = "SELECT group_id, pupil_id, from_on, until_on FROM enrolments WHERE school_id = %(school)s"


def whole_school(running: TermEnd) -> Figure:
    """Measure one look over a school whose every pupil has a mark in every lesson."""
    pupils = sum(len(one.pupil_ids) for one in running.school.classes)
    ours, limit = in_turn(
        lambda: pupils * rate(lambda _: _look(running), clients=1),
        lambda: pupils * rate(lambda _: _bare(running), clients=1),
    )
    name, note = "contradictions of a school", f"{1000 / ours:.2f} ms a pupil"
    return Figure(name, "pupils/s", ours, limit, "bare psycopg, same rows", "< 5 ms", ours > WANTED, note)


def _look(running: TermEnd) -> Turn:
    database = running.deployment.database("journal")
    deputy = new_id()
    actor = Actor("deputy", running.school.school_id, deputy, frozenset({"deputy"}))
    day = now().date()

    def turn() -> None:
        with database.reading(running.school.school_id) as session:
            contradiction_list(session, actor, day - timedelta(days=60), day + timedelta(days=60))

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
