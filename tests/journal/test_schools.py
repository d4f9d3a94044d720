"""Timed work in every school: whose failure is whose."""

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from services.journal.actions.schools import in_each_school
from services.journal.models import School
from shared.ids import new_id

FIRST, BROKEN, LAST = sorted(new_id() for _ in range(3))


class OwnFault(Exception):
    pass


def founded(database):
    found = set()
    for school_id in (FIRST, BROKEN, LAST):
        with database.reading(school_id) as session:
            found |= set(session.scalars(select(School.school_id)))
    return found


def founding(failure):
    def act(session, school_id):
        session.add(School(school_id=school_id, time_zone="Asia/Omsk", scale=[]))
        session.flush()
        if school_id == BROKEN:
            raise failure

    return act


def test_a_school_that_fails_keeps_no_other_waiting_and_the_failure_is_known(database):
    with pytest.raises(OwnFault):
        in_each_school(database, (FIRST, BROKEN, LAST), founding(OwnFault()))

    assert founded(database) == {FIRST, LAST}


def test_trouble_of_the_environment_ends_the_round(database):
    gone = OperationalError("SELECT 1", {}, Exception("server closed the connection"))

    with pytest.raises(OperationalError):
        in_each_school(database, (FIRST, BROKEN, LAST), founding(gone))

    assert founded(database) == {FIRST}
