"""The people of the demonstration school, and how teachers and office staff are invented."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from random import Random

from deploy.demo import names
from deploy.demo.curriculum import CHAIRS, CRAFT, PAIRED_CHAIRS, PRIMARY_SUBJECTS, Chair, class_names
from services.identity.actions.signing_in.logins import made_login


@dataclass(frozen=True, kw_only=True)
class Person:
    """Anybody of the school; `key` is what the school's own list calls them."""

    key: str
    sex: str  # male | female, as OneRoster has it
    family: str
    given: str
    patronymic: str
    login: str
    email: str | None = None
    birth_on: date | None = None

    @property
    def name(self) -> str:
        """The full name, by which a timetable knows a teacher."""
        return " ".join(part for part in (self.family, self.given, self.patronymic) if part)


@dataclass(frozen=True, kw_only=True)
class Pupil(Person):
    """A pupil, the class, and the keys of the parents."""

    class_name: str
    grade: int
    parents: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Teacher(Person):
    """A teacher: what, in which grades, and in which room."""

    subjects: tuple[str, ...]
    grades: range
    room: str


@dataclass(frozen=True)
class People:
    """Everybody; `office` are those who run the school, by their duty."""

    pupils: list[Pupil]
    teachers: list[Teacher]
    parents: list[Person]
    office: dict[str, Person]


class Registry:
    """Hands out keys, logins and names that nobody else has."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.names: set[tuple[str, str, str]] = set()
        self.logins: dict[str, int] = {}
        self.keys: dict[str, int] = {}

    def is_new(self, family: str, given: str, patronymic: str) -> bool:
        """Tell whether nobody bears this name yet; from now on somebody does."""
        name = (family, given, patronymic)
        fresh = name not in self.names
        self.names.add(name)
        return fresh

    def key(self, kind: str) -> str:
        """Return the next key of a kind: «pupil-0001»."""
        self.keys[kind] = number = self.keys.get(kind, 0) + 1
        return f"{kind}-{number:04}"

    def login(self, family: str, given: str, patronymic: str) -> str:
        """Return a login made of the name: «ivanova.mp», then «ivanova.mp2»."""
        wanted = made_login(family, given, patronymic)
        self.logins[wanted] = number = self.logins.get(wanted, 0) + 1
        return wanted if number == 1 else f"{wanted}{number}"


OFFICE = {
    "director": "male",
    "deputy": "female",
    "deputy for education": "female",
    "deputy for safety": "male",
}


def make_office(registry: Registry) -> dict[str, Person]:
    """Invent those who run the school, by their duty."""
    return {duty: adult(registry, "office", sex) for duty, sex in OFFICE.items()}


def make_teachers(registry: Registry) -> Iterator[Teacher]:
    """Invent the teachers: of each primary class, then chair by chair."""
    for number, (_, grade) in enumerate(class_names()):
        if grade < 5:
            chair = Chair(PRIMARY_SUBJECTS, range(grade, grade + 1), (str(101 + number),))
            yield _teacher(registry, chair, "female", chair.rooms[0])
    for chair in (*CHAIRS, *PAIRED_CHAIRS):
        for number, room in enumerate(chair.rooms):
            yield _teacher(registry, chair, _sex_of_teacher(registry.random, chair, number), room)


def _sex_of_teacher(random: Random, chair: Chair, number: int) -> str:
    if chair.subjects[0] in {CRAFT, "Физическая культура", "Основы безопасности и защиты Родины"}:
        return "female" if number % 2 else "male"
    return "male" if random.random() < 0.12 else "female"


def _teacher(registry: Registry, chair: Chair, sex: str, room: str) -> Teacher:
    subjects, grades = chair.subjects, chair.grades
    person = adult(registry, "teacher", sex)
    return Teacher(**vars(person), subjects=subjects, grades=grades, room=room)


def adult(
    registry: Registry, kind: str, sex: str, family: str | None = None, called: str | None = None
) -> Person:
    """Invent a grown-up whose full name nobody else bears."""
    random = registry.random
    while True:
        surname = names.family_name(family or random.choice(names.SURNAMES), sex)
        given = called or random.choice(names.FATHERS if sex == "male" else names.MOTHERS)
        patronymic = names.patronymic(random.choice(names.FATHERS), sex)
        if registry.is_new(surname, given, patronymic):
            break
    return new_person(registry, kind, sex, surname, given, patronymic)


def new_person(registry: Registry, kind: str, sex: str, family: str, given: str, patronymic: str) -> Person:
    """Enter somebody of this name, with a key and a login of their own."""
    login = registry.login(family, given, patronymic)
    return Person(
        key=registry.key(kind),
        sex=sex,
        family=family,
        given=given,
        patronymic=patronymic,
        login=login,
        email=f"{login}@example.org",
    )
