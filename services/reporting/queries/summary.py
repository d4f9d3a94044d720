"""A class's summary register of a year: its pupils by subjects, with all their term-end marks."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Integer, literal, select

from services.reporting.models import FinalCorrection, Group, Period
from services.reporting.queries.access import TIME_ZONE
from services.reporting.queries.cells import as_kept, finals_of, kept_ids
from services.reporting.queries.class_page import hold_still
from services.reporting.queries.roster import Roster, in_order, listed, members_of, people
from services.reporting.queries.summary_pages import Pages, former_pages, pages_of
from services.reporting.rules import EMPTY_HEAD, Stay, verify_url, year_title
from services.reporting.rules.corrections import CORRECTED
from services.reporting.rules.summary import NOT_LEARNT, PageState, Summary
from services.reporting.rules.terms import PERIOD, Term, year_terms
from shared import policy
from shared.auth import Actor
from shared.db import SchoolSession
from shared.errors import NotFound
from shared.grades import for_grade
from shared.names import collated, full_name

Marks = dict[tuple[UUID, int, UUID], dict[UUID, str]]
"""What stands in each column (period or year, slot, subject), by pupils."""


class ClassSummary(NamedTuple):
    """What is printed, and whose marks it shows."""

    summary: Summary
    pupil_ids: Sequence[UUID]


def class_summary(
    session: SchoolSession, actor: Actor, group_id: UUID, year_id: UUID | None, public_url: str
) -> ClassSummary:
    """Read a class's year; without one named, the last one in which the class has pages.

    For its class teacher and for those who see every class; NotFound for everybody else, and for a year
    in which the class has no page. What was changed after its period was closed bears an asterisk. Who
    came from another class in mid-year has the marks of its periods, too, with the state of the pages they
    stand on. Nine statements, whatever the class; one more where somebody came, four where with marks.
    """
    hold_still(session)
    group = _readable_class(session, actor, group_id)
    pages = pages_of(session, group, year_id)
    periods = _periods(session, pages[0].year_id, group.grade)
    marks = _marks(session, pages)
    members = members_of(session, {group.id, *(page.group_id for page in pages)})
    pupils = _present(members.get(group.id, {}), periods)
    newcomers = _newcomers(pupils, periods)
    former = former_pages(session, pages, newcomers)
    _add_brought(marks, _marks(session, former) if former else {}, newcomers)
    marks = _of_class(marks, pupils, periods)
    names = people(session, [*pupils, *([group.class_teacher_id] if group.class_teacher_id else [])])
    order, terms = in_order(names, pupils), _terms(periods, pages[0].year_id, group.grade, marks)
    subjects = {page.subject_id: page.subject or "" for page in pages}
    columns = sorted(subjects, key=lambda subject: collated(subjects[subject]))
    learners = _learners(pages, members, set(pupils), periods)
    teacher = names.get(group.class_teacher_id) if group.class_teacher_id else None
    summary = Summary(
        school=pages[0].school or "",
        year=year_title(pages[0].year or ""),
        group=group.name,
        class_teacher=full_name(teacher.family_name, teacher.given_name, teacher.patronymic)
        if teacher
        else "",
        subjects=tuple(subjects[subject] for subject in columns),
        terms=tuple(term.title for term in terms),
        pupils=tuple((listed(names, one), _left_by(pupils[one])) for one in order),
        cells=_cells(marks, learners, order, terms, columns),
        states=tuple(_state(page, public_url) for page in (*pages, *former)),
    )
    return ClassSummary(summary, order)


def _readable_class(session: SchoolSession, actor: Actor, group_id: UUID) -> Group:
    group = session.scalar(select(Group).where(Group.id == group_id, Group.kind == "class"))
    sees_all = policy.sees_all("reporting", "print summaries", actor.roles)
    if group is None or not (sees_all or (group.class_teacher_id == actor.person_id is not None)):
        raise NotFound
    return group


def _periods(session: SchoolSession, year_id: UUID, grade: int | None) -> Sequence[Period]:
    found = select(Period).where(Period.year_id == year_id, for_grade(Period.grades, literal(grade, Integer)))
    return session.scalars(found.order_by(Period.starts_on, Period.ends_on)).all()


def _marks(session: SchoolSession, pages: Pages) -> Marks:
    finals = finals_of(session, [page.id for page in pages])
    corrected = _corrected(session, pages)
    kept = kept_ids(session, {cell.pupil_id for cells in finals.values() for cell in cells})
    corrected |= {(*column, kept.get(pupil_id, pupil_id)) for *column, pupil_id in corrected}
    marks: Marks = {}
    for page in pages:
        for cell in as_kept(finals.get(page.id, []), kept):
            column = (cell.about_id, cell.slot, page.subject_id)
            sign = CORRECTED if (page.id, cell.about_id, cell.slot, cell.pupil_id) in corrected else ""
            marks.setdefault(column, {})[cell.pupil_id] = cell.value + sign
    return marks


def _corrected(session: SchoolSession, pages: Pages) -> set[tuple[Any, ...]]:
    """Return which cells (page, period or year, slot, pupil) were changed after a closing."""
    names = ("page_id", "period_id", "slot", "pupil_id")
    found = select(*(getattr(FinalCorrection, name) for name in names))
    rows = session.execute(found.where(FinalCorrection.page_id.in_([page.id for page in pages])))
    return {tuple(row) for row in rows}


def _terms(periods: Sequence[Period], year_id: UUID, grade: int | None, marks: Marks) -> Sequence[Term]:
    of_periods = [Term(period.id, PERIOD, period.name) for period in periods]
    filled = {slot for about_id, slot, _ in marks if about_id == year_id}
    return [*of_periods, *year_terms(year_id, grade, filled, is_marked=True)]


def _present(members: Roster, periods: Sequence[Period]) -> Roster:
    """Return who belonged to the class on some day of the year's periods."""
    if not periods:
        return members
    first, last = periods[0].starts_on, max(period.ends_on for period in periods)
    return {
        pupil_id: stays
        for pupil_id, stays in members.items()
        if any(stay.first <= last and (stay.last is None or first <= stay.last) for stay in stays)
    }


def _newcomers(pupils: Roster, periods: Sequence[Period]) -> set[UUID]:
    """Return who came to the class, or came back to it, after the year had begun."""
    begins = periods[0].starts_on if periods else date.max
    return {pupil for pupil, stays in pupils.items() if any(stay.first > begins for stay in stays)}


def _add_brought(marks: Marks, brought: Marks, newcomers: Collection[UUID]) -> None:
    """Put the marks of periods that newcomers had in other classes where this one has put none."""
    for column, standing in brought.items():
        if column[1] == PERIOD:
            theirs = {pupil: mark for pupil, mark in standing.items() if pupil in newcomers}
            marks[column] = theirs | marks.get(column, {})


def _of_class(marks: Marks, pupils: Roster, periods: Sequence[Period]) -> Marks:
    """Leave the marks of the class's pupils; none of a period that began when they had left the class."""
    left = {pupil: max(stay.last or date.max for stay in stays) for pupil, stays in pupils.items()}
    starts = {period.id: period.starts_on for period in periods}
    found: Marks = {}
    for column, standing in marks.items():
        first = starts.get(column[0], date.min)
        theirs = {pupil: mark for pupil, mark in standing.items() if pupil in left and first <= left[pupil]}
        if theirs:
            found[column] = theirs
    return found


def _left_by(stays: Sequence[Stay]) -> str:
    last = max(stays, key=lambda stay: stay.last or date.max)
    return last.left_by if last.last is not None else ""


def _learners(
    pages: Pages, members: Mapping[UUID, Roster], pupils: set[UUID], periods: Sequence[Period]
) -> dict[UUID, set[UUID]]:
    """Return who of the class's pupils learns each subject: of a group, its members of the year.

    A parallel, or a group that never had members of its own, is the whole class.
    """
    learners: dict[UUID, set[UUID]] = {}
    for page in pages:
        own = members.get(page.group_id, {}) if page.kind == "group" else {}
        learns = pupils & _present(own, periods).keys() if own else pupils
        learners.setdefault(page.subject_id, set()).update(learns)
    return learners


def _cells(
    marks: Marks,
    learners: Mapping[UUID, set[UUID]],
    pupils: Sequence[UUID],
    terms: Sequence[Term],
    subjects: Sequence[UUID],
) -> dict[tuple[int, int, int], str]:
    """Return what stands in the cells; where it is due and lacking, nothing."""
    cells = {}
    for column, subject in enumerate(subjects):
        for number, term in enumerate(terms):
            standing = marks.get((term.period_id, term.slot, subject), {})
            for row, pupil_id in enumerate(pupils):
                value = standing.get(pupil_id) or ("" if pupil_id in learners[subject] else NOT_LEARNT)
                if value:
                    cells[row, number, column] = value
    return cells


def _state(page: Any, public_url: str) -> PageState:
    seq, head, as_of = page.seq or 0, page.head or EMPTY_HEAD, ""
    if seq:
        as_of = f"{page.changed_at.astimezone(ZoneInfo(page.time_zone or TIME_ZONE)):%d.%m.%Y %H:%M}"
    return PageState(
        page.subject or "", page.group, seq, head, as_of, verify_url(public_url, page.id, seq, head)
    )
