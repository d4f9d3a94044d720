"""Browser sessions on both kinds of database."""

from datetime import timedelta
from uuid import UUID

import pytest
import time_machine
from sqlalchemy import func, select

from services.portal.actions.sessions import (
    end_session,
    find_visitor,
    note_seen,
    open_session,
    renew_session,
)
from services.portal.models import BrowserSession
from shared.clock import now
from shared.db import EVERY_SCHOOL
from shared.ids import new_id


def signed_in(*, roles=("teacher",), school_id=None, must_change=False):
    return {
        "session_token": "s" * 43,
        "must_change_password": must_change,
        "person": {"id": str(new_id())},
        "school": {"id": str(school_id or new_id())},
        "roles": list(roles),
    }


def test_a_cookie_finds_whom_it_was_given_to(database):
    told = signed_in(roles=("teacher", "deputy"))
    with database.writing(EVERY_SCHOOL) as session:
        cookie = open_session(session, told)

    with database.reading(EVERY_SCHOOL) as session:
        visitor, due = find_visitor(session, cookie)
        nobody, _ = find_visitor(session, cookie + "x")

    assert (str(visitor.person_id), visitor.session_token) == (told["person"]["id"], told["session_token"])
    assert visitor.has("deputy")
    assert not visitor.has("operator", "parent")
    assert not due
    assert nobody is None


def test_an_own_password_gives_a_new_cookie_and_kills_the_old_one(database):
    with database.writing(EVERY_SCHOOL) as session:
        old = open_session(session, signed_in(must_change=True))
        visitor, _ = find_visitor(session, old)
        new = renew_session(session, visitor, must_change_password=False)

    with database.reading(EVERY_SCHOOL) as session:
        assert find_visitor(session, old)[0] is None
        assert not find_visitor(session, new)[0].must_change_password


def test_being_seen_once_a_minute_is_enough(database):
    with database.writing(EVERY_SCHOOL) as session:
        cookie = open_session(session, signed_in())
    with time_machine.travel(now() + timedelta(minutes=20), tick=False):
        with database.writing(EVERY_SCHOOL) as session:
            visitor, due = find_visitor(session, cookie)
            assert due
            note_seen(session, visitor)
        with database.reading(EVERY_SCHOOL) as session:
            assert not find_visitor(session, cookie)[1]
    with (
        time_machine.travel(now() + timedelta(minutes=45), tick=False),
        database.reading(EVERY_SCHOOL) as read,
    ):
        assert find_visitor(read, cookie)[0]


def test_what_is_past_all_use_is_swept_out_and_ending_twice_is_no_mistake(database):
    with database.writing(EVERY_SCHOOL) as session:
        cookie = open_session(session, signed_in(roles=("parent",)))
        visitor, _ = find_visitor(session, cookie)
    with (
        time_machine.travel(now() + timedelta(days=61), tick=False),
        database.writing(EVERY_SCHOOL) as session,
    ):
        fresh = open_session(session, signed_in())
        assert session.scalar(select(func.count()).select_from(BrowserSession)) == 1
        assert find_visitor(session, fresh)[0]
        end_session(session, visitor)
        end_session(session, visitor)


@pytest.mark.parametrize("wanted", [0, 1])
def test_a_session_of_one_school_is_no_row_of_another(database, wanted):
    schools = [new_id(), new_id()]
    with database.writing(EVERY_SCHOOL) as session:
        for school_id in schools:
            open_session(session, signed_in(school_id=school_id))

    with database.reading(schools[wanted]) as session:
        assert session.scalars(select(BrowserSession.school_id)).all() == [UUID(str(schools[wanted]))]
