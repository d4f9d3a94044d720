"""Contradictions as the class teacher and those who supervise see them, and «проверено»."""

from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import select, update

from services.journal.actions.contradictions import (
    About,
    NoContradiction,
    accept_contradiction,
    withdraw_acceptance,
)
from services.journal.models import AcceptedContradiction, Entry, Lesson
from services.journal.queries.contradictions import SpanTooLong, contradiction_list
from services.journal.rules.sentinel import ABSENT, CANCELLED, FUTURE, NEVER
from shared.errors import NotFound
from shared.events.identity import GroupChanged, PersonErased, PersonMerged
from shared.ids import new_id
from tests.journal.makers import (
    FRIDAY,
    TODAY,
    TOMORROW,
    Counted,
    make_enrolment,
    make_lessons,
    make_load,
    make_world,
    published,
    tell,
)

SPAN = (date(2026, 9, 1), date(2026, 12, 31))


def write(database, world, lesson_id, pupil_id, *values):
    """Put values into the slots of a lesson from 0 on, past all that refuses them."""
    with database.writing(world.school_id) as session:
        page = session.scalars(select(Lesson.page_id).where(Lesson.id == lesson_id)).one()
        cell = {"school_id": world.school_id, "page_id": page, "lesson_id": lesson_id, "pupil_id": pupil_id}
        session.add_all(Entry(**cell, slot=n, value=value, seq=0) for n, value in enumerate(values) if value)


def leader(world):
    return world.actor(world.class_teacher_id, "class_teacher")


def found(database, world, actor=None, **asked):
    with database.reading(world.school_id) as session:
        return contradiction_list(session, actor or leader(world), *SPAN, **asked)


def flags(told):
    return [(item["kind"], item["lesson_id"], item["pupil"]["id"]) for item in told["items"]]


def accept(database, world, about, note="Писал позже", actor=None) -> UUID:
    with database.writing(world.school_id) as session:
        return accept_contradiction(session, actor or leader(world), about, note)


@pytest.fixture
def spoilt(either_database):
    """A class with a mark of an absent pupil on Friday, one tomorrow, one in today's cancelled lesson."""
    world = make_world(either_database)
    friday, today, tomorrow = world.lessons
    first, second, third = world.pupils
    write(either_database, world, friday, first, "н", "5")
    write(either_database, world, friday, second, "оп 10", "4")
    write(either_database, world, today, second, None, "4")
    write(either_database, world, tomorrow, third, "б")
    write(either_database, world, friday, new_id(), "н")
    with either_database.writing(world.school_id) as session:
        session.execute(update(Lesson).where(Lesson.id == today).values(state="cancelled"))
    return world


def test_a_class_teacher_sees_where_and_about_whom(either_database, spoilt):
    told = found(either_database, spoilt)

    friday, today, tomorrow = spoilt.lessons
    first, second, third = spoilt.pupils
    assert {(ABSENT, friday, first), (CANCELLED, today, second), (FUTURE, tomorrow, third)} < set(flags(told))
    assert sorted(item["kind"] for item in told["items"]) == sorted([ABSENT, CANCELLED, FUTURE, NEVER])
    assert [item["on"] for item in told["items"]] == [FRIDAY, FRIDAY, TODAY, TOMORROW]
    assert sorted(item["values"] for item in told["items"] if item["on"] == FRIDAY) == [["н"], ["н", "5"]]
    [missed] = [item for item in told["items"] if item["kind"] == ABSENT]
    assert (missed["pupil"]["name"], missed["subject"], missed["group"]) == (
        "Ёлкина Мария",
        "Математика",
        "5А",
    )
    assert (told["open"], told["can_accept"], told["left_out"]) == (4, True, 0)


def test_the_school_is_seen_by_who_supervises_and_a_class_by_its_teacher(either_database, spoilt):
    deputy = spoilt.actor(new_id(), "deputy")

    assert flags(found(either_database, spoilt, deputy)) == flags(found(either_database, spoilt))
    of_class = found(either_database, spoilt, deputy, group_id=spoilt.class_id)
    assert (len(of_class["items"]), of_class["can_accept"]) == (4, True)
    assert not found(either_database, spoilt, spoilt.actor(new_id(), "director"))["can_accept"]
    stranger = spoilt.actor(new_id(), "class_teacher")
    assert found(either_database, spoilt, stranger)["items"] == []
    with pytest.raises(NotFound):
        found(either_database, spoilt, stranger, group_id=spoilt.class_id)
    with either_database.reading(spoilt.school_id) as session, pytest.raises(SpanTooLong):
        contradiction_list(session, deputy, date(2026, 1, 1), date(2026, 12, 31))


def test_the_second_half_year_is_looked_through_whole(database):
    world = make_world(database)
    with database.reading(world.school_id) as session:
        told = contradiction_list(
            session, world.actor(new_id(), "deputy"), date(2027, 1, 9), date(2027, 5, 31)
        )

    assert (told["from"], told["until"], told["open"]) == (date(2027, 1, 9), date(2027, 5, 31), 0)


def test_statements_do_not_grow(either_database):
    world = make_world(either_database)
    for pupil in world.pupils:
        with Counted(either_database) as few:
            found(either_database, world)
        write(either_database, world, world.lessons[0], pupil, "н", "5")
        write(either_database, world, world.lessons[2], pupil, "н")
        with Counted(either_database) as more:
            assert found(either_database, world)["items"]
        assert len(more) == len(few)


def test_of_a_parallel_a_class_teacher_sees_the_own_pupils(either_database):
    world = make_world(either_database)
    parallel, lesson, stranger, other_class = (new_id() for _ in range(4))
    own = {"kind": "class", "parent_id": parallel, "grade": 5}
    tell(
        either_database, world,
        GroupChanged(group_id=parallel, kind="parallel", name="5", grade=5),
        GroupChanged(group_id=world.class_id, name="5А", class_teacher_id=world.class_teacher_id, **own),
        GroupChanged(group_id=other_class, name="5Б", **own),
        make_enrolment(other_class, stranger),
        make_load(world, parallel, world.teacher_id, subject_id=new_id()),
        make_lessons(world, parallel, [FRIDAY], [lesson], subject_id=new_id()),
    )  # fmt: skip
    for pupil in (world.pupils[0], stranger):
        write(either_database, world, lesson, pupil, "н", "5")

    assert flags(found(either_database, world)) == [(ABSENT, lesson, world.pupils[0])]


def test_what_was_looked_into_is_no_open_one_until_it_is_withdrawn(either_database, spoilt):
    about = About(ABSENT, spoilt.lessons[0], spoilt.pupils[0])

    accepted = accept(either_database, spoilt, about)
    assert accept(either_database, spoilt, about) == accepted

    told = found(either_database, spoilt)
    assert (told["open"], told["items"][-1]["kind"]) == (3, ABSENT)
    said = told["items"][-1]["accepted"]
    assert (said["id"], said["note"], said["by"]) == (accepted, "Писал позже", "Петрова М. П.")
    for _ in range(2):
        with either_database.writing(spoilt.school_id) as session:
            withdraw_acceptance(session, leader(spoilt), accepted)
    assert found(either_database, spoilt)["open"] == 4
    events = published(either_database, spoilt, "journal.contradiction.accepted")
    assert [event.is_standing for event in events] == [True, False]


def test_only_what_stands_in_the_own_class_is_accepted(either_database, spoilt):
    about = About(ABSENT, spoilt.lessons[0], spoilt.pupils[0])
    stranger = spoilt.actor(new_id(), "class_teacher")

    with pytest.raises(NoContradiction):
        accept(either_database, spoilt, about._replace(pupil_id=spoilt.pupils[1]))
    with pytest.raises(NotFound):
        accept(either_database, spoilt, about, actor=stranger)
    accepted = accept(either_database, spoilt, about)
    with either_database.writing(spoilt.school_id) as session, pytest.raises(NotFound):
        withdraw_acceptance(session, stranger, accepted)


def test_a_deputy_accepts_in_any_class_of_the_school_and_a_director_does_not(either_database, spoilt):
    about = About(ABSENT, spoilt.lessons[0], spoilt.pupils[0])
    deputy, director = (spoilt.actor(new_id(), role) for role in ("deputy", "director"))

    with pytest.raises(NotFound):
        accept(either_database, spoilt, about, actor=director)
    with pytest.raises(NotFound):
        accept(either_database, spoilt, about._replace(lesson_id=new_id()), actor=deputy)
    with pytest.raises(NoContradiction):
        accept(either_database, spoilt, about._replace(pupil_id=spoilt.pupils[1]), actor=deputy)
    accepted = accept(either_database, spoilt, about, actor=deputy)
    assert found(either_database, spoilt, deputy)["open"] == 3
    with either_database.writing(spoilt.school_id) as session:
        withdraw_acceptance(session, deputy, accepted)
    assert found(either_database, spoilt)["open"] == 4


def test_who_is_excused_or_not_attested_may_be_away(either_database):
    world = make_world(either_database)
    for pupil, value in zip(world.pupils, ("осв", "н/а"), strict=False):
        write(either_database, world, world.lessons[0], pupil, "н", value)

    assert found(either_database, world)["items"] == []


def test_two_who_were_one_and_who_is_erased(either_database, spoilt):
    about = About(ABSENT, spoilt.lessons[0], spoilt.pupils[0])
    accept(either_database, spoilt, about)
    kept = spoilt.pupils[1]  # Who has a cell of the same lesson and slot: both stay.
    tell(either_database, spoilt, PersonMerged(kept_id=kept, merged_id=spoilt.pupils[0]))

    told = found(either_database, spoilt)
    [missed] = [item for item in told["items"] if item["kind"] == ABSENT]
    assert (missed["pupil"]["id"], missed["accepted"]["note"]) == (kept, "Писал позже")

    tell(either_database, spoilt, PersonErased(person_id=spoilt.pupils[0]))
    with either_database.reading(spoilt.school_id) as session:
        assert session.scalars(select(AcceptedContradiction.note)).all() == [""]


def test_it_is_asked_over_http(database, world, api):
    write(database, world, world.lessons[0], world.pupils[0], "н", "5")
    who = {"person": world.class_teacher_id, "roles": ("class_teacher",)}
    asked = "/contradictions?from=2026-10-01&until=2026-10-05"

    [item] = api("GET", asked, **who).json["items"]
    about = {"kind": item["kind"], "lesson_id": item["lesson_id"], "pupil_id": item["pupil"]["id"]}
    assert api("POST", "/contradictions/acceptances", json=about | {"note": ""}, **who).status_code == 422
    accepted = api("POST", "/contradictions/acceptances", json=about | {"note": "Верно"}, **who)
    assert accepted.status_code == 201
    assert api("GET", asked, **who).json["items"][0]["accepted"]["id"] == accepted.json["id"]
    path = f"/contradictions/acceptances/{accepted.json['id']}"
    assert api("DELETE", path, **who).status_code == 204
    assert api("GET", asked, **who).json["items"][0]["accepted"] is None


def test_they_are_counted_by_class(database, world):
    """Those on the pages of a class's groups among them; those looked into by themselves."""
    group = new_id()
    told = GroupChanged(group_id=group, kind="group", name="5А/1", parent_id=world.class_id)
    lessons = make_lessons(world, group, [FRIDAY], [lesson := new_id()])
    tell(database, world, told, make_load(world, group, world.teacher_id), lessons)
    write(database, world, world.lessons[0], world.pupils[0], "н", "5")
    write(database, world, lesson, world.pupils[1], "н", "5")
    accept(database, world, About(ABSENT, world.lessons[0], world.pupils[0]))

    (sum_,) = found(database, world)["classes"]
    assert sum_ == {"id": world.class_id, "name": "5А", "open": 1, "accepted": 1}
