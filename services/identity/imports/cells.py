"""Single cells of school files: dates, grades, roles, states, lists."""

import re
from collections.abc import Iterable
from datetime import date, datetime

from shared.imports import Row, RowError

# What files call people, and what they are here. None: entered, but without a role of ours.
ROLES: dict[str, str | None] = {
    "student": "pupil",
    "pupil": "pupil",
    "teacher": "teacher",
    "professor": "teacher",
    "lecturer": "teacher",
    "faculty": "teacher",
    "adjunct": "teacher",
    "instructor": "teacher",
    "substituteteacher": "teacher",
    "aide": "educator",
    "counselor": "educator",
    "parent": "parent",
    "guardian": "parent",
    "relative": "parent",
    "administrator": "deputy",
    "siteadministrator": "deputy",
    "principal": "director",
    "staff": None,
    "proctor": None,
    "other": None,
    "support": None,
    "officestaff": None,
    "alumni": None,
    "observer": None,
    "districtadministrator": None,
    "systemadministrator": None,
}
GUARDIAN_ROLES = frozenset(
    {"", "guardian", "parent", "relative", "mother", "father", "grandparent", "carer", "other"}
)

ACTIVE = frozenset({"", "active"})
ENDED = frozenset({"tobedeleted", "inactive", "deleted"})
YES, NO = frozenset({"true", "1", "yes"}), frozenset({"false", "0", "no"})

_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})([T ].*)?$")
_POINTS = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})$")
_SLASHES = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})$")


def is_day_first(values: Iterable[str]) -> bool:
    """Whether a column of dates with slashes puts the day first; the month, when nothing tells."""
    found = [match for value in values if (match := _SLASHES.match(value))]
    return any(int(match[1]) > 12 for match in found)


def read_day(text: str, *, day_first: bool = False) -> date:
    """Read 2026-09-01, 2026-09-01T00:00Z, 01.09.2026 or 9/1/2026; ValueError for anything else."""
    if match := _ISO.match(text):
        return date(int(match[1]), int(match[2]), int(match[3]))
    if match := _POINTS.match(text):
        return date(int(match[3]), int(match[2]), int(match[1]))
    if match := _SLASHES.match(text):
        first, second = int(match[1]), int(match[2])
        day, month = (first, second) if day_first else (second, first)
        return date(int(match[3]), month, day)
    return datetime.strptime(text, "%Y%m%d").date()  # noqa: DTZ007  # A day has no zone.


def day_in(row: Row, errors: list[RowError], *columns: str, day_first: bool = False) -> date | None:
    """Return the day in the first filled of these columns; an unreadable one is an error."""
    text = row.get(*columns)
    if not text:
        return None
    try:
        return read_day(text, day_first=day_first)
    except ValueError:
        errors.append(
            row.error(
                columns[0],
                f"«{text}» — не дата. Запишите её как 2026-09-01 или 01.09.2026.",
                f"“{text}” is no date. Write it as 2026-09-01 or 01.09.2026.",
            )
        )
        return None


def grade_of(text: str) -> int | None:
    """Return a grade of 0 to 12; other systems' names of grades mean none of ours."""
    digits = text.partition(",")[0].strip()
    return int(digits) if digits.isdigit() and int(digits) <= 12 else None


def is_ended(row: Row, errors: list[RowError]) -> bool:
    """Whether the row says that its thing is no more."""
    status = row.get("status").casefold()
    if status not in ACTIVE | ENDED:
        errors.append(
            row.error(
                "status",
                f"Неизвестное состояние «{status}». Допустимы active и tobedeleted.",
                f"Unknown state “{status}”. Use active or tobedeleted.",
            )
        )
    return status in ENDED


def role_in(row: Row, errors: list[RowError], text: str, column: str = "role") -> str | None:
    """Return our role for a file's; an unknown one is an error."""
    plain = re.sub(r"[\s_-]", "", text).casefold()
    if plain not in ROLES:
        known = ", ".join(ROLES)
        errors.append(
            row.error(
                column,
                f"Неизвестная роль «{text}». Допустимы: {known}.",
                f"Unknown role “{text}”. Known are: {known}.",
            )
        )
        return None
    return ROLES[plain]


def listed(text: str) -> tuple[str, ...]:
    """Return the parts of a list in one cell."""
    return tuple(part for item in re.split(r"[,;]", text) if (part := item.strip()))
