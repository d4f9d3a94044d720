"""Families: who is whose child, how they are called, and how 800 seats are taken."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from random import Random

from deploy.demo import names
from deploy.demo.curriculum import class_names
from deploy.demo.people import Person, Pupil, Registry, Teacher, adult, new_person

PUPILS = 800
TEACHERS_WITH_CHILDREN = 6


def make_families(
    registry: Registry, year: int, teachers: Sequence[Teacher]
) -> tuple[list[Pupil], list[Person]]:
    """Invent the pupils and their parents; some of the mothers teach here."""
    mothers = [teacher for teacher in teachers if teacher.sex == "female"]
    registry.random.shuffle(mothers)
    pupils: list[Pupil] = []
    parents: list[Person] = []
    for number, seats in enumerate(_families_of(registry.random)):
        mother = mothers[number] if number < TEACHERS_WITH_CHILDREN else None
        family = Family(registry, year, number, mother)
        parents += family.parents
        pupils += [family.child(class_name, grade) for class_name, grade in seats]
    return pupils, parents


def _families_of(random: Random) -> Iterator[list[tuple[str, int]]]:
    """Divide the seats of all classes among families of one to three children of unlike grades."""
    sizes = {name: PUPILS // len(class_names()) for name, _ in class_names()}
    for smaller, larger in zip(*[iter(random.sample(sorted(sizes), 24))] * 2, strict=True):
        moved = random.randint(1, 3)
        sizes[smaller] -= moved
        sizes[larger] += moved
    seats = [seat for seat in class_names() for _ in range(sizes[seat[0]])]
    random.shuffle(seats)
    while seats:
        wanted = random.choices((1, 2, 3), (70, 25, 5))[0]
        family: list[tuple[str, int]] = []
        for seat in seats[-8:]:
            if len(family) < wanted and seat[1] not in {grade for _, grade in family}:
                family.append(seat)
        for seat in family:
            seats.remove(seat)
        yield family


class Family:
    """One or two parents and the name their children bear."""

    def __init__(self, registry: Registry, year: int, number: int, teacher: Teacher | None) -> None:
        self.registry, self.year, self.number = registry, year, number
        random = registry.random
        self.family = _surname(random, number) if teacher is None else _as_a_man(teacher.family)
        self.father = random.choice(names.EASTERN_FATHERS if self._is_eastern else names.FATHERS)
        found = [teacher] if teacher else []
        self.parents = list(self._new_parents(mother_known=teacher is not None))
        self.keys = tuple(parent.key for parent in [*found, *self.parents])

    @property
    def _is_eastern(self) -> bool:
        return self.family in names.EASTERN_FAMILIES

    @property
    def _is_foreign(self) -> bool:
        return self.family in names.FOREIGN_FAMILIES

    def _new_parents(self, *, mother_known: bool) -> Iterator[Person]:
        drawn = self.registry.random.random()
        if not mother_known and drawn < 0.95:
            own = self.registry.random.random() < 0.08  # She kept the name she was born with.
            yield self._parent("female", None if own and not self._is_foreign else self.family)
        if drawn > 0.3 or mother_known:
            yield self._parent("male", self.family)

    def _parent(self, sex: str, family: str | None) -> Person:
        if self._is_foreign:
            given = names.FOREIGN_FAMILIES[self.family][sex == "female"]
            return new_person(self.registry, "parent", sex, self.family, given, "")
        return adult(self.registry, "parent", sex, family, self.father if sex == "male" else None)

    def child(self, class_name: str, grade: int) -> Pupil:
        """Return a child of the family in this class."""
        random = self.registry.random
        sex = random.choice(("male", "female"))
        family = names.family_name(self.family, sex)
        while True:
            given = random.choice(names.MALE if sex == "male" else names.FEMALE)
            if self.number % 211 == 7:
                given = names.LONG_NAMES[sex == "male"]
            if self.registry.is_new(family, given, patronymic := self._patronymic(sex)):
                break
            self.number += 1
        login = self.registry.login(family, given, patronymic)
        first_day = date(self.year - grade - 6, 1, 1)
        return Pupil(
            key=self.registry.key("pupil"),
            sex=sex,
            family=family,
            given=given,
            patronymic=patronymic,
            login=login,
            email=f"{login}@example.org" if grade >= 5 else None,
            birth_on=first_day + timedelta(days=random.randint(-80, 330)),
            class_name=class_name,
            grade=grade,
            parents=self.keys,
        )

    def _patronymic(self, sex: str) -> str:
        if self._is_foreign:
            return ""
        if self._is_eastern:
            return f"{self.father} {'кызы' if sex == 'female' else 'оглы'}"
        return names.patronymic(self.father, sex)


def _surname(random: Random, number: int) -> str:
    if number % 40 == 11:
        rare = (*names.RARE_FAMILIES, *names.EASTERN_FAMILIES, *names.FOREIGN_FAMILIES)
        return rare[number // 40 % len(rare)]
    return random.choice(names.SURNAMES)


def _as_a_man(family: str) -> str:
    """Return the family name of a woman as her husband bears it."""
    return next(name for name in names.SURNAMES if names.family_name(name, "female") == family)
