"""Thematic plans (КТП): made, copied, rewritten and taken away (clauses 2.2.2, 3.4.1, 3.6.2)."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from uuid import UUID

from sqlalchemy import delete, exists, select

from services.journal.models import PagePlan, PageTopic, Plan, PlanTopic, Subject, Year
from services.journal.models.relations import own_school, page_teachers, pages, plan_topics
from services.journal.rules.access import keeps_all_plans, reads_all_plans
from shared.auth import Actor
from shared.bulk import upsert_rows
from shared.clock import now
from shared.db import SchoolSession
from shared.errors import Conflict, Denied, NotFound, Stale, Text
from shared.events.journal_plans import PlannedTopic, PlanRemoved, PlanSet
from shared.ids import new_id
from shared.outbox import publish

MOST_TOPICS = 400
MOST_HOURS = 60


class PlanChanged(Stale):
    """Somebody else rewrote the plan since the caller saw it."""


class PlanExists(Conflict):
    """The same person has such a plan already."""

    title = Text("Такой план уже есть", "There is such a plan already")
    detail = Text(
        "У вас уже есть план «{name}» по этому предмету и параллели. Назовите новый иначе.",
        "You have a plan “{name}” of this subject and parallel already. Give the new one another name.",
    )


class PlanIsFollowed(Conflict):
    """Pages follow the plan, so it cannot be taken away or emptied."""

    title = Text("По этому плану идут классы", "Classes follow this plan")
    detail = Text(
        "По плану ведут страницы журнала. Сначала открепите от него классы.",
        "Pages of the journal follow the plan. Give them another plan first.",
    )


@dataclass(frozen=True)
class PlanHead:
    """What a plan is for, and what it is called."""

    subject_id: UUID
    grade: int
    name: str


@dataclass(frozen=True)
class TopicFacts:
    """A topic as it is written down; without an id it is new."""

    topic: str
    hours: int = 1
    section: str = ""
    kind: str = ""
    control: str = ""
    homework: str = ""
    planned_on: date | None = None
    id: UUID | None = None


def make_plan(
    session: SchoolSession,
    actor: Actor,
    year_id: UUID,
    head: PlanHead,
    topics: Sequence[TopicFacts] = (),
    *,
    copied_from: UUID | None = None,
) -> Plan:
    """Make a plan: the teacher's own, or by the operator's hand the school's; tells the school.

    Raises NotFound where the teacher does not teach the subject, and PlanExists.
    """
    is_known = session.get(Subject, head.subject_id) and session.get(Year, year_id)
    if not is_known or not (keeps_all_plans(actor) or teaches_subject(session, actor, head.subject_id)):
        raise NotFound
    if find_own(session, actor, year_id, head) is not None:
        raise PlanExists(name=head.name)
    plan = Plan(
        id=new_id(),
        school_id=own_school(session),
        year_id=year_id,
        **asdict(head),
        owner_id=owner_of(actor),
        copied_from_id=copied_from,
        version=0,
        changed_at=now(),
    )
    session.add(plan)
    session.flush()
    _write(session, plan, {}, topics)
    return plan


def copy_plan(
    session: SchoolSession, actor: Actor, plan_id: UUID, year_id: UUID, name: str | None, grade: int | None
) -> Plan:
    """Make an own plan of a year out of another's or of last year's; dates do not go with it."""
    source = readable_plan(session, actor, plan_id)
    head = PlanHead(source.subject_id, source.grade if grade is None else grade, name or source.name)
    topics = [replace(one, id=None, planned_on=None) for one in facts_of(session, plan_id)]
    return make_plan(session, actor, year_id, head, topics, copied_from=plan_id)


def change_plan(
    session: SchoolSession, actor: Actor, plan_id: UUID, seen: int, name: str, topics: Sequence[TopicFacts]
) -> Plan:
    """Make the plan's topics exactly these, in this order; the same again changes nothing.

    Topics that keep their id stay bound to the lessons they were given on. Raises PlanChanged when
    somebody else rewrote it since, PlanIsFollowed where a plan that a page goes by would lose all its
    topics, Denied for a colleague's plan, NotFound for a stranger's.
    """
    plan = _own_plan(session, actor, plan_id, seen)
    known = {one.id: one for one in facts_of(session, plan_id) if one.id}
    topics = [one if one.id in known else replace(one, id=None) for one in topics]
    if list(known.values()) == list(topics) and plan.name == name:
        return plan
    if known and not topics:
        _refuse_followed(session, plan_id)
    if name != plan.name:
        head = PlanHead(plan.subject_id, plan.grade, name)
        if find_own(session, actor, plan.year_id, head, plan.owner_id) is not None:
            raise PlanExists(name=name)
    plan.name = name
    _write(session, plan, known, topics)
    return plan


def remove_plan(session: SchoolSession, actor: Actor, plan_id: UUID, seen: int) -> None:
    """Take a plan away; raises PlanIsFollowed while a page goes by it."""
    plan = _own_plan(session, actor, plan_id, seen)
    _refuse_followed(session, plan_id)
    session.execute(delete(PlanTopic).where(PlanTopic.plan_id == plan_id))
    session.delete(plan)
    publish(session, PlanRemoved(plan_id=plan_id))


def _refuse_followed(session: SchoolSession, plan_id: UUID) -> None:
    if session.scalar(select(exists().where(PagePlan.plan_id == plan_id))):
        raise PlanIsFollowed


def teaches_subject(session: SchoolSession, actor: Actor, subject_id: UUID) -> bool:
    """Whether the load names the caller as a teacher of the subject, in whatever class and year."""
    found = (
        select(page_teachers.c.page_id)
        .join(pages, pages.c.id == page_teachers.c.page_id)
        .where(
            page_teachers.c.teacher_id == actor.person_id,
            pages.c.subject_id == subject_id,
            pages.c.school_id == own_school(session),
        )
    )
    return session.execute(found.limit(1)).first() is not None


def readable_plan(session: SchoolSession, actor: Actor, plan_id: UUID) -> Plan:
    """Return a plan that the caller may read: of a subject they teach, or any for those who read all."""
    plan = session.get(Plan, plan_id)
    if plan is None or not (reads_all_plans(actor) or teaches_subject(session, actor, plan.subject_id)):
        raise NotFound
    return plan


def find_own(
    session: SchoolSession, actor: Actor, year_id: UUID, head: PlanHead, owner_id: UUID | None = None
) -> Plan | None:
    """Return the caller's (or the named owner's) plan of that name, if there is one."""
    return session.scalars(
        select(Plan).where(
            Plan.year_id == year_id,
            Plan.subject_id == head.subject_id,
            Plan.grade == head.grade,
            Plan.name == head.name,
            Plan.owner_id.is_not_distinct_from(owner_id or owner_of(actor)),
        )
    ).first()


def owner_of(actor: Actor) -> UUID | None:
    """Return whose plan it is that the caller makes: nobody's, but the school's, when the operator does."""
    return None if keeps_all_plans(actor) else actor.person_id


def facts_of(session: SchoolSession, plan_id: UUID) -> list[TopicFacts]:
    """Return a plan's topics in order."""
    found = session.scalars(
        select(PlanTopic).where(PlanTopic.plan_id == plan_id).order_by(PlanTopic.position)
    )
    return [
        TopicFacts(
            one.topic, one.hours, one.section, one.kind, one.control, one.homework, one.planned_on, one.id
        )
        for one in found
    ]


def _own_plan(session: SchoolSession, actor: Actor, plan_id: UUID, seen: int) -> Plan:
    readable_plan(session, actor, plan_id)
    plan = session.scalars(
        select(Plan).where(Plan.id == plan_id).with_for_update().execution_options(populate_existing=True)
    ).one_or_none()
    if plan is None:
        raise NotFound
    if not keeps_all_plans(actor) and plan.owner_id != actor.person_id:
        raise Denied
    if plan.version != seen:
        raise PlanChanged
    return plan


def _write(
    session: SchoolSession, plan: Plan, known: dict[UUID, TopicFacts], topics: Sequence[TopicFacts]
) -> None:
    kept = [replace(one, id=one.id or new_id()) for one in topics]
    gone = known.keys() - {one.id for one in kept}
    if gone:
        session.execute(delete(PageTopic).where(PageTopic.topic_id.in_(gone)))
        session.execute(delete(PlanTopic).where(PlanTopic.id.in_(gone)))
    common = {"plan_id": plan.id, "school_id": plan.school_id}
    rows = [{**asdict(one), **common, "position": at} for at, one in enumerate(kept, 1)]
    upsert_rows(session, plan_topics, rows, key=("id",))
    session.expire_all()
    plan.version += 1
    plan.changed_at = now()
    session.flush()
    told = PlanSet(
        plan_id=plan.id,
        year_id=plan.year_id,
        subject_id=plan.subject_id,
        grade=plan.grade,
        owner_id=plan.owner_id,
        version=plan.version,
        topics=[PlannedTopic(topic_id=one.id, hours=one.hours) for one in kept if one.id],
    )
    publish(session, told)
