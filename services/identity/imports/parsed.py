"""What every format comes down to before it is checked as a whole."""

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from services.identity.actions.importing.roster import Ignored
from shared.imports import Row, RowError, Table


@dataclass(frozen=True)
class Org:
    """A school or a part of one."""

    id: str
    name: str
    type: str
    identifier: str
    parent: str
    row: Row


@dataclass
class User:
    """A person as the file has them."""

    id: str
    row: Row
    family: str
    given: str
    patronymic: str
    login: str
    email: str | None
    birth_on: date | None = None
    orgs: set[str] = field(default_factory=set)
    roles: set[str] = field(default_factory=set)
    agents: tuple[str, ...] = ()
    is_gone: bool = False
    is_whole_name: bool = False  # It came in one cell, and was parted by us.
    code: UUID | None = None  # Our own id, from an export of ours.
    sex: str | None = None
    file_number: str | None = None
    position: str | None = None
    phones: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()


@dataclass(frozen=True)
class Class:
    """A class (homeroom) or a group (anything scheduled)."""

    id: str
    row: Row
    org: str
    kind: str
    name: str
    grade: int | None
    is_gone: bool


@dataclass(frozen=True)
class Place:
    """Somebody's place in a class, as pupil or as teacher."""

    row: Row
    class_id: str
    user_id: str
    role: str | None
    is_primary: bool
    from_on: date | None
    until_on: date | None
    is_gone: bool


@dataclass(frozen=True)
class Relation:
    """A pupil and somebody who answers for them."""

    row: Row
    pupil_id: str
    guardian_id: str
    kind: str = ""


@dataclass
class Parsed:
    """A whole file, read but not yet checked across its rows."""

    format: str
    source: str  # Whose ids these are: ids of different programs are different things.
    orgs: dict[str, Org] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    classes: dict[str, Class] = field(default_factory=dict)
    places: list[Place] = field(default_factory=list)
    relations: list[Relation] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)
    ignored: list[Ignored] = field(default_factory=list)
    parents: dict[tuple[str, ...], User] = field(default_factory=dict)  # By what makes them the same.
    tables: dict[str, Table] = field(default_factory=dict)

    def rows(self, name: str) -> list[Row]:
        """Return the rows of a file of the archive; none when it is absent."""
        return self.tables[name].rows if name in self.tables else []


NAME_LONGEST = 120


def needed(row: Row, errors: list[RowError], *columns: str) -> str:
    """Return a cell that has to be filled; an empty or overlong one is an error."""
    text = row.get(*columns)
    if not text:
        errors.append(row.error(columns[0], "Ячейка пуста; заполните её.", "The cell is empty; fill it in."))
    return fitting(row, errors, columns[0], text)


def fitting(row: Row, errors: list[RowError], column: str, text: str, longest: int = 300) -> str:
    """Return a text that fits our columns; control characters and excess are errors."""
    if len(text) > longest:
        errors.append(
            row.error(column, f"Длиннее {longest} знаков; сократите.", f"Longer than {longest} characters.")
        )
    elif text and not text.isprintable():
        errors.append(
            row.error(
                column, "Есть невидимые знаки; удалите их.", "There are control characters; remove them."
            )
        )
    return text


def is_new(known: object, row: Row, errors: list[RowError], column: str, external: str) -> bool:
    """Whether an id was not used before in its file; a second use is an error."""
    if external in known:  # type: ignore[operator]
        errors.append(
            row.error(
                column,
                f"Идентификатор «{external}» уже был в этом файле; оставьте одну строку.",
                f"The id “{external}” was in this file before; keep one row.",
            )
        )
        return False
    return bool(external)
