"""A thematic plan laid over the lessons of a page: which hour of which topic falls on which lesson."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID


class Topic(NamedTuple):
    """A topic of a plan as one page follows it."""

    id: UUID
    hours: int  # So many lessons; 0 of one that is passed over.
    is_merged: bool = False  # Taught in the lessons of the one before it (уплотнение).


class Slot(NamedTuple):
    """A lesson of the page, in the order of days and numbers."""

    id: UUID
    takes_place: bool = True
    topic_id: UUID | None = None  # What was recorded on it, when that was taken from the plan.


class Hour(NamedTuple):
    """What a lesson is about: the second hour of three of a topic, and what is taught along with it."""

    topic_id: UUID
    number: int
    of: int
    along: tuple[UUID, ...] = ()


Taught = tuple[Topic, tuple[UUID, ...]]
"""A topic that has lessons of its own, and those merged into it."""


@dataclass(frozen=True)
class Laying:
    """The plan laid over the lessons."""

    hours: Mapping[UUID, Hour] = field(default_factory=dict)  # By lesson.
    left: Sequence[Hour] = ()  # What no lesson is left for.


def lay(topics: Iterable[Topic], slots: Iterable[Slot]) -> Laying:
    """Lay topics over the lessons that take place, a lesson for each hour, in the plan's order.

    What is recorded stays on its lesson and uses up an hour of its topic; every other lesson gets the
    first hour that nothing recorded has used. So the rest moves by itself when lessons are cancelled,
    moved or added. A topic recorded more often than it has hours uses up no other's. A lesson that
    does not take place uses up nothing (DOMAIN 1.2, clause 3.6.2: a lesson held consumes one hour).
    """
    slots = list(slots)
    taught = list(_taught(topics))
    recorded = Counter[UUID](slot.topic_id for slot in slots if slot.takes_place and slot.topic_id)
    lengths = {topic.id: (topic.hours, along) for topic, along in taught}
    rest = _hours(taught, recorded)
    passed = Counter[UUID]()
    laid: dict[UUID, Hour] = {}
    for slot in slots:
        if not slot.takes_place:
            continue
        if slot.topic_id is None:
            hour = next(rest, None)
        else:
            passed[slot.topic_id] += 1
            number = passed[slot.topic_id]
            length, along = lengths.get(slot.topic_id, (number, ()))
            hour = Hour(slot.topic_id, number, max(length, number), along)
        if hour is not None:
            laid[slot.id] = hour
    return Laying(laid, tuple(rest))


def _hours(taught: Iterable[Taught], recorded: Mapping[UUID, int]) -> Iterator[Hour]:
    """Yield the hours that nothing recorded has used, in order."""
    for topic, along in taught:
        for number in range(recorded.get(topic.id, 0) + 1, topic.hours + 1):
            yield Hour(topic.id, number, topic.hours, along)


def _taught(topics: Iterable[Topic]) -> Iterator[Taught]:
    """Yield each topic that has lessons of its own, with those merged into it; the first cannot be merged."""
    leader: Topic | None = None
    along: list[UUID] = []
    for topic in topics:
        if topic.is_merged and leader is not None:
            along.append(topic.id)
        elif topic.hours:
            if leader is not None:
                yield leader, tuple(along)
            leader, along = topic, []
    if leader is not None:
        yield leader, tuple(along)
