"""The director approves the curriculum by an order (clause 3.8.4); from then on it is in force."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select

from services.schedule.actions.calendar import all_years, calendar_of
from services.schedule.actions.curriculum.plans import APPROVED, REPLACED, own_draft
from services.schedule.models import Curriculum
from services.schedule.rules.days import weeks_of
from shared.clock import now
from shared.db import SchoolSession
from shared.errors import Conflict, Invalid, Text
from shared.events.schedule import CurriculumApproved, PlannedSubject
from shared.outbox import publish


class CurriculumIsEmpty(Invalid):
    """A curriculum without a single subject cannot be approved."""

    title = Text("План пуст", "The curriculum is empty")
    detail = Text(
        "В плане нет ни одного предмета: утверждать нечего. Заполните его.",
        "There is no subject in the curriculum yet. Fill it in first.",
    )


class CurriculumOverlaps(Conflict):
    """Another curriculum in force is for the same classes."""

    title = Text("Для этих классов план уже есть", "There is a curriculum for these classes")
    detail = Text(
        "Действует план «{name}» для тех же классов. Создайте его новую редакцию или измените классы.",
        "“{name}” is in force for the same classes. Begin a new edition of it, or choose other classes.",
    )


class EditionIsLate(Conflict):
    """The curriculum that a draft was to replace was replaced by another edition meanwhile."""

    title = Text("План уже заменён другой редакцией", "Another edition came first")
    detail = Text(
        "Пока готовилась эта редакция, утверждена другая. Начните новую от действующего плана.",
        "Another edition was approved meanwhile. Begin a new one from the curriculum in force.",
    )


@dataclass(frozen=True)
class Order:
    """The director's order (приказ) by which a curriculum is approved."""

    number: str
    on: date


def approve(
    session: SchoolSession, director: UUID | None, curriculum_id: UUID, seen: int, order: Order
) -> Curriculum:
    """Put a draft in force in place of what it replaces, which stays as history, and tell of it."""
    # All approvals of a school wait for one another here: two plans of one class must not pass together.
    draft = own_draft(session, curriculum_id, seen)
    years = {year.id: year for year in all_years(session, for_change=True)}
    if not any(one.quarters_per_week or one.hours_per_year for one in draft.items):
        raise CurriculumIsEmpty
    in_force = _in_force(session, draft)
    if draft.replaces_id:
        replaced = next((one for one in in_force if one.id == draft.replaces_id), None)
        if replaced is None:
            raise EditionIsLate
        in_force.remove(replaced)
        replaced.status, replaced.replaced_at = REPLACED, now()
    for other in in_force:
        if _is_for_same(draft, other):
            raise CurriculumOverlaps(name=other.name)
    draft.status, draft.approved_at, draft.approved_by = APPROVED, now(), director
    draft.order_number, draft.order_on = order.number, order.on
    draft.weeks = weeks_of(calendar_of(years[draft.year_id]), draft.grade)
    draft.version += 1
    session.flush()
    publish(session, _told(draft, order))
    return draft


def _in_force(session: SchoolSession, draft: Curriculum) -> list[Curriculum]:
    asked = select(Curriculum).where(Curriculum.year_id == draft.year_id, Curriculum.status == APPROVED)
    return list(session.scalars(asked))


def _is_for_same(one: Curriculum, other: Curriculum) -> bool:
    """Whether two plans are for the same classes: that of a parallel leaves classes with an own one alone."""
    if one.class_ids and other.class_ids:
        return not set(one.class_ids).isdisjoint(other.class_ids)
    return not one.class_ids and not other.class_ids and one.grade == other.grade


def _told(curriculum: Curriculum, order: Order) -> CurriculumApproved:
    return CurriculumApproved(
        curriculum_id=curriculum.id,
        year_id=curriculum.year_id,
        grade=curriculum.grade,
        class_ids=[UUID(one) for one in curriculum.class_ids],
        edition=curriculum.edition,
        replaces_id=curriculum.replaces_id,
        order_number=order.number,
        order_on=order.on,
        subjects=[
            PlannedSubject(
                subject_id=one.subject_id,
                part=one.part,
                quarters_per_week=one.quarters_per_week,
                hours_per_year=one.hours_per_year,
                group_count=one.group_count,
            )
            for one in curriculum.items
        ],
    )
