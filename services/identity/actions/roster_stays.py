"""Who is in which group by a roster: new places, moves from class to class, and ends."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select

from services.identity.actions.enrolments import tell_enrolments
from services.identity.actions.roster import Ids, Report, Roster, RosterStay
from services.identity.models import Enrolment, Group, table
from services.identity.rules import first_school_day
from shared.bulk import insert_rows
from shared.db import SchoolSession
from shared.ids import new_id

DAY = timedelta(days=1)
Key = tuple[UUID, UUID]  # group, pupil


@dataclass
class StaysPlan:
    """The stays there are, what they become, and those to be added."""

    school_id: UUID
    on: date
    classes: set[UUID]
    held: dict[Key, list[Enrolment]] = field(default_factory=dict)
    by_pupil: dict[UUID, list[Enrolment]] = field(default_factory=dict)
    added: list[Enrolment] = field(default_factory=list)
    changed: dict[UUID, Enrolment] = field(default_factory=dict)
    unchanged: int = 0


def plan_stays(
    session: SchoolSession, roster: Roster, people: Ids, groups: Ids, on: date, report: Report
) -> StaysPlan:
    """Compare the roster's places with those there are; `on` is the day moves take effect."""
    plan = StaysPlan(UUID(session.info["school"]), on, _classes(session, roster, groups))
    for stay in session.scalars(select(Enrolment).order_by(Enrolment.from_on)):
        plan.held.setdefault((stay.group_id, stay.pupil_id), []).append(stay)
        plan.by_pupil.setdefault(stay.pupil_id, []).append(stay)
    wanted = [
        (groups[s.group], people[s.pupil], s) for s in roster.stays if s.group in groups and s.pupil in people
    ]
    kept = {(group, pupil) for group, pupil, place in wanted if not place.is_gone}
    for group, pupil, place in wanted:
        if place.is_gone:
            _end(plan, plan.held.get((group, pupil), ()), place.until_on or on)
        else:
            _settle(plan, group, pupil, place, kept)
    for external, person in roster.people.items():
        if person.is_gone and external in people:
            _end(plan, plan.by_pupil.get(people[external], ()), on)
    report.created.enrolments += len(plan.added)
    report.changed.enrolments += len(plan.changed)
    report.unchanged.enrolments += plan.unchanged
    return plan


def _classes(session: SchoolSession, roster: Roster, groups: Ids) -> set[UUID]:
    named = {groups[external] for external, group in roster.groups.items() if group.kind == "class"}
    return named | set(session.scalars(select(Group.id).where(Group.kind == "class")))


def _end(plan: StaysPlan, stays: Iterable[Enrolment], on: date) -> None:
    for stay in stays:
        if stay.until_on is None:
            stay.until_on = max(stay.from_on, on)
            plan.changed[stay.id] = stay


def _settle(plan: StaysPlan, group: UUID, pupil: UUID, wanted: RosterStay, kept: set[Key]) -> None:
    """See to it that a pupil is in a group on the days wanted."""
    held = plan.held.get((group, pupil), [])
    stay = _same(held, wanted)
    if stay is None:
        _add(plan, group, pupil, wanted, kept)
        return
    before = (stay.from_on, stay.until_on)
    if wanted.from_on is not None:
        stay.from_on, stay.until_on = wanted.from_on, wanted.until_on
    elif wanted.until_on is not None:
        stay.until_on = max(stay.from_on, wanted.until_on)
    if (stay.from_on, stay.until_on) == before:
        plan.unchanged += 1
    elif stay not in plan.added:
        plan.changed[stay.id] = stay


def _same(held: list[Enrolment], wanted: RosterStay) -> Enrolment | None:
    """Return the stay that the file means: of the same days, overlapping, or still going on."""
    for stay in reversed(held):
        if wanted.from_on is None:
            if stay.until_on is None or wanted.until_on is not None:
                return stay
        elif (wanted.until_on or date.max) >= stay.from_on and (stay.until_on or date.max) >= wanted.from_on:
            return stay
    return None


def _add(plan: StaysPlan, group: UUID, pupil: UUID, wanted: RosterStay, kept: set[Key]) -> None:
    from_on = wanted.from_on or first_school_day(plan.on)
    for stay in plan.held.get((group, pupil), ()):
        if stay.until_on is not None and stay.until_on >= from_on:
            from_on = stay.until_on + DAY
    if group in plan.classes:
        from_on = _leave_other_classes(plan, pupil, wanted, from_on, kept)
    if wanted.until_on is not None and wanted.until_on < from_on:
        plan.unchanged += 1
        return
    stay = Enrolment(
        id=new_id(),
        school_id=plan.school_id,
        group_id=group,
        pupil_id=pupil,
        from_on=from_on,
        until_on=wanted.until_on,
    )
    plan.added.append(stay)
    plan.held.setdefault((group, pupil), []).append(stay)


def _leave_other_classes(
    plan: StaysPlan, pupil: UUID, wanted: RosterStay, from_on: date, kept: set[Key]
) -> date:
    """End the pupil's open stays in classes the file no longer names; return when the new begins."""
    for stay in plan.by_pupil.get(pupil, ()):
        is_left = stay.group_id in plan.classes and (stay.group_id, pupil) not in kept
        if is_left and stay.until_on is None:
            from_on = max(wanted.from_on or plan.on, stay.from_on + DAY)
            stay.until_on = from_on - DAY
            plan.changed[stay.id] = stay
    return from_on


def write_stays(session: SchoolSession, plan: StaysPlan) -> None:
    """Write the plan, and tell of each group whose pupils changed once."""
    session.flush()
    columns = [column.name for column in table(Enrolment).columns]
    rows = [{name: getattr(stay, name) for name in columns} for stay in plan.added]
    insert_rows(session, table(Enrolment), rows)
    touched: dict[UUID, set[UUID]] = {}
    for stay in (*plan.added, *plan.changed.values()):
        touched.setdefault(stay.group_id, set()).add(stay.pupil_id)
    for group_id in sorted(touched):
        tell_enrolments(session, group_id, touched[group_id])
