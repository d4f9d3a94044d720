"""Kinds of parameters that are lists: a scale, a short table, one of a few by subject."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from shared.errors import Text

WORD = re.compile(r"[^\W_][\w-]{0,29}")


@dataclass(frozen=True)
class Signs:
    """The marks of a scale, best first."""

    form: ClassVar[str] = "signs"
    bounds: ClassVar[Mapping[str, Any]] = {"most": 30, "longest": 8}

    def wrong(self, value: Any) -> Text | None:
        """Refuse an empty scale, a mark named twice, and one too long to fit a cell."""
        fits = isinstance(value, list) and 0 < len(value) <= 30 and all(_is_line(one, 8) for one in value)
        if fits and len(set(value)) == len(value):
            return None
        return Text(
            "Назовите хотя бы одну отметку, каждую один раз, не длиннее 8 знаков, лучшую первой.",
            "Name at least one mark, each once and no longer than 8 characters, the best first.",
        )


@dataclass(frozen=True)
class Rows:
    """A short table: each row with a key of its own, titles in both languages, perhaps a weight and flags."""

    key: str
    is_key: Callable[[Any], bool]
    needed: str  # The key that code relies on, and which therefore stays.
    weights: tuple[int, int] | None = None
    # Yes or no, each with its title; a row may leave them out.
    flags: Mapping[str, Text] = field(default_factory=dict)
    form: ClassVar[str] = "rows"

    @property
    def bounds(self) -> Mapping[str, Any]:
        """The name of the key, the row that stays, the ends of the weight, and the flags."""
        least, most = self.weights or (None, None)
        return {
            "key": self.key,
            "needed": self.needed,
            "least": least,
            "most": most,
            "flags": dict(self.flags),
        }

    def wrong(self, value: Any) -> Text | None:
        """Refuse rows that are malformed, share a key, or lack the one that is needed."""
        if isinstance(value, list) and 0 < len(value) <= 30 and all(self._is_row(row) for row in value):
            keys = [row[self.key] for row in value]
            if len(set(keys)) == len(keys) and self.needed in keys:
                return None
        weight = Text("", "")
        if self.weights:
            least, most = self.weights
            weight = Text(f" и вес от {least} до {most}", f" and a weight from {least} to {most}")
        return Text(
            f"Каждой строке нужны свой ключ «{self.key}», название{weight.ru}; «{self.needed}» остаётся.",
            f"Each row needs its own “{self.key}”, a title{weight.en}; the row “{self.needed}” stays.",
        )

    def _is_row(self, row: Any) -> bool:
        names = {self.key, "ru", "en"} | ({"weight"} if self.weights else set())
        if not isinstance(row, dict) or row.keys() - self.flags.keys() != names:
            return False
        if not self.is_key(row[self.key]) or not all(
            type(row.get(flag, False)) is bool for flag in self.flags
        ):
            return False
        if self.weights:
            least, most = self.weights
            if type(row["weight"]) is not int or not least <= row["weight"] <= most:
                return False
        return _is_line(row["ru"], 80) and _is_line(row["en"], 80)


@dataclass(frozen=True)
class BySubject:
    """One of a few for each of the subjects named; all the others have the school's own."""

    options: Mapping[str, Text]
    form: ClassVar[str] = "by_subject"

    @property
    def bounds(self) -> Mapping[str, Any]:
        """The few, with their titles."""
        return {"options": dict(self.options)}

    def wrong(self, value: Any) -> Text | None:
        """Refuse rows that are malformed, and a subject named twice."""
        if isinstance(value, list) and len(value) <= 60 and all(self._is_row(row) for row in value):
            named = [row["subject"].casefold() for row in value]
            if len(set(named)) == len(named):
                return None
        known = ", ".join(self.options)
        return Text(
            f"Каждой строке нужны название предмета, один раз, и одно из: {known}.",
            f"Each row needs a subject's name, once, and one of: {known}.",
        )

    def _is_row(self, row: Any) -> bool:
        if not isinstance(row, dict) or row.keys() != {"subject", "scale"}:
            return False
        return _is_line(row["subject"], 100) and row["scale"] in tuple(self.options)


def is_word(value: Any) -> bool:
    """Whether a value is one word, as histories and letters name a work by it."""
    return isinstance(value, str) and bool(WORD.fullmatch(value))


def is_sign(value: Any) -> bool:
    """Whether a value fits a cell of the page as a sign."""
    return _is_line(value, 4)


def _is_line(value: Any, longest: int) -> bool:
    return (
        isinstance(value, str)
        and 0 < len(value) <= longest
        and value.isprintable()
        and value == value.strip()
    )
