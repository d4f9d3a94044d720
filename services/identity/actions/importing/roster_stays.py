"""Who is in which group by a roster: new places, moves from class to class, and ends."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select

from services.identity.actions.importing.roster import Fields, Ids, Report, Roster, RosterStay
from services.identity.actions.rosters.enrolments import tell_enrolments
from services.identity.models import Enrolment, Group, table
from services.identity.rules.divisions import exclude_each_other
from services.identity.rules.school import first_school_day
from shared.bulk import insert_rows
from shared.db import SchoolSession
from shared.ids import new_id

DAY = timedelta(days=1)
Key = tuple[UUID, UUID]  # group, pupil
Days = tuple[date, date | None]
Names = Mapping[UUID, str]


@dataclass
class StaysPlan:
    """The stays there are, what they become, and those to be added."""

    school_id: UUID
    on: date
    classes: set[UUID]
    rivals: Mapping[UUID, set[UUID]]  # Groups of divisions, each with those it shares no pupil with.
    held: dict[Key, list[Enrolment]] = field(default_factory=dict)
    by_pupil: dict[UUID, list[Enrolment]] = field(default_factory=dict)
    added: list[Enrolment] = field(default_factory=list)
    changed: dict[UUID, Enrolment] = field(default_factory=dict)
    were: dict[UUID, Days] = field(default_factory=dict)  # The days of changed stays before.
    unchanged: int = 0


def plan_stays(
    session: SchoolSession, roster: Roster, people: Ids, groups: Ids, on: date, report: Report
) -> StaysPlan:
    """Compare the roster's places with those there are; `on` is the day moves take effect.

    In a roster that is complete, whoever is not in it has left its classes.
    """
    plan = StaysPlan(UUID(session.info["school"]), on, _classes(session, roster, groups), _rivals(session))
    for stay in session.scalars(select(Enrolment).order_by(Enrolment.from_on)):
        plan.held.setdefault((stay.group_id, stay.pupil_id), []).append(stay)
        plan.by_pupil.setdefault(stay.pupil_id, []).append(stay)
        plan.were[stay.id] = (stay.from_on, stay.until_on)
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
    if roster.is_complete:
        _end_missing(plan, {groups[external] for external in roster.groups}, set(people.values()))
    report.created.enrolments += len(plan.added)
    report.changed.enrolments += len(plan.changed)
    report.closed.enrolments += sum(_is_closed(plan, stay) for stay in plan.changed.values())
    report.unchanged.enrolments += plan.unchanged
    return plan


def _classes(session: SchoolSession, roster: Roster, groups: Ids) -> set[UUID]:
    named = {groups[external] for external, group in roster.groups.items() if group.kind == "class"}
    return named | set(session.scalars(select(Group.id).where(Group.kind == "class")))


def _rivals(session: SchoolSession) -> dict[UUID, set[UUID]]:
    divided = session.scalars(select(Group).where(Group.division.is_not(None))).all()
    return {
        one.id: {other.id for other in divided if other is not one and exclude_each_other(one, other)}
        for one in divided
    }


def _end(plan: StaysPlan, stays: Iterable[Enrolment], on: date) -> None:
    for stay in stays:
        if stay.until_on is None:
            stay.until_on = max(stay.from_on, on)
            plan.changed[stay.id] = stay


def _end_missing(plan: StaysPlan, groups: set[UUID], named: set[UUID]) -> None:
    for (group, pupil), stays in plan.held.items():
        if group in groups and group in plan.classes and pupil not in named:
            _end(plan, stays, plan.on - DAY)


def _is_closed(plan: StaysPlan, stay: Enrolment) -> bool:
    return plan.were[stay.id][1] is None and stay.until_on is not None


def note_stays(plan: StaysPlan, pupils: Names, groups: Names, report: Report) -> None:
    """Put what becomes of each stay into the report: begun, moved to other days, ended."""
    for stay in plan.added:
        fields: Fields = {"group": (None, groups.get(stay.group_id)), "from_on": (None, stay.from_on)}
        fields |= {"until_on": (None, stay.until_on)} if stay.until_on else {}
        report.note("created", "enrolment", pupils.get(stay.pupil_id, ""), fields)
    for stay in plan.changed.values():
        from_on, until_on = plan.were[stay.id]
        name = groups.get(stay.group_id)
        days: Fields = {"from_on": (from_on, stay.from_on), "until_on": (until_on, stay.until_on)}
        fields = {"group": (name, name)} | {key: pair for key, pair in days.items() if pair[0] != pair[1]}
        action = "closed" if _is_closed(plan, stay) else "changed"
        report.note(action, "enrolment", pupils.get(stay.pupil_id, ""), fields, id=stay.pupil_id)


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
    if rivals := plan.classes if group in plan.classes else plan.rivals.get(group):
        from_on = _leave_others(
            plan, pupil, wanted, from_on, {one for one in rivals if (one, pupil) not in kept}
        )
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


def _leave_others(plan: StaysPlan, pupil: UUID, wanted: RosterStay, from_on: date, others: set[UUID]) -> date:
    """End the pupil's open stays in groups that exclude the new one; return when the new begins."""
    for stay in plan.by_pupil.get(pupil, ()):
        if stay.group_id in others and stay.until_on is None:
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
