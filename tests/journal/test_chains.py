from datetime import date
from uuid import UUID

import hypothesis.strategies as st
import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from sqlalchemy import delete, select, update

from services.journal.actions.cells import Cell
from services.journal.actions.chain_standing import replay, standing
from services.journal.actions.chains import broken_chains
from services.journal.actions.comments import comment_mark
from services.journal.actions.descriptions import describe_lesson
from services.journal.actions.entries import record_entries
from services.journal.actions.finals import FinalCell, record_finals
from services.journal.actions.tasks import TaskFacts, change_task, set_task, withdraw_task
from services.journal.actions.works import set_work, withdraw_work, work_of
from services.journal.commands import doctor
from services.journal.models import Description, Entry, FinalMark, Lesson, Page, PlanTopic, Revision, Work
from services.journal.rules.chain import link
from services.journal.rules.marks import ATTENDANCE, SCALE, WORK_TYPES
from services.journal.service import service
from shared.db import EVERY_SCHOOL
from shared.errors import Refusal
from shared.events.schedule import Period, YearPlanned
from tests.journal.makers import FIRST, TODAY, TOMORROW, make_world, tell
from tests.journal.planning import follow, make


@pytest.fixture
def written(database):
    """A world whose page has seven revisions."""
    world = make_world(database)
    with database.writing(world.school_id) as session:
        cells = [Cell(pupil, 1, "5") for pupil in world.pupils]
        record_entries(session, world.actor(), world.today, 0, cells)
    with database.writing(world.school_id) as session:
        describe_lesson(session, world.actor(), world.today, 4, "Дроби", "№ 12")
    with database.writing(world.school_id) as session:
        record_entries(session, world.actor(), world.today, 6, [Cell(world.pupils[0], 1, "3")])
    return world


def broken(database, school):
    with database.reading(school) as session:
        return [(found.seq, found.why) for found in broken_chains(session)]


def tamper(database, world, statement):
    with database.writing(world.school_id) as session:
        session.connection().execute(statement)


def test_an_untouched_history_is_whole(database, written):
    assert broken(database, written.school_id) == []


@pytest.mark.parametrize(
    ("statement", "seq", "why"),
    [
        (update(Revision).where(Revision.seq == 3).values(value="2"), 3, "a revision was changed"),
        (update(Revision).where(Revision.seq == 2).values(actor_id=UUID(int=1)), 2, "a revision was changed"),
        (update(Revision).where(Revision.seq == 5).values(reason="иначе"), 5, "a revision was changed"),
        (delete(Revision).where(Revision.seq == 4), 4, "a revision is missing"),
        (delete(Revision).where(Revision.seq == 7), 7, "a revision is missing"),
        (delete(Page), 1, "the page is gone"),
        (update(Page).values(head="0" * 64), 7, "the page ends otherwise than its history"),
        (
            update(Entry).where(Entry.value == "3").values(value="5"),
            7,
            "the page shows another mark than was recorded",
        ),
        (delete(Entry).where(Entry.value == "3"), 7, "the page shows another mark than was recorded"),
    ],
)
def test_tampering_is_found_at_its_first_link(database, written, statement, seq, why):
    tamper(database, written, statement)

    assert broken(database, EVERY_SCHOOL) == [(seq, why)]


@pytest.mark.parametrize("left", [Entry, Description, Work, FinalMark])
def test_a_page_deleted_with_its_history_is_missed_by_what_stands_on_it(database, written, left):
    with database.writing(written.school_id) as session:
        set_work(session, written.actor(), written.today, 7, work_of(1, "test"))
    with database.writing(written.school_id) as session:
        page_id, quarter = written.page_id(session), str(written.quarters[0])
        record_finals(
            session, written.actor(), page_id, quarter, 8, [FinalCell(written.pupils[0], "5")], "Ок"
        )
    assert broken(database, written.school_id) == []

    for one in {Page, Revision, Entry, Description, Work, FinalMark} - {left}:
        tamper(database, written, delete(one))

    assert broken(database, written.school_id) == [(1, "the page is gone")]


def test_a_term_end_mark_is_not_explained_otherwise_unseen(database, written):
    with database.writing(written.school_id) as session:
        page_id = written.page_id(session)
        cells = [FinalCell(written.pupils[0], "5"), FinalCell(written.pupils[1], "5")]
        record_finals(session, written.actor(), page_id, str(written.quarters[0]), 7, cells, "Решил педсовет")
    assert broken(database, written.school_id) == []

    tamper(database, written, update(FinalMark).where(FinalMark.seq == 8).values(reason="Так вышло"))

    assert broken(database, written.school_id) == [
        (8, "the page shows another reason of a final than was recorded")
    ]


MOVED, GONE = "its lesson is on another day than was recorded", "its lesson is gone from the page"


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        (update(Lesson).values(held_on=TOMORROW), MOVED),
        (update(Lesson).values(page_id=UUID(int=1)), GONE),
        (delete(Lesson), GONE),
    ],
)
def test_a_lesson_moved_or_taken_away_in_the_copy_of_the_timetable_is_found(
    database, written, statement, why
):
    tamper(database, written, statement.where(Lesson.id == written.today))

    with database.reading(written.school_id) as session:
        [found] = broken_chains(session)
    assert (found.seq, found.why, found.what, found.lesson_on) == (1, why, "work", TODAY)


def test_a_changed_revision_with_a_hash_to_match_breaks_the_next_link(database, written):
    with database.writing(written.school_id) as session:
        second = session.scalars(select(Revision).where(Revision.seq == 2)).one()
        first = session.scalars(select(Revision).where(Revision.seq == 1)).one()
        second.value = "2"
        row = {c.name: getattr(second, c.name) for c in Revision.__table__.columns}
        second.hash = link(first.hash, row)

    assert broken(database, written.school_id) == [(3, "a revision was changed")]


def test_only_the_broken_page_is_named(database, written):
    other = make_world(database)
    tamper(database, written, update(Revision).where(Revision.seq == 1).values(value="x"))

    assert broken(database, other.school_id) == []
    assert len(broken(database, EVERY_SCHOOL)) == 1


@pytest.fixture
def run_doctor(database, monkeypatch):
    monkeypatch.setenv("PARTA_JOURNAL_DATABASE_URL", str(database.engine.url))
    return lambda: CliRunner().invoke(doctor, ["journal"])


def test_the_doctor_finds_a_whole_journal_healthy(written, run_doctor):
    found = run_doctor()

    assert (found.exit_code, found.output) == (0, "All chains are whole.\n")
    assert service.commands is doctor


def test_the_doctor_names_the_page_and_the_link(database, written, run_doctor):
    tamper(database, written, update(Revision).where(Revision.seq == 3).values(value="2"))
    with database.reading(written.school_id) as session:
        page_id = written.page_id(session)

    found = run_doctor()

    assert found.exit_code == 2
    assert f"5А, Математика (2026/27), page {page_id}, revision 3 (mark of 2026-10-05): a revision was" in (
        found.output
    )


MARKS = st.sampled_from([None, *SCALE[:5], "осв", "•"])
PRESENCE = st.sampled_from([None, *ATTENDANCE])
CELL = st.one_of(
    st.tuples(st.integers(0, 2), st.integers(1, 3), MARKS), st.tuples(st.integers(0, 2), st.just(0), PRESENCE)
)
SAVE = st.tuples(
    st.just("marks"),
    st.integers(0, 1),
    st.lists(CELL, min_size=1, max_size=5, unique_by=lambda cell: cell[:2]),
    st.integers(0, 3),
)
TEXT = st.sampled_from([None, "Дроби", "№ 5"])
TAKEN = st.sampled_from([{}, {"topic_id": None}, {"topic_id": 0}, {"topic_id": 1}])
DESCRIBE = st.tuples(
    st.just("description"), st.integers(0, 2), st.tuples(TEXT, TEXT, TAKEN), st.integers(0, 3)
)
COMMENT = st.tuples(
    st.just("comment"),
    st.integers(0, 1),
    st.tuples(st.integers(0, 2), st.integers(0, 3), TEXT),
    st.integers(0, 3),
)
WITHDRAW = st.tuples(st.just("withdraw"), st.integers(0, 2), st.integers(1, 3), st.integers(0, 3))
WORK = st.tuples(
    st.just("work"),
    st.integers(0, 2),
    st.tuples(
        st.integers(1, 3),
        st.sampled_from(sorted(WORK_TYPES)),
        st.integers(1, 10),
        st.booleans(),
        st.booleans(),
    ),
    st.integers(0, 3),
)


FINALS = st.tuples(
    st.just("finals"),
    st.sampled_from(["period", "year", "exam", "final"]),
    st.dictionaries(st.integers(0, 2), st.sampled_from([None, *SCALE[:4], "н/а"]), min_size=1, max_size=3),
    st.integers(0, 3),
)


TASK = st.tuples(
    st.just("task"),
    st.integers(0, 2),
    st.tuples(st.integers(0, 2), st.one_of(st.none(), st.integers(0, 2)), st.sampled_from(["№ 1", "№ 2"])),
    st.integers(0, 3),
)


def act_on_task(given, world, what):
    """Set a task, or change or withdraw the lesson's second."""
    kind, pupil, text = what
    facts = TaskFacts(text, 20, pupil_id=None if pupil is None else world.pupils[pupil])
    if kind == 0:
        set_task(*given, facts)
    elif kind == 1:
        change_task(*given[:3], 2, given[3], facts)
    else:
        withdraw_task(*given[:3], 2, given[3])


def act(session, world, step, seq):
    """Do one step as somebody who saw the page up to three revisions ago."""
    kind, lesson, what, behind = step
    if kind == "finals":
        column = str(world.quarters[0]) if lesson == "period" else lesson
        cells = [FinalCell(world.pupils[pupil], value) for pupil, value in what.items()]
        seen = max(seq - behind, 0)
        record_finals(session, world.actor(), world.page_id(session), column, seen, cells, "Так решили")
        return
    given = (session, world.actor(), world.lessons[lesson], max(seq - behind, 0))
    if kind == "marks":
        record_entries(*given, [Cell(world.pupils[p], slot, value) for p, slot, value in what])
    elif kind == "withdraw":
        withdraw_work(*given, what)
    elif kind == "task":
        act_on_task(given, world, what)
    elif kind == "description":
        topic, homework, taken = what
        topics = session.scalars(select(PlanTopic.id).order_by(PlanTopic.position)).all()
        bound = {name: None if at is None else topics[at] for name, at in taken.items()}
        describe_lesson(*given, topic, homework, **bound)
    elif kind == "comment":
        number, slot, text = what
        comment_mark(*given, world.pupils[number], slot, text)
    else:
        slot, type_, weight, is_monitoring, counts = what
        set_work(*given, work_of(slot, type_, weight, is_monitoring=is_monitoring, counts=counts))


def one_quarter(world):
    quarter = Period(period_id=world.quarters[0], name="I четверть", starts_on=FIRST[0], ends_on=FIRST[1])
    return YearPlanned(
        year_id=world.year_id,
        name="2026/27",
        starts_on=FIRST[0],
        ends_on=date(2027, 5, 25),
        periods=[quarter],
    )


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(st.one_of(SAVE, DESCRIBE, WORK, WITHDRAW, COMMENT, FINALS, TASK), min_size=1, max_size=12)
)
def test_a_page_is_what_its_history_says_whatever_was_written(database, steps):
    world = make_world(database)
    tell(database, world, one_quarter(world))  # It has begun, and so may the marks of the year.
    follow(database, world, make(database, world))
    for step in steps:
        with database.reading(world.school_id) as session:
            seq = session.scalars(select(Page.seq)).one()
        try:
            with database.writing(world.school_id) as session:
                act(session, world, step, seq)
        except Refusal:
            pass  # What is refused must leave no trace, either.

    with database.reading(world.school_id) as session:
        assert list(broken_chains(session)) == []
        page = session.scalars(select(Page)).one()
        chain = session.scalars(select(Revision).order_by(Revision.seq)).all()
        said = {key: value for key, (value, _) in replay(chain).items() if value is not None}
        shown = {key: value for key, (value, _) in standing(session, page.id).items() if value is not None}
    assert shown == said
    days = {None: None, **dict(zip(world.lessons, world.days, strict=True))}
    assert [one.lesson_on for one in chain] == [days[one.lesson_id] for one in chain]
    assert (page.seq, page.head) == ((chain[-1].seq, chain[-1].hash) if chain else (0, "0" * 64))
