"""What the columns of a school's list are, whatever they are called and however many lines that takes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from shared.grids import Grid, Line
from shared.names import collated

SEARCHED_LINES = 25

# A field and what schools write above it, without the words that say whose it is.
SYNONYMS = {
    "name": "фио|ф и о|фамилия имя отчество|фамилия имя|имя и фамилия|имя фамилия|фамилия и имя|сотрудник"
    "|педагог|учитель|преподаватель|full name|name|фамилия и о|список",
    "family": "фамилия|фам|last name|surname|family name|lastname",
    "given": "имя|first name|given name|firstname",
    "patronymic": "отчество|отч|middle name|middlename",
    "birth": "дата рождения|день рождения|др|д р|дата рожд|год рождения|рождение|родился|дата и год рождения"
    "|число месяц год рождения|birth date|date of birth|birthday|birthdate",
    "sex": "пол|gender|sex",
    "class": "класс|класс группа|группа класс|класс обучения|параллель и литера|class|form",
    "grade": "параллель|номер класса|класс номер|grade|год обучения",
    "letter": "буква|литера|литер|литера класса|буква класса|letter",
    "file_number": "личного дела|личное дело|номер личного дела|номер дела|дела|л д|лд|номер л д|н л д"
    "|n личного дела|file number|student number|номер по алфавитной книге",
    "phone": "телефон|тел|моб телефон|мобильный телефон|сотовый телефон|мобильный|сотовый|контактный телефон"
    "|телефоны|номер телефона|контакты|моб тел|phone|mobile|контактные телефоны",
    "email": "e mail|email|эл почта|электронная почта|почта|адрес электронной почты|эл адрес|mail|эл п"
    "|электронный адрес|e mail адрес|адрес эл почты|адрес e mail",
    "address": "адрес|адрес проживания|домашний адрес|адрес регистрации|место жительства|address"
    "|адрес места жительства|фактический адрес|адрес фактического проживания|проживание",
    "position": "должность|position|job title|должность предмет",
    "role": "роль|роли|role|roles|роль в журнале",
    "led": "классное руководство|классный руководитель|классный рук|кл рук|кл руководство|кл руководитель"
    "|руководит классом|руководство классом|class teacher of",
    "login": "логин|login|имя пользователя|username",
    "from": "дата зачисления|зачислен|дата прибытия|прибыл|дата приема|зачислен с|enrolled on",
    "until": "дата выбытия|выбыл|дата отчисления|отчислен|выбыл с|left on",
    "code": "код в парте|код парты|parta id|parta code",
    "": "п п|n п п|n|no|номер|номер п п|порядковый номер|возраст|примечание|примечания|комментарий|",
}
FIELDS = {text: name for name, texts in SYNONYMS.items() for text in texts.split("|")}

# Whose column it is; the first that is found decides.
PARENTS = ("родител", "представител", "опекун", "попечител", "усыновител")
RELATIVES = {
    "mother": ("матери", "мать", "мамы", "мама", "mother", "mothers"),
    "father": ("отца", "отец", "папы", "папа", "father", "fathers"),
}
OWN = re.compile(r"учен|учащ|обучающ|реб[её]н|сотрудник|педагога|учителя|работник|student$|pupil$|school$")
FILLERS = frozenset(["законного", "законный", "законные", "сведения", "данные", "его", "ее", "их"])
FOLLOWS = ("phone", "email", "position")  # Right after a parent's name such a column is the parent's.


@dataclass(frozen=True)
class Column:
    """A column of the list: where it stands, its heading, whose it is and what it holds."""

    at: int
    title: str
    whose: str  # "", mother, father or representative with a number
    field: str


@dataclass(frozen=True)
class Heading:
    """The headings of a list: its columns, those nobody knows, and the lines below and above."""

    columns: tuple[Column, ...]
    unknown: tuple[str, ...]
    number: int  # Of the last line of the headings.
    above: tuple[str, ...]
    body: tuple[Line, ...]

    @property
    def fields(self) -> frozenset[str]:
        """What the list says of its own people."""
        return frozenset(column.field for column in self.columns if not column.whose)


def find_heading(grid: Grid) -> Heading | None:
    """Return the headings of a list, one line or two; None where no line looks like them."""
    best: tuple[int, int, int, list[str]] = (0, 0, 0, [])
    for at, line in enumerate(grid.lines[:SEARCHED_LINES]):
        best = max(best, (_score(line.cells), -at, 1, list(line.cells)), key=lambda one: one[:2])
        if at + 1 < len(grid.lines):
            both = _joined(line.cells, grid.lines[at + 1].cells)
            if _score(both) > best[0]:
                best = (_score(both), -at, 2, both)
    score, at, height, titles = best
    if score < 2:
        return None
    columns, unknown = _columns(titles)
    last = -at + height - 1
    above = tuple(cell for line in grid.lines[:-at] for cell in line.cells if cell) if at else ()
    return Heading(tuple(columns), tuple(unknown), grid.lines[last].number, above, grid.lines[last + 1 :])


def _joined(upper: Sequence[str], lower: Sequence[str]) -> list[str]:
    """Join two lines of headings; a merged cell above counts for all columns below it."""
    titles, carried = [], ""
    for at in range(max(len(upper), len(lower))):
        above = upper[at] if at < len(upper) else ""
        below = lower[at] if at < len(lower) else ""
        if above:
            carried = above
        elif not below:
            carried = ""
        titles.append(f"{carried} {below}".strip() if below else above)
    return titles


def _score(titles: Sequence[str]) -> int:
    columns, _ = _columns(titles)
    known = {(column.whose, column.field) for column in columns}
    return len(known) if known & {("", "name"), ("", "family")} else 0


def _columns(titles: Sequence[str]) -> tuple[list[Column], list[str]]:
    columns: list[Column] = []
    unknown: list[str] = []
    taken: set[tuple[str, str]] = set()
    last = ""
    for at, title in enumerate(titles):
        whose, field = _meaning(title)
        if field is None:
            unknown.append(title)
            last = ""
            continue
        if field == "":
            continue
        if not whose and field in FOLLOWS:
            whose = last
        last = whose
        if (whose, field) in taken:
            unknown.append(title)
            continue
        taken.add((whose, field))
        columns.append(Column(at, title, whose, field))
    return columns, unknown


def _meaning(title: str) -> tuple[str, str | None]:
    """Return whose column it is and its field: "" for one of no interest, None for an unknown one."""
    words = re.sub(r"[\W_]+", " ", collated(title).replace("№", " ")).split()
    whose = _whose(words)
    digits = "".join(word for word in words if word.isdigit()) if whose else ""
    plain = [word for word in words if not _says_whose(word) and not (whose and word.isdigit())]
    short = " ".join(word for word in plain if not OWN.match(word) and word not in FILLERS)
    field = FIELDS.get(" ".join(plain), FIELDS.get(short))
    if whose and short in ("", "о", "об"):
        field = "name"
    elif field == "" and any(OWN.match(word) for word in words):
        field = "name"  # «Ученики», «Список обучающихся»
    return (f"{whose}{digits}" if whose == "representative" else whose), field


def _whose(words: Sequence[str]) -> str:
    named = {kind for kind, forms in RELATIVES.items() if set(forms) & set(words)}
    if len(named) > 1 or any(word.startswith(PARENTS) for word in words):
        return "representative"
    return next(iter(named), "")


def _says_whose(word: str) -> bool:
    return word.startswith(PARENTS) or any(word in forms for forms in RELATIVES.values())
