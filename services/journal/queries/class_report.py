"""How a class does in a period: marks by subject, groups of pupils, who is at risk, absences, the trend.

For its class teacher (clauses 3.5.6, 3.5.9) and for those who supervise. The marks of the period count
where they are put; before, those that the marks so far speak for. Of who came in mid-year, what was
got on pages left for the class counts, too.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Row

from services.journal.models.relations import run
from services.journal.models.several import groups_around
from services.journal.queries.class_absences import Missed, Timetable, absences, missed_by_pupil
from services.journal.queries.class_rows import ABSENT, CLASS, CLASSES, HELD, MARKED, PERIODS, PUT, ROSTER
from services.journal.queries.class_sums import Standing, at_risk, by_subject, whole
from services.journal.queries.people import STUB, in_order, shown_name
from services.journal.rules.class_report import level
from services.journal.rules.marks import SCALE, TIME_ZONE, reasons_on
from services.journal.rules.recommended import (
    DEFAULTS,
    Rules,
    best_of,
    least_marks,
    recommend_for_period,
    rules_on,
)
from services.journal.rules.scales import scale_on
from services.journal.rules.tallies import Tally, cell_sums
from shared import policy
from shared.auth import Actor
from shared.clock import today
from shared.db import SchoolSession
from shared.errors import Conflict, NotFound, Text
from shared.names import group_key

Json = dict[str, Any]
NOW, BEFORE = 1, 0


class NoPeriods(Conflict):
    """The schedule has told no periods for the class's parallel yet."""

    title = Text("Периодов ещё нет", "There are no periods yet")
    detail = Text(
        "Для этой параллели не заданы учебные периоды. Попросите оператора заполнить учебный год.",
        "No periods are set for this parallel. Ask the operator to fill in the academic year.",
    )


def class_list(session: SchoolSession, actor: Actor) -> list[Json]:
    """Return the classes whose reports the caller may read, in the order of their names."""
    every = policy.sees_all("journal", "follow classes", actor.roles)
    found = [row for row in run(session, CLASSES) if every or row.class_teacher_id == actor.person_id]
    found.sort(key=lambda row: group_key(row.name))
    return [{"id": row.id, "name": row.name, "grade": row.grade} for row in found]


def class_report(session: SchoolSession, actor: Actor, group_id: UUID, period_id: UUID | None = None) -> Json:
    """Return the report of a class for a period: the one named, that of today, or the last that began.

    Raises NotFound for a class that is not the caller's. Eight statements, whatever the class's size.
    """
    found = run(session, CLASS, group=group_id).first()
    if found is None or not _may_follow(actor, found):
        raise NotFound
    day = today(found.time_zone or TIME_ZONE)
    periods = run(session, PERIODS, grade=found.grade).all()
    period, before = _asked(periods, period_id, day)
    on = min(max(period.starts_on, day), period.ends_on)
    said = _Read(session, found, _span(group_id, period, before), on=on, day=day)
    rules = rules_on({name: getattr(found, name) for name in DEFAULTS}, on, found.scale or SCALE)
    then, now = (said.standing(rules, side) for side in (BEFORE, NOW))
    missed_then, missed_now = (said.missed(side) for side in (BEFORE, NOW))
    return {
        "group": {"id": found.id, "name": found.name},
        "period": _period(period),
        "before": _period(before) if before else None,
        "periods": [_period(row) for row in periods if row.year_id == period.year_id],
        "pupils": len(said.names),
        "subjects": by_subject(said.subjects, then, now),
        "whole": whole(said.names, said.subjects, then, now),
        "at_risk": at_risk(said.names, said.subjects, then, now, missed_now),
        "absences": absences(said.names, missed_then, missed_now, reasons_on(found.attendance, on)),
    }


class _Scaled(NamedTuple):
    """A subject as `scale_on` wants to know it."""

    scale: Sequence[str] | None
    subject_scales: str | None
    subject_name: str | None
    grade: int | None


class _Read:
    """What is read of a class in a period and the one before it."""

    def __init__(self, session: SchoolSession, of: Row[Any], span: Json, *, on: date, day: date) -> None:
        span = {**span, "around": groups_around(session, of.id).all}
        roster = run(session, ROSTER, on=on, around=span["around"]).all()
        self.names = {row.pupil_id: shown_name(row) for row in in_order(roster) if row.group_id == of.id}
        held = run(session, HELD, today=day, **span).all()
        taught = {row.subject_id for row in held}
        theirs = {**span, "on": on, "pupils": list(self.names)}
        self._marked = [row for row in run(session, MARKED, **theirs) if row.subject_id in taught]
        self._put = [row for row in run(session, PUT, **theirs) if row.subject_id in taught]
        self._absent = run(session, ABSENT, **span).all()
        self._timetable = Timetable(of.id, roster, held)
        self._scales = {
            row.subject_id: scale_on(_Scaled(of.scale, of.subject_scales, row.subject, of.grade), on)
            for row in held
        }
        self.subjects = {row.subject_id: row.subject or STUB for row in held if row.is_now}

    def standing(self, rules: Rules, side: int) -> Standing:
        """Return what pupils have in each subject: the period's mark, or what their marks come to."""
        sums = self._sums(rules, side)
        averages = {
            subject: {
                pupil: own.hundredths
                for pupil, own in its.items()
                if own.weights and own.marks >= least_marks(rules, own.hours)
            }
            for subject, its in sums.items()
        }
        levels: dict[UUID, dict[UUID, str | None]] = {}
        for subject, its in sums.items():
            own = rules._replace(scale=self._scales.get(subject, rules.scale))
            levels[subject] = {
                pupil: level(recommend_for_period(tally, own).value, own.scale)
                for pupil, tally in its.items()
            }
        for row in self._put:
            if row.is_now == side and row.pupil_id in self.names:
                scale = self._scales.get(row.subject_id, rules.scale)
                levels.setdefault(row.subject_id, {})[row.pupil_id] = level(row.value, scale)
        best = {subject: int(best_of(tuple(scale)) or 0) for subject, scale in self._scales.items()}
        return Standing(levels, averages, best)

    def _sums(self, rules: Rules, side: int) -> Mapping[UUID, Mapping[UUID, Tally]]:
        """Return the marks that count by subject and pupil, summed up (DOMAIN 2.2)."""
        sums: dict[UUID, dict[UUID, Tally]] = defaultdict(lambda: defaultdict(Tally))
        for row in self._marked:
            added = cell_sums(row.value, row.weight, is_weighted=rules.is_weighted)
            if row.is_now == side and added.marks and row.pupil_id in self.names:
                own = sums[row.subject_id][row.pupil_id]
                more = {name: getattr(own, name) + row.times * one for name, one in added._asdict().items()}
                sums[row.subject_id][row.pupil_id] = own._replace(**more)
        return sums

    def missed(self, side: int) -> Mapping[UUID, Missed]:
        """Return what each pupil missed, now or in the period before."""
        return missed_by_pupil(self.names, self._absent, self._timetable, side)


def _may_follow(actor: Actor, group: Row[Any]) -> bool:
    return group.class_teacher_id == actor.person_id or policy.sees_all(
        "journal", "follow classes", actor.roles
    )


def _asked(
    periods: Sequence[Row[Any]], period_id: UUID | None, day: date
) -> tuple[Row[Any], Row[Any] | None]:
    """Return the period asked for and the one before it in the same year."""
    if not periods:
        raise NoPeriods
    if period_id:
        period = next((row for row in periods if row.id == period_id), None)
        if period is None:
            raise NotFound
    else:
        begun = [row for row in periods if row.starts_on <= day]
        period = begun[-1] if begun else periods[0]
    earlier = [row for row in periods if row.year_id == period.year_id and row.ends_on < period.starts_on]
    return period, earlier[-1] if earlier else None


def _span(group_id: UUID, period: Row[Any], before: Row[Any] | None) -> Json:
    return {
        "group": group_id,
        "year": period.year_id,
        "period": period.id,
        "before": before.id if before else None,
        "starts_on": period.starts_on,
        "ends_on": period.ends_on,
        "before_starts_on": before.starts_on if before else date.max,
        "before_ends_on": before.ends_on if before else date.min,
    }


def _period(row: Row[Any]) -> Json:
    return {
        "id": row.id,
        "name": row.name,
        "starts_on": row.starts_on,
        "ends_on": row.ends_on,
        "closed": row.closed_at is not None,
    }
