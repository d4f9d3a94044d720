"""What was set for home in a school's lessons of one day, and for which pupils of which class."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, bindparam, or_, select

from services.journal.models.homework_relations import OF_LESSONS, due, follows, set_in, sets
from services.journal.models.relations import descriptions, enrolments, groups, pages, run, school, tasks
from services.journal.rules.homework import LONGEST_TOLD, NOTHING_SET, own_words
from shared.db import SchoolSession
from shared.events.journal_diary import SetForHome

_that_day = (set_in.c.held_on == bindparam("day"), sets)
PLAIN = (
    select(
        set_in.c.id.label("lesson_id"),
        set_in.c.number,
        pages.c.group_id,
        pages.c.subject_id,
        descriptions.c.homework.label("text"),
        due.c.held_on.label("due_on"),
    )
    .select_from(
        pages.join(set_in, set_in.c.page_id == pages.c.id)
        .join(
            descriptions, and_(descriptions.c.page_id == pages.c.id, descriptions.c.lesson_id == set_in.c.id)
        )
        .outerjoin(due, follows)
    )
    .where(
        pages.c.school_id == school,
        descriptions.c.homework.is_not(None),
        descriptions.c.homework != NOTHING_SET,
        *_that_day,
    )
    .order_by(set_in.c.number, set_in.c.id)
)
TASKS = (
    OF_LESSONS.add_columns(set_in.c.number, pages.c.subject_id)
    .where(tasks.c.pupil_id.is_(None), *_that_day)
    .order_by(None)
    .order_by(set_in.c.number, set_in.c.id, tasks.c.slot)
)
GROUPS = select(groups.c.id, groups.c.kind, groups.c.parent_id).where(groups.c.school_id == school)
MEMBERS = select(enrolments.c.group_id, enrolments.c.pupil_id).where(
    enrolments.c.school_id == school,
    enrolments.c.from_on <= bindparam("day"),
    or_(enrolments.c.until_on.is_(None), enrolments.c.until_on >= bindparam("day")),
)
EVER = select(enrolments.c.group_id).where(enrolments.c.school_id == school).distinct()


@dataclass
class _Rosters:
    """Who sits where on a day; `ever` are the groups that have or had members of their own."""

    groups: Mapping[UUID, Row[Any]]
    ever: set[UUID]
    members: dict[UUID, set[UUID]] = field(default_factory=lambda: defaultdict(set))

    def of_class(self, class_id: UUID, group_id: UUID) -> set[UUID]:
        """Return which pupils of a class stand on the list of a group (`relations.roster_groups`)."""
        pupils, group = self.members[class_id], self.groups.get(group_id)
        is_whole = group is not None and (
            (group.kind == "group" and group.parent_id == class_id and group_id not in self.ever)
            or (group.kind == "parallel" and self.groups[class_id].parent_id == group_id)
        )
        return pupils if is_whole else pupils & self.members.get(group_id, set())


def homework_of_day(session: SchoolSession, day: date) -> dict[UUID, tuple[set[UUID], list[SetForHome]]]:
    """Return by class its pupils, and what was set for home that day to all of them or to some.

    Tasks for one pupil are no class's homework; a cancelled lesson sets nothing. Five statements
    whatever the number of classes.
    """
    found = list(_set(session, day))
    rosters = _Rosters({row.id: row for row in run(session, GROUPS)}, set(run(session, EVER).scalars()))
    for row in run(session, MEMBERS, day=day):
        rosters.members[row.group_id].add(row.pupil_id)
    classes = [
        id_ for id_ in rosters.members if id_ in rosters.groups and rosters.groups[id_].kind == "class"
    ]
    return {
        class_id: (rosters.members[class_id], list(_for_class(rosters, class_id, found)))
        for class_id in sorted(classes)
    }


def _set(session: SchoolSession, day: date) -> Iterator[tuple[UUID, SetForHome]]:
    """Yield what was set with the group it is for, lesson by lesson; text that says tasks again left out."""
    given = list(run(session, TASKS, day=day))
    said: dict[UUID, list[str]] = defaultdict(list)
    for task in given:
        if not task.group_id:
            said[task.lesson_id].append(task.text)
    plain = [row for row in run(session, PLAIN, day=day) if own_words(row.text, said[row.lesson_id])]
    told = [(row.number, row.group_id, _item(row, None)) for row in plain]
    told += [(row.number, row.group_id or row.page_group_id, _item(row, row.minutes)) for row in given]
    for _, group_id, item in sorted(told, key=lambda one: one[0]):
        yield group_id, item


def _item(row: Row[Any], minutes: int | None) -> SetForHome:
    return SetForHome(
        lesson_id=row.lesson_id,
        subject_id=row.subject_id,
        text=row.text[:LONGEST_TOLD],
        minutes=minutes,
        due_on=row.due_on,
        pupil_ids=None,
    )


def _for_class(
    rosters: _Rosters, class_id: UUID, found: list[tuple[UUID, SetForHome]]
) -> Iterator[SetForHome]:
    pupils = rosters.members[class_id]
    for group_id, item in found:
        if theirs := rosters.of_class(class_id, group_id):
            yield item if theirs == pupils else replace(item, pupil_ids=sorted(theirs))
