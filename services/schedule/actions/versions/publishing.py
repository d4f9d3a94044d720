"""Publication of a version: from its first day on the lessons follow it; its withdrawal before that."""

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select

from services.schedule.actions.calendar import all_years
from services.schedule.actions.lessons import plan_lessons
from services.schedule.actions.versions.checking import look, report_of
from services.schedule.actions.versions.drafts import CardFacts, NotADraft, TimetableChanged, make_draft
from services.schedule.actions.versions.in_force import is_in_force, put_in_force
from services.schedule.models import Timetable, Year
from services.schedule.rules import Tally
from shared.clock import now
from shared.db import SchoolSession
from shared.errors import Conflict, Invalid, NotFound, Text

DAY = timedelta(days=1)


class DaysOutsideYear(Invalid):
    """The version is to be in force on days that are not of its year."""

    title = Text("Даты вне учебного года", "The days are not of the year")
    detail = Text(
        "Укажите дни с {first:%d.%m.%Y} по {last:%d.%m.%Y}, начало не позже конца.",
        "Choose days from {first:%Y-%m-%d} to {last:%Y-%m-%d}, the first not after the last.",
    )


class HasBegun(Conflict):
    """The version is in force already; the past is not rewritten."""

    title = Text("Расписание уже действует", "The timetable is in force already")
    detail = Text(
        "Оно действует с {on:%d.%m.%Y}. Опубликуйте другое расписание со следующего дня.",
        "It has been in force since {on:%Y-%m-%d}. Publish another from the next day on.",
    )


class HasConflicts(Conflict):
    """The timetable has errors, and nobody said that they are accepted."""

    title = Text("В расписании есть ошибки", "The timetable has errors")
    detail = Text(
        "Ошибок: {count}. Исправьте их или подтвердите, что публикуете расписание с ними.",
        "Errors: {count}. Correct them, or confirm that you publish the timetable with them.",
    )


class NotPublished(Conflict):
    """The version is not published; there is nothing to withdraw."""

    title = Text("Расписание не опубликовано", "The timetable is not published")
    detail = Text(
        "Отозвать можно только опубликованное расписание.", "Only what is published can be withdrawn."
    )


def publish_timetable(
    session: SchoolSession,
    year: Year,
    timetable: Timetable,
    *,
    from_on: date,
    until_on: date | None,
    today: date,
    accept_conflicts: bool = True,
    published_by: UUID | None = None,
    seen: int | None = None,
) -> Tally:
    """Put a draft in force from a day on and make the lessons follow; return how many changed.

    It goes before what was published earlier for its groups, on its own days. Lessons of the past,
    today's included, stay as they are. Published again for the same days, it changes nothing.
    The conflicts known are kept with it; HasConflicts for errors that are not accepted, and
    TimetableChanged for a draft that is no longer as the caller saw it, by its version `seen`.
    `year` is one of `all_years(for_change=True)`.
    """
    is_same = (timetable.status, timetable.from_on, timetable.until_on) == ("published", from_on, until_on)
    if timetable.status != "draft" and not is_same:
        raise NotADraft
    _refuse_other_years(year, from_on, until_on)
    if not is_same:
        if seen is not None and timetable.version != seen:
            raise TimetableChanged
        found = look(session, year, timetable, max(from_on, min(today, until_on or year.ends_on)))
        if found.count("error") and not accept_conflicts:
            raise HasConflicts(count=found.count("error"))
        timetable.report = report_of(found)
        timetable.status, timetable.from_on, timetable.until_on = "published", from_on, until_on
        timetable.published_at, timetable.published_by, timetable.published_on = now(), published_by, today
        timetable.version += 1
        session.flush()
    return _follow(session, year, timetable, today)


def withdraw_timetable(session: SchoolSession, timetable_id: UUID, *, today: date) -> Tally:
    """Take back a published version that has not begun: lessons are again as without it.

    Raises NotPublished and HasBegun.
    """
    years = {year.id: year for year in all_years(session, for_change=True)}
    timetable = lock_timetable(session, timetable_id)
    if timetable.status != "published" or timetable.from_on is None:
        raise NotPublished
    if timetable.from_on <= today:
        raise HasBegun(on=timetable.from_on)
    timetable.status = "withdrawn"
    timetable.version += 1
    session.flush()
    return _follow(session, years[timetable.year_id], timetable, today)


def take_timetable(
    session: SchoolSession,
    year: Year,
    name: str,
    source: str,
    cards: Sequence[CardFacts],
    groups: Collection[UUID],
    *,
    from_on: date,
    today: date,
) -> tuple[Timetable | None, Tally]:
    """Publish cards at once as the timetable of these groups: for imports that bring a finished one.

    What is in force already makes no new version; lessons follow the bells in any case. Returns the
    version made, if any, and how many lessons changed.
    """
    if is_in_force(session, year, cards, groups, max(from_on, today + DAY)):
        return None, plan_lessons(session, year, today=today, groups=groups, from_on=from_on)
    draft = make_draft(session, year, name, source, cards, groups=groups)
    return draft, publish_timetable(session, year, draft, from_on=from_on, until_on=None, today=today)


def lock_timetable(session: SchoolSession, timetable_id: UUID) -> Timetable:
    """Return a version, locked; NotFound when there is none of this id."""
    found = select(Timetable).where(Timetable.id == timetable_id).with_for_update()
    timetable = session.scalars(found).first()
    if timetable is None:
        raise NotFound
    return timetable


def _follow(session: SchoolSession, year: Year, timetable: Timetable, today: date) -> Tally:
    assert timetable.from_on is not None  # noqa: S101  # It is or was published.
    groups = {UUID(one) for one in timetable.group_ids}
    put_in_force(session, year, groups)
    return plan_lessons(session, year, today=today, groups=groups, from_on=timetable.from_on)


def _refuse_other_years(year: Year, from_on: date, until_on: date | None) -> None:
    if not year.starts_on <= from_on <= (until_on or from_on) <= year.ends_on:
        raise DaysOutsideYear(first=year.starts_on, last=year.ends_on)
