"""Deadlines as people look at them: signs over a page's lessons, and the board of teacher, class, school."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.journal.models.relations import run
from services.journal.queries.deadlines import Asked, Found, lesson_statuses
from services.journal.queries.page import may_read
from services.journal.queries.page_rows import PAGE
from services.journal.queries.people import STUB, shown_name
from services.journal.rules.deadlines import AHEAD, LATE, MET, NEAR, Status
from shared.auth import Actor
from shared.db import SchoolSession
from shared.errors import Invalid, NotFound, Text
from shared.names import group_key, names_apart

Json = dict[str, Any]
MOST_DAYS = timedelta(days=62)
MOST_ITEMS = 300
WORST = (AHEAD, MET, NEAR, LATE)
"""From what needs nothing to what is worst."""


class SpanTooLong(Invalid):
    """The board is of two months at most."""

    title = Text("Слишком большой срок", "The span is too long")
    detail = Text(
        "Сводка сроков считается не больше чем за два месяца. Выберите дни ближе друг к другу.",
        "The board of deadlines is of two months at most. Choose days nearer to each other.",
    )


def page_deadlines(
    session: SchoolSession, actor: Actor, page_id: UUID, starts_on: date, ends_on: date
) -> Json:
    """Return by lesson what became of what is owed on a page; NotFound where it is not theirs to see."""
    page = run(session, PAGE, page=page_id, me=actor.person_id).first()
    if page is None or not may_read(actor, page):
        raise NotFound
    found = lesson_statuses(session, actor, Asked(starts_on, ends_on, page_id=page_id))
    by_lesson: dict[UUID, list[Status]] = {}
    for status in found.statuses:
        by_lesson.setdefault(status.about.lesson_id, []).append(status)
    return {
        "items": [
            {
                "lesson_id": lesson_id,
                "state": max((one.state for one in own), key=WORST.index),
                "owed": [_said(one) for one in own],
            }
            for lesson_id, own in by_lesson.items()
        ]
    }


def deadline_board(session: SchoolSession, actor: Actor, asked: Asked) -> Json:
    """Return how deadlines are kept, by teacher and class, each lesson where one is near or late, and all
    that is awaited.

    The counts are of all; of the single things `MOST_ITEMS` are shown, the oldest first.
    """
    if asked.ends_on - asked.starts_on > MOST_DAYS:
        raise SpanTooLong
    found = lesson_statuses(session, actor, asked)
    open_ = [one for one in found.statuses if one.state in (NEAR, LATE) or one.about in found.pupils]
    names = _names(found)
    return {
        "from": asked.starts_on,
        "until": asked.ends_on,
        "counts": _counts(found, names),
        "classes": _of_classes(found),
        "items": [_item(one, found, names) for one in open_[:MOST_ITEMS]],
        "left_out": max(0, len(open_) - MOST_ITEMS),
    }


def _names(found: Found) -> dict[UUID, str]:
    """Return the names of all who give lessons: as they are signed, or in full where two would be alike."""
    people = {row.teacher_id: row for rows in found.teachers.values() for row in rows}
    parts = [(row.family_name or "", row.given_name or "", row.patronymic or "") for row in people.values()]
    return {id_: name or STUB for id_, name in zip(people, names_apart(parts), strict=True)}


def _counts(found: Found, names: Mapping[UUID, str]) -> list[Json]:
    """Count states by the one who gives the lesson, the class, and the deadline."""
    counted: dict[tuple[Any, ...], Counter[str]] = {}
    for status in found.statuses:
        lesson = found.lessons[status.about.lesson_id]
        for teacher in _givers(found, names, lesson.id):
            key = (teacher, lesson.class_id, lesson.class_name or STUB, status.rule, status.clause)
            counted.setdefault(key, Counter())[status.state] += 1
    rows = [
        {
            "teacher": {"id": teacher[0], "name": teacher[1]} if teacher else None,
            "group": {"id": class_id, "name": name},
            "rule": rule,
            "clause": clause,
            **{state: states[state] for state in (MET, NEAR, LATE)},
        }
        for (teacher, class_id, name, rule, clause), states in counted.items()
    ]
    return sorted(
        rows, key=lambda row: ((row["teacher"] or {"name": ""})["name"], group_key(row["group"]["name"]))
    )


def _of_classes(found: Found) -> list[Json]:
    """Count states by class alone: what two owe who give a lesson together is one thing."""
    counted: dict[tuple[UUID, str], Counter[str]] = {}
    for status in found.statuses:
        lesson = found.lessons[status.about.lesson_id]
        counted.setdefault((lesson.class_id, lesson.class_name or STUB), Counter())[status.state] += 1
    return [
        {"group": {"id": class_id, "name": name}, **{state: states[state] for state in (MET, NEAR, LATE)}}
        for (class_id, name), states in sorted(counted.items(), key=lambda one: group_key(one[0][1]))
    ]


def _givers(found: Found, names: Mapping[UUID, str], lesson_id: UUID) -> Sequence[tuple[UUID, str] | None]:
    return [(row.teacher_id, names[row.teacher_id]) for row in found.teachers.get(lesson_id, ())] or [None]


def _item(status: Status, found: Found, names: Mapping[UUID, str]) -> Json:
    lesson = found.lessons[status.about.lesson_id]
    return {
        **_said(status),
        **_place(lesson),
        "teachers": [given[1] for given in _givers(found, names, lesson.id) if given],
        "pupils": [
            {"id": row.pupil_id, "name": shown_name(row)} for row in found.pupils.get(status.about, ())
        ],
    }


def _place(lesson: Row[Any]) -> Json:
    return {
        "page_id": lesson.page_id,
        "lesson_id": lesson.id,
        "on": lesson.held_on,
        "number": lesson.number,
        "group": {"id": lesson.group_id, "name": lesson.group_name or STUB},
        "subject": lesson.subject_name or STUB,
    }


def _said(status: Status) -> Json:
    return {
        "rule": status.rule,
        "clause": status.clause,
        "what": status.about.what,
        "slot": status.about.slot,
        "state": status.state,
        "due": status.due,
        "done_at": status.done_at,
    }
