"""What is said to somebody of their own matters: requests for correction and answers to tasks."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shared.errors import Text

SAID = {
    "correction.assigned": Text(
        "вам поручена заявка на исправление № {number}", "correction request {number} was given to you"
    ),
    "correction.approved": Text(
        "завуч разрешил исправить запись закрытого периода по заявке № {number}",
        "the deputy head approved that the closed entry of correction request {number} is changed",
    ),
    "correction.reopened": Text(
        "заявка на исправление № {number} открыта снова: её автор не согласен с итогом",
        "correction request {number} was opened again: its author does not agree to the outcome",
    ),
    "correction.near": Text(
        "срок заявки на исправление № {number} скоро истечёт",
        "correction request {number} is near its deadline",
    ),
    "correction.late": Text(
        "срок заявки на исправление № {number} истёк", "correction request {number} is over its deadline"
    ),
    "correction.corrected": Text(
        "по вашей заявке № {number} запись исправлена", "what you reported in request {number} was corrected"
    ),
    "correction.declined": Text(
        "ваша заявка на исправление № {number} отклонена", "your correction request {number} was declined"
    ),
    "answer.accepted": Text("ответ на задание принят", "the answer to a task was accepted"),
    "answer.returned": Text(
        "ответ на задание возвращён на доработку", "the answer to a task is to be done again"
    ),
}


@dataclass(frozen=True, slots=True)
class MatterFacts:
    """A notice of somebody's own matter, as its reader sees it."""

    id: UUID
    what: str
    about_id: UUID
    number: int | None
    subject: str
    told_at: datetime
    read_at: datetime | None

    def text(self, language: str) -> str:
        """Say it: «Алгебра: ответ на задание принят»."""
        said = SAID[self.what].said(language).format(number=self.number)
        return f"{self.subject}: {said}" if self.subject else said[0].upper() + said[1:]
