"""The class-subject page of a period, as data and as what is printed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select

from services.reporting.models import Entry, MergedPerson, PageHead, Person
from services.reporting.queries.access import PageFacts, readable_page
from services.reporting.queries.lessons import LessonFacts, PeriodFacts, chosen, lessons_of, periods_of
from services.reporting.queries.roster import people, roster
from services.reporting.rules import (
    ATTENDANCE,
    EMPTY_HEAD,
    LessonColumn,
    PupilRow,
    Spread,
    Stay,
    column_titles,
    digest_of,
    weighted_average,
    work_title,
    year_title,
)
from shared.auth import Actor
from shared.clock import today
from shared.db import SchoolSession
from shared.names import full_name, list_name, sort_key

NAMELESS = "имя неизвестно"
WHOLE_YEAR = "весь год"


@dataclass(frozen=True, slots=True)
class PupilFacts:
    """A pupil of the page."""

    id: UUID
    name: str
    stays: tuple[Stay, ...]
    average: str | None


@dataclass(frozen=True, slots=True)
class ClassPage:
    """A page of a period. `entries` are (lesson's index, pupil's index, slot, value)."""

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


@dataclass(frozen=True, slots=True)
class _Cell:
    lesson_id: UUID
    pupil_id: UUID
    slot: int
    value: str


def class_page(
    session: SchoolSession, actor: Actor, page_id: UUID, period_id: UUID | None = None
) -> ClassPage:
    """Read a page; without a period named, the one that goes on today, or else the last begun.

    NotFound for a page that is not the caller's, and for a period of another year.
    """
    _hold_still(session)
    facts = readable_page(session, actor, page_id)
    seq, head, changed_at = _state(session, page_id)
    periods = periods_of(session, facts)
    period = chosen(periods, period_id, today(facts.time_zone))
    lessons = lessons_of(session, facts, period)
    cells = _cells(session, facts, lessons)
    stays = _present(roster(session, facts), period, cells)
    names = people(session, [*stays, *facts.teacher_ids])
    pupils = _pupils(stays, names, lessons, cells)
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
        entries=_indexed(lessons, pupils, cells),
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


def _hold_still(session: SchoolSession) -> None:
    """Let all statements see one moment: the digest is of these marks and of no later ones.

    SQLite's transactions are like that by themselves.
    """
    if not session.in_transaction() and session.get_bind().dialect.name == "postgresql":
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


def spread_of(page: ClassPage, public_url: str) -> Spread:
    """Return what is printed of a page."""
    facts, as_of = page.facts, ""
    if page.changed_at:
        as_of = f"{page.changed_at.astimezone(ZoneInfo(facts.time_zone)):%d.%m.%Y %H:%M}"
    cells: dict[tuple[int, int], list[str]] = {}
    for lesson, pupil, _, value in page.entries:
        cells.setdefault((pupil, lesson), []).append(value)
    return Spread(
        school=facts.school,
        year=year_title(facts.year),
        group=facts.group,
        subject=facts.subject,
        period=page.period.name if page.period else WHOLE_YEAR,
        teachers=page.teachers,
        pupils=tuple(PupilRow(one.name, one.stays, one.average) for one in page.pupils),
        lessons=tuple(map(_column, page.lessons)),
        cells={cell: " ".join(values) for cell, values in cells.items()},
        seq=page.seq,
        head=page.head,
        as_of=as_of,
        verify_url=f"{public_url}/verify/{facts.page_id}/{page.seq}/{digest_of(page.head)}",
    )


def _column(lesson: LessonFacts) -> LessonColumn:
    titled = "; ".join(f"{work_title(work.type)}: {work.title}" for work in lesson.works if work.title)
    return LessonColumn(
        on=lesson.on,
        number=lesson.number,
        works=column_titles([work.type for work in lesson.works]),
        topic=" · ".join(filter(None, (lesson.topic, titled))),
        homework=lesson.homework,
    )


def _cells(session: SchoolSession, facts: PageFacts, lessons: Sequence[LessonFacts]) -> list[_Cell]:
    found = session.execute(
        select(Entry.lesson_id, Entry.pupil_id, Entry.slot, Entry.value)
        .where(
            Entry.page_id == facts.page_id,
            Entry.lesson_id.in_([lesson.id for lesson in lessons]),
            Entry.value.is_not(None),
        )
        .order_by(Entry.slot)
    )
    return _merged(session, [_Cell(one.lesson_id, one.pupil_id, one.slot, one.value or "") for one in found])


def _merged(session: SchoolSession, cells: list[_Cell]) -> list[_Cell]:
    """Read the cells of a merged pupil as those of the one kept; a cell both have stays with each."""
    pupils = {cell.pupil_id for cell in cells}
    found = select(MergedPerson.merged_id, MergedPerson.kept_id).where(MergedPerson.merged_id.in_(pupils))
    kept = {row.merged_id: row.kept_id for row in session.execute(found)}
    own = {(cell.lesson_id, cell.slot, cell.pupil_id) for cell in cells}
    return [
        replace(cell, pupil_id=kept[cell.pupil_id])
        if cell.pupil_id in kept and (cell.lesson_id, cell.slot, kept[cell.pupil_id]) not in own
        else cell
        for cell in cells
    ]


def _present(
    stays: Mapping[UUID, tuple[Stay, ...]], period: PeriodFacts | None, cells: Sequence[_Cell]
) -> dict[UUID, tuple[Stay, ...]]:
    """Return who belonged to the group in the period, and whoever else has an entry in it."""
    present = {
        pupil_id: theirs
        for pupil_id, theirs in stays.items()
        if period is None
        or any(a <= period.ends_on and (b is None or period.starts_on <= b) for a, b, _ in theirs)
    }
    return present | {cell.pupil_id: stays.get(cell.pupil_id, ()) for cell in cells}


def _pupils(
    stays: Mapping[UUID, tuple[Stay, ...]],
    names: Mapping[UUID, Person],
    lessons: Sequence[LessonFacts],
    cells: Sequence[_Cell],
) -> tuple[PupilFacts, ...]:
    weights = {(lesson.id, work.slot): work.weight for lesson in lessons for work in lesson.works}
    marks: dict[UUID, list[tuple[str, int]]] = {}
    for cell in cells:
        if cell.slot != ATTENDANCE:
            weight = weights.get((cell.lesson_id, cell.slot), 1)
            marks.setdefault(cell.pupil_id, []).append((cell.value, weight))

    def place(pupil_id: UUID) -> tuple[bool, object, UUID]:
        person = names.get(pupil_id)
        key = sort_key(person.family_name, person.given_name, person.patronymic) if person else ()
        return person is None, key, pupil_id

    return tuple(
        PupilFacts(
            id=pupil_id,
            name=list_name(names[pupil_id].family_name, names[pupil_id].given_name)
            if pupil_id in names
            else NAMELESS,
            stays=stays[pupil_id],
            average=weighted_average(marks.get(pupil_id, ())),
        )
        for pupil_id in sorted(stays, key=place)
    )


def _full(person: Person) -> str:
    return full_name(person.family_name, person.given_name, person.patronymic)


def _indexed(
    lessons: Sequence[LessonFacts], pupils: Sequence[PupilFacts], cells: Sequence[_Cell]
) -> tuple[tuple[int, int, int, str], ...]:
    columns = {lesson.id: number for number, lesson in enumerate(lessons)}
    rows = {pupil.id: number for number, pupil in enumerate(pupils)}
    return tuple(sorted((columns[one.lesson_id], rows[one.pupil_id], one.slot, one.value) for one in cells))
