"""What families are told of a day's homework."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from services.notify.rules import day
from shared.errors import Text
from shared.names import list_name

SET_ON = Text("Задано {day}", "Set on {day}")
DUE = Text("к {day}", "for {day}")
MINUTES = Text("{minutes} мин", "{minutes} min")
SHOWN = 300
"""So much of a task a notice says; the rest stands in the diary."""


@dataclass(frozen=True, slots=True)
class HomeworkFacts:
    """A notice of a day's homework, as its reader sees it; `items` as they are stored, the pupil's own."""

    id: UUID
    pupil_id: UUID
    pupil: str
    lesson_on: date
    items: tuple[Sequence[Any], ...]
    subjects: Mapping[str, str]
    told_at: datetime
    read_at: datetime | None

    def title(self, language: str) -> str:
        """Say of which day it is: «Задано 8 сентября»."""
        return SET_ON.said(language).format(day=day(self.lesson_on, language))

    def lines(self, language: str) -> list[str]:
        """Say what was set, lesson by lesson: «Алгебра (к 10 сентября, 30 мин): № 12»."""
        return [self._line(item, language) for item in self.items]

    def _line(self, item: Sequence[Any], language: str) -> str:
        _, subject_id, text, minutes, due_on = item
        known = []
        if due_on:
            known.append(DUE.said(language).format(day=day(date.fromisoformat(due_on), language)))
        if minutes:
            known.append(MINUTES.said(language).format(minutes=minutes))
        said = text if len(text) <= SHOWN else text[:SHOWN].rstrip() + "…"
        subject = self.subjects.get(subject_id, "…")
        return f"{subject} ({', '.join(known)}): {said}" if known else f"{subject}: {said}"


def facts_of(rows: Iterable[Any], subjects: Mapping[str, str]) -> list[HomeworkFacts]:
    """Return what rows of notices (`models.homework`) say."""
    return [
        HomeworkFacts(
            id=row.id,
            pupil_id=row.pupil_id,
            pupil=list_name(row.family_name or "", row.given_name or ""),
            lesson_on=row.lesson_on,
            items=tuple(row.items[place] for place in row.places),
            subjects=subjects,
            told_at=row.told_at,
            read_at=row.read_at,
        )
        for row in rows
    ]
