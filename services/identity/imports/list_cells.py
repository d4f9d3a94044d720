"""The cells of one row of a list, each read as what its heading says; what cannot be read is an error."""

import re
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.identity.actions.importing.roster import Ignored
from services.identity.imports.parsed import NAME_LONGEST, Parsed, fitting
from services.identity.imports.values import day_of, name_parts, phone_of, sex_of, written
from shared.errors import Text
from shared.imports import Row
from shared.sheets import FORMULA, plain

NONE = frozenset({"", "-", "–", "—", "нет", "no", "0"})


@dataclass(frozen=True)
class Cells:
    """A row by whose column it is and its field, with the headings to name in errors."""

    row: Row
    texts: dict[tuple[str, str], str]
    titles: dict[tuple[str, str], str]
    class_text: str

    def get(self, field: str, whose: str = "") -> str:
        """Return a cell as people meant it, or an empty text."""
        return plain(self.texts.get((whose, field), ""))

    def title(self, field: str, whose: str = "") -> str:
        """Return the heading of a cell."""
        return self.titles.get((whose, field), "")


class Reader:
    """Reads the cells of one row; what cannot be read becomes an error of the row."""

    def __init__(self, parsed: Parsed, cells: Cells, today: date) -> None:
        """Read these cells; `today` tells what lies ahead."""
        self.parsed, self.cells, self.today = parsed, cells, today

    def wrong(self, field: str, ru: str, en: str, whose: str = "") -> None:
        """Say what is wrong with a cell."""
        self.parsed.errors.append(self.cells.row.error(self.cells.title(field, whose), ru, en))

    def left_out(self, what: str, ru: str, en: str) -> None:
        """Say what of the row was not taken."""
        where = f"{self.cells.row.file}:{self.cells.row.line}"
        self.parsed.ignored.append(Ignored(where, what, Text(ru, en)))

    def text(self, field: str, longest: int, whose: str = "") -> str:
        """Return a text that fits our column."""
        title = self.cells.title(field, whose)
        return fitting(self.cells.row, self.parsed.errors, title, self.cells.get(field, whose), longest)

    def day(self, field: str) -> date | None:
        """Return the day in a cell, if any."""
        text = self.cells.get(field)
        if text in NONE:
            return None
        try:
            return day_of(text, self.today)
        except (ValueError, OverflowError):
            self.wrong(
                field,
                f"«{text[:40]}» — не дата. Запишите её как 31.12.2012.",
                f"“{text[:40]}” is no date. Write it as 31.12.2012.",
            )
            return None

    def birth(self) -> date | None:
        """Return the birthday, which has come already."""
        born = self.day("birth")
        if born is not None and not 1900 <= born.year <= self.today.year:
            self.wrong("birth", "Такой даты рождения быть не может.", "Nobody was born on that day.")
            return None
        return born

    def sex(self) -> str | None:
        """Return the sex, if the cell tells it."""
        text = self.cells.get("sex")
        found = sex_of(text)
        if found is None and text not in NONE:
            self.wrong("sex", "Напишите «м» или «ж».", "Write m or f.")
        return found

    def names(self, whose: str = "") -> tuple[str, str, str, bool] | None:
        """Return the three parts of a name and whether they came in one cell; None without any."""
        given = [self.text(field, NAME_LONGEST, whose) for field in ("family", "given", "patronymic")]
        whole = self.text("name", NAME_LONGEST * 2, whose)
        ours = bool(self.cells.get("code"))  # What we wrote we read as it is.
        parts = tuple(part if ours else written(part) for part in given) if given[0] else name_parts(whole)
        field = "family" if given[0] else "name"
        if not any(parts):
            return None
        raw = self.cells.texts.get((whose, field), "")
        if not any(letter.isalpha() for letter in parts[0]) or raw[:1] in FORMULA:
            self.wrong(
                field,
                "Это не фамилия и имя. Исправьте ячейку.",
                "This is no name. Correct the cell.",
                whose,
            )
            return None
        return parts[0], parts[1], parts[2], not given[0]

    def phones(self, whose: str = "") -> tuple[str, ...]:
        """Return the telephones of a cell, each in one form."""
        found = []
        for part in re.split(r"[,;/\\]", self.cells.get("phone", whose)):
            phone = phone_of(part.strip())
            if phone:
                found.append(phone)
            elif part.strip() not in NONE:
                self.left_out(part.strip()[:60], "не телефон", "no telephone")
        return tuple(dict.fromkeys(found))

    def email(self, whose: str = "") -> str | None:
        """Return the first address of a cell."""
        for part in re.split(r"[,;\s]+", self.text("email", 254, whose)):
            if re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", part):
                return part
            if part not in NONE:
                self.left_out(part, "не адрес e-mail", "no e-mail address")
        return None

    def code(self) -> UUID | None:
        """Return our own id, which an export of ours wrote there."""
        text = self.cells.get("code")
        try:
            return UUID(text) if text else None
        except ValueError:
            self.wrong(
                "code",
                "Это не код из выгрузки Парты. Верните прежний или очистите ячейку.",
                "This is no code of an export of Parta. Put it back or empty the cell.",
            )
            return None
