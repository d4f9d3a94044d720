"""What other services noted, in the one access log: found, shown, sealed, and entered once."""

from datetime import UTC, datetime, timedelta

import orjson
import pytest
from sqlalchemy import select

from services.identity.actions.privacy.access_chain import (
    digest_of,
    prune_log,
    root_days,
    seal_log,
    verify_log,
)
from services.identity.actions.privacy.access_heard import enter_noted
from services.identity.models import AccessLink, AccessRecord, Circle, table
from services.identity.rules.access_log import KEPT
from shared.db import EVERY_SCHOOL
from shared.events.access import JournalRequestsNoted, NotedCircle, NotedRequest
from shared.ids import new_id
from shared.noted import circle_of
from shared.service import Received
from tests.identity.makers import make_class, make_parent, make_person, make_pupil, make_school
from tests.identity.test_access_log import meddle, put_record, records, sqlite_of

DEPUTY = {"roles": ("deputy",)}


def noted(*people, actor=None, at=None, **given):
    """Return the note of a page opened, and its circle."""
    about = circle_of(people) if len(people) > 1 else next(iter(people), None)
    known = {
        "id": new_id(), "at": at or datetime.now(UTC), "actor_id": actor, "client_id": None,
        "session_id": None, "address": "10.0.0.9", "action": "read pages", "endpoint": "pages.get_page",
        "about": about, "persons": len(people), "group_id": None, "status": 200, "request_id": "r-9",
        "facts": '{"page_id":"1"}',
    }  # fmt: skip
    circles = [NotedCircle(id=about, person_ids=list(people))] if len(people) > 1 else []
    return NotedRequest(**known | given), circles


def hear(database, school, *told, times=1):
    event = JournalRequestsNoted(
        school_id=school,
        notes=[note for note, _ in told],
        circles=[circle for _, circles in told for circle in circles],
    )
    stream, subject = f"journal-access/{school}", f"school/{school}"
    received = Received(new_id(), stream, 1, subject, datetime.now(UTC), None, event)
    for _ in range(times):
        with database.writing(school) as session:
            enter_noted(session, [received])


@pytest.fixture
def class_(api, database):
    """Pupils, one's parent, who reads the log and whom it is about."""
    with database.writing(api.school) as session:
        group = make_class(session)
        pupils = [make_pupil(session, group, family=f"Ученик{number}") for number in range(3)]
        parent = make_parent(session, pupils[0]).id
        teacher = make_person(session, role="teacher", family="Читалова").id
        deputy = make_person(session, role="deputy").id
        return [one.id for one in pupils], parent, teacher, deputy


def test_a_deputy_finds_who_saw_a_childs_marks_and_where(api, database, class_):
    """SECURITY 47."""
    pupils, _, teacher, deputy = class_
    hear(database, api.school, noted(*pupils, actor=teacher), noted(pupils[1], actor=teacher, status=404))
    asked = {"person": deputy, **DEPUTY}
    api("GET", f"/people/{pupils[0]}", **asked)

    about = api("GET", f"/access-log?person_id={pupils[0]}&service=journal", **asked).json["items"]

    [seen] = about
    assert (seen["service"], seen["endpoint"], seen["persons"]) == ("journal", "pages.get_page", 3)
    assert seen["actor"]["name"].startswith("Читалова")
    assert (seen["address"], seen["facts"], seen["request_id"]) == ("10.0.0.9", {"page_id": "1"}, "r-9")
    own = api("GET", f"/access-log?person_id={pupils[0]}&service=identity", **asked).json["items"]
    assert {one["service"] for one in own} == {"identity"}
    assert api("GET", "/access-log?service=school", **asked).status_code == 422


def test_parents_see_who_opened_a_page_with_their_childs_marks(api, database, class_):
    """SECURITY 51."""
    pupils, parent, teacher, _ = class_
    hear(database, api.school, noted(*pupils, actor=teacher), noted(pupils[1], actor=teacher))

    seen = api("GET", f"/people/{pupils[0]}/readers", person=parent, roles=("parent",)).json["items"]

    assert [(one["service"], one["action"], one["persons"]) for one in seen] == [("journal", "read pages", 3)]


def test_what_is_heard_again_has_no_second_effect(either_database):
    school = make_school(either_database)
    people = [new_id() for _ in range(30)]

    hear(either_database, school, noted(*people), noted(people[0]), times=3)

    assert [one.service for one in records(either_database)] == ["journal", "journal"]
    with either_database.reading(EVERY_SCHOOL) as session:
        assert len(session.scalars(select(Circle.person_id)).all()) == 30


def test_records_that_come_days_late_are_sealed_in_the_order_of_their_coming(either_database, time_machine):
    """SECURITY 48."""
    school = make_school(either_database)
    start = datetime(2026, 11, 1, 8, tzinfo=UTC)
    time_machine.move_to(start)
    own = put_record(either_database, school, at=start)
    assert seal_log(either_database) == 1
    time_machine.move_to(start + timedelta(days=2))
    late = noted(new_id(), at=start + timedelta(hours=1))
    hear(either_database, school, late)
    with either_database.writing(school):
        assert verify_log(either_database) is None

    assert seal_log(either_database) == 1
    assert root_days(either_database) == 1
    time_machine.move_to(start + timedelta(days=3))
    assert root_days(either_database) == 1

    assert verify_log(either_database) is None
    with either_database.reading(EVERY_SCHOOL) as session:
        links = session.execute(
            select(AccessLink.record_id, AccessLink.day).order_by(AccessLink.number)
        ).all()
    assert [link.record_id for link in links] == [own, late[0].id]
    assert [link.day.day for link in links] == [1, 3]


def test_what_was_never_sealed_is_found_by_when_it_came(either_database, time_machine):
    """SECURITY 48."""
    school = make_school(either_database)
    hear(either_database, school, noted(new_id(), at=datetime.now(UTC) - timedelta(days=9)))
    assert verify_log(either_database) is None

    time_machine.move_to(datetime.now(UTC) + timedelta(minutes=6))

    assert "never sealed" in verify_log(either_database).why


@pytest.mark.parametrize("change", ["service = 'notify'", "service = 'identity'", "arrived_at = NULL"])
def test_who_answered_and_when_it_came_cannot_be_changed_unnoticed(tmp_path, change):
    """SECURITY 48: change one byte → the verifier names the record."""
    database = sqlite_of(tmp_path)
    school = make_school(database)
    told = noted(new_id())
    hear(database, school, told)
    seal_log(database)
    assert verify_log(database) is None

    meddle(database, f"UPDATE access_log SET {change} WHERE id = :id", id=told[0].id.hex)

    assert verify_log(database).record_id == told[0].id
    database.close()


def test_own_records_are_sealed_as_they_were_before_others_came(either_database):
    """The chains of running schools stay valid."""
    school = make_school(either_database)
    put_record(either_database, school)
    of = table(AccessRecord).c
    with either_database.reading(EVERY_SCHOOL) as session:
        [record] = session.execute(select(*of)).mappings().all()
    before = {name: value for name, value in record.items() if name not in ("service", "arrived_at")}

    assert digest_of(bytes(32), record) == digest_of(bytes(32), before)
    assert digest_of(bytes(32), dict(record) | {"service": "journal"}) != digest_of(bytes(32), before)
    assert orjson.dumps(record["facts"]) == b"{}"


def test_others_records_are_kept_for_a_year_and_older_ones_are_not_taken(either_database, time_machine):
    """SECURITY 53."""
    school = make_school(either_database)
    start = datetime(2024, 3, 1, 10, tzinfo=UTC)
    time_machine.move_to(start)
    hear(either_database, school, noted(new_id(), at=start - timedelta(days=1)))
    seal_log(either_database)
    time_machine.move_to(start + timedelta(days=1))
    root_days(either_database)
    time_machine.move_to(start + KEPT + timedelta(days=2))

    assert prune_log(either_database) == 1

    hear(either_database, school, noted(new_id(), at=start), noted(new_id(), at=start + timedelta(days=3)))
    [kept] = records(either_database)
    assert kept.at == start + timedelta(days=3)


def test_nothing_is_noted_before_it_happened_and_nothing_too_long(either_database):
    """SECURITY 37: events from another service are input."""
    school = make_school(either_database)
    given = {"at": datetime.now(UTC) + timedelta(days=900), "endpoint": "x" * 500, "facts": "[1]"}
    people = [new_id(), new_id()]
    forged = NotedCircle(id=new_id(), person_ids=people)

    hear(either_database, school, (noted(new_id(), **given)[0], [forged]))

    [kept] = records(either_database)
    assert kept.at <= datetime.now(UTC)
    assert (len(kept.endpoint), kept.facts) == (120, {})
    with either_database.reading(EVERY_SCHOOL) as session:
        assert session.scalars(select(Circle.id)).all() == []
