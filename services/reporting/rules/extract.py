"""An extract (выписка) of a page of several classes: what a class teacher reads there (clause 3.5.1)."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import NamedTuple
from uuid import UUID

from services.reporting.rules import Stay
from shared.names import group_key


class OwnStay(NamedTuple):
    """A pupil's stay in a class somebody leads; no last day while it goes on, no pupil in an empty class."""

    class_name: str
    pupil_id: UUID | None
    first: date | None
    last: date | None


class OwnPupils:
    """The pupils of the classes somebody leads: of a page of several classes, whom alone they read."""

    def __init__(self, stays: Iterable[OwnStay]) -> None:
        """Take the stays in these classes."""
        self._stays: dict[UUID | None, list[OwnStay]] = {}
        for stay in stays:
            self._stays.setdefault(stay.pupil_id, []).append(stay)

    def during(self, pupil_id: UUID, first: date, last: date) -> bool:
        """Whether the pupil was in such a class on some day of a span."""
        return any(
            (stay.first or date.min) <= last and (stay.last is None or first <= stay.last)
            for stay in self._stays.get(pupil_id, ())
        )

    def still(self, pupil_id: UUID, day: date) -> bool:
        """Whether the pupil had not left by a day: what was got before coming counts, too."""
        return self.during(pupil_id, day, date.max)

    def until_left(self, pupil_id: UUID, stays: Iterable[Stay]) -> tuple[Stay, ...]:
        """Return a pupil's stays on the page until the class was left; what ended them later is not told."""
        last = max((one.last or date.max for one in self._stays.get(pupil_id, ())), default=date.max)
        return tuple(
            stay if (stay.last or date.max) <= last else Stay(stay.first, last)
            for stay in stays
            if stay.first <= last
        )

    def classes_of(self, pupil_ids: Collection[UUID]) -> tuple[str, ...]:
        """Return the names of the classes these pupils are or were in; of nobody, all the classes."""
        stays = [stay for stays in self._stays.values() for stay in stays]
        theirs = {stay.class_name for stay in stays if stay.pupil_id in pupil_ids}
        return tuple(sorted(theirs or {stay.class_name for stay in stays}, key=group_key))


def extract_title(classes: Collection[str]) -> str:
    """Return what the paper says of its being a part of the page; nothing where it is the whole."""
    if not classes:
        return ""
    word = "класса" if len(classes) == 1 else "классов"
    return f"Выписка: только ученики {word} {', '.join(classes)}, у каждого до ухода из класса"
