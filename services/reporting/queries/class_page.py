"""The class-subject page of a period, as data."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select

from services.reporting.models import PageHead, Person
from services.reporting.queries.access import PageFacts, readable_page
from services.reporting.queries.cells import Cell, as_kept, entries_of, finals_of, kept_ids
from services.reporting.queries.corrections import CorrectionFacts, corrections_of
from services.reporting.queries.lessons import LessonFacts, PeriodFacts, chosen, lessons_of, periods_of
from services.reporting.queries.roster import in_order, listed, people, roster
from services.reporting.queries.term_marks import terms_of
from services.reporting.rules import ATTENDANCE, EMPTY_HEAD, Stay, weighted_average
from services.reporting.rules.extract import OwnPupils
from services.reporting.rules.terms import Term
from shared.auth import Actor
from shared.clock import today
from shared.db import SchoolSession
from shared.names import full_name, short_name


@dataclass(frozen=True, slots=True)
class PupilFacts:
    """A pupil of the page."""

    id: UUID
    name: str
    stays: tuple[Stay, ...]
    average: str | None


@dataclass(frozen=True, slots=True)
class ClassPage:
    """A page of a period.

    `entries` are (lesson's index, pupil's index, slot, value), `finals` (term's index, pupil's index,
    value), `corrections` what was changed after the period had been closed, oldest first; `authors` are
    the names, as they sign, of those who did. `own_classes` names, in an extract, the classes whose pupils
    alone it shows; a whole page has none.
    """

    facts: PageFacts
    seq: int
    head: str
    changed_at: datetime | None
    period: PeriodFacts | None
    periods: tuple[PeriodFacts, ...]
    teachers: tuple[str, ...]
    pupils: tuple[PupilFacts, ...]
    lessons: tuple[LessonFacts, ...]
    entries: tuple[tuple[int, int, int, str], ...]
    terms: tuple[Term, ...]
    finals: tuple[tuple[int, int, str], ...]
    corrections: tuple[CorrectionFacts, ...]
    authors: Mapping[UUID, str]
    own_classes: tuple[str, ...]


def class_page(
    session: SchoolSession, actor: Actor, page_id: UUID, period_id: UUID | None = None
) -> ClassPage:
    """Read a page; without a period named, the one that goes on today, or else the last begun.

    Of a page of several classes a class teacher gets an extract: the own pupils' rows and corrections,
    of each until he or she left the class; what concerns everybody, the columns as well, is there whole.
    NotFound for a page that is not the caller's, and for a period of another year.
    """
    hold_still(session)
    facts = readable_page(session, actor, page_id)
    seq, head, changed_at = _state(session, page_id)
    periods = periods_of(session, facts)
    period = chosen(periods, period_id, today(facts.time_zone))
    lessons = lessons_of(session, facts, period)
    filled = _filled(session, facts, periods, period, lessons)
    stays = _present(facts.own, roster(session, facts), period, filled.pupil_ids)
    authors = {one.corrected_by for one in filled.corrections if one.corrected_by}
    names = people(session, [*stays, *facts.teacher_ids, *authors])
    pupils = _pupils(stays, names, lessons, filled.entries)
    return ClassPage(
        facts=facts,
        seq=seq,
        head=head,
        changed_at=changed_at,
        period=period,
        periods=periods,
        teachers=tuple(_full(names[one]) for one in facts.teacher_ids if one in names),
        pupils=pupils,
        lessons=lessons,
        entries=_indexed(lessons, pupils, filled.entries),
        terms=filled.terms,
        finals=_of_terms(filled.terms, pupils, filled.finals),
        corrections=filled.corrections,
        authors={one: _short(names[one]) for one in authors if one in names},
        own_classes=facts.own.classes_of(stays) if facts.own else (),
    )


class _Filled(NamedTuple):
    entries: list[Cell]
    terms: tuple[Term, ...]
    finals: list[Cell]
    corrections: tuple[CorrectionFacts, ...]

    @property
    def pupil_ids(self) -> set[UUID]:
        cells = {cell.pupil_id for cell in (*self.entries, *self.finals)}
        return cells | {one.pupil_id for one in self.corrections if one.pupil_id}


def _filled(
    session: SchoolSession,
    facts: PageFacts,
    periods: Sequence[PeriodFacts],
    period: PeriodFacts | None,
    lessons: Sequence[LessonFacts],
) -> _Filled:
    """Read all cells of the page in the period that the caller reads, each as that of the pupil kept."""
    entries = entries_of(session, facts.page_id, [lesson.id for lesson in lessons])
    finals = finals_of(session, [facts.page_id]).get(facts.page_id, [])
    is_marked = any(cell.slot != ATTENDANCE for cell in entries)
    terms = terms_of(facts, periods, period, finals, is_marked=is_marked)
    corrections = corrections_of(session, facts.page_id, terms, lessons)
    written = {cell.pupil_id for cell in (*entries, *finals)}
    concerned = {id_ for one in corrections for id_ in (one.pupil_id, one.corrected_by) if id_}
    kept = kept_ids(session, written | concerned)
    shown = {(term.period_id, term.slot) for term in terms}
    is_read = _reading(facts, periods, lessons)
    told = (
        one._replace(
            pupil_id=kept.get(one.pupil_id, one.pupil_id) if one.pupil_id else None,
            corrected_by=kept.get(one.corrected_by, one.corrected_by) if one.corrected_by else None,
        )
        for one in corrections
    )
    return _Filled(
        [cell for cell in as_kept(entries, kept) if is_read(cell.pupil_id, cell.about_id)],
        terms,
        [c for c in as_kept(finals, kept) if c[:2] in shown and is_read(c.pupil_id, c.about_id)],
        tuple(
            one for one in told if is_read(one.pupil_id, one.term.period_id if one.term else one.lesson_id)
        ),
    )


def _reading(
    facts: PageFacts, periods: Sequence[PeriodFacts], lessons: Sequence[LessonFacts]
) -> Callable[[UUID | None, UUID | None], bool]:
    """Return whether the caller reads of a pupil, or of everybody, in a lesson, a period or the year.

    In an extract, while the pupil has not left the class by the lesson's day or the period's last.
    """
    own = facts.own
    if own is None:
        return lambda _, __: True
    days = {lesson.id: lesson.on for lesson in lessons} | {period.id: period.ends_on for period in periods}
    if periods:
        days[facts.year_id] = periods[-1].ends_on
    return lambda pupil_id, about_id: (
        pupil_id is None or own.still(pupil_id, days.get(about_id, date.max) if about_id else date.max)
    )


def _state(session: SchoolSession, page_id: UUID) -> tuple[int, str, datetime | None]:
    """Return where the page's chain stands: its length, its head, and when it last moved."""
    last = session.execute(
        select(PageHead.seq, PageHead.head, PageHead.changed_at)
        .where(PageHead.page_id == page_id)
        .order_by(PageHead.seq.desc())
        .limit(1)
    ).first()
    return (last.seq, last.head, last.changed_at) if last is not None and last.seq else (0, EMPTY_HEAD, None)


def hold_still(session: SchoolSession) -> None:
    """Let all statements see one moment: the digest is of these marks and of no later ones.

    SQLite's transactions are like that by themselves.
    """
    if not session.in_transaction() and session.get_bind().dialect.name == "postgresql":
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


def _present(
    own: OwnPupils | None,
    stays: Mapping[UUID, tuple[Stay, ...]],
    period: PeriodFacts | None,
    filled: Iterable[UUID],
) -> dict[UUID, tuple[Stay, ...]]:
    """Return who belonged to the group in the period, and whoever else has a cell filled in it.

    In an extract, of those who were in the caller's class then, and until they left it.
    """
    if own is not None:
        stays = {pupil_id: own.until_left(pupil_id, theirs) for pupil_id, theirs in stays.items()}
    first, last = (period.starts_on, period.ends_on) if period else (date.min, date.max)
    present = {
        pupil_id: theirs
        for pupil_id, theirs in stays.items()
        if any(a <= last and (b is None or first <= b) for a, b, _ in theirs)
        and (own is None or own.during(pupil_id, first, last))
    }
    return present | {pupil_id: stays.get(pupil_id, ()) for pupil_id in filled}


def _pupils(
    stays: Mapping[UUID, tuple[Stay, ...]],
    names: Mapping[UUID, Person],
    lessons: Sequence[LessonFacts],
    cells: Sequence[Cell],
) -> tuple[PupilFacts, ...]:
    weights = {(lesson.id, work.slot): work.weight for lesson in lessons for work in lesson.works}
    marks: dict[UUID, list[tuple[str, int]]] = {}
    for cell in cells:
        if cell.slot != ATTENDANCE:
            weight = weights.get((cell.about_id, cell.slot), 1)
            marks.setdefault(cell.pupil_id, []).append((cell.value, weight))

    return tuple(
        PupilFacts(
            id=pupil_id,
            name=listed(names, pupil_id),
            stays=stays[pupil_id],
            average=weighted_average(marks.get(pupil_id, ())),
        )
        for pupil_id in in_order(names, stays)
    )


def _short(person: Person) -> str:
    return short_name(person.family_name, person.given_name, person.patronymic)


def _full(person: Person) -> str:
    return full_name(person.family_name, person.given_name, person.patronymic)


def _indexed(
    lessons: Sequence[LessonFacts], pupils: Sequence[PupilFacts], cells: Sequence[Cell]
) -> tuple[tuple[int, int, int, str], ...]:
    columns = {lesson.id: number for number, lesson in enumerate(lessons)}
    rows = {pupil.id: number for number, pupil in enumerate(pupils)}
    return tuple(sorted((columns[one.about_id], rows[one.pupil_id], one.slot, one.value) for one in cells))


def _of_terms(
    terms: Sequence[Term], pupils: Sequence[PupilFacts], finals: Sequence[Cell]
) -> tuple[tuple[int, int, str], ...]:
    columns = {(term.period_id, term.slot): number for number, term in enumerate(terms)}
    rows = {pupil.id: number for number, pupil in enumerate(pupils)}
    return tuple(sorted((columns[one.about_id, one.slot], rows[one.pupil_id], one.value) for one in finals))
