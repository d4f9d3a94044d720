"""Who was absent: a class's day, its totals over a span, and what still waits for a reason.

Other views may use `totals_of_class`: lessons and whole days missed by each pupil (DOMAIN 2.6).
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, bindparam, exists, literal, or_, select, tuple_

from services.journal.models import Excuse
from services.journal.models.relations import (
    enrolments,
    entries,
    lessons,
    pages,
    people,
    run,
    school,
    subjects,
)
from services.journal.models.several import Around, groups_around
from services.journal.queries.absence_rows import (
    CLASS,
    LAST_DAY,
    NEXT_DAY,
    Span,
    around,
    covers,
    span_of,
    totals_of_class,
)
from services.journal.queries.lists import year_of
from services.journal.queries.people import STUB, shown_name
from services.journal.rules.absence import UNRESOLVED, is_absence
from services.journal.rules.access import reads_all
from services.journal.rules.excuses import PAPERS, RESOLVE_DAYS
from services.journal.rules.marks import TIME_ZONE, reasons_on
from services.journal.rules.parameters import parameter_on
from services.journal.rules.spans import BeforeTheYear
from shared.auth import Actor
from shared.clock import today
from shared.db import SchoolSession
from shared.errors import NotFound

Json = dict[str, Any]
MAX_WAITING = 200
MAX_EXCUSES = 100


def class_day(session: SchoolSession, actor: Actor, group_id: UUID, day: date | None = None) -> Json:
    """Return a class's day: its pupils, its lessons, and who was absent from which.

    Without a day named it is today or, when the class has no lessons today, the last day it had some.
    """
    group = _class(session, actor, group_id)
    groups = groups_around(session, group.id)
    if day is None:
        current = today(group.time_zone or TIME_ZONE)
        day = run(session, LAST_DAY, around=groups.all, on=current).scalar() or current
    span = span_of(session, group.id, groups, day, day)
    here = [
        pupil
        for pupil in span.pupils
        if any(covers(stay, day) for stay in span.sits[group.id][pupil.pupil_id])
    ]
    return {
        "group": {"id": group.id, "name": group.name},
        "on": day,
        "previous_on": run(session, LAST_DAY, around=groups.all, on=day - timedelta(days=1)).scalar(),
        "next_on": run(session, NEXT_DAY, around=groups.all, on=day).scalar(),
        "lessons": [_lesson(lesson) for lesson in span.lessons],
        "pupils": [
            {
                "id": pupil.pupil_id,
                "name": shown_name(pupil),
                "cells": [_cell(span, lesson, pupil.pupil_id) for lesson in span.lessons],
            }
            for pupil in here
        ],
        "reasons": _reasons(group, day),
        "can_excuse": group.class_teacher_id == actor.person_id,
    }


def class_absences(
    session: SchoolSession,
    actor: Actor,
    group_id: UUID,
    starts_on: date | None,
    ends_on: date | None,
    before: UUID | None = None,
) -> Json:
    """Return what each pupil of a class missed in a span, what waits for a reason, and the excuses.

    Without a first day it is counted from the beginning of the year of the last one, and without that
    until today; the excuses follow the one named `before`. Raises NotFound, and BeforeTheYear for a last
    day alone by which no year had begun.
    """
    group = _class(session, actor, group_id)
    day = today(group.time_zone or TIME_ZONE)
    first = _year_begins(session, day)
    starts_on, ends_on = _span(session, starts_on, ends_on, day)
    groups = groups_around(session, group.id)
    totals = totals_of_class(session, group.id, groups, starts_on, ends_on)
    excuses, following = _excuses(session, [pupil.pupil_id for pupil, _ in totals], before)
    days = parameter_on(group.absence_resolve_days, day, RESOLVE_DAYS)
    return {
        "group": {"id": group.id, "name": group.name},
        "from": starts_on,
        "until": ends_on,
        "pupils": [
            {"id": pupil.pupil_id, "name": shown_name(pupil), "left_on": _left(pupil, day), **vars(own)}
            for pupil, own in totals
        ],
        "waiting": _waiting(session, group.id, groups, first, day - timedelta(days=days)),
        "resolve_days": days,
        "excuses": excuses,
        "next": following,
        "reasons": _reasons(group, day),
        "papers": PAPERS,
        "can_excuse": group.class_teacher_id == actor.person_id,
    }


def _span(
    session: SchoolSession, starts_on: date | None, ends_on: date | None, day: date
) -> tuple[date, date]:
    """Return the days that are meant, none of them ahead but the first."""
    since = starts_on or _year_begins(session, ends_on or day)
    if starts_on is None and ends_on is not None and ends_on < since:
        raise BeforeTheYear(on=since)
    return since, max(since, min(ends_on or day, day))


def _year_begins(session: SchoolSession, day: date) -> date:
    year = year_of(session, day)
    return year.starts_on if year else day


def _class(session: SchoolSession, actor: Actor, group_id: UUID) -> Row[Any]:
    found = run(session, CLASS, group=group_id).first()
    if found is None or not (found.class_teacher_id == actor.person_id or reads_all(actor)):
        raise NotFound
    return found


def _left(stay: Row[Any], day: date) -> date | None:
    """Return the last day in the class of a pupil who has left it."""
    return stay.until_on if stay.until_on is not None and stay.until_on < day else None


def _lesson(lesson: Row[Any]) -> Json:
    return {
        "id": lesson.id,
        "page_id": lesson.page_id,
        "on": lesson.held_on,
        "number": lesson.number,
        "subject": lesson.subject or STUB,
        "group": lesson.group_name or STUB,
    }


def _cell(span: Span, lesson: Row[Any], pupil_id: UUID) -> str | None:
    """What stands of a pupil in a lesson, «» for nothing; None where the pupil was not on the list."""
    return span.values.get((lesson.id, pupil_id)) or ("" if span.sat(lesson, pupil_id) else None)


def _reasons(group: Row[Any], day: date) -> list[Json]:
    """The reasons an absence may be excused with."""
    known = reasons_on(group.attendance, day).items()
    return [
        {"value": sign, "title": title} for sign, title in known if is_absence(sign) and sign != UNRESOLVED
    ]


def _waiting(session: SchoolSession, class_id: UUID, groups: Around, first: date, last: date) -> list[Json]:
    """Return the «н» that have waited for a reason for too long (clause 4.2.2), oldest first.

    Of who left the class, those of days before: later ones, in a group across classes, are another's.
    """
    is_own = exists().where(
        enrolments.c.group_id == bindparam("group"),
        enrolments.c.pupil_id == entries.c.pupil_id,
        or_(enrolments.c.until_on.is_(None), enrolments.c.until_on >= lessons.c.held_on),
    )
    asked = (
        select(
            entries.c.pupil_id,
            lessons.c.held_on,
            lessons.c.number,
            lessons.c.page_id,
            subjects.c.name.label("subject"),
            people.c.family_name,
            people.c.given_name,
        )
        .select_from(
            lessons.join(pages, pages.c.id == lessons.c.page_id)
            .join(entries, and_(entries.c.page_id == lessons.c.page_id, entries.c.lesson_id == lessons.c.id))
            .outerjoin(subjects, subjects.c.id == pages.c.subject_id)
            .outerjoin(people, people.c.id == entries.c.pupil_id)
        )
        .where(pages.c.school_id == school, pages.c.group_id.in_(around), is_own)
        .where(lessons.c.held_on.between(first, last), entries.c.slot == 0, entries.c.value == UNRESOLVED)
        .order_by(lessons.c.held_on, lessons.c.number)
        .limit(MAX_WAITING)
    )
    return [
        {
            "pupil": {"id": row.pupil_id, "name": shown_name(row)},
            "on": row.held_on,
            "number": row.number,
            "subject": row.subject or STUB,
            "page_id": row.page_id,
        }
        for row in run(session, asked, group=class_id, around=groups.all)
    ]


def _excuses(
    session: SchoolSession, pupil_ids: Sequence[UUID], before: UUID | None
) -> tuple[list[Json], UUID | None]:
    """Return the excuses of pupils that stand, the latest days first, and by which to ask for the next."""
    asked = select(Excuse).where(Excuse.pupil_id.in_(pupil_ids), Excuse.withdrawn_at.is_(None))
    last = session.get(Excuse, before) if before else None
    if last is not None:
        place = tuple_(Excuse.from_on, Excuse.id)
        asked = asked.where(place < tuple_(literal(last.from_on), literal(last.id)))
    names = ("id", "pupil_id", "from_on", "until_on", "sign", "paper", "number", "issued_on", "note")
    order = (Excuse.from_on.desc(), Excuse.id.desc())
    found = session.scalars(asked.order_by(*order).limit(MAX_EXCUSES + 1)).all()
    shown = [{name: getattr(one, name) for name in names} for one in found[:MAX_EXCUSES]]
    return shown, found[MAX_EXCUSES - 1].id if len(found) > MAX_EXCUSES else None
