"""A school of 60 classes: its timetable checked as one types a change, and a year's lessons made of it."""

import gc
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from itertools import combinations
from uuid import UUID

import psycopg

from services.schedule.actions.calendar import all_years
from services.schedule.actions.directories import RoomFacts, name_rooms, name_subjects
from services.schedule.actions.versions.checking import look
from services.schedule.actions.versions.drafts import CardFacts, find_timetable, make_draft
from services.schedule.actions.versions.publishing import publish_timetable
from services.schedule.actions.versions.showing import changed_card, places
from services.schedule.actions.year_plans import BellTime
from services.schedule.actions.years import plan_year
from services.schedule.models import Enrolment, Group, Timetable, Year, table
from services.schedule.rules.conflicts import conflicts_in
from services.schedule.rules.conflicts.facts import Placed, overlap
from shared.bulk import insert_rows
from shared.db import Database, SchoolSession
from shared.ids import new_id
from tests.bench.limits import bare_copy
from tests.bench.measure import Figure, Turn
from tests.schedule.makers import make_plan
from tests.support.databases import postgres_database
from tests.support.postgres import Postgres
from tests.support.rabbitmq import RabbitMQ

FIRST = date(2026, 9, 1)
CLASSES, PUPILS, TEACHERS, DAYS, HOURS = 60, 28, 120, 5, 7
ROUNDS = 3
TYPED = 20
LONGEST_MS = 100.0
LIMIT = "comparing all cards with all"


def figures(cluster: Postgres, _: RabbitMQ) -> Iterator[Figure]:
    """Measure the checks and the lessons on PostgreSQL."""
    with closing(Database(cluster.url(postgres_database("schedule", cluster)))) as database:
        school_id = new_id()
        with database.writing(school_id) as session:
            draft_id = _draft(session).id
        yield from _checks(database, school_id, draft_id)
        yield _lessons(cluster, database)


def _draft(session: SchoolSession) -> Timetable:
    """Enter a school whose every class has seven lessons on five days, five of them in two halves."""
    bells = [BellTime(number, f"{7 + number:02}:30", f"{8 + number:02}:15") for number in range(1, HOURS + 1)]
    year = plan_year(session, make_plan(bells=bells), 0)
    rooms, _ = name_rooms(session, [RoomFacts(f"{number}", 30) for number in range(2 * CLASSES)])
    subjects, _ = name_subjects(session, [f"Предмет {number}" for number in range(HOURS)])
    teachers = [new_id() for _ in range(TEACHERS)]
    places_, named = list(rooms.values()), list(subjects.values())
    cards: list[CardFacts] = []
    for number, (class_id, halves) in enumerate(_classes(session)):
        for hour in range(DAYS * HOURS):
            is_divided = hour % HOURS == HOURS - 1
            for half, group_id in enumerate(halves if is_divided else (class_id,)):
                lane = 2 * number + half
                cards.append(
                    CardFacts(
                        named[(hour + number) % HOURS],
                        [group_id],
                        [teachers[(lane + 2 * hour) % TEACHERS]],
                        places_[lane],
                        weekday=hour // HOURS + 1,
                        number=hour % HOURS + 1,
                    )
                )
    return make_draft(session, year, "Расписание", "manual", cards)


def _classes(session: SchoolSession) -> list[tuple[UUID, tuple[UUID, UUID]]]:
    school_id = UUID(session.info["school"])
    groups, stays, found = [], [], []
    for _ in range(CLASSES):
        class_id, halves = new_id(), (new_id(), new_id())
        kinds = ((class_id, "class", None), *((half, "group", class_id) for half in halves))
        groups += [
            {"id": id_, "school_id": school_id, "kind": kind, "name": "7", "grade": 7, "parent_id": parent}
            for id_, kind, parent in kinds
        ]
        for pupil in range(PUPILS):
            pupil_id = new_id()
            stays += [
                {
                    "group_id": one,
                    "pupil_id": pupil_id,
                    "from_on": FIRST,
                    "until_on": None,
                    "school_id": school_id,
                }
                for one in (class_id, halves[pupil % 2])
            ]
        found.append((class_id, halves))
    insert_rows(session, table(Group), groups)
    insert_rows(session, table(Enrolment), stays)
    return found


def _checks(database: Database, school_id: UUID, draft_id: UUID) -> Iterator[Figure]:
    with database.reading(school_id) as session:
        [year], draft = all_years(session), find_timetable(session, draft_id)
        found = look(session, year, draft, year.starts_on)
    cards = list(found.cards.values())
    started = time.perf_counter()
    _all_pairs(cards)
    pairs = 1 / (time.perf_counter() - started)
    pure = _seconds(lambda: conflicts_in(found.school, cards))
    yield _figure(f"conflicts of {len(cards):,} cards", pure, pairs)
    ids = [card.id for card in cards[:: len(cards) // TYPED]][:TYPED]
    gc.freeze()  # As a server does when it has started.
    with database.reading(school_id) as session:
        typed = _seconds(lambda: [changed_card(session, draft, id_, "ru") for id_ in ids]) / TYPED
        yield _figure("answer to a change of a card", typed, pairs)
        offered = _seconds(lambda: [places(session, draft_id, id_, "ru") for id_ in ids]) / TYPED
        yield _figure("places offered for a card", offered, pairs)


def _figure(name: str, seconds: float, pairs: float) -> Figure:
    note, wanted = f"({seconds * 1000:.0f} ms)", f"≤ {LONGEST_MS:.0f} ms"
    return Figure(name, "checks/s", 1 / seconds, pairs, LIMIT, wanted, seconds * 1000 <= LONGEST_MS, note)


def _all_pairs(cards: list[Placed]) -> int:
    return sum(
        overlap(one, other)
        and (one.teachers == other.teachers or one.room == other.room or one.groups == other.groups)
        for one, other in combinations(cards, 2)
    )


def _seconds(work: Turn) -> float:
    times = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return sorted(times)[ROUNDS // 2]


def _lessons(cluster: Postgres, database: Database) -> Figure:
    """Measure the publication of the whole school's timetable for the year, events included."""
    url = cluster.url(str(database.engine.url.database)).replace("+psycopg", "")
    rates: list[tuple[float, float]] = []
    for _ in range(ROUNDS):
        school_id = new_id()
        with database.writing(school_id) as session:
            draft_id = _draft(session).id
        with database.writing(school_id) as session:
            [year] = all_years(session, for_change=True)
            made, seconds = _publish(session, year, draft_id)
        rates.append((made / seconds, bare_copy(url, "lessons", _rows(url, school_id))))
    ours, limit = sorted(rates)[ROUNDS // 2]
    wanted = "≥ 10 %"
    name = f"make a year's {made:,} lessons"
    return Figure(name, "rows/s", ours, limit, "COPY of the same rows", wanted, ours >= limit / 10)


def _rows(url: str, school_id: UUID) -> list[tuple[object, ...]]:
    """Return the lessons as their table has them; the wall between schools is told the school."""
    with psycopg.connect(url) as connection:
        connection.execute("SELECT set_config('parta.school', %s, false)", (str(school_id),))
        return connection.execute("SELECT * FROM lessons WHERE school_id = %s", (school_id,)).fetchall()


def _publish(session: SchoolSession, year: Year, draft_id: UUID) -> tuple[int, float]:
    draft = find_timetable(session, draft_id)
    before = year.starts_on - timedelta(days=1)
    started = time.perf_counter()
    tally = publish_timetable(session, year, draft, from_on=year.starts_on, until_on=None, today=before)
    session.flush()
    return tally.created, time.perf_counter() - started
