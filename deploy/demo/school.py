"""The demonstration school put together: people, loads, leaders, timetable, and who shows it."""

from dataclasses import dataclass, replace
from datetime import date
from random import Random
from typing import TypeVar

from deploy.demo.curriculum import CRAFT, SHOWN
from deploy.demo.families import make_families
from deploy.demo.load import Load, assign_loads, class_teachers
from deploy.demo.people import People, Person, Pupil, Registry, Teacher, make_office, make_teachers
from deploy.demo.timetable import Placed, make_timetable
from shared.names import sort_key

OPERATOR = ("Семёнова", "Тамара", "Денисовна")
NAME = "Демонстрационная школа № 1"
SEED = "Парта"

SomePerson = TypeVar("SomePerson", bound=Person)


@dataclass(frozen=True)
class School:
    """Everything there is to know before the first lesson."""

    year: int  # The one in whose September it begins.
    people: People
    loads: list[Load]
    leaders: dict[str, Teacher]  # классные руководители, by class
    timetable: list[Placed]

    def classes(self) -> dict[str, list[Pupil]]:
        """Return every class with its pupils, in the order of its list."""
        found: dict[str, list[Pupil]] = {load.class_name: [] for load in self.loads}
        for pupil in sorted(self.people.pupils, key=lambda p: sort_key(p.family, p.given, p.patronymic)):
            found[pupil.class_name].append(pupil)
        return found

    def halves(self) -> dict[str, list[Pupil]]:
        """Return every group a class divides into, with its pupils."""
        classes = self.classes()
        return {
            part.group: _half(classes[load.class_name], load, number)
            for load in self.loads
            if len(load.parts) > 1
            for number, part in enumerate(load.parts)
        }


def _half(pupils: list[Pupil], load: Load, number: int) -> list[Pupil]:
    if load.subject == CRAFT:
        return [pupil for pupil in pupils if pupil.sex == ("male", "female")[number]]
    middle = (len(pupils) + 1) // 2
    return pupils[middle:] if number else pupils[:middle]


def year_of(day: date) -> int:
    """Return the year in whose September the school year of a day began; summer ends it."""
    return day.year if day.month >= 9 else day.year - 1


def make_school(year: int) -> School:
    """Invent the school for a year; it is always the same school, but for the dates."""
    registry = Registry(Random(f"{SEED} people"))
    teachers, office = list(make_teachers(registry)), make_office(registry)
    pupils, parents = make_families(registry, year, teachers)
    people = People(pupils, teachers, parents, office)
    loads = assign_loads(people.teachers)
    school = School(year, people, loads, class_teachers(loads), [])
    school = _renamed(school, {person.key: login for login, person in demo_people(school).items()})
    return replace(school, timetable=make_timetable(school.loads, Random(f"{SEED} timetable")))


def demo_people(school: School) -> dict[str, Person]:
    """Name one person for each role, by the login under which the role is shown.

    `class-teacher` leads a class and teaches several; `teacher` leads none; `parent` has two
    children at school, the elder of them is `pupil`.
    """
    led = {teacher.key for teacher in school.leaders.values()}
    parent, pupil = _family_to_show(school)
    return {
        "director": school.people.office["director"],
        "deputy": school.people.office["deputy"],
        "class-teacher": school.leaders[SHOWN],
        "teacher": next(t for t in school.people.teachers if t.subjects[0] == "История" and t.key not in led),
        "parent": parent,
        "pupil": pupil,
    }


def _family_to_show(school: School) -> tuple[Person, Pupil]:
    """Return a parent of two and the elder child, who is in 7А."""
    parents = {parent.key: parent for parent in school.people.parents}
    for pupil in school.classes()[SHOWN]:
        children = [p for p in school.people.pupils if p.parents == pupil.parents]
        known = [parents[key] for key in pupil.parents if key in parents]
        if len(children) == 2 and known and max(children, key=lambda p: p.grade) is pupil:
            return known[0], pupil
    raise LookupError("no family with two children in 7А")


def _renamed(school: School, logins: dict[str, str]) -> School:
    """Give the people to be shown logins that can be remembered."""

    def known(person: SomePerson) -> SomePerson:
        return replace(person, login=logins.get(person.key, person.login))

    people = People(
        [known(person) for person in school.people.pupils],
        [known(person) for person in school.people.teachers],
        [known(person) for person in school.people.parents],
        {duty: known(person) for duty, person in school.people.office.items()},
    )
    loads = assign_loads(people.teachers)
    return School(school.year, people, loads, class_teachers(loads), [])
