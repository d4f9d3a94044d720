"""Requests to correct, one in each state: settled, declined, opened again, waiting, overdue, approved."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Row, exists, select

from deploy.demo.chronicle import Step, Write, actor_of, moment
from deploy.demo.classroom import Classroom
from services.journal.actions.cells import Cell as Entered
from services.journal.actions.corrections.organising import approve_correction
from services.journal.actions.corrections.reported_cells import Cell
from services.journal.actions.corrections.reporting import report_error
from services.journal.actions.corrections.settling import answer_settlement, settle_correction
from services.journal.actions.entries import record_entries
from services.journal.models import Closing, Correction, Entry, Lesson, Page, Period
from services.journal.rules.corrections import DECLINED
from shared.auth import Actor
from shared.db import SchoolSession

REPORT, CORRECT, DECLINE, CONFIRM, REOPEN, APPROVE = range(6)


class Moment(NamedTuple):
    """What is done, how many school days ago, at what o'clock."""

    back: int
    clock: str
    act: int


class Story(NamedTuple):
    """A request of the family to be shown: what it says, of which cell, and how it went on."""

    text: str
    what: str
    went: tuple[Moment, ...]
    is_closed: bool = False  # About a mark of a period that is closed.


STORIES = (
    Story(
        "Ответ у доски был на «5», а в дневнике стоит другая отметка.",
        "mark",
        (Moment(9, "19:10", REPORT), Moment(8, "16:20", CORRECT), Moment(8, "20:05", CONFIRM)),
    ),
    Story(
        "Записано не то домашнее задание: этот параграф ещё не проходили.",
        "homework",
        (Moment(7, "18:40", REPORT), Moment(6, "16:30", DECLINE)),
    ),
    Story(
        "Работу переписали, но отметка осталась прежней.",
        "mark",
        (Moment(5, "17:50", REPORT), Moment(4, "16:15", DECLINE), Moment(4, "20:30", REOPEN)),
    ),
    Story(
        "Отметка поставлена не за тот урок.",
        "mark",
        (Moment(3, "19:00", REPORT), Moment(2, "16:45", CORRECT)),
    ),
    Story("Перепутаны фамилии: это отметка другого ученика.", "mark", (Moment(3, "18:00", REPORT),)),
    Story("В теме урока опечатка.", "topic", (Moment(1, "20:15", REPORT),)),
    Story(
        "За эту работу в тетради стоит «5».",
        "mark",
        (Moment(2, "18:30", REPORT), Moment(1, "16:50", APPROVE)),
        is_closed=True,
    ),
)
DECLINED_NOTE = "Проверил по тетради: запись верна."
REOPENED_TEXT = "Посмотрите, пожалуйста, ещё раз: работа сдана заново."


def request_steps(room: Classroom, zone: ZoneInfo) -> Iterator[Step]:
    """Yield the stories that the days with lessons are enough for."""
    for story in STORIES:
        if room.back(story.went[0].back + 1):
            for back, clock, act in story.went:
                day = room.back(back) or room.days[-1]
                actor, write = _act(room, story, act, day)
                yield Step(moment(zone, day, clock), actor, write)


def _act(room: Classroom, story: Story, act: int, day: date) -> tuple[Actor, Write]:
    if act == REPORT:
        return room.parent, partial(_report, story, room.pupils[0], day)
    if act in (CONFIRM, REOPEN):
        return room.parent, partial(_answer, story, is_confirmed=act == CONFIRM)
    return room.deputy, partial({CORRECT: _correct, DECLINE: _decline, APPROVE: _approve}[act], story)


def _report(story: Story, pupil_id: UUID, day: date, session: SchoolSession, parent: Actor) -> None:
    at = _cell(session, pupil_id, day, is_closed=story.is_closed)
    if at is not None:
        slot = at.slot if story.what == "mark" else None
        report_error(
            session, parent, Cell(story.what, at.lesson_id, slot=slot, pupil_id=pupil_id), story.text
        )


def _cell(session: SchoolSession, pupil_id: UUID, day: date, *, is_closed: bool) -> Row[UUID, int] | None:
    """Return the pupil's last mark before a day, in a closed period or else in none, not reported yet."""
    ended = select(Period.ends_on).join(Closing, Closing.period_id == Period.id)
    closed_until = max(session.scalars(ended.where(Closing.reopened_at.is_(None))), default=date.min)
    until = closed_until if is_closed else day - timedelta(days=1)
    asked = (
        select(Entry.lesson_id, Entry.slot)
        .join(Lesson, Lesson.id == Entry.lesson_id)
        .where(
            Entry.pupil_id == pupil_id,
            Entry.slot > 0,
            Entry.value.in_(("3", "4", "5")),
            Lesson.held_on <= until,
        )
        .where(~exists().where(Correction.lesson_id == Entry.lesson_id))
        .order_by(Lesson.held_on.desc(), Lesson.number, Entry.slot)
    )
    if not is_closed:
        asked = asked.where(Lesson.held_on > closed_until)
    return session.execute(asked.limit(1)).first()


def _of(session: SchoolSession, story: Story) -> Correction | None:
    return session.scalars(select(Correction).where(Correction.text == story.text)).first()


def _correct(story: Story, session: SchoolSession, _: Actor) -> None:
    correction = _of(session, story)
    if correction is None or correction.assignee_id is None or correction.pupil_id is None:
        return
    key = (Entry.page_id, Entry.lesson_id, Entry.slot, Entry.pupil_id)
    wanted = (correction.page_id, correction.lesson_id, correction.slot, correction.pupil_id)
    same = (column == value for column, value in zip(key, wanted, strict=True))
    entry = session.scalars(select(Entry).where(*same)).one()
    seen = session.scalars(select(Page.seq).where(Page.id == correction.page_id)).one()
    teacher = actor_of(correction.school_id, correction.assignee_id, "teacher")
    cell = Entered(entry.pupil_id, entry.slot, "4" if entry.value == "5" else "5")
    record_entries(session, teacher, entry.lesson_id, seen, [cell], request_id=correction.id)


def _decline(story: Story, session: SchoolSession, _: Actor) -> None:
    correction = _of(session, story)
    if correction is not None and correction.assignee_id is not None:
        teacher = actor_of(correction.school_id, correction.assignee_id, "teacher")
        settle_correction(session, teacher, correction.id, DECLINED, DECLINED_NOTE)


def _approve(story: Story, session: SchoolSession, deputy: Actor) -> None:
    correction = _of(session, story)
    if correction is not None:
        approve_correction(session, deputy, correction.id, is_standing=True)


def _answer(story: Story, session: SchoolSession, parent: Actor, *, is_confirmed: bool) -> None:
    correction = _of(session, story)
    if correction is not None:
        text = None if is_confirmed else REOPENED_TEXT
        answer_settlement(session, parent, correction.id, is_confirmed=is_confirmed, text=text)
