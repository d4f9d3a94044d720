"""What a class's day has to be like: how long at most and at least, without gaps, from the morning on."""

from collections import Counter
from dataclasses import replace

from services.schedule.actions.composing.problem import DayRules, Problem
from services.schedule.rules.conflicts.facts import GradeLimit, School

WHOLE_DAY = 3
"""With fewer lessons a day a class is only a part of its week, of which no shape can be asked."""


def keep_days_in_shape(problem: Problem, around: School) -> None:
    """Ask for each class of the problem what the school takes for an error otherwise.

    A day is as long as its parallel allows (СП 2.4.3648-20, 3.4.16); where an hour more is allowed
    on some days, and needed, all others are full. What no timetable could keep is not asked for.
    """
    hours: Counter[str] = Counter()
    for activity in problem.activities:
        hours.update({part for one in activity.groups for part in problem.groups[one].parts})
    days, groups = len(problem.days), dict(problem.groups)
    for group in problem.groups.values():
        totals = [hours[part] for part in group.parts]
        if group.kind != "class" or min(totals) < WHOLE_DAY * days:
            continue
        rules = DayRules(without_gaps=around.limits.severity("class_gap") == "error")
        known = around.groups.get(group.id)
        limit = around.limits.grades.get(known.grade) if known and known.grade is not None else None
        if limit and around.limits.severity("day_limit") == "error":
            rules = _within(limit, rules, min(totals), max(totals), days)
        groups[group.id] = replace(group, day=rules)
    problem.groups = groups


def _within(limit: GradeLimit, rules: DayRules, least: int, most: int, days: int) -> DayRules:
    usual = limit.per_day * days
    if most <= usual:
        return replace(rules, most=limit.per_day)
    if most <= usual + limit.longer_days:
        full = limit.per_day if least >= usual else None
        return replace(rules, most=limit.per_day + 1, least=full)
    return rules
