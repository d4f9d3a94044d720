"""How classes are written: 5А, 5 «А», 5-а and 5A with a Latin letter are one class."""

import re

from shared.names import LATIN_ALIKE
from shared.names import plain_name as plain_name  # noqa: PLC0414  (one of the ways classes are written)

_CLASS = re.compile(
    r"(1[0-2]|[0-9])\s*[-–—]?\s*[\"'«„“]?\s*([а-яёa-z])\s*[\"'»“”]?(?:\s*класс)?$", re.IGNORECASE
)
_GRADE = re.compile(r"(1[0-2]|[0-9])(?:\s*класс)?$", re.IGNORECASE)


def class_name(text: str) -> str:
    """Return a class as Parta writes it: «5А» for 5 "а" or 5-А; other names stay as they are."""
    found = _CLASS.match(text)
    if found:
        return found[1] + found[2].casefold().translate(LATIN_ALIKE).upper()
    alone = _GRADE.match(text)
    return alone[1] if alone else text


def grade_in(name: str) -> int | None:
    """Return the grade a class's name begins with: 5 of «5А»; None where it begins with none."""
    found = re.match(r"(1[0-2]|[0-9])(?!\d)", name)
    return int(found[1]) if found else None


LAST_GRADE = 12
"""Evening schools teach a twelfth year; elsewhere the eleventh is the last."""


def is_of_no_grade(name: str) -> bool:
    """Whether a class's name begins with a number that no parallel has: «77Я»."""
    number = re.match(r"\d+", name)
    return number is not None and int(number[0]) > LAST_GRADE


def class_in(text: str) -> str:
    """Return the class a title names: «Список 5 "А" класса», or a sheet called 5А; else nothing."""
    alone = _CLASS.match(text)
    if alone:
        return class_name(text)
    pattern = r"\b(1[0-2]|[0-9])\s*[-–—]?\s*[\"'«„“]?\s*([А-ЯЁA-Zа-яё])\s*[\"'»“”]?\s+класс"
    inside = re.search(pattern, text)
    return class_name(inside[1] + inside[2]) if inside else ""
