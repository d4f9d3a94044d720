"""Take over a whole roster in one transaction, or rehearse it."""

import hashlib
from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import select

from services.identity.actions.importing.roster import Ids, Report, Roster, known_ids, lock_school
from services.identity.actions.importing.roster_groups import plan_groups, write_groups
from services.identity.actions.importing.roster_people import PeoplePlan, plan_people, write_people
from services.identity.actions.importing.roster_stays import note_stays, plan_stays, write_stays
from services.identity.actions.importing.roster_ties import plan_ties, write_ties
from services.identity.actions.people.known_people import Decisions
from services.identity.actions.school.leadership import keep_leaders
from services.identity.models import Group, Person
from shared.db import SchoolSession, take_time
from shared.errors import Conflict, Text
from shared.names import full_name

UNDECIDED: Decisions = {}


class QuestionsOpen(Conflict):
    """Rows of the file may mean people of the school, and nobody has said whom."""

    title = Text("Есть вопросы к файлу", "There are questions about the file")
    detail = Text(
        "Неясно, кто имеется в виду, строк: {count}. Ответьте на вопросы и повторите; ничего не загружено.",
        "It is unclear whom {count} rows mean. Answer the questions and repeat; nothing was imported.",
    )


def take_over(
    session: SchoolSession,
    roster: Roster,
    on: date,
    *,
    dry_run: bool = False,
    decisions: Decisions = UNDECIDED,
    expected: str | None = None,
) -> Report:
    """Make the school be as the roster says; `on` is the day on which moves take effect.

    Nothing is taken away that the roster does not end in so many words. The same roster again
    changes nothing and tells nobody. A rehearsal says what would change and writes nothing; with
    its digest `expected`, a school that changed since leaves it at a rehearsal, too. Refuses
    while it is not decided whom a row means (QuestionsOpen).
    """
    take_time(session)
    if not dry_run:
        lock_school(session)
    report = Report(roster.format, roster.org, ignored=list(roster.ignored))
    with session.no_autoflush:
        people = plan_people(session, roster, decisions, report)
        groups = plan_groups(session, roster, people, on, report)
        stays = plan_stays(session, roster, people.ids, groups.ids, on, report)
        note_stays(stays, _names(session, people), _group_names(session, groups.names), report)
        ties = plan_ties(session, roster, people, report)
    if dry_run or (expected is not None and digest_of(report) != expected):
        session.expunge_all()
        return report
    if report.questions:
        session.expunge_all()
        raise QuestionsOpen(count=len(report.questions), errors={"questions": plain(report.questions)})
    write_people(session, roster, people)
    write_groups(session, roster, groups)
    led = {group.id: group.class_teacher_id for group in (*groups.opened, *groups.changed)}
    keep_leaders(session, led, on)
    write_stays(session, stays)
    write_ties(session, ties)
    report.people = frozenset(people.ids[key] for key in roster.people if key in people.ids)
    return report


def ids_known_by(session: SchoolSession, source: str) -> tuple[Ids, Ids]:
    """Return the people and the groups a program's ids were seen for."""
    return known_ids(session, source, "person"), known_ids(session, source, "group")


def digest_of(report: Report) -> str:
    """Return what two reports have in common that would do the same to the same school."""
    told = orjson.dumps([report.changes, report.questions], default=_as_dict, option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(told).hexdigest()


def plain(things: Any) -> Any:
    """Return a report's parts as JSON keeps them; texts in both languages."""
    return orjson.loads(orjson.dumps(things, default=_as_dict))


def _as_dict(value: Any) -> dict[str, str]:
    if isinstance(value, Text):
        return value._asdict()
    raise TypeError(type(value).__name__)


def _names(session: SchoolSession, people: PeoplePlan) -> Mapping[UUID, str]:
    columns = (Person.id, Person.family_name, Person.given_name, Person.patronymic)
    return {id_: full_name(*parts) for id_, *parts in session.execute(select(*columns))} | people.names


def _group_names(session: SchoolSession, named: Mapping[UUID, str]) -> Mapping[UUID, str]:
    return {row.id: row.name for row in session.execute(select(Group.id, Group.name))} | {**named}
