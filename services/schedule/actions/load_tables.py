"""The load as a table: read with the state it is in, and written whole, as whoever edits it saw it."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, or_, select

from services.schedule.actions.loads import Page, Teaching, assign_loads
from services.schedule.models import Group, Load, LoadTable, Person, Rate, Subject, Year
from services.schedule.rules import Tally
from shared.db import SchoolSession
from shared.errors import Invalid, NotFound, Stale, Text


class LoadChanged(Stale):
    """Somebody changed this part of the load since the caller saw it."""

    title = Text("Нагрузка уже изменена", "The load was changed already")
    detail = Text(
        "Пока вы правили нагрузку, её изменил кто-то ещё. Обновите таблицу и повторите правку.",
        "Somebody else changed the load meanwhile. Load the table again and repeat your change.",
    )


class RateChanged(Stale):
    """Somebody else decided about the hours of a rate since the caller saw them."""


class LoadDoesNotFit(Invalid):
    """Some rows of the load cannot be taken over."""

    title = Text("Нагрузка не принята", "The load was not accepted")
    detail = Text(
        "Ничего не изменено. Исправьте названные строки и отправьте таблицу снова.",
        "Nothing was changed. Correct the rows named and send the table again.",
    )


@dataclass(frozen=True, slots=True)
class LoadRow:
    """Who teaches a subject in a group, in quarter-hours a week; nobody: a vacancy."""

    group_id: UUID
    subject_id: UUID
    teacher_ids: tuple[UUID, ...]
    quarters: int


def groups_of(session: SchoolSession, class_id: UUID) -> set[UUID]:
    """Return a class with its groups; NotFound when it is none of this school."""
    asked = select(Group.id).where(or_(Group.id == class_id, Group.parent_id == class_id))
    found = set(session.scalars(asked))
    if class_id not in found:
        raise NotFound
    return found


def load_version(session: SchoolSession, year: Year, groups: Collection[UUID] | None) -> int:
    """Return the state of the load of these groups, or of the whole year."""
    asked = select(func.coalesce(func.sum(LoadTable.version), 0)).where(LoadTable.year_id == year.id)
    asked = asked if groups is None else asked.where(LoadTable.group_id.in_(groups))
    return session.scalar(asked) or 0


def replace_loads(
    session: SchoolSession, year: Year, rows: Sequence[LoadRow], class_id: UUID | None, seen: int
) -> Tally:
    """Make these rows the load of a class and its groups, or of the whole year; all of them or none.

    `seen` is the state the caller saw (LoadChanged for another). LoadDoesNotFit names every bad row.
    """
    session.scalar(select(Year.id).where(Year.id == year.id).with_for_update())
    scope = groups_of(session, class_id) if class_id else None
    if load_version(session, year, scope) != seen:
        raise LoadChanged
    wrong = dict(_contradictions(session, rows, scope))
    if wrong:
        raise LoadDoesNotFit(errors=wrong)
    if scope is None:
        known = session.scalars(select(Load.group_id).where(Load.year_id == year.id).distinct())
        scope = {*known, *(row.group_id for row in rows)}
    return assign_loads(session, year, as_loads(rows), scope)


def as_loads(rows: Sequence[LoadRow]) -> dict[Page, Teaching]:
    """Return rows as what is taught on each page."""
    return {
        (row.group_id, row.subject_id): Teaching.of([str(one) for one in row.teacher_ids], row.quarters)
        for row in rows
    }


def _contradictions(
    session: SchoolSession, rows: Sequence[LoadRow], scope: Collection[UUID] | None
) -> Iterator[tuple[str, list[Text]]]:
    kinds = {row.id: row.kind for row in session.execute(select(Group.id, Group.kind))}
    subjects = set(session.scalars(select(Subject.id)))
    teachers = {one for row in rows for one in row.teacher_ids}
    people = set(session.scalars(select(Person.id).where(Person.id.in_(teachers))))
    seen: set[Page] = set()
    for number, row in enumerate(rows):
        place = f"items.{number}"
        if row.group_id not in kinds:
            yield f"{place}.group_id", [Text("Нет такого класса или группы.", "There is no such group.")]
        elif scope is not None and row.group_id not in scope:
            yield f"{place}.group_id", [Text("Это группа другого класса.", "A group of another class.")]
        if row.subject_id not in subjects:
            yield f"{place}.subject_id", [Text("Нет такого предмета.", "There is no such subject.")]
        if not people.issuperset(row.teacher_ids):
            yield f"{place}.teacher_ids", [Text("Нет такого человека.", "There is no such person.")]
        if (row.group_id, row.subject_id) in seen:
            said = Text("Предмет у этой группы уже есть.", "The group has this subject already.")
            yield place, [said]
        seen.add((row.group_id, row.subject_id))


def set_rate(session: SchoolSession, quarters: int, seen: int) -> Rate:
    """Decide how many hours a week a full rate has; `seen` is 0 until that was ever decided."""
    own = session.scalar(select(Rate).with_for_update())
    if (own.version if own else 0) != seen:
        raise RateChanged
    if own is None:
        own = Rate(school_id=UUID(session.info["school"]), version=0, quarters_per_week=0)
        session.add(own)
    if own.quarters_per_week != quarters:
        own.quarters_per_week = quarters
        own.version += 1
    session.flush()
    return own
