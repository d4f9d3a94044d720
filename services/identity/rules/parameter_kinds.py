"""What the value of a parameter may be: each kind checks a value and says what is wrong with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any, ClassVar, Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from shared.errors import Text

GRADES = tuple(str(number) for number in range(1, 12))


class Kind(Protocol):
    """A kind of values."""

    form: ClassVar[str]
    """What it is called in the API; the portal draws its field by it."""

    @property
    def bounds(self) -> Mapping[str, Any]:
        """What a value has to keep within, for whoever draws the field."""

    def wrong(self, value: Any) -> Text | None:
        """Return what is wrong with a value; None when it will do."""


@dataclass(frozen=True)
class Whole:
    """A whole number between two others."""

    least: int
    most: int
    form: ClassVar[str] = "whole"

    @property
    def bounds(self) -> Mapping[str, Any]:
        """Both ends."""
        return {"least": self.least, "most": self.most}

    def wrong(self, value: Any) -> Text | None:
        """Refuse what is no whole number of the range."""
        if type(value) is int and self.least <= value <= self.most:
            return None
        return Text(
            f"Нужно целое число от {self.least} до {self.most}.",
            f"It has to be a whole number from {self.least} to {self.most}.",
        )


@dataclass(frozen=True)
class Choice:
    """One of a few."""

    options: Mapping[str, Text]
    form: ClassVar[str] = "choice"

    @property
    def bounds(self) -> Mapping[str, Any]:
        """The few, with their titles."""
        return {"options": dict(self.options)}

    def wrong(self, value: Any) -> Text | None:
        """Refuse any other."""
        if isinstance(value, str) and value in self.options:
            return None
        known = ", ".join(self.options)
        return Text(f"Нужно одно из: {known}.", f"It has to be one of: {known}.")


@dataclass(frozen=True)
class Several:
    """Some of a few, at least one."""

    options: Mapping[str, Text]
    form: ClassVar[str] = "several"

    @property
    def bounds(self) -> Mapping[str, Any]:
        """The few, with their titles."""
        return {"options": dict(self.options)}

    def wrong(self, value: Any) -> Text | None:
        """Refuse none at all, one named twice, and any other."""
        fits = isinstance(value, list) and value and all(isinstance(one, str) for one in value)
        if fits and len(set(value)) == len(value) and self.options.keys() >= set(value):
            return None
        known = ", ".join(self.options)
        return Text(f"Выберите хотя бы одно из: {known}.", f"Choose at least one of: {known}.")


@dataclass(frozen=True)
class ByGrade:
    """One of a few for each of the parallels 1–11."""

    options: Mapping[str, Text]
    form: ClassVar[str] = "by_grade"

    @property
    def bounds(self) -> Mapping[str, Any]:
        """The few, and the parallels."""
        return {"options": dict(self.options), "grades": list(GRADES)}

    def wrong(self, value: Any) -> Text | None:
        """Refuse when a parallel is missing, unknown or given something else."""
        complete = isinstance(value, dict) and value.keys() == set(GRADES)
        if complete and all(isinstance(one, str) and one in self.options for one in value.values()):
            return None
        known = ", ".join(self.options)
        return Text(
            f"Нужны все параллели от 1 до 11, каждой одно из: {known}.",
            f"All parallels from 1 to 11 are needed, each with one of: {known}.",
        )


@dataclass(frozen=True)
class Zone:
    """A time zone by its IANA name."""

    form: ClassVar[str] = "zone"
    bounds: ClassVar[Mapping[str, Any]] = {}

    def wrong(self, value: Any) -> Text | None:
        """Refuse what the database of time zones does not know."""
        try:
            known = isinstance(value, str) and len(value) <= 60 and bool(ZoneInfo(value))
        except (ZoneInfoNotFoundError, ValueError, OSError):
            known = False
        return None if known else Text(
            "Такого пояса нет. Укажите имя вида Europe/Moscow или Asia/Yekaterinburg.",
            "There is no such zone. Give a name such as Europe/Moscow or Asia/Yekaterinburg.",
        )  # fmt: skip


@dataclass(frozen=True)
class YearDay:
    """A day of every year, MM-DD."""

    form: ClassVar[str] = "year_day"
    bounds: ClassVar[Mapping[str, Any]] = {}

    def wrong(self, value: Any) -> Text | None:
        """Refuse what is no day of a common year."""
        try:
            date.fromisoformat(f"2023-{value}")
            fits = isinstance(value, str) and len(value) == 5
        except ValueError:
            fits = False
        return None if fits else Text("Нужны месяц и день: 06-30.", "Month and day are needed: 06-30.")


@dataclass(frozen=True)
class Numbers:
    """A whole number for each of a few keys, rising or falling in their order; perhaps hundredths, 4,50."""

    keys: tuple[str, ...]
    most: int
    falls: bool = False
    hundredths: bool = False
    form: ClassVar[str] = "numbers"

    @property
    def bounds(self) -> Mapping[str, Any]:
        """The keys, the largest number, and how numbers are written."""
        return {"keys": list(self.keys), "most": self.most, "hundredths": self.hundredths}

    def wrong(self, value: Any) -> Text | None:
        """Refuse when a key is missing or unknown, a number is out of range, or they are out of order."""
        if isinstance(value, dict) and value.keys() == set(self.keys):
            numbers = [value[key] for key in self.keys]
            are_whole = all(type(one) is int and 0 <= one <= self.most for one in numbers)
            if are_whole and all(a > b if self.falls else a <= b for a, b in pairwise(numbers)):
                return None
        most = f"{self.most / 100:g}" if self.hundredths else str(self.most)
        named = ", ".join(self.keys)
        return Text(
            f"Нужны числа от 0 до {most} для {named}, {'по убыванию' if self.falls else 'по возрастанию'}.",
            f"Numbers from 0 to {most} are needed for {named}, {'falling' if self.falls else 'rising'}.",
        )
