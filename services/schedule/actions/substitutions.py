"""Substitutions (замены, clause 3.7.3): what is decided about single lessons, and taken back."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import select

from services.schedule.actions.absences import absences_on
from services.schedule.actions.announcing import announce, announce_withdrawal
from services.schedule.actions.bells.timing import Timing
from services.schedule.actions.calendar import all_years, school_today
from services.schedule.actions.conflicts import Decision, Hours, NoLessonsThen, check_decision
from services.schedule.actions.lessons import plan_lessons
from services.schedule.actions.overriding import Form, Key, forms_of, key_of
from services.schedule.actions.taken_since import refuse_if_taken_since
from services.schedule.models import Lesson, Person, Room, Subject, Substitution, Year
from services.schedule.rules import LATEST_DECISION
from shared.auth import Actor
from shared.clock import now
from shared.db import SchoolSession
from shared.errors import Conflict, NotFound, Text
from shared.grades import is_for


class AlreadySubstituted(Conflict):
    """Something was decided about the lesson before."""

    title = Text("По этому уроку уже есть решение", "This lesson has been decided about")
    detail = Text(
        "Отмените прежнюю замену урока {number} {on:%d.%m.%Y} и примите новую.",
        "Withdraw the former substitution of lesson {number} of {on:%Y-%m-%d} and decide anew.",
    )


class NotHeld(Conflict):
    """The lesson is cancelled, or too long ago to be decided about."""

    title = Text("Этот урок уже не заменить", "This lesson can no longer be substituted")
    detail = Text(
        "Урок отменён в расписании или был раньше чем {days} дней назад.",
        "The lesson was cancelled in the timetable or took place more than {days} days ago.",
    )


def decide(session: SchoolSession, actor: Actor, decisions: Sequence[Decision]) -> list[Substitution]:
    """Decide about lessons, all or none, and make the lessons follow at once, today's as well.

    Refuses a teacher who is busy or away at that hour, a room or class that is taken, and a lesson
    decided about before.
    """
    years = {year.id: year for year in all_years(session, for_change=True)}
    decisions = [_what_counts(one) for one in decisions]
    lessons = _lessons(session, decisions)
    timings = {id_: Timing(session, years[id_]) for id_ in {one.year_id for one in lessons.values()}}
    _refuse_days_without_lessons(session, years, timings, lessons, decisions)
    days = {lesson.lesson_on for lesson in lessons.values()} | {one.on for one in decisions if one.on}
    hours = Hours(session, days)
    absences = absences_on(session, min(days), max(days))
    made = []
    for decision in decisions:
        lesson = lessons[decision.lesson_id]
        check_decision(session, hours, absences, lesson, decision, timings[lesson.year_id])
        one = _substitution(lesson, decision, actor)
        one.absence_id = next(
            (away.id for away in absences if str(away.teacher_id) in lesson.teacher_ids
             and away.from_on <= lesson.lesson_on <= away.until_on), None
        )  # fmt: skip
        made.append(one)
    session.add_all(made)
    session.flush()
    _carry_out(session, years, timings, made)
    announce(session, made)
    return made


def withdraw(session: SchoolSession, substitution_id: UUID) -> Substitution:
    """Take a decision back: the lesson stands again as the timetable has it, or as it was held.

    Raises NotFound, NotHeld, and TakenSince where a later decision has used what this one set free.
    """
    years = {year.id: year for year in all_years(session, for_change=True)}
    one = session.get(Substitution, substitution_id)
    if one is None or one.withdrawn_at is not None:
        raise NotFound
    _refuse_long_ago(session, one.lesson_on)
    today, year = school_today(session), years[one.year_id]
    timing = Timing(session, year)
    refuse_if_taken_since(session, one, timing)
    one.withdrawn_at = now()
    session.flush()
    was = Form(one.was_starts, one.was_room_id, tuple(one.was_teacher_ids))
    keys = [key for key, _ in forms_of(one, was, timing)]
    undone: dict[Key, Form | None] = {
        key: was if key == key_of(one) else None for key in keys if key.lesson_on <= today
    }
    plan_lessons(session, year, today=today, groups={one.group_id}, decided=undone, taken_back=keys)
    announce_withdrawal(session, one)
    return one


def _lessons(session: SchoolSession, decisions: Sequence[Decision]) -> dict[UUID, Lesson]:
    ids = {one.lesson_id for one in decisions}
    lessons = {one.id: one for one in session.scalars(select(Lesson).where(Lesson.id.in_(ids)))}
    if len(lessons) < len(decisions):
        raise NotFound
    _refuse_strangers(session, decisions)
    standing = select(Substitution).where(
        Substitution.lesson_id.in_(ids), Substitution.withdrawn_at.is_(None)
    )
    if known := session.scalars(standing).first():
        raise AlreadySubstituted(number=known.number, on=known.lesson_on)
    for lesson in lessons.values():
        _refuse_long_ago(session, lesson.lesson_on)
        if lesson.is_cancelled:
            raise NotHeld(days=LATEST_DECISION.days)
    return lessons


def _what_counts(one: Decision) -> Decision:
    """Return a decision without what its kind does not ask for: nobody is to be shown that."""
    if one.kind == "cancel":
        one = one._replace(stand_in_id=None, room_id=None)
    if one.kind != "subject":
        one = one._replace(subject_id=None)
    return one if one.kind == "move" else one._replace(on=None, number=None)


def _refuse_days_without_lessons(
    session: SchoolSession,
    years: Mapping[UUID, Year],
    timings: Mapping[UUID, Timing],
    lessons: Mapping[UUID, Lesson],
    decisions: Sequence[Decision],
) -> None:
    """Refuse to move a lesson out of the periods of its class, where no mark could be put."""
    moves = [(lessons[one.lesson_id], one.on) for one in decisions if one.on]
    latest = school_today(session) - LATEST_DECISION if moves else date.min
    for lesson, on in moves:
        grade = timings[lesson.year_id].grade(lesson.group_id)
        periods = [one for one in years[lesson.year_id].periods if is_for(one.grades, grade)]
        if on < latest or not any(one.starts_on <= on <= one.ends_on for one in periods):
            raise NoLessonsThen(on=on, days=LATEST_DECISION.days)


def _refuse_strangers(session: SchoolSession, decisions: Sequence[Decision]) -> None:
    for model, ids in (
        (Person, {one.stand_in_id for one in decisions if one.stand_in_id}),
        (Room, {one.room_id for one in decisions if one.room_id}),
        (Subject, {one.subject_id for one in decisions if one.subject_id}),
    ):
        if len(session.scalars(select(model.id).where(model.id.in_(ids))).all()) < len(ids):
            raise NotFound


def _refuse_long_ago(session: SchoolSession, day: date) -> None:
    if day < school_today(session) - LATEST_DECISION:
        raise NotHeld(days=LATEST_DECISION.days)


def _substitution(lesson: Lesson, decision: Decision, actor: Actor) -> Substitution:
    stand_in = [str(decision.stand_in_id)] if decision.stand_in_id else None
    assert actor.person_id is not None  # noqa: S101  # The policy lets people alone decide.
    return Substitution(
        school_id=lesson.school_id, year_id=lesson.year_id, kind=decision.kind, lesson_id=lesson.id,
        group_id=lesson.group_id, subject_id=lesson.subject_id,
        lesson_on=lesson.lesson_on, number=lesson.number,
        was_starts=lesson.starts, was_room_id=lesson.room_id, was_teacher_ids=lesson.teacher_ids,
        teacher_ids=[] if decision.kind == "cancel" else stand_in or lesson.teacher_ids,
        room_id=decision.room_id, stand_in_id=decision.stand_in_id,
        to_subject_id=decision.subject_id, to_on=decision.on, to_number=decision.number,
        note=decision.note, decided_by=actor.person_id, decided_at=now(), withdrawn_at=None,
    )  # fmt: skip


def _carry_out(
    session: SchoolSession,
    years: Mapping[UUID, Year],
    timings: Mapping[UUID, Timing],
    made: Sequence[Substitution],
) -> None:
    today = school_today(session)
    for year_id, timing in timings.items():
        ours = [one for one in made if one.year_id == year_id]
        decided: dict[Key, Form | None] = {}
        for one in ours:
            was = Form(one.was_starts, one.was_room_id, tuple(one.was_teacher_ids))
            decided |= forms_of(one, was, timing)
        groups = {one.group_id for one in ours}
        plan_lessons(session, years[year_id], today=today, groups=groups, decided=decided)
