"""What is owed on pages, and when it was done: facts for `rules.deadlines`, whatever their number.

Attendance has no word for «all are here»: it counts as taken once anything was written about the
lesson, and as late when an absence was first written too late. A change that a request for
correction asked for is no late entry. Marks of a period are owed in a page's last lesson
of it, for all pupils. A work that is awaited («•») is owed until its own day, for as long as it can become
a mark, whatever the days asked for; of the days asked for, what became a mark is told, too. Homework is
written as well where tasks by group or pupil reach everybody. Eleven statements, whatever the school's size;
one more where a class is named.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, or_, select, true

from services.journal.models.relations import (
    entries,
    gives_lesson,
    leads_class,
    lesson_teachers,
    lessons,
    pages,
    run,
    school,
    teaches_page,
)
from services.journal.models.several import groups_around, leads_pupils, leads_there
from services.journal.models.terms import term_rows
from services.journal.queries.awaited import answered_of, awaited_of
from services.journal.queries.deadline_pupils import finals_of, set_by_parts, works_of
from services.journal.queries.deadline_rows import TEXTS, filled_of, lessons_of, teachers_of
from services.journal.queries.people import in_order
from services.journal.rules.access import reads_all
from services.journal.rules.deadlines import Done, Owed, Status, Terms, statuses
from services.journal.rules.scales import is_marked
from shared import policy
from shared.auth import Actor
from shared.clock import now
from shared.db import SchoolSession

Lessons = dict[UUID, Row[Any]]
Teachers = dict[UUID, list[Row[Any]]]
"""Who gives each lesson."""

Pupils = dict["About", list[Row[Any]]]
"""Whose works of one lesson are awaited until one day."""

Given = dict[str, Any]
Works = dict[tuple[UUID, int], Row[Any]]
"""Written works by lesson and slot."""


@dataclass(frozen=True)
class Asked:
    """Which lessons: of a span of days; of one page, class or teacher if named, or only those one gives."""

    starts_on: date
    ends_on: date
    page_id: UUID | None = None
    group_id: UUID | None = None
    teacher_id: UUID | None = None
    is_mine: bool = False


class About(NamedTuple):
    """What is owed of a lesson: its topic, homework, attendance, the marks of a slot or of a written work.

    Of the last lesson of a period, the period's marks, too.
    """

    lesson_id: UUID
    what: str
    slot: int | None = None
    period_id: UUID | None = None
    due_on: date | None = None  # Of works that are awaited.


class Found(NamedTuple):
    """What became of what is owed, the lessons it is about, who gives them, and whose works are awaited."""

    statuses: list[Status]
    lessons: Lessons
    teachers: Teachers
    pupils: Pupils


LEADS = or_(leads_class, leads_pupils)


def lesson_statuses(session: SchoolSession, actor: Actor, asked: Asked) -> Found:
    """Return what became of all that is owed on the lessons asked for.

    Of a page named, all of it: the caller has looked whether it may be read. Else those who supervise
    see the whole school, a teacher the own lessons, a class teacher those of the class and those of several
    that its pupils have; of works awaited there, the own pupils'. Cancelled
    lessons and those of days to come owe nothing but a period's marks.
    """
    terms = Terms.of(*term_rows(session, asked.starts_on, asked.ends_on))
    until = min(asked.ends_on, terms.day(now()))
    around = groups_around(session, asked.group_id).all if asked.group_id else None
    seen = _seen(actor, asked, around)
    within = and_(seen, lessons.c.held_on.between(asked.starts_on, until))
    given = {"me": actor.person_id}
    held = {row.id: row for row in run(session, lessons_of(within), **given)}
    filled = run(session, filled_of(within), **given).all() if held else []
    written = run(session, works_of(within), **given).all() if held else []
    by_parts = run(session, set_by_parts(within), **given).all() if held else []
    answered = run(session, answered_of(within), **given).all() if held else []
    finals = _finals(session, seen, asked.starts_on, until, terms, given)
    works = {(work.lesson_id, work.slot): work for work in written}
    facts = [*_owed(held, terms), *_entered(held, filled, works), *_works_owed(held, works)]
    open_ = within if asked.page_id else and_(seen, lessons.c.held_on <= until)
    theirs = and_(open_, _seen(actor, asked, around, leads_there(entries.c.pupil_id)))
    awaited = in_order(run(session, awaited_of(theirs), day=terms.day(now()), **given))
    pupils = _pupils(awaited)
    facts += [
        *_finals_owed(finals),
        *(Done("D1", About(row.lesson_id, "homework"), row.set_at) for row in by_parts),
        *_awaited(pupils, answered),
    ]
    found = statuses(facts, terms, now())
    places = {row.id: row for row in (*finals, *awaited)} | held
    within = or_(within, lessons.c.id.in_({row.id for row in (*finals, *awaited)}))
    return Found(found, places, _teachers(session, within, given) if places else {}, pupils)


def _pupils(awaited: Iterable[Row[Any]]) -> Pupils:
    """Return whose works are awaited, those of one lesson and one day together."""
    pupils: Pupils = {}
    for row in awaited:
        about = About(row.id, "awaited", row.slot, due_on=row.due_on)
        pupils.setdefault(about, []).append(row)
    return pupils


def _awaited(pupils: Pupils, answered: Iterable[Row[Any]]) -> Iterator[Owed | Done]:
    """Of one lesson and one day all is done when the last of it is."""
    yield from (Owed("D2.awaited", about, rows[0].due_on) for about, rows in pupils.items())
    for row in answered:
        about = About(row.lesson_id, "awaited", row.slot, due_on=row.due_on)
        if about not in pupils:
            yield from (Owed("D2.awaited", about, row.due_on), Done("D2.awaited", about, row.done_at))


def _teachers(session: SchoolSession, within: ColumnElement[bool], given: Given) -> Teachers:
    teachers: Teachers = {}
    for row in run(session, teachers_of(within), **given):
        teachers.setdefault(row.lesson_id, []).append(row)
    return teachers


def _finals(
    session: SchoolSession,
    seen: ColumnElement[bool],
    starts_on: date,
    until: date,
    terms: Terms,
    given: Given,
) -> list[Row[Any]]:
    """Return the columns whose window is open within the days asked for, or was."""
    days = timedelta(days=terms.value("period_marks_days", until) - 1)
    span = {"ends_from": starts_on, "ends_until": until + days}
    return [row for row in run(session, finals_of(seen), **given, **span) if is_marked(row, row.ends_on)]


def _finals_owed(finals: Iterable[Row[Any]]) -> Iterator[Owed | Done]:
    for row in finals:
        about = About(row.id, "final", None, row.period_id)
        yield Owed("D4", about, row.ends_on)
        if row.marked == row.expected and row.last_at:
            yield Done("D4", about, row.last_at)


def _seen(
    actor: Actor, asked: Asked, around: Sequence[UUID] | None, leads: ColumnElement[bool] = LEADS
) -> ColumnElement[bool]:
    gives = or_(gives_lesson, and_(teaches_page, ~lessons.c.is_substituted))
    given = select(lesson_teachers.c.lesson_id).where(lesson_teachers.c.teacher_id == asked.teacher_id)
    sees_all = (reads_all(actor) or asked.page_id) and not asked.is_mine
    is_leader = "class" in policy.reach("journal", "follow deadlines", actor.roles) and not asked.is_mine
    return and_(
        pages.c.school_id == school,
        lessons.c.school_id == school,
        lessons.c.state == "planned",
        true() if sees_all else or_(gives, leads) if is_leader else gives,
        pages.c.id == asked.page_id if asked.page_id else true(),
        pages.c.group_id.in_(around) if around is not None else true(),
        lessons.c.id.in_(given) if asked.teacher_id else true(),
    )


def _owed(held: Lessons, terms: Terms) -> Iterator[Owed]:
    for lesson in held.values():
        since = _begins(lesson, terms)
        yield from (Owed("D1", About(lesson.id, what), since) for what in (*TEXTS, "attendance"))


def _begins(lesson: Row[Any], terms: Terms) -> date:
    if not lesson.starts:
        return lesson.held_on  # type: ignore[no-any-return]
    begins = datetime.combine(lesson.held_on, time.fromisoformat(lesson.starts))
    return begins.replace(tzinfo=terms.zone)


def _entered(held: Lessons, filled: Iterable[Row[Any]], works: Works) -> Iterator[Owed | Done]:
    touched: dict[UUID, datetime] = {}
    absent: dict[UUID, datetime] = {}
    for part in filled:
        touched[part.lesson_id] = min(part.first_at, touched.get(part.lesson_id, part.first_at))
        if part.what == "mark":
            yield from _marks(held[part.lesson_id], part, works.get((part.lesson_id, part.slot)))
        elif part.what == "attendance":
            absent[part.lesson_id] = part.last_at
        elif getattr(held[part.lesson_id], part.what):
            yield Done("D1", About(part.lesson_id, part.what), part.filled_at)
    for lesson_id, at in (touched | absent).items():
        yield Done("D1", About(lesson_id, "attendance"), at)


def _marks(lesson: Row[Any], part: Row[Any], work: Row[Any] | None) -> Iterator[Owed | Done]:
    """No mark of current work is owed, but one put belongs to its day; written work is owed whole."""
    if work is None:
        about = About(lesson.id, "mark", part.slot)
        yield from (Owed("D1", about, lesson.held_on), Done("D1", about, part.last_at))
    elif work.marked == work.expected and part.marked_at:
        yield Done(_rule(work), About(lesson.id, "work", part.slot), part.marked_at)


def _works_owed(held: Lessons, works: Works) -> Iterator[Owed]:
    for (lesson_id, slot), work in works.items():
        yield Owed(_rule(work), About(lesson_id, "work", slot), held[lesson_id].held_on)


def _rule(work: Row[Any]) -> str:
    return "D3" if work.is_monitoring else "D2"
