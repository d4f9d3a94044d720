"""Plausible marks: who was away, who was asked, how it went, what the lesson was about.

The proportions are those measured on a real school's register (DOMAIN 2.1): of the marks 60 % are
fives, 29 % fours, 9 % threes and 1.6 % twos; a usual lesson has eight of them, some have none.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from random import Random
from uuid import UUID

from deploy.demo.curriculum import SHOWN
from deploy.demo.programme import Programme, programme_of
from services.journal.rules.absence import ILL, LATE, UNRESOLVED, is_late
from services.journal.rules.homework import NOTHING_SET
from services.journal.rules.marks import WORK_TYPES

WITHOUT_MARKS = {"Основы религиозных культур и светской этики"}

# What is done in the middle of a theme and at its end, where it is not a test and a control work.
CHECKS = {
    "Русский язык": ("dictation", "control"),
    "Литература": ("answer", "essay"),
    "Литературное чтение": ("answer", "test"),
    "Математика": ("independent", "control"),
    "Алгебра": ("independent", "control"),
    "Геометрия": ("independent", "control"),
    "Информатика": ("practical", "test"),
    "Физика": ("laboratory", "control"),
    "Химия": ("practical", "control"),
    "Биология": ("laboratory", "test"),
    "География": ("practical", "test"),
    "Музыка": ("answer", "answer"),
    "Изобразительное искусство": ("answer", "practical"),
    "Технология": ("practical", "project"),
    "Физическая культура": ("answer", "practical"),
}
SELDOM_SET = {"Музыка", "Изобразительное искусство", "Технология", "Физическая культура"}
TWO_MARKS = {"dictation": "Грамматическое задание", "essay": "Грамотность"}

FOR_5, FOR_4, FOR_3 = -0.253, -1.227, -2.144  # Where the normal curve cuts off 60, 89 and 98.4 %.


@dataclass(frozen=True)
class Sitter:
    """A pupil of a page; the name decides, for ids are new with every fill, and on some days an illness."""

    id: UUID
    name: str
    ill: frozenset[date] = frozenset()

    def missed(self, day: date) -> dict[date, str]:
        """Return the days the pupil misses, with their signs, in the school year of a day."""
        return absences(self.name, day) | dict.fromkeys(self.ill, ILL)


@dataclass(frozen=True)
class LessonAt:
    """A lesson of a page, and who gave it in its teacher's stead."""

    id: UUID
    on: date
    number: int
    stand_in: UUID | None = None


@dataclass(frozen=True)
class Given:
    """A work of a lesson: its slot, type and title."""

    slot: int
    type: str
    title: str


@dataclass(frozen=True)
class LessonRecord:
    """All that the teacher writes on one lesson; an entry is a pupil, a slot and a value."""

    lesson_id: UUID
    entries: list[tuple[UUID, int, str]]
    works: list[Given]
    topic: str
    homework: str


@dataclass(frozen=True)
class Page:
    """A subject in a group, as far as its marks depend on it."""

    subject: str
    grade: int
    group: str

    @property
    def has_marks(self) -> bool:
        """First grades learn without marks, and so do some courses."""
        return self.grade > 1 and self.subject not in WITHOUT_MARKS


def record_page(page: Page, lessons: Sequence[LessonAt], sitters: Sequence[Sitter]) -> Iterator[LessonRecord]:
    """Yield what is written on each of the lessons, which come in their order.

    The same names and days always give the same records.
    """
    random = Random(f"marks {page.group} {page.subject}")
    programme = programme_of(page.subject, page.grade)
    span = min(10, max(5, len(lessons) // 5))
    start = random.randint(0, 3)
    for number, lesson in enumerate(lessons):
        theme, step = divmod(number, span)
        topic = programme.topics[(start + theme) % len(programme.topics)]
        yield _record(random, page, lesson, sitters, _Step(programme, topic, theme + 1, step, span))


@dataclass(frozen=True)
class _Step:
    programme: Programme
    topic: str
    theme: int
    step: int
    span: int

    @property
    def is_last(self) -> bool:
        return self.step == self.span - 1


def _record(
    random: Random, page: Page, lesson: LessonAt, sitters: Sequence[Sitter], at: _Step
) -> LessonRecord:
    attendance = {one.id: sign for one in sitters if (sign := _attendance(random, page, one, lesson))}
    present = [one for one in sitters if is_late(attendance.get(one.id, LATE))]
    work = _work(page, at)
    entries = [(pupil_id, 0, sign) for pupil_id, sign in attendance.items()]
    works: list[Given] = []
    if page.has_marks:
        for given, asked in _asked(random, work, present, at):
            entries += [(one.id, given.slot, _mark(random, one, page.subject)) for one in asked]
            works += [given] if asked and given.type != "answer" else []
    return LessonRecord(lesson.id, entries, works, _topic(work, page, at), _homework(random, page, at))


def _attendance(random: Random, page: Page, sitter: Sitter, lesson: LessonAt) -> str | None:
    late = random.random() < (0.012 if lesson.number == 1 else 0.001)
    missed = sitter.missed(lesson.on).get(lesson.on)
    if missed == ILL and page.group.startswith(SHOWN):
        return UNRESOLVED  # Of this class the certificates are kept: `excused.certificate_steps`.
    return missed or (f"{LATE} {random.choice((5, 5, 10, 15))}" if late else None)


def absences(name: str, day: date) -> dict[date, str]:
    """Return the days a pupil misses, with their signs, in the school year of a day."""
    return _absences(name, day.year if day.month >= 8 else day.year - 1)


def spells(sitter: Sitter, day: date) -> list[tuple[date, date]]:
    """Return the first and the last day of each illness of a pupil in the school year of a day."""
    ill = sorted(on for on, sign in sitter.missed(day).items() if sign == ILL)
    firsts = [on for on in ill if on - timedelta(days=1) not in ill]
    lasts = [on for on in ill if on + timedelta(days=1) not in ill]
    return list(zip(firsts, lasts, strict=True))


@lru_cache(maxsize=2000)
def _absences(name: str, year: int) -> dict[date, str]:
    """Whole days only: illness comes in spells, other absences singly; 5 % of all days."""
    random = Random(f"absences {name}")
    frailty = random.choice((0.5, 0.8, 1, 1, 1.7))
    missed: dict[date, str] = {}
    day, end = date(year, 9, 1), date(year + 1, 6, 1)
    while day < end:
        drawn = random.random() / frailty
        if drawn < 0.0055:
            for _ in range(random.randint(3, 12)):
                missed[day] = "б"
                day += timedelta(days=1)
        elif drawn < 0.017:
            missed[day] = random.choices(("н", "уп", "нп"), (5, 5, 2))[0]
        day += timedelta(days=1)
    return missed


def _work(page: Page, at: _Step) -> str:
    middle, end = CHECKS.get(page.subject, ("test", "control"))
    if at.is_last:
        return end
    return middle if at.span > 5 and at.step == at.span // 2 else "answer"


def _asked(
    random: Random, work: str, present: Sequence[Sitter], at: _Step
) -> Iterator[tuple[Given, Sequence[Sitter]]]:
    """Yield the works of a lesson, each with those who get a mark for it."""
    if work != "answer":
        # Everybody who is there writes it, and is owed a mark (clause 3.6.4).
        yield Given(1, work, f"{_title(work)} № {at.theme}"), present
        if work in TWO_MARKS:
            yield Given(2, work, TWO_MARKS[work]), present
        return
    if random.random() < 0.15:
        return
    yield Given(1, "answer", ""), _some(random, present, random.uniform(0.08, 0.45))
    if random.random() < 0.2:
        yield Given(2, "homework", ""), _some(random, present, random.uniform(0.2, 0.5))


def _some(random: Random, present: Sequence[Sitter], share: float) -> list[Sitter]:
    chosen = set(random.sample(range(len(present)), round(len(present) * share)))
    return [one for number, one in enumerate(present) if number in chosen]


def _mark(random: Random, sitter: Sitter, subject: str) -> str:
    level = _ability(sitter.name, subject) + random.gauss(0, 0.56)
    return "5" if level > FOR_5 else "4" if level > FOR_4 else "3" if level > FOR_3 else "2"


@lru_cache(maxsize=20_000)
def _ability(name: str, subject: str) -> float:
    """What a pupil is like in general (0.75) and in a subject (0.35); with the day's luck, one in all."""
    return Random(f"ability {name}").gauss(0, 0.75) + Random(f"ability {name} {subject}").gauss(0, 0.35)


def _title(work: str) -> str:
    return WORK_TYPES[work].title.ru.capitalize()


def _topic(work: str, page: Page, at: _Step) -> str:
    if work != "answer" and page.has_marks:
        return f"{_title(work)} по теме «{at.topic}»"
    follow_ups = ("", ". Закрепление", ". Решение задач", ". Практикум", ". Повторение", ". Обобщение")
    if page.subject in ("Математика", "Алгебра", "Геометрия", "Физика", "Химия"):
        return at.topic + follow_ups[at.step % len(follow_ups)]
    return at.topic if at.step == 0 else f"{at.topic}. Урок {at.step + 1}"


def _homework(random: Random, page: Page, at: _Step) -> str:
    seldom = 0.65 if page.subject in SELDOM_SET or at.is_last else 0.1
    if page.grade == 1 or random.random() < seldom:
        return NOTHING_SET
    return at.programme.set_for_home(random)
