"""What a table of marks does to a page: what is new, what stood already, what takes another's place."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from services.journal.rules.marks import AWAITED
from shared.errors import Conflict, Text
from shared.events.journal import RecordedEntry

Json = dict[str, Any]
MAX_NAMED = 100
"""So many of the cells are named one by one; the rest are counted."""


class StandingOverwritten(Conflict):
    """The table puts other values where some stand, and more of them than the caller agreed to."""

    title = Text("Таблица заменит то, что уже стоит", "The table replaces what stands already")
    detail = Text(
        "Будет заменено значений: {count}. Ничего не записано: проверьте таблицу и подтвердите замену.",
        "Values to be replaced: {count}. Nothing was written: check the table and agree to it.",
    )


@dataclass
class Tally:
    """What came of a table's cells; a «•» that becomes a mark is awaited, not overwritten."""

    pupils: Sequence[Json]
    cells: int = 0
    changed: int = 0
    overwritten: list[tuple[Json, RecordedEntry]] = field(default_factory=list)

    def add(self, lesson: Json, cells: int, changed: Sequence[RecordedEntry]) -> None:
        """Count the cells of a lesson, and of them those that changed."""
        self.cells += cells
        self.changed += len(changed)
        self.overwritten += [(lesson, one) for one in changed if one.was not in (None, AWAITED)]

    def refuse_more_than(self, agreed: int | None) -> None:
        """Raise StandingOverwritten when more is overwritten than was agreed to; None is any number."""
        if agreed is not None and len(self.overwritten) > agreed:
            raise StandingOverwritten(count=len(self.overwritten))

    def said(self) -> Json:
        """Return the numbers, and the first of the cells that are overwritten."""
        marks = sum(one.slot > 0 for _, one in self.overwritten)
        pupils = {pupil["id"]: pupil for pupil in self.pupils}
        return {
            "cells": self.cells,
            "changed": self.changed,
            "new": self.changed - len(self.overwritten),
            "unchanged": self.cells - self.changed,
            "overwritten_marks": marks,
            "overwritten_absences": len(self.overwritten) - marks,
            "overwritten": [_cell(pupils, *one) for one in self.overwritten[:MAX_NAMED]],
        }


def _cell(pupils: Mapping[Any, Json], lesson: Json, entry: RecordedEntry) -> Json:
    pupil = pupils[entry.pupil_id]
    return {
        "pupil": {"id": pupil["id"], "name": pupil["name"]},
        "lesson_id": lesson["id"],
        "on": lesson["on"],
        "number": lesson["number"],
        "slot": entry.slot,
        "was": entry.was,
        "value": entry.value,
    }
