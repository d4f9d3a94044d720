"""What stands in the cells of a table of thematic plans, as schools write it."""

import re
from datetime import date

from services.journal.imports.plan_columns import HOURS, SECTION, TOPIC
from shared.grades import HIGHEST, LOWEST
from shared.headed import HeadedRow
from shared.names import collated

_GRADE = re.compile(
    r"([0-9]{1,2})(?:\s*(?:параллель|[-«\"]?[А-ЯЁA-Z][»\"]?))?(?:\s*(?:классы?|кл\.?))?", re.IGNORECASE
)
_CLASS = re.compile(r"([0-9]{1,2})\s*[-«\"]?\s*([А-ЯЁA-Z])[»\"]?(?:\s*(?:класс|кл\.?))?", re.IGNORECASE)
_HOURS = re.compile(r"([0-9]{1,3})\s*(?:ч|час|часа|часов)?\.?", re.IGNORECASE)
_POINTS = r"([0-9]{1,2})\.([0-9]{1,2})(?:\.([0-9]{4}|[0-9]{2}))?(?:\s*г\.?)?"
_DAY = re.compile(
    rf"{_POINTS}(?:\s*[-–—]\s*{_POINTS})?|([0-9]{{4}})-([0-9]{{2}})-([0-9]{{2}})", re.IGNORECASE
)
MONTHS = ("янв", "фев", "мар", "апр", "мая", "июн", "июл", "авг", "сен", "окт", "ноя", "дек")
_DAY_IN_WORDS = re.compile(
    rf"([0-9]{{1,2}})(?:\s*[-–—]\s*[0-9]{{1,2}})?\s+({'|'.join(MONTHS)})[а-я]*\.?(?:\s+([0-9]{{4}})(?:\s*г\.?)?)?",
    re.IGNORECASE,
)
_SUM = re.compile(
    r"(итого|всего|(итого\s+)?общее\s+(количество|кол-во|число)\s+часов)"
    r"(\s+(за|по|в|часов|час)\b.*)?[\s:–—-]*([0-9]+\s*(ч|час\w*)?\.?)?",
    re.IGNORECASE,
)


def grade_of(text: str) -> int | None:
    """Return the parallel: «5», «5 класс», «5А»."""
    found = _GRADE.fullmatch(text.strip())
    return int(found[1]) if found and LOWEST <= int(found[1]) <= HIGHEST else None


def class_of(text: str) -> str | None:
    """Return the class, as «5А», of «5а», «5 «А»» or «5-А класс»; None of what names none."""
    found = _CLASS.fullmatch(text.strip())
    return f"{found[1]}{collated(found[2]).upper()}" if found else None


def hours_of(text: str) -> int | None:
    """Return the hours of «2» or «2 ч.»; None for what is no such number."""
    found = _HOURS.fullmatch(text)
    return int(found[1]) if found else None


def day_of(text: str, year_starts_on: date) -> date | None:
    """Return the day of «07.09.2026»; in the academic year of «07.09», «7 сентября» or «07.09–11.09»."""
    day, month, year = _parts_of_day(text)
    try:
        return date(_year(year, int(month), year_starts_on), int(month), int(day))
    except ValueError:
        return None


def _parts_of_day(text: str) -> tuple[str, str, str | None]:
    """Return day, month and, where it is said, year; empty ones for what is no day."""
    if found := _DAY_IN_WORDS.fullmatch(text):
        day, month, year = found.groups()
        return day, str(MONTHS.index(month.casefold()) + 1), year
    if found := _DAY.fullmatch(text):
        day, month, year, *_, iso_year, iso_month, iso_day = found.groups()
        return (iso_day, iso_month, iso_year) if iso_year else (day, month, year)
    return "", "", None


def _year(said: str | None, month: int, starts_on: date) -> int:
    if said is None:
        return starts_on.year + (month < starts_on.month)
    return int(said) + (2000 if len(said) == 2 else 0)


def is_no_topic(row: HeadedRow, *, is_below_heading: bool) -> bool:
    """Whether a row is a sum («Итого»), or goes on with the heading: «план | факт», «1 | 2 | 3»."""
    if any(_SUM.fullmatch(text) for text in (row.aside, row.get(SECTION), row.get(TOPIC))):
        return True
    if not is_below_heading or row.get(SECTION) or (row.aside and not row.get(TOPIC)):
        return False
    filled = [cell for cell in row.cells.values() if cell]
    return not (row.get(TOPIC) or row.get(HOURS)) or (len(filled) > 1 and all(map(str.isdecimal, filled)))
