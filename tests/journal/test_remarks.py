"""Remarks, recommendations and praise: who writes, who reads, what the chain and the history keep (3.9.2)."""

from datetime import date

import pytest
from sqlalchemy import select

from services.journal.actions import remarks
from services.journal.actions.chains import broken_chains
from services.journal.actions.pages import append
from services.journal.actions.remark_readings import acknowledge_remark
from services.journal.actions.remarks import (
    NotYetHeld,
    RemarkWithdrawn,
    Said,
    change_remark,
    remark_of_class,
    remark_on_page,
)
from services.journal.models import RemarkReading, RemarkVersion, Revision
from services.journal.queries.diary import diary_week
from services.journal.queries.remarks import class_remarks, diary_remarks, page_remarks
from services.journal.rules.remarks import text_digest
from shared.errors import Denied, NotFound, Stale
from shared.events.identity import PersonErased, PersonMerged
from shared.ids import new_id
from tests.journal.makers import (
    FIRST,
    FRIDAY,
    TODAY,
    Counted,
    make_enrolment,
    make_lessons,
    make_world,
    published,
    tell,
)

LATE = Said("remark", "family", "Опоздал на 20 минут.")
ADVICE = Said("recommendation", "parents", "Повторить таблицу умножения.")


def write(database, world, said=LATE, *, pupil=0, lesson=None, actor=None):
    with database.writing(world.school_id) as session:
        page_id = world.page_id(session)
        who = actor or world.actor()
        return remark_on_page(session, who, page_id, world.pupils[pupil], said, lesson).id


def write_as_leader(database, world, said=ADVICE, pupil=0):
    leader = world.actor(world.class_teacher_id, "class_teacher")
    with database.writing(world.school_id) as session:
        return remark_of_class(session, leader, world.class_id, world.pupils[pupil], said).id


def change(database, world, remark_id, said, *, seen=1, actor=None, reason="описка"):
    with database.writing(world.school_id) as session:
        return change_remark(session, actor or world.actor(), remark_id, seen, said, reason).version


def read(database, world, actor=None, pupil=0):
    who = actor or world.actor(world.parent_id, "parent")
    with database.reading(world.school_id) as session:
        return diary_remarks(session, who, world.pupils[pupil])["items"]


def acknowledge(database, world, remark_id, person_id, role="parent"):
    with database.writing(world.school_id) as session:
        acknowledge_remark(session, world.actor(person_id, role), remark_id)


def is_whole(database, world):
    with database.reading(world.school_id) as session:
        return list(broken_chains(session)) == []


def test_3_9_2_a_family_reads_what_teachers_recommend(either_database):
    world = make_world(either_database)
    first = write(either_database, world, lesson=world.today)
    second = write_as_leader(either_database, world)

    told = read(either_database, world)

    assert [(one["id"], one["title"].ru, one["text"], one["subject"], one["by"]) for one in told] == [
        (second, "рекомендация", ADVICE.text, None, "Петрова М. П."),
        (first, "замечание", LATE.text, "Математика", "Иванова М. П."),
    ]
    assert told[1]["lesson_id"] == world.today
    with either_database.reading(world.school_id) as session:
        assert session.scalars(select(Revision.lesson_on)).all() == [TODAY]
    assert [one.kind for one in published(either_database, world, "journal.remark.made")] == [
        "remark",
        "recommendation",
    ]
    assert is_whole(either_database, world)


def test_what_is_for_parents_alone_the_pupil_is_not_told(database, world):
    write(database, world)
    write_as_leader(database, world)
    pupil = world.actor(world.pupils[0], "pupil")

    assert [one["text"] for one in read(database, world, pupil)] == [LATE.text]
    with database.reading(world.school_id) as session:
        assert [one["text"] for one in diary_week(session, pupil, world.pupils[0])["remarks"]] == [LATE.text]
        parent = world.actor(world.parent_id, "parent")
        assert len(diary_week(session, parent, world.pupils[0])["remarks"]) == 2


def test_a_correction_keeps_what_was_said_before_and_why(either_database):
    world = make_world(either_database)
    remark_id = write(either_database, world)
    better = Said("remark", "family", "Опоздал на 2 минуты.")

    assert change(either_database, world, remark_id, better) == 2
    assert change(either_database, world, remark_id, better) == 2  # Again, it changes nothing.
    with pytest.raises(Stale):
        change(either_database, world, remark_id, LATE, seen=1)

    [told] = read(either_database, world)
    assert (told["text"], told["version"]) == (better.text, 2)
    assert [(one["text"], one["reason"]) for one in told["versions"]] == [
        (LATE.text, None),
        (better.text, "описка"),
    ]
    assert change(either_database, world, remark_id, None, seen=2) == 3
    [told] = read(either_database, world)
    assert (told["kind"], told["text"], len(told["versions"])) == (None, None, 3)
    with pytest.raises(RemarkWithdrawn):
        change(either_database, world, remark_id, LATE, seen=3)
    assert is_whole(either_database, world)


def test_the_chain_knows_no_text_and_yet_sees_it_changed_by_hand(either_database):
    world = make_world(either_database)
    write(either_database, world)
    with either_database.writing(world.school_id) as session:
        [revision] = session.scalars(select(Revision))
        assert (revision.what, revision.pupil_id, LATE.text in revision.value) == (
            "remark",
            world.pupils[0],
            False,
        )
        session.scalars(select(RemarkVersion)).one().text = "Молодец!"

    with either_database.reading(world.school_id) as session:
        [broken] = broken_chains(session)
    assert "remark" in broken.why


def test_the_chain_has_no_word_of_a_reason_and_yet_sees_it_changed_by_hand(either_database):
    world = make_world(either_database)
    better = Said("remark", "family", "Опоздал на 2 минуты.")
    change(either_database, world, write(either_database, world), better, reason="болела бабушка")

    with either_database.writing(world.school_id) as session:
        assert session.scalars(select(Revision.reason)).all() == [None, None]
    assert is_whole(either_database, world)
    with either_database.writing(world.school_id) as session:
        [said] = session.scalars(select(RemarkVersion).where(RemarkVersion.version == 2))
        said.reason = "описка"
    assert not is_whole(either_database, world)


def test_a_reason_beside_a_text_that_was_given_none_is_seen(either_database):
    world = make_world(either_database)
    write(either_database, world)
    with either_database.writing(world.school_id) as session:
        session.scalars(select(RemarkVersion)).one().reason = "описка"
    assert not is_whole(either_database, world)


def test_a_reason_that_was_written_into_the_chain_itself_once_breaks_nothing(either_database, monkeypatch):
    world, said = make_world(either_database), Said("remark", "family", "Опоздал на 2 минуты.")
    remark_id, reason = write(either_database, world), "болела бабушка"
    with monkeypatch.context() as before:  # As versions of before write it.
        before.setattr(remarks, "text_digest", lambda salt, text, _: text_digest(salt, text))
        links = lambda *given, **about: append(*given[:-1], reason, **about)  # noqa: E731 - As short.
        before.setattr(remarks, "append", links)
        change(either_database, world, remark_id, said, reason=reason)

    assert is_whole(either_database, world)
    with either_database.writing(world.school_id) as session:
        session.scalars(select(RemarkVersion).where(RemarkVersion.version == 2)).one().reason = "описка"
    assert not is_whole(either_database, world)


def test_reading_is_told_once(either_database):
    world = make_world(either_database)
    remark_id = write(either_database, world)
    for _ in range(2):
        acknowledge(either_database, world, remark_id, world.parent_id)
    acknowledge(either_database, world, remark_id, world.pupils[0], "pupil")

    [told] = read(either_database, world)
    assert told["read_at"] is not None
    assert [one["person_id"] for one in told["readings"]] == [world.parent_id, world.pupils[0]]
    assert len(published(either_database, world, "journal.remark.acknowledged")) == 2


def test_only_who_is_told_may_say_it_was_read(database, world):
    for_parents = write(database, world, ADVICE)
    others = [
        (world.pupils[0], "pupil"),
        (world.pupils[1], "pupil"),
        (new_id(), "parent"),
        (world.teacher_id, "parent"),
    ]
    for person_id, role in others:
        with pytest.raises(NotFound):
            acknowledge(database, world, for_parents, person_id, role)


def test_a_teacher_writes_only_on_the_own_page_and_of_its_pupils(database):
    world, other = make_world(database), make_world(database)
    with pytest.raises(NotFound):
        write(database, world, actor=world.actor(new_id()))
    with pytest.raises(Denied):
        write(database, world, actor=world.actor(new_id(), "deputy"))
    with pytest.raises(NotYetHeld):
        write(database, world, lesson=world.lessons[2])
    for lesson, pupils in ((other.today, world.pupils), (None, other.pupils)):
        with database.writing(world.school_id) as session, pytest.raises(NotFound):
            remark_on_page(session, world.actor(), world.page_id(session), pupils[0], LATE, lesson)
    tell(database, world, make_enrolment(world.class_id, world.pupils[1], FIRST[0], FRIDAY))
    with pytest.raises(NotFound):
        write(database, world, pupil=1)


def test_who_stands_in_writes_about_that_lesson_alone(database, world):
    deputizing = new_id()
    tell(
        database,
        world,
        make_lessons(world, world.class_id, [FRIDAY], [world.lessons[0]], teacher_id=deputizing),
    )
    assert write(database, world, lesson=world.lessons[0], actor=world.actor(deputizing))
    for lesson in (None, world.today):
        with pytest.raises(Denied):
            write(database, world, lesson=lesson, actor=world.actor(deputizing))
    write(database, world)
    with database.reading(world.school_id) as session:
        page_id = world.page_id(session)
        assert len(page_remarks(session, world.actor(), page_id)["items"]) == 2
        [own] = page_remarks(session, world.actor(deputizing), page_id)["items"]
    assert own["is_mine"]


def test_only_the_author_corrects(database, world):
    remark_id = write(database, world)
    for actor in (world.actor(world.class_teacher_id, "class_teacher"), world.actor(new_id(), "director")):
        with pytest.raises(NotFound):
            change(database, world, remark_id, ADVICE, actor=actor)


def test_only_the_own_class_is_written_to_by_its_class_teacher(database):
    world, other = make_world(database), make_world(database)
    for actor in (world.actor(), world.actor(new_id(), "class_teacher")):
        with database.writing(world.school_id) as session, pytest.raises(NotFound):
            remark_of_class(session, actor, world.class_id, world.pupils[0], LATE)
    leader = world.actor(world.class_teacher_id, "class_teacher")
    for group, pupil in ((other.class_id, world.pupils[0]), (world.class_id, other.pupils[0])):
        with database.writing(world.school_id) as session, pytest.raises(NotFound):
            remark_of_class(session, leader, group, pupil, LATE)


def test_lists_of_a_page_and_of_a_class_are_for_their_own(database, world):
    write(database, world)
    write_as_leader(database, world, pupil=1)
    with database.reading(world.school_id) as session:
        page_id = world.page_id(session)
        [on_page] = page_remarks(session, world.actor(), page_id)["items"]
        assert on_page["pupil"] == {"id": world.pupils[0], "name": "Ёлкина Мария"}
        for who in (world.actor(world.class_teacher_id, "class_teacher"), world.actor(new_id(), "deputy")):
            assert len(class_remarks(session, who, world.class_id)["items"]) == 2
        for stranger in (world.actor(new_id(), "class_teacher"), world.actor(world.teacher_id)):
            with pytest.raises(NotFound):
                class_remarks(session, stranger, world.class_id)
        with pytest.raises(NotFound):
            page_remarks(session, world.actor(new_id()), page_id)


@pytest.mark.parametrize("until_on", [date(2027, 5, 25), TODAY])
def test_the_list_of_a_class_is_of_whoever_is_in_it_today(database, world, until_on):
    write_as_leader(database, world)
    leader = world.actor(world.class_teacher_id, "class_teacher")
    for until, number in ((until_on, 1), (FRIDAY, 0)):
        tell(database, world, make_enrolment(world.class_id, world.pupils[0], until_on=until))
        with database.reading(world.school_id) as session:
            assert len(class_remarks(session, leader, world.class_id)["items"]) == number


def test_lists_take_as_many_statements_whatever_their_length(either_database):
    world = make_world(either_database)
    write(either_database, world)
    with Counted(either_database) as few:
        read(either_database, world)
    for _ in range(5):
        acknowledge(either_database, world, write(either_database, world), world.parent_id)
    with Counted(either_database) as many:
        assert len(read(either_database, world)) == 6
    assert len(many) == len(few) <= 5


def test_remarks_of_a_merged_pupil_are_the_kept_ones(either_database):
    world = make_world(either_database)
    remark_id = write(either_database, world, pupil=1)
    write(either_database, world, pupil=0)
    with either_database.writing(world.school_id) as session:
        row = {"remark_id": remark_id, "person_id": world.pupils[1], "school_id": world.school_id}
        session.add(
            RemarkReading(
                **row,
                pupil_id=world.pupils[1],
                version=1,
                at=session.scalars(select(RemarkVersion.at)).first(),
            )
        )
    for _ in range(2):
        tell(either_database, world, PersonMerged(kept_id=world.pupils[0], merged_id=world.pupils[1]))

    told = read(either_database, world)

    assert len(told) == 2
    assert [one["person_id"] for one in told[1]["readings"]] == [world.pupils[0]]
    assert is_whole(either_database, world)


def test_an_erased_pupils_texts_are_gone_and_the_chain_is_whole(either_database):
    world = make_world(either_database)
    remark_id = write(either_database, world)
    acknowledge(either_database, world, remark_id, world.parent_id)
    change(either_database, world, remark_id, Said("remark", "family", "Опоздал."), reason="болела бабушка")
    tell(either_database, world, PersonErased(person_id=world.pupils[0]))

    with either_database.reading(world.school_id) as session:
        for kept in session.scalars(select(RemarkVersion)):
            assert (kept.text, kept.salt, kept.reason) == (None, None, None)
        assert session.scalars(select(Revision.reason)).all() == [None, None]
        assert session.scalars(select(RemarkReading)).all() == []
        assert page_remarks(session, world.actor(), world.page_id(session))["items"] == []
    assert is_whole(either_database, world)
