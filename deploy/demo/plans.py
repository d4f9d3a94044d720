"""The approved curriculum of the demonstration: what its timetable teaches, and two untaught courses."""

from datetime import UTC, date, datetime, time
from uuid import UUID

from deploy.demo.curriculum import HOURS, LITERS, halves, hours
from services.schedule.actions.calendar import current_year
from services.schedule.actions.curriculum.approving import Order, approve
from services.schedule.actions.curriculum.plans import PlanFacts, PlanItem, make_curriculum
from services.schedule.actions.directories import name_subjects
from services.schedule.queries.curriculum import EVERY_STATUS, curricula
from services.schedule.rules.curriculum import QUARTERS
from shared.bygone import recorded_at
from shared.db import SchoolSession

ORDER = "87-у"
# Parts the school forms itself, in quarter-hours a week: planned, but no teacher was found for them.
OPEN_COURSES = {8: ("Финансовая грамотность", 2), 10: ("Индивидуальный проект", 4)}


def approve_plans(session: SchoolSession, director: UUID) -> None:
    """Let the director have approved a curriculum for each parallel; those that are there stay."""
    year = current_year(session)
    if curricula(session, year, EVERY_STATUS):
        return
    names = [*HOURS, *(name for name, _ in OPEN_COURSES.values())]
    subjects, _ = name_subjects(session, names)
    order = Order(ORDER, date(year.starts_on.year, 8, 28))
    for grade in LITERS:
        facts = PlanFacts(f"{grade} параллель", grade, _items(grade, subjects))
        with recorded_at(datetime.combine(order.on, time(12), UTC)):
            made = make_curriculum(session, year, facts)
            approve(session, director, made.id, made.version, order)


def _items(grade: int, subjects: dict[str, UUID]) -> list[PlanItem]:
    items = [
        PlanItem(subjects[name], given * QUARTERS, group_count=len(halves(name, grade)) or 1)
        for name in HOURS
        if (given := hours(name, grade))
    ]
    if grade in OPEN_COURSES:
        name, quarters = OPEN_COURSES[grade]
        items.append(PlanItem(subjects[name], quarters, part="formed"))
    return items
