"""Whatever many hands do to a page, in whatever order: the page is what its history says, and its events.

A state machine lets a teacher, the class teacher, a substitute, the deputy and a stranger write, put
marks of the quarter, close it and open it, while pupils join, leave and turn out to be one. At the end
the page is compared with two replays that share no code with the journal's own.
"""

from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from services.journal.actions.chains import broken_chains
from services.journal.actions.comments import comment_mark
from services.journal.actions.descriptions import describe_lesson
from services.journal.actions.entries import Cell, record_entries
from services.journal.actions.excuses import Given, make_excuse, withdraw_excuse
from services.journal.actions.finals import FinalCell, record_finals
from services.journal.actions.periods import close_period, reopen_period
from services.journal.actions.remarks import Said, remark_on_page
from services.journal.actions.tasks import TaskFacts, set_task
from services.journal.actions.works import set_work, work_of
from services.journal.models import Description, Entry, FinalMark, Page, Revision, Work
from services.journal.queries.page import class_page
from services.journal.rules.marks import ATTENDANCE
from shared.errors import Refusal
from shared.events.identity import PersonMerged
from shared.events.journal import FinalsRecorded, LessonDescribed, MarkCommented, MarksRecorded
from shared.ids import new_id
from tests.journal.conftest import MONDAY_MORNING
from tests.journal.makers import (
    FRIDAY,
    TODAY,
    YESTERDAY,
    make_enrolment,
    make_lessons,
    make_person,
    make_world,
    published,
    tell,
)

EXAMPLES, STEPS = 30, 24

HANDS = st.sampled_from(["teacher", "class_teacher"] * 4 + ["substitute"] * 2 + ["deputy", "stranger"])
WRITERS = {"teacher": {1, 2}, "class_teacher": {0, 1, 2}, "substitute": {0}}
"""On which lessons whom the rules let write: on Friday a substitute stands in for the teacher."""

LESSONS = st.integers(0, 2)
PUPILS = st.integers(0, 3)
BEHIND = st.sampled_from([0, 0, 0, 1, 3])
MARKS = st.sampled_from([None, "5", "4", "3", "2", "осв", "н/а"])
PRESENCE = st.sampled_from([None, *ATTENDANCE])
CELLS = st.lists(
    st.one_of(st.tuples(PUPILS, st.integers(1, 3), MARKS), st.tuples(PUPILS, st.just(0), PRESENCE)),
    min_size=1, max_size=6,
)  # fmt: skip
SAID = "…"
ALONE = ("work", "remark", "task", "plan_topic")
SAID_OF_PUPIL = Said("recommendation", "family", "Повторить § 3")
TEXTS = st.sampled_from([None, "Дроби", "№ 5", "Сложение дробей"])


class ManyHands(RuleBasedStateMachine):
    """One page and everybody who comes near it."""

    database = clock = None  # Given by the test.

    def __init__(self):
        super().__init__()
        self.clock.move_to(MONDAY_MORNING)
        self.world = make_world(self.database, pupils=[new_id() for _ in range(4)])
        self.people = {name: new_id() for name in ("substitute", "deputy", "stranger")}
        self.people |= {"teacher": self.world.teacher_id, "class_teacher": self.world.class_teacher_id}
        given = {"teacher_id": self.people["substitute"], "is_substituted": True}
        tell(
            self.database,
            self.world,
            make_person(self.people["substitute"], "Замена"),
            make_lessons(self.world, self.world.class_id, [FRIDAY], self.world.lessons[:1], **given),
        )
        self.merged = None
        self.excuses = []
        self.told_before = self.written_before = 0  # How much there was when two pupils became one.

    def state(self):
        with self.database.reading(self.world.school_id) as session:
            return session.execute(select(Page.id, Page.seq, Page.head)).one()

    def attempt(self, who, lesson, action):
        """Let somebody try; what is refused leaves no trace, and only who may write has written."""
        before, told = self.state(), len(published(self.database, self.world))
        actor = self.world.actor(self.people[who], who if who in ("class_teacher", "deputy") else "teacher")
        try:
            with self.database.writing(self.world.school_id) as session:
                action(session, actor, before)
        except Refusal:
            assert self.state() == before
            assert len(published(self.database, self.world)) == told
        else:
            assert lesson is None or lesson in WRITERS.get(who, ())

    @rule(who=HANDS, lesson=LESSONS, cells=CELLS, behind=BEHIND)
    def put_marks(self, who, lesson, cells, behind):
        typed = [Cell(self.world.pupils[pupil], slot, value) for pupil, slot, value in cells]

        def action(session, actor, page):
            seen = max(page.seq - behind, 0)
            record_entries(session, actor, self.world.lessons[lesson], seen, typed)

        self.attempt(who, lesson, action)

    @initialize(cells=CELLS)
    def begin(self, cells):
        self.put_marks("teacher", 1, cells, 0)

    @rule(who=HANDS, lesson=LESSONS, topic=TEXTS, homework=TEXTS, behind=BEHIND)
    def describe(self, who, lesson, topic, homework, behind):
        def action(session, actor, page):
            seen = max(page.seq - behind, 0)
            describe_lesson(session, actor, self.world.lessons[lesson], seen, topic, homework)

        self.attempt(who, lesson, action)

    @rule(
        who=HANDS, lesson=LESSONS, slot=st.integers(1, 3), kind=st.sampled_from(["answer", "control"]),
        weight=st.integers(1, 10), counts=st.booleans(), behind=BEHIND,
    )  # fmt: skip
    def weigh(self, who, lesson, slot, kind, weight, counts, behind):
        def action(session, actor, page):
            work = work_of(slot, kind, weight, counts=counts)
            set_work(session, actor, self.world.lessons[lesson], max(page.seq - behind, 0), work)

        self.attempt(who, lesson, action)

    @rule(who=HANDS, lesson=LESSONS, pupil=PUPILS, slot=st.integers(0, 3), said=TEXTS, behind=BEHIND)
    def comment(self, who, lesson, pupil, slot, said, behind):
        def action(session, actor, page):
            seen, pupil_id = max(page.seq - behind, 0), self.world.pupils[pupil]
            comment_mark(session, actor, self.world.lessons[lesson], seen, pupil_id, slot, said)

        self.attempt(who, lesson, action)

    @rule(who=HANDS, pupil=PUPILS, sign=st.sampled_from(["б", "уп"]), until=st.sampled_from([FRIDAY, TODAY]))
    def excuse(self, who, pupil, sign, until):
        def action(session, actor, _):
            given = Given(FRIDAY, until, sign, "certificate")
            self.excuses.append(make_excuse(session, actor, self.world.pupils[pupil], given).excuse_id)

        self.attempt(who if who != "teacher" else "class_teacher", None, action)

    @precondition(lambda self: self.excuses)
    @rule(which=st.integers(0, 9))
    def withdraw_an_excuse(self, which):
        def action(session, actor, _):
            withdraw_excuse(session, actor, self.excuses[which % len(self.excuses)], "Ошибка")

        self.attempt("class_teacher", None, action)

    @rule(who=HANDS, pupil=PUPILS, lesson=st.sampled_from([None, 0, 1]))
    def remark(self, who, pupil, lesson):
        def action(session, actor, page):
            about = None if lesson is None else self.world.lessons[lesson]
            remark_on_page(session, actor, page.id, self.world.pupils[pupil], SAID_OF_PUPIL, about)

        self.attempt(who, None, action)

    @rule(who=HANDS, lesson=LESSONS, pupil=st.one_of(st.none(), PUPILS), text=st.sampled_from(["№ 7", "§ 2"]))
    def set_a_task(self, who, lesson, pupil, text):
        def action(session, actor, page):
            pupil_id = None if pupil is None else self.world.pupils[pupil]
            facts = TaskFacts(text, pupil_id=pupil_id)
            set_task(session, actor, self.world.lessons[lesson], page.seq, facts)

        self.attempt(who, lesson, action)

    @rule(who=HANDS, marks=st.dictionaries(PUPILS, MARKS, min_size=1, max_size=4), behind=BEHIND)
    def attest(self, who, marks, behind):
        def action(session, actor, page):
            cells = [FinalCell(self.world.pupils[pupil], value) for pupil, value in marks.items()]
            column, seen = str(self.world.quarters[0]), max(page.seq - behind, 0)
            record_finals(session, actor, page.id, column, seen, cells, "Так решил педсовет")

        before = self.state()
        self.attempt(who, None, action)
        assert who in ("teacher", "class_teacher") or self.state() == before

    @rule(closing=st.booleans())
    def close_or_open(self, closing):
        def action(session, actor, _):
            if closing:
                close_period(session, actor, self.world.quarters[0])
            else:
                reopen_period(session, actor, self.world.quarters[0], "Ошибка в отметке")

        self.attempt("class_teacher", None, action)

    @rule(pupil=PUPILS, stays=st.booleans())
    def join_or_leave(self, pupil, stays):
        if self.merged and self.world.pupils[pupil] == self.merged[1]:
            return  # Identity knows nobody of that id any more.
        stay = make_enrolment(
            self.world.class_id, self.world.pupils[pupil], until_on=None if stays else YESTERDAY
        )
        tell(self.database, self.world, stay)

    @precondition(lambda self: self.merged is None)
    @rule(kept=PUPILS, gone=PUPILS)
    def turn_out_to_be_one(self, kept, gone):
        if kept != gone:
            self.merged = self.world.pupils[kept], self.world.pupils[gone]
            self.told_before = len(published(self.database, self.world))
            self.written_before = self.state().seq
            tell(self.database, self.world, PersonMerged(kept_id=self.merged[0], merged_id=self.merged[1]))

    @rule()
    def sleep(self):
        self.clock.shift(86_400)

    def teardown(self):
        with self.database.reading(self.world.school_id) as session:
            assert list(broken_chains(session)) == []
            shown = cells_of(session)
            assert self.replayed_history(session) == shown
            assert self.replayed_events() == {
                key: SAID if key[0] == "comment" else value for key, value in shown.items()
            }
            check_averages(class_page(session, self.world.actor(), self.state().id), session)

    def replayed_history(self, session):
        """Read the revisions one after another; each also names what it replaced."""
        cells = {}
        for one in session.scalars(select(Revision).order_by(Revision.seq)):
            if one.seq == self.written_before + 1:
                self.move(cells)
            key = (one.what, one.lesson_id or one.period_id, one.slot, one.pupil_id)
            if one.what in ALONE:  # Told by ids alone, or not by cells; the doctor compares them.
                continue
            assert one.was == cells.get(key)
            cells[key] = one.value
        return standing(self.moved(cells, self.written_before >= self.state().seq))

    def replayed_events(self):
        """Be a service that heard everything, in order."""
        cells = {}
        told = published(self.database, self.world)
        for number, one in enumerate(told):
            if number == self.told_before:
                self.move(cells)
            if isinstance(one, MarksRecorded):
                for cell in one.entries:
                    what = "mark" if cell.slot else "attendance"
                    cells[what, one.lesson_id, cell.slot, cell.pupil_id] = cell.value
            elif isinstance(one, MarkCommented):
                # What is said is nobody's but the journal's; whether something is, everybody hears.
                said = SAID if one.is_commented else None
                cells["comment", one.lesson_id, one.slot, one.pupil_id] = said
            elif isinstance(one, FinalsRecorded):
                for cell in one.entries:
                    cells["final", one.period_id, 0, cell.pupil_id] = cell.value
            elif isinstance(one, LessonDescribed):
                cells["topic", one.lesson_id, None, None] = one.topic
                cells["homework", one.lesson_id, None, None] = one.homework
        return standing(self.moved(cells, self.told_before >= len(told)))

    def moved(self, cells, is_due):
        if is_due:
            self.move(cells)
        return cells

    def move(self, cells):
        """Give the cells of the merged pupil to the one kept, unless that one has such a cell."""
        if self.merged:
            kept, gone = self.merged
            before = set(cells)
            for what, about, slot, pupil in [key for key in cells if key[3] == gone]:
                # A comment goes with what it is about.
                of = ("mark" if slot else "attendance") if what == "comment" else what
                if (of, about, slot, kept) not in before:
                    cells[what, about, slot, kept] = cells.pop((what, about, slot, pupil))


def standing(cells):
    return {key: value for key, value in cells.items() if value is not None}


def cells_of(session):
    """Read the page's tables as they lie."""
    cells = {}
    for one in session.scalars(select(Entry)):
        cells["mark" if one.slot else "attendance", one.lesson_id, one.slot, one.pupil_id] = one.value
        cells["comment", one.lesson_id, one.slot, one.pupil_id] = one.comment
    for one in session.scalars(select(Description)):
        cells["topic", one.lesson_id, None, None] = one.topic
        cells["homework", one.lesson_id, None, None] = one.homework
    for one in session.scalars(select(FinalMark)):
        cells["final", one.period_id, one.slot, one.pupil_id] = one.value
    return standing(cells)


def check_averages(page, session):
    """Compare the page's averages with Σ(m·w) / Σw over what counts (DOMAIN 2.2), in fractions."""
    weights = {(w.lesson_id, w.slot): w.weight for w in session.scalars(select(Work)) if w.counts}
    marks = defaultdict(list)
    for one in session.scalars(select(Entry).where(Entry.slot > 0)):
        if one.value is not None and one.value.isdigit() and (one.lesson_id, one.slot) in weights:
            marks[one.pupil_id].append((int(one.value), weights[one.lesson_id, one.slot]))
    for pupil, shown in zip(page["pupils"], page["averages"], strict=True):
        own = marks[pupil["id"]]
        if not own:
            assert shown is None
            continue
        exact = Fraction(sum(m * w for m, w in own), sum(w for _, w in own))
        rounded = (Decimal(exact.numerator) / exact.denominator).quantize(Decimal("0.01"), ROUND_HALF_UP)
        assert shown == str(rounded)


def test_whatever_many_hands_do_the_page_its_history_and_its_events_agree(database, clock):
    machine = type("Hands", (ManyHands,), {"database": database, "clock": clock})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
        ),
    )


def test_the_machine_notices_a_page_that_its_events_do_not_tell(database, clock):
    """A test that cannot fail proves nothing: an entry changed behind everybody's back is seen."""
    hands = type("Hands", (ManyHands,), {"database": database, "clock": clock})()
    hands.put_marks("teacher", 1, [(0, 1, "5")], 0)
    with database.writing(hands.world.school_id) as session:
        session.scalars(select(Entry)).one().value = "3"

    with pytest.raises(AssertionError):
        hands.teardown()
