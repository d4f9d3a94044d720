"""Lessons told to the other services, many in one event, never more than a message may hold."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.schedule.models import Room
from services.schedule.rules import BYTES_IN_AN_EVENT, LESSONS_IN_AN_EVENT
from shared.db import SchoolSession
from shared.events.schedule import LessonsCancelled, LessonsPlanned, PlannedLesson
from shared.outbox import publish

LESSON_BYTES = 175  # A lesson in JSON without its room and teachers.
TEACHER_BYTES = 39

Pair = tuple[UUID, UUID]


def tell_planned(session: SchoolSession, year_id: UUID, rows: Sequence[dict[str, Any]]) -> None:
    """Tell of lessons that were put on days or changed, by group and subject."""
    rooms = {row.id: row.name for row in session.execute(select(Room.id, Room.name))} if rows else {}
    people: dict[str, UUID] = {}
    for (group_id, subject_id), found in _by_page(rows):
        lessons = [_lesson(row, rooms, people) for row in found]
        for part in parts(lessons):
            event = LessonsPlanned(year_id=year_id, group_id=group_id, subject_id=subject_id, lessons=part)
            publish(session, event)


def tell_cancelled(session: SchoolSession, rows: Sequence[dict[str, Any]]) -> None:
    """Tell of lessons that will not take place."""
    for (group_id, subject_id), found in _by_page(rows):
        ids = [row["id"] for row in found]
        for at in range(0, len(ids), LESSONS_IN_AN_EVENT):
            part = ids[at : at + LESSONS_IN_AN_EVENT]
            event = LessonsCancelled(group_id=group_id, subject_id=subject_id, lesson_ids=part)
            publish(session, event)


def _by_page(rows: Sequence[dict[str, Any]]) -> Iterator[tuple[Pair, list[dict[str, Any]]]]:
    found: dict[Pair, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault((row["group_id"], row["subject_id"]), []).append(row)
    for pair, lessons in found.items():
        yield pair, sorted(lessons, key=lambda row: (row["lesson_on"], row["number"]))


def _lesson(row: dict[str, Any], rooms: dict[UUID, str], people: dict[str, UUID]) -> PlannedLesson:
    for text in row["teacher_ids"]:
        if text not in people:
            people[text] = UUID(text)
    return PlannedLesson(
        lesson_id=row["id"],
        on=row["lesson_on"],
        number=row["number"],
        starts=row["starts"],
        room=rooms.get(row["room_id"]),
        teacher_ids=[people[text] for text in row["teacher_ids"]],
        is_substituted=row["is_substituted"],
    )


def parts(lessons: Sequence[PlannedLesson]) -> Iterator[list[PlannedLesson]]:
    """Part lessons into lists that fit into an event, by number and by size."""
    part: list[PlannedLesson] = []
    size = 0
    for lesson in lessons:
        own = LESSON_BYTES + TEACHER_BYTES * len(lesson.teacher_ids) + len((lesson.room or "").encode()) * 2
        if part and (len(part) == LESSONS_IN_AN_EVENT or size + own > BYTES_IN_AN_EVENT):
            yield part
            part, size = [], 0
        part.append(lesson)
        size += own
    if part:
        yield part
