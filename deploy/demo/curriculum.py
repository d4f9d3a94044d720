"""What is taught: hours a week by grade, which subjects divide a class, and who may teach what."""

from dataclasses import dataclass

PRIMARY = range(1, 5)
SHOWN = "7А"  # The class that everything can be seen in.
LITERS = {grade: "АБВ" if grade < 11 else "АБ" for grade in range(1, 12)}  # 32 classes

# Hours a week in grades 1 to 11, after the federal basic plan for a week of five days.
HOURS: dict[str, tuple[int, ...]] = {
    "Русский язык": (5, 5, 5, 5, 5, 6, 4, 3, 3, 3, 3),
    "Литературное чтение": (4, 4, 4, 4, 0, 0, 0, 0, 0, 0, 0),
    "Литература": (0, 0, 0, 0, 3, 3, 2, 2, 3, 3, 3),
    "Английский язык": (0, 2, 2, 2, 3, 3, 3, 3, 3, 3, 3),
    "Математика": (4, 4, 4, 4, 5, 5, 0, 0, 0, 0, 0),
    "Алгебра": (0, 0, 0, 0, 0, 0, 3, 3, 3, 4, 4),
    "Геометрия": (0, 0, 0, 0, 0, 0, 2, 2, 2, 2, 2),
    "Вероятность и статистика": (0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1),
    "Информатика": (0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1),
    "Окружающий мир": (2, 2, 2, 2, 0, 0, 0, 0, 0, 0, 0),
    "Основы религиозных культур и светской этики": (0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0),
    "История": (0, 0, 0, 0, 2, 2, 2, 2, 2, 2, 2),
    "Обществознание": (0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2),
    "География": (0, 0, 0, 0, 1, 1, 2, 2, 2, 1, 1),
    "Физика": (0, 0, 0, 0, 0, 0, 2, 2, 3, 3, 3),
    "Химия": (0, 0, 0, 0, 0, 0, 0, 2, 2, 1, 1),
    "Биология": (0, 0, 0, 0, 1, 1, 1, 2, 2, 1, 1),
    "Музыка": (1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0),
    "Изобразительное искусство": (1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0),
    "Технология": (1, 1, 1, 1, 2, 2, 2, 1, 1, 0, 0),
    "Физическая культура": (3, 3, 3, 2, 2, 2, 2, 2, 2, 2, 2),
    "Основы безопасности и защиты Родины": (0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1),
}

ENGLISH = "Английский язык"
CRAFT = "Технология"
SHORT = {ENGLISH: "англ.", CRAFT: "техн."}  # What groups of a divided subject are called by.


@dataclass(frozen=True)
class Chair:
    """Teachers of one kind: what they teach, in which grades, and where."""

    subjects: tuple[str, ...]
    grades: range
    rooms: tuple[str, ...]  # One for each teacher.


PRIMARY_SUBJECTS = (
    "Русский язык",
    "Литературное чтение",
    "Математика",
    "Окружающий мир",
    "Основы религиозных культур и светской этики",
    "Изобразительное искусство",
    "Технология",
)


def _rooms(first: int, count: int) -> tuple[str, ...]:
    return tuple(str(first + number) for number in range(count))


# Whoever takes a class in one subject of a chair takes it in all of them.
CHAIRS = (
    Chair(("Русский язык", "Литература"), range(5, 12), _rooms(201, 8)),
    Chair(("Математика", "Алгебра", "Геометрия", "Вероятность и статистика"), range(5, 12), _rooms(211, 7)),
    Chair(("Информатика",), range(5, 12), ("301",)),
    Chair(("История", "Обществознание"), range(5, 12), _rooms(302, 4)),
    Chair(("География",), range(5, 12), _rooms(306, 2)),
    Chair(("Физика",), range(7, 12), ("Кабинет физики 1", "Кабинет физики 2")),
    Chair(("Химия",), range(8, 12), ("Кабинет химии",)),
    Chair(("Биология",), range(5, 12), _rooms(309, 2)),
    Chair(("Музыка",), range(1, 9), ("Актовый зал",)),
    Chair(("Изобразительное искусство",), range(5, 8), ("312",)),
    Chair(
        ("Физическая культура",),
        range(1, 12),
        ("Большой спортзал", "Малый спортзал", "Зал ЛФК", "Стадион"),
    ),
    Chair(("Основы безопасности и защиты Родины",), range(8, 12), ("313",)),
)

# These come in pairs: while one takes the first half of a class, the other takes the second.
PAIRED_CHAIRS = (
    Chair((ENGLISH,), range(2, 12), _rooms(221, 8)),
    Chair((CRAFT,), range(5, 10), ("Мастерская", "Кабинет кулинарии и шитья")),
)


def class_names() -> list[tuple[str, int]]:
    """Return all classes and their grades, 1А to 11Б."""
    return [(f"{grade}{liter}", grade) for grade, liters in LITERS.items() for liter in liters]


def hours(subject: str, grade: int) -> int:
    """Return the hours a week of a subject in a grade; 0 where it is not taught."""
    return HOURS[subject][grade - 1]


def halves(subject: str, grade: int) -> tuple[str, ...]:
    """Return what the groups of a divided subject are called after class and subject; none if undivided."""
    if subject == ENGLISH and grade >= 2:
        return "1", "2"
    if subject == CRAFT and 5 <= grade <= 8:
        return "м", "д"
    return ()


def length(subject: str, grade: int) -> int:
    """Return how many lessons stand together: workshops need two at a stretch."""
    return 2 if subject == CRAFT and hours(subject, grade) == 2 else 1
