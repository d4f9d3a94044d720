"""What a database knows of its own rows, when it chooses the index to find them by."""

from contextlib import closing
from uuid import uuid4

import pytest
from sqlalchemy import Column, Table, Uuid, insert

from shared.db import Database, naming_metadata

SCHOOL = uuid4()
LESSONS = 300
JOIN = (
    "SELECT * FROM lessons LEFT JOIN teachers ON teachers.lesson_id = lessons.id AND teachers.school_id = ?"
)

metadata = naming_metadata()
lessons = Table("lessons", metadata, Column("id", Uuid, primary_key=True))
teachers = Table(
    "teachers",
    metadata,
    Column("lesson_id", Uuid, primary_key=True),
    Column("teacher_id", Uuid, primary_key=True),
    Column("school_id", Uuid, index=True),
)


@pytest.fixture
def school(tmp_path):
    with closing(Database(f"sqlite:///{tmp_path}/school.sqlite")) as made:
        metadata.create_all(made.engine)
        made.count()  # As the worker does when it starts, of a school that has nothing yet.
        ids = [uuid4() for _ in range(LESSONS)]
        with made.writing(SCHOOL) as session:
            session.execute(insert(lessons), [{"id": id_} for id_ in ids])
            taught = [{"lesson_id": id_, "teacher_id": uuid4(), "school_id": SCHOOL} for id_ in ids]
            session.execute(insert(teachers), taught)
        yield made


def way(connection) -> str:
    """Return how the rows of the second table are to be found."""
    connection.exec_driver_sql(JOIN, (SCHOOL.hex,)).all()  # Only what is run notices that rows were counted.
    afresh = f"EXPLAIN QUERY PLAN {JOIN} -- {uuid4()}"  # The driver keeps what it has prepared.
    return connection.exec_driver_sql(afresh, (SCHOOL.hex,)).all()[-1].detail


def test_a_row_is_found_by_its_key_once_the_rows_are_counted(school):
    with school.engine.connect() as long_open:
        assert "school_id=?" in way(long_open)
        long_open.rollback()

        school.count()

        assert "lesson_id=?" in way(long_open)
