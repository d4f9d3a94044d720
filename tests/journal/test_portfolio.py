"""Portfolios: entered, proposed, verified, kept through classes, seen by their own alone (clause 3.5.10)."""

from datetime import date

import pytest
from sqlalchemy import select, update

from services.journal.actions.contents import contents_at
from services.journal.actions.files import hand_in
from services.journal.actions.portfolio import (
    AchievementAhead,
    EnteredBySchool,
    Facts,
    NothingToDecide,
    add_to_portfolio,
    change_in_portfolio,
    decide_in_portfolio,
    remove_from_portfolio,
)
from services.journal.models import PortfolioEntry, PortfolioVersion, StoredFile
from services.journal.queries.files import file_for
from services.journal.queries.portfolio import portfolio_of, waiting_entries
from services.journal.routes.files import READERS
from services.journal.schemas.portfolio_paper import portfolio_pdf
from shared.errors import Denied, NotFound, Stale
from shared.events.identity import GroupChanged, PersonErased, PersonMerged
from shared.ids import new_id
from tests.journal.makers import (
    FIRST,
    FRIDAY,
    TODAY,
    TOMORROW,
    Counted,
    make_enrolment,
    make_world,
    published,
    tell,
)
from tests.support.papers import words_of

OLYMPIAD = Facts("olympiad", "regional", "Олимпиада по физике", "призёр", date(2026, 2, 3), "")
CROSS = Facts("sport", "school", "Кросс", "1 место", date(2026, 4, 5), "")


def people(world):
    return (
        world.actor(world.class_teacher_id, "class_teacher"),
        world.actor(world.parent_id, "parent"),
        world.actor(world.pupils[0], "pupil"),
    )


def add(database, world, actor, facts=OLYMPIAD, files=(), pupil=0):
    with database.writing(world.school_id) as session:
        return add_to_portfolio(session, actor, world.pupils[pupil], facts, files).id


def act(database, world, action, actor, *given, **named):
    with database.writing(world.school_id) as session:
        return action(session, actor, *given, **named).state


def shown(database, world, actor=None):
    with database.reading(world.school_id) as session:
        told = portfolio_of(session, actor or people(world)[1], world.pupils[0])
    return [entry for section in told["sections"] for entry in section["entries"]]


def test_3_5_10_what_a_family_proposes_the_class_teacher_verifies(either_database):
    world = make_world(either_database)
    leader, mother, pupil = people(world)
    first = add(either_database, world, mother)
    second = add(either_database, world, pupil, CROSS)
    third = add(either_database, world, leader, CROSS)
    with either_database.reading(world.school_id) as session:
        assert [one["id"] for one in waiting_entries(session, leader, world.class_id)] == [first, second]

    assert (
        act(either_database, world, decide_in_portfolio, leader, first, 1, is_verified=True, reason=None)
        == "verified"
    )
    decline = {"is_verified": False, "reason": "нет грамоты"}
    assert act(either_database, world, decide_in_portfolio, leader, second, 1, **decline) == "declined"

    states = {one["id"]: (one["state"], one["reason"]) for one in shown(either_database, world)}
    assert states == {
        first: ("verified", None),
        second: ("declined", "нет грамоты"),
        third: ("verified", None),
    }
    with either_database.reading(world.school_id) as session:
        assert waiting_entries(session, leader, world.class_id) == []
    assert [one.state for one in published(either_database, world, "journal.portfolio.changed")] == [
        "proposed",
        "proposed",
        "verified",
        "verified",
        "declined",
    ]


def test_what_was_verified_and_is_changed_by_the_family_waits_anew(either_database):
    world = make_world(either_database)
    leader, mother, _ = people(world)
    entry = add(either_database, world, mother)
    act(either_database, world, decide_in_portfolio, leader, entry, 1, is_verified=True, reason=None)
    better = OLYMPIAD._replace(result="победитель")

    assert act(either_database, world, change_in_portfolio, mother, entry, 2, better, ()) == "proposed"
    with pytest.raises(Stale):
        act(either_database, world, change_in_portfolio, leader, entry, 2, OLYMPIAD, ())
    [told] = shown(either_database, world)
    assert (told["result"], told["state"], told["version"]) == ("победитель", "proposed", 3)
    assert [(one["result"], one["state"]) for one in told["versions"]] == [
        ("призёр", "proposed"),
        ("призёр", "verified"),
        ("победитель", "proposed"),
    ]
    assert act(either_database, world, remove_from_portfolio, mother, entry, 3, "ошибка") == "removed"
    assert shown(either_database, world) == []
    with pytest.raises(NotFound):
        act(either_database, world, change_in_portfolio, mother, entry, 4, OLYMPIAD, ())


def test_what_the_school_entered_is_not_the_familys_to_change_or_take_out(either_database):
    world = make_world(either_database)
    leader, mother, pupil = people(world)
    entry, own = add(either_database, world, leader), add(either_database, world, pupil, CROSS)

    for who in (mother, pupil):
        with pytest.raises(EnteredBySchool):
            act(either_database, world, change_in_portfolio, who, entry, 1, CROSS, ())
        with pytest.raises(EnteredBySchool):
            act(either_database, world, remove_from_portfolio, who, entry, 1, "не хочу")
    told = {one["id"]: one for one in shown(either_database, world, pupil)}
    assert (told[entry]["state"], told[entry]["of_school"]) == ("verified", True)
    assert not told[own]["of_school"]
    assert act(either_database, world, remove_from_portfolio, leader, entry, 1, "описка") == "removed"


def test_the_family_verifies_nothing_and_nothing_is_decided_twice(database, world):
    leader, mother, _ = people(world)
    entry = add(database, world, mother)
    with pytest.raises(Denied):
        act(database, world, decide_in_portfolio, mother, entry, 1, is_verified=True, reason=None)
    act(database, world, decide_in_portfolio, leader, entry, 1, is_verified=True, reason=None)
    with pytest.raises(NothingToDecide):
        act(database, world, decide_in_portfolio, leader, entry, 2, is_verified=True, reason=None)


def test_nothing_is_achieved_before_its_day(database, world, clock):
    leader, mother, _ = people(world)
    ahead = OLYMPIAD._replace(held_on=TOMORROW)
    for who in (leader, mother):
        with pytest.raises(AchievementAhead):
            add(database, world, who, ahead)
    entry = add(database, world, mother, OLYMPIAD._replace(held_on=TODAY))
    with pytest.raises(AchievementAhead):
        act(database, world, change_in_portfolio, mother, entry, 1, ahead, ())

    clock.move_to(f"{TODAY}T21:30:00+00:00")  # At the school it is tomorrow.

    assert act(database, world, change_in_portfolio, mother, entry, 1, ahead, ()) == "proposed"


def test_what_was_entered_ahead_is_declined_and_not_verified(database, world):
    leader, mother, _ = people(world)
    entry = add(database, world, mother)
    with database.writing(world.school_id) as session:
        session.execute(update(PortfolioEntry).values(held_on=TOMORROW))

    with pytest.raises(AchievementAhead):
        act(database, world, decide_in_portfolio, leader, entry, 1, is_verified=True, reason=None)
    declined = {"is_verified": False, "reason": "Её ещё не было"}
    assert act(database, world, decide_in_portfolio, leader, entry, 1, **declined) == "declined"


def test_what_waits_is_of_whoever_is_in_the_class_today(database):
    world = make_world(database)
    leader, mother, _ = people(world)
    entry = add(database, world, mother)
    for until_on, waiting in ((date(2027, 5, 25), [entry]), (TODAY, [entry]), (FRIDAY, [])):
        tell(database, world, make_enrolment(world.class_id, world.pupils[0], until_on=until_on))
        with database.reading(world.school_id) as session:
            assert [one["id"] for one in waiting_entries(session, leader, world.class_id)] == waiting


def test_nobody_else_reads_or_writes_it(database):
    world, other = make_world(database), make_world(database)
    leader, mother, _ = people(world)
    entry = add(database, world, mother)
    strangers = [
        world.actor(world.teacher_id),
        world.actor(world.pupils[1], "pupil"),
        world.actor(new_id(), "parent"),
        world.actor(new_id(), "class_teacher"),
        world.actor(new_id(), "operator"),
    ]
    for stranger in strangers:
        with pytest.raises(NotFound):
            shown(database, world, stranger)
    for writer in (*strangers, world.actor(new_id(), "director")):
        with pytest.raises(NotFound):
            act(database, world, change_in_portfolio, writer, entry, 1, CROSS, ())
        with pytest.raises(NotFound):
            add(database, world, writer)
    with database.writing(other.school_id) as session, pytest.raises(NotFound):
        change_in_portfolio(
            session, other.actor(other.class_teacher_id, "class_teacher"), entry, 1, CROSS, ()
        )
    for reader in (leader, mother, world.actor(new_id(), "deputy"), world.actor(new_id(), "director")):
        assert [one["title"] for one in shown(database, world, reader)] == [OLYMPIAD.title]


def test_it_survives_a_change_of_class_and_the_former_class_teacher_reads_it_no_more(database, world):
    leader, mother, _ = people(world)
    add(database, world, leader)
    other, successor = new_id(), new_id()
    tell(
        database,
        world,
        GroupChanged(group_id=other, kind="class", name="6Б", grade=6, class_teacher_id=successor),
        make_enrolment(world.class_id, world.pupils[0], FIRST[0], FRIDAY),
        make_enrolment(other, world.pupils[0], TODAY),
    )
    for reader in (mother, world.actor(successor, "class_teacher")):
        assert len(shown(database, world, reader)) == 1
    with pytest.raises(NotFound):
        shown(database, world, leader)


def test_documents_are_for_those_who_may_read_the_portfolio(database, world, tmp_path):
    leader, mother, pupil = people(world)
    contents = contents_at(tmp_path.as_uri())
    kept = hand_in(database, contents, mother, "грамота.txt", b"1 place").id
    entry = add(database, world, mother, files=[kept])

    assert [one["name"] for one in shown(database, world)[0]["files"]] == ["грамота.txt"]
    with database.reading(world.school_id) as session:
        for reader in (leader, pupil):
            assert file_for(session, reader, kept, READERS).id == kept
        for stranger in (world.actor(world.pupils[1], "pupil"), world.actor(world.teacher_id)):
            with pytest.raises(NotFound):
                file_for(session, stranger, kept, READERS)
    act(database, world, remove_from_portfolio, leader, entry, 1, "ошибка")
    with database.reading(world.school_id) as session:
        assert session.scalars(select(StoredFile)).all() == []


def test_on_paper_stands_what_was_verified(database, world):
    leader, mother, _ = people(world)
    add(database, world, leader)
    add(database, world, mother, CROSS)
    with database.reading(world.school_id) as session:
        paper = words_of(portfolio_pdf(portfolio_of(session, mother, world.pupils[0]), "ru"))
    assert "Олимпиада по физике" in paper
    assert "региональный" in paper
    assert "Кросс" not in paper


def test_a_portfolio_takes_as_many_statements_whatever_its_size(either_database):
    world = make_world(either_database)
    for _ in range(5):
        add(either_database, world, people(world)[0])
    with Counted(either_database) as counted:
        assert len(shown(either_database, world)) == 5
    assert len(counted) <= 5


def test_a_portfolio_follows_a_merge_and_goes_with_an_erasure(either_database):
    world = make_world(either_database)
    add(either_database, world, people(world)[0], pupil=1)
    for _ in range(2):
        tell(either_database, world, PersonMerged(kept_id=world.pupils[0], merged_id=world.pupils[1]))
    assert len(shown(either_database, world)) == 1

    tell(either_database, world, PersonErased(person_id=world.pupils[0]))
    with either_database.reading(world.school_id) as session:
        assert session.scalars(select(PortfolioEntry)).all() == []
        assert session.scalars(select(PortfolioVersion)).all() == []
