"""The migration that makes versions: what a running school has in force becomes the first of them."""

from datetime import date
from uuid import UUID

import pytest
from alembic import command
from sqlalchemy import MetaData, select, text

from services.schedule.models import Card, Slot, Timetable
from shared import migrate
from shared.db import EVERY_SCHOOL, Database
from shared.ids import new_id

BEFORE = "0005_plan_the_curriculum"
MONDAY, LATER = date(2026, 9, 7), date(2026, 10, 5)


@pytest.fixture(params=["sqlite", "postgresql"])
def running(request, tmp_path):
    """A database as it was before, with the tables of that day."""
    name = ""
    if request.param == "sqlite":
        database = Database(f"sqlite:///{tmp_path / 'schedule.sqlite'}")
    else:
        cluster = request.getfixturevalue("postgres_server")
        name = cluster.create_database()
        database = Database(cluster.url(name))
    move(database, BEFORE)
    yield database
    database.close()
    if name:
        cluster.drop_database(name)


def move(database, revision, turn=command.upgrade):
    with database.engine.connect() as connection:
        *_, own = migrate._configs("schedule", connection)
        turn(own, revision)
        connection.commit()


def put(database, **rows_by_table):
    """Insert rows as the code of that day did, which knew fewer columns."""
    known = MetaData()
    known.reflect(database.engine, only=list(rows_by_table), resolve_fks=False)
    with database.engine.begin() as connection:
        if database.is_postgres:
            connection.execute(text("SELECT set_config('parta.school', '*', true)"))
        for name, rows in rows_by_table.items():
            connection.execute(known.tables[name].insert(), [_plain(database, row) for row in rows])


def _plain(database, row):
    """SQLite's tables do not tell which columns are ids."""
    if database.is_postgres:
        return row
    return {name: one.hex if isinstance(one, UUID) else one for name, one in row.items()}


def test_the_slots_of_a_running_school_are_its_first_published_versions(running):
    school, year, subject, teacher = new_id(), new_id(), new_id(), new_id()
    first, second, late = sorted(new_id() for _ in range(3))
    slot = {
        "school_id": school, "year_id": year, "subject_id": subject, "week": 0, "weekday": 1, "number": 1,
        "teacher_ids": str(teacher), "starts": None, "room_id": None, "from_on": MONDAY,
    }  # fmt: skip
    put(
        running,
        years=[{
            "id": year, "school_id": school, "version": 1, "name": "2026/2027", "school_days": 5,
            "starts_on": date(2026, 9, 1), "ends_on": date(2027, 5, 31),
        }],
        subjects=[{"id": subject, "school_id": school, "name": "Алгебра"}],
        slots=[
            slot | {"group_id": first},
            slot | {"group_id": second},
            slot | {"group_id": second, "weekday": 2},
            slot | {"group_id": late, "from_on": LATER},
        ],
    )  # fmt: skip

    move(running, "head")

    with running.writing(school) as session:
        versions = session.scalars(select(Timetable).order_by(Timetable.from_on)).all()
        assert [(one.status, one.from_on, one.until_on) for one in versions] == [
            ("published", MONDAY, None), ("published", LATER, None),
        ]  # fmt: skip
        assert versions[0].group_ids == [str(first), str(second)]
        cards = session.scalars(select(Card).where(Card.timetable_id == versions[0].id)).all()
        told = sorted((card.weekday, len(card.group_ids)) for card in cards)
        assert told == [(1, 2), (2, 1)], "The same teacher at one hour is a joint lesson."
        of_slots = session.scalars(select(Slot.timetable_id).order_by(Slot.from_on)).all()
        assert of_slots == [versions[0].id] * 3 + [versions[1].id]


def test_the_way_back_keeps_the_slots(running):
    move(running, "head")

    move(running, BEFORE, command.downgrade)
    move(running, "head")

    with running.reading(EVERY_SCHOOL) as session:
        assert session.scalars(select(Timetable)).all() == []
