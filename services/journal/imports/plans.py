"""Thematic plans from a table: one plan, or those of many subjects, all or nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.journal.actions.plans import (
    PlanHead,
    TopicFacts,
    change_plan,
    facts_of,
    find_own,
    make_plan,
    teaches_subject,
)
from services.journal.imports.plan_columns import PLANS, TOPIC
from services.journal.imports.plan_heads import Given, Heads
from services.journal.imports.plan_matching import matched
from services.journal.imports.plan_parts import joined
from services.journal.imports.plan_reading import Part, Reader
from services.journal.imports.plan_replacing import MAX_NAMED, Replaced
from services.journal.models import Subject, Year
from services.journal.rules.access import keeps_all_plans
from services.journal.rules.plan_days import out_of_order
from shared.auth import Actor
from shared.db import SchoolSession, take_time
from shared.errors import Text
from shared.grids import Grid
from shared.headed import Unused, rows_of, unused
from shared.imports import BadRows, RowError
from shared.names import collated

Json = dict[str, Any]
NO_TOPICS = Text("В таблице нет ни одной темы.", "There is no topic in the table.")


@dataclass
class Done:
    """How many rows and plans there were, what became of the plans, and which topics in use they lose.

    Besides: what was read of each plan, and the columns and sheets that were not.
    """

    rows: int = 0
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    replaced: Replaced = field(default_factory=Replaced)
    plans: list[Json] = field(default_factory=list)
    unused: Sequence[Unused] = ()

    def said(self) -> Json:
        """Return the numbers, and the first of the topics that are replaced."""
        replaced = self.replaced.topics
        numbers = {name: getattr(self, name) for name in ("rows", "created", "changed", "unchanged")}
        return {
            **numbers,
            "replaced": replaced[:MAX_NAMED],
            "replaced_count": len(replaced),
            "plans": self.plans,
            "unused": [asdict(one) for one in self.unused[:MAX_NAMED]],
        }


def import_plans(
    session: SchoolSession,
    actor: Actor,
    year_id: UUID,
    grids: Sequence[Grid],
    given: Given,
    agreed: int | None = None,
) -> Done:
    """Make the table's plans the caller's own (the operator's are the school's), all or none.

    A plan of that name gets these topics and keeps the ids of those it has (`matched`); others are
    made. The same table again changes nothing. BadRows names every bad row by sheet, line and column.
    Where more topics in use are replaced than the caller `agreed` to, it raises TopicsReplaced; None
    agrees to any number.
    """
    take_time(session)
    rows = rows_of(grids, PLANS)
    titles = {one.id: one.name for one in session.scalars(select(Subject))}
    subjects, known = {collated(name): id_ for id_, name in titles.items()}, frozenset(titles)
    mine = known if keeps_all_plans(actor) else _taught(session, actor, known)
    year = session.execute(select(Year.starts_on, Year.ends_on).where(Year.id == year_id)).one()
    reader = Reader(Heads(given, subjects, mine), year)
    for row in rows:
        reader.read(row)
    reader.end_sheet()
    found = joined(session, reader)
    if not found and not reader.wrong:
        reader.wrong.append(RowError(grids[0].name, 0, PLANS.titles[TOPIC], NO_TOPICS))
    if reader.wrong:
        raise BadRows(reader.wrong)
    done = Done(rows=len(rows), unused=unused(grids, PLANS))
    for head, part in found.items():
        done.plans.append(_read(head, titles[head.subject_id], part))
        _enter(session, actor, year_id, head, part.topics, done)
    done.replaced.refuse_more_than(agreed)
    return done


def _taught(session: SchoolSession, actor: Actor, subjects: Iterable[UUID]) -> frozenset[UUID]:
    return frozenset(one for one in subjects if teaches_subject(session, actor, one))


def _read(head: PlanHead, subject: str, part: Part) -> Json:
    """Say what was read of a plan: a column misunderstood shows in the numbers."""
    return {
        "subject": subject,
        "grade": head.grade,
        "name": head.name,
        "topics": len(part.topics),
        "hours": sum(one.hours for one in part.topics),
        "assumed": part.assumed,
        "dated": sum(one.planned_on is not None for one in part.topics),
        "out_of_order": out_of_order([one.planned_on for one in part.topics]),
    }


def _enter(
    session: SchoolSession,
    actor: Actor,
    year_id: UUID,
    head: PlanHead,
    topics: Sequence[TopicFacts],
    done: Done,
) -> None:
    plan = find_own(session, actor, year_id, head)
    if plan is None:
        make_plan(session, actor, year_id, head, topics)
        done.created += 1
        return
    seen = plan.version
    known = facts_of(session, plan.id)
    kept = matched(topics, known)
    done.replaced.add(session, plan.id, head.name, known, kept)
    if change_plan(session, actor, plan.id, seen, head.name, kept).version == seen:
        done.unchanged += 1
    else:
        done.changed += 1
