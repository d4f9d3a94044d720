"""What the move to the next school year is planned from, and what the plan says."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from shared.errors import Text


@dataclass(frozen=True)
class ClassNow:
    """A class at the end of its year: who is in it, and the groups within it with their members."""

    id: UUID
    name: str
    grade: int | None
    teacher_id: UUID | None
    pupils: tuple[UUID, ...]
    groups: Mapping[UUID, str] = field(default_factory=dict)
    members: Mapping[UUID, frozenset[UUID]] = field(default_factory=dict)


@dataclass(frozen=True)
class ClassWish:
    """What is wished of a class: `promote` or `graduate`, its new name, its teacher, its groups."""

    does: str | None = None
    name: str | None = None
    teacher_id: UUID | None = None
    is_teacher_said: bool = False
    keeps_groups: bool | None = None


@dataclass(frozen=True)
class OpenedClass:
    """A class to be opened anew, such as a first one."""

    name: str
    grade: int | None = None
    teacher_id: UUID | None = None


@dataclass(frozen=True)
class PupilWish:
    """What is wished of one pupil: `repeat`, `promote` into a class by name, or `leave`."""

    does: str
    into: str | None = None


@dataclass(frozen=True)
class Wishes:
    """All that somebody said about the move; what was left out follows the rules."""

    starts_on: date
    leave_on: date
    classes: Mapping[UUID, ClassWish] = field(default_factory=dict)
    opened: tuple[OpenedClass, ...] = ()
    pupils: Mapping[UUID, PupilWish] = field(default_factory=dict)


@dataclass(frozen=True)
class Question:
    """Something the rules do not decide: about a class or a pupil, perhaps with the answers there are."""

    code: str
    text: Text
    group_id: UUID | None = None
    pupil_id: UUID | None = None
    options: tuple[str, ...] = ()


@dataclass
class NextClass:
    """A class of the new year; `sources` are the old classes it continues, the first before all."""

    name: str
    grade: int | None
    teacher_id: UUID | None
    sources: list[UUID] = field(default_factory=list)
    groups: dict[UUID, str] = field(default_factory=dict)  # Old group of a class → its new name.


@dataclass(frozen=True)
class NextPlace:
    """Where a pupil goes: the kind of movement, the key of the class (None: out of school), the groups."""

    kind: str
    source: UUID
    into: str | None
    groups: tuple[UUID, ...] = ()  # The old class's groups that go on with the pupil in them.


@dataclass
class Plan:
    """The whole move: the classes of the new year by key, every pupil's place, and open questions."""

    wishes: Wishes
    classes: dict[str, NextClass] = field(default_factory=dict)
    ended: dict[UUID, str | None] = field(default_factory=dict)  # Old class → key of its successor.
    pupils: dict[UUID, NextPlace] = field(default_factory=dict)
    questions: list[Question] = field(default_factory=list)

    @property
    def digest(self) -> str:
        """What the plan is known by: the same for the same outcome, whatever was said to reach it."""
        named = sorted(
            (key, one.name, one.grade, one.teacher_id, one.sources) for key, one in self.classes.items()
        )
        groups = sorted((old, new) for one in self.classes.values() for old, new in one.groups.items())
        places = sorted(
            (id_, place.kind, place.source, place.into or "", place.groups)
            for id_, place in self.pupils.items()
        )
        days = (self.wishes.starts_on, self.wishes.leave_on)
        text = repr(
            (days, named, groups, places, sorted((id_, key or "") for id_, key in self.ended.items()))
        )
        return hashlib.sha256(text.encode()).hexdigest()[:32]
