"""Conflicts of a timetable in words, in the caller's language."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.schedule.actions.versions.checking import Look
from services.schedule.actions.versions.surroundings import as_id
from services.schedule.models import Group, Person, Room, Subject
from services.schedule.rules.conflicts.facts import Conflict
from shared.db import SchoolSession
from shared.errors import Text
from shared.names import short_name

TEXTS = {
    "teacher_twice": Text(
        "{who}: два урока одновременно — {first} и {second}",
        "{who} has two lessons at once: {first} and {second}",
    ),
    "class_twice": Text(
        "У класса два урока одновременно: {first} и {second}",
        "The class has two lessons at once: {first} and {second}",
    ),
    "room_twice": Text(
        "Кабинет {who}: два урока одновременно — {first} и {second}",
        "Room {who} has two lessons at once: {first} and {second}",
    ),
    "room_small": Text(
        "{first}: в кабинете {who} мест {limit}, а учеников {amount}",
        "{first}: room {who} has {limit} seats for {amount} pupils",
    ),
    "outside_week": Text("{first}: в этот день школа не учится", "{first}: there is no school on that day"),
    "outside_bells": Text(
        "{first}: нет звонка на урок {number}", "{first}: no bell rings for lesson {number}"
    ),
    "outside_shift": Text(
        "{first}: урок {number} не в смену {who}", "{first}: lesson {number} is not in the shift of {who}"
    ),
    "day_limit": Text(
        "{who}: уроков в день {amount}, допускается {limit}",
        "{who}: {amount} lessons a day, {limit} are allowed",
    ),
    "week_limit": Text(
        "{who}: уроков в неделю {amount}, допускается {limit}",
        "{who}: {amount} lessons a week, {limit} are allowed",
    ),
    "class_emptied": Text(
        "{who}: сейчас уроки есть, а здесь ни одного — их не станет",
        "{who} has lessons now and not one here: it would lose them all",
    ),
    "class_gap": Text("{who}: окно на уроке {number}", "{who}: a gap at lesson {number}"),
    "teacher_gap": Text("{who}: окон в этот день — {amount}", "{who}: gaps on that day: {amount}"),
    "subject_apart": Text(
        "{who}: {second} дважды в день с перерывом", "{who}: {second} twice a day, and not in a row"
    ),
}

Names = Mapping[UUID, str | None]


def told(
    session: SchoolSession, found: Look, conflicts: Iterable[Conflict], language: str
) -> list[dict[str, Any]]:
    """Return conflicts with their texts; names are read in four statements, if there are any."""
    kept = list(conflicts)
    names = names_in(session, found) if kept else {}
    return [{**_facts(one, found), "text": _say(one, found, names, language)} for one in kept]


def names_in(session: SchoolSession, found: Look) -> dict[UUID, str | None]:
    """Return the names of all that the cards of a version name, and of those they meet."""
    cards = [*found.cards.values(), *found.others.values()]
    named = {one for card in cards for one in card.teachers}
    named |= {one for row in found.rows for one in row.teacher_ids}
    teachers = [as_id(one) for one in named]
    names: dict[UUID, str | None] = {}
    for model in (Subject, Group, Room):
        names |= {row.id: row.name for row in session.execute(select(model.id, model.name))}
    parts = select(Person.id, Person.family_name, Person.given_name, Person.patronymic)
    for row in session.execute(parts.where(Person.id.in_(teachers))):
        names[row.id] = short_name(row.family_name, row.given_name, row.patronymic)
    return names


def _facts(one: Conflict, found: Look) -> dict[str, Any]:
    own = [id_ for id_ in one.card_ids if id_ not in found.others]
    return {**one._asdict(), "card_ids": own}


def _say(one: Conflict, found: Look, names: Names, language: str) -> str:
    lessons = [_lesson(id_, found, names) for id_ in one.card_ids[:2]]
    about = [names.get(UUID(str(id_))) or "?" for id_ in one.about]
    facts = {
        "who": about[0] if about else "",
        "first": lessons[0] if lessons else "",
        "second": about[1] if one.kind == "subject_apart" else lessons[-1] if lessons else "",
        "number": one.number,
        "amount": one.amount,
        "limit": one.limit,
    }
    return TEXTS[one.kind].said(language).format(**facts)


def _lesson(card_id: UUID, found: Look, names: Names) -> str:
    card = found.cards.get(card_id) or found.others[card_id]
    groups = ", ".join(names.get(one) or "?" for one in card.groups)
    return f"{names.get(card.subject_id) or '?'} ({groups})"
