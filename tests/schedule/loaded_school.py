"""A school with a load to be placed: classes of two parallels or more, groups of English, teachers."""

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from services.schedule.actions.directories import RoomFacts, name_rooms, name_subjects
from services.schedule.actions.loads import Teaching, assign_loads
from services.schedule.actions.year_plans import BellTime
from services.schedule.models import BellSchedule, ClassShift, Enrolment, Group, Person, School, Year
from services.schedule.models import BellTime as BellRing
from shared.db import SchoolSession
from shared.ids import new_id
from tests.schedule.makers import make_year

FIRST_DAY = date(2026, 9, 1)
HOURS = {
    "Русский язык": 5,
    "Литература": 3,
    "Математика": 5,
    "История": 2,
    "Биология": 2,
    "География": 1,
    "Физика": 2,
    "Физкультура": 3,
    "Технология": 2,
}
ENGLISH = ("Английский язык", 3)
BELLS = [
    BellTime(number, f"{8 + number:02}:00", f"{8 + number:02}:45") for number in range(1, 8)
]  # Seven lessons: 35 hours, of which a class has 28.


@dataclass
class LoadedSchool:
    """What was made: the classes and the two groups of each, the subjects and the teachers."""

    year: Year
    year_id: UUID
    classes: dict[str, UUID] = field(default_factory=dict)
    groups: dict[str, UUID] = field(default_factory=dict)
    subjects: dict[str, UUID] = field(default_factory=dict)
    teachers: list[UUID] = field(default_factory=list)
    hours: int = 0


def make_loaded_school(session: SchoolSession, *, classes: int = 8) -> LoadedSchool:
    """Return a school whose load fits into its week with some room to spare."""
    owner = UUID(session.info["school"])
    session.add(School(school_id=owner, name="Школа № 7", time_zone="Europe/Moscow"))
    year = make_year(session, bells=BELLS)
    made = LoadedSchool(year, year.id)
    made.subjects, _ = name_subjects(session, [*HOURS, ENGLISH[0]])
    name_rooms(session, [RoomFacts("101", 30, "Главный корпус"), RoomFacts("Спортзал")])
    loads: dict[tuple[UUID, UUID], Teaching] = {}
    for number in range(classes):
        _make_class(session, owner, made, number, loads)
    assign_loads(session, made.year, loads, {page[0] for page in loads})
    made.hours = sum(one.hours_per_week for one in loads.values())
    return made


def move_to_the_second_shift(session: SchoolSession, loaded: LoadedSchool, *classes: str) -> None:
    """Let classes learn in the afternoon, by bells of seven lessons from 16:00 on."""
    owner = UUID(session.info["school"])
    shifts = [ClassShift(group_id=loaded.classes[one], from_on=FIRST_DAY, shift=2) for one in classes]
    times = [
        BellRing(number=number, starts=f"{15 + number}:00", ends=f"{15 + number}:45")
        for number in range(1, 8)
    ]
    bells = BellSchedule(year_id=loaded.year_id, name="Вторая смена", shift=2, weekdays="12345")
    bells.times = times
    for one in (*shifts, bells, *times):
        one.school_id = owner
    session.add_all([*shifts, bells])


def _make_class(session, owner, made, number, loads):
    grade, letter = 5 + number // 2, "АБ"[number % 2]
    parallel = made.classes.get(str(grade)) or _group(session, owner, str(grade), "parallel", grade, None)
    made.classes[str(grade)] = parallel
    name = f"{grade}{letter}"
    own = made.classes[name] = _group(session, owner, name, "class", grade, parallel)
    halves = [_group(session, owner, f"{name} англ. {half}", "group", grade, own) for half in (1, 2)]
    made.groups |= {f"{name}/{half}": one for half, one in enumerate(halves, 1)}
    for pupil in range(4):
        pupil_id = new_id()
        for group in (own, halves[pupil % 2]):
            session.add(
                Enrolment(
                    group_id=group, pupil_id=pupil_id, from_on=FIRST_DAY, until_on=None, school_id=owner
                )
            )
    for at, (subject, hours) in enumerate(HOURS.items()):
        loads[own, made.subjects[subject]] = Teaching((_teacher(session, owner, made, at, number),), hours)
    for at, half in enumerate(halves):
        teacher = _teacher(session, owner, made, len(HOURS) + at, number)
        loads[half, made.subjects[ENGLISH[0]]] = Teaching((teacher,), ENGLISH[1])


def _group(session, owner, name, kind, grade, parent):
    one = Group(id=new_id(), school_id=owner, kind=kind, name=name, grade=grade, parent_id=parent)
    session.add(one)
    return one.id


def _teacher(session, owner, made, subject, number):
    """Return a teacher of the subject; each has four classes at most."""
    at = subject * 10 + number // 4
    known = {one.int: one for one in made.teachers}
    id_ = UUID(int=(owner.int & ~0xFFFF) | at)
    if id_.int not in known:
        made.teachers.append(id_)
        names = {"family_name": f"Учителева{at:03}", "given_name": "Анна", "patronymic": "Ивановна"}
        session.add(Person(id=id_, school_id=owner, **names))
    return str(id_)
