"""Parallels (параллели) that something is for, kept as one column and asked about in SQL."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    SQLColumnExpression,
    String,
    Text,
    TypeDecorator,
    cast,
    literal,
    or_,
    type_coerce,
)

LOWEST, HIGHEST = 0, 12
"""Preparatory to evening school, as identity knows them."""


class GradeList(TypeDecorator[tuple[int, ...]]):
    """Parallels as text, `|5|6|`; none at all means every one."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Iterable[int] | None, dialect: Any) -> str | None:  # noqa: ARG002
        """Join them, each once and in order."""
        return None if value is None else grades_text(value)

    def process_result_value(self, value: str | None, dialect: Any) -> tuple[int, ...] | None:  # noqa: ARG002
        """Part them."""
        return None if value is None else tuple(int(one) for one in value.split("|") if one)


def grades_text(grades: Iterable[int]) -> str:
    """Return how a list of parallels is written in its column, for statements that need no objects."""
    ordered = sorted(set(grades))
    return f"|{'|'.join(map(str, ordered))}|" if ordered else ""


def is_for(grades: Sequence[int], grade: int | None) -> bool:
    """Whether what is for these parallels concerns this one; one that is unknown has all there is."""
    return not grades or grade is None or grade in grades


def for_grade(grades: SQLColumnExpression[Any], grade: SQLColumnExpression[Any]) -> ColumnElement[bool]:
    """Return `is_for` as a condition between a column of lists and one of parallels."""
    text = type_coerce(grades, Text)
    named = text.like(literal("%|") + cast(grade, String) + literal("|%"))
    return or_(text == "", grade.is_(None), named)
