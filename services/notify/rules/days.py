"""What is decided about the lessons of one class on one day (замены), folded together and said."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID

from services.notify.rules import day
from shared.errors import Text
from shared.events.schedule import SubstitutedLesson

SAID = {
    "teacher": Text("{subject}: ведёт {now} (вместо: {was})", "{subject}: given by {now} (instead of {was})"),
    "joint": Text(
        "{subject}: ведёт {now}, вместе с другой группой (вместо: {was})",
        "{subject}: given by {now}, together with another group (instead of {was})",
    ),
    "subject": Text(
        "вместо урока «{subject}» — {to_subject}, ведёт {now}",
        "{to_subject} instead of {subject}, given by {now}",
    ),
    "room": Text("{subject}: кабинет {room}", "{subject}: room {room}"),
    "cancel": Text("{subject}: урока не будет", "{subject}: there will be no lesson"),
    "move": Text(
        "{subject}: перенесён на {to_on}, {to_number} урок", "{subject}: moved to {to_on}, lesson {to_number}"
    ),
}
ELSEWHERE = Text(", кабинет {room}", ", room {room}")
WITHDRAWN = Text(
    "{subject}: замена отменена, урок пройдёт по расписанию",
    "{subject}: the substitution was withdrawn, the lesson stands as planned",
)
NUMBERED = Text("{number} урок. {said}", "Lesson {number}. {said}")
SOMEBODY = Text("другой учитель", "another teacher")


@dataclass(frozen=True, slots=True)
class Change:
    """What was decided about one lesson; all ids are texts, as they are stored."""

    substitution_id: str
    lesson_id: str
    subject_id: str
    number: int
    kind: str
    was: tuple[str, ...]
    now: tuple[str, ...]
    room: str | None
    to_subject_id: str | None
    to_on: str | None
    to_number: int | None
    is_withdrawn: bool = False

    @classmethod
    def told(cls, one: SubstitutedLesson) -> "Change":
        """Return what an event says of a lesson."""
        return cls(
            substitution_id=str(one.substitution_id),
            lesson_id=str(one.lesson_id),
            subject_id=str(one.subject_id),
            number=one.number,
            kind=one.kind,
            was=tuple(map(str, one.was_teacher_ids)),
            now=tuple(map(str, one.teacher_ids)),
            room=one.room,
            to_subject_id=str(one.to_subject_id) if one.to_subject_id else None,
            to_on=one.to_on.isoformat() if one.to_on else None,
            to_number=one.to_number,
        )

    @classmethod
    def stored(cls, row: Mapping[str, Any]) -> "Change":
        """Read a stored row back."""
        return cls(**{**row, "was": tuple(row["was"]), "now": tuple(row["now"])})

    def row(self) -> dict[str, Any]:
        """Return what is stored."""
        return asdict(self)

    @property
    def teachers(self) -> frozenset[str]:
        """Whom of the teachers it concerns: who would have given the lesson, and who gives it."""
        return frozenset((*self.was, *self.now))


def decided(before: Iterable[Change], changes: Iterable[Change]) -> list[Change]:
    """Put decisions over what stood before; a new one takes the place of the lesson's withdrawn one."""
    by_lesson = {one.lesson_id: one for one in before} | {one.lesson_id: one for one in changes}
    return sorted(by_lesson.values(), key=lambda one: (one.number, one.lesson_id))


def withdrawn(before: Iterable[Change], substitution_id: UUID) -> list[Change]:
    """Return the day without a decision; it stays, marked, for those who were told of it."""
    taken = str(substitution_id)
    return [replace(one, is_withdrawn=True) if one.substitution_id == taken else one for one in before]


def touched(before: Sequence[Change], after: Sequence[Change]) -> frozenset[str]:
    """Return the teachers for whom something is new."""
    known = set(before)
    return frozenset(who for one in after if one not in known for who in one.teachers)


class Named(Protocol):
    """The names behind the ids of some changes, however they were read."""

    @property
    def subjects(self) -> Mapping[str, str]:
        """Subjects by id."""

    @property
    def people(self) -> Mapping[str, str]:
        """Teachers by id."""

    @property
    def pupils(self) -> Mapping[UUID, str]:
        """Pupils by id."""

    @property
    def kept(self) -> Mapping[str, str]:
        """Of people entered twice: by whom they are known now."""


@dataclass(frozen=True)
class Words:
    """Says changes, with the names behind them."""

    names: Named

    def teachers(self, ids: Iterable[str], language: str) -> str:
        """Return who, by name; whom nobody has heard of yet is «another teacher»."""
        names = [self.names.people.get(self.names.kept.get(one, one)) for one in ids]
        return ", ".join(name for name in names if name) or SOMEBODY.said(language)

    def concerns(self, one: Change, person_id: UUID) -> bool:
        """Whether somebody gives the lesson or would have given it."""
        return str(person_id) in {self.names.kept.get(who, who) for who in one.teachers}

    def sentence(self, one: Change, language: str) -> str:
        """Say what was decided: «2 урок. Алгебра: ведёт Иванова М. П. (вместо: Петрова А. С.)»."""
        text = WITHDRAWN if one.is_withdrawn else SAID[one.kind]
        said = text.said(language).format(
            subject=self.names.subjects.get(one.subject_id, ""),
            to_subject=self.names.subjects.get(one.to_subject_id or "", ""),
            was=self.teachers(one.was, language),
            now=self.teachers(one.now, language),
            room=one.room or "",
            to_on=day(date.fromisoformat(one.to_on), language) if one.to_on else "",
            to_number=one.to_number,
        )
        if one.room and one.kind != "room" and not one.is_withdrawn:
            said += ELSEWHERE.said(language).format(room=one.room)
        return NUMBERED.said(language).format(number=one.number, said=said)


@dataclass(frozen=True, slots=True)
class DayFacts:
    """A notice of decisions about one class's day, as its reader sees it."""

    id: UUID
    pupil_id: UUID | None  # None: the reader is one of the teachers.
    pupil: str
    group: str
    lesson_on: date
    changes: tuple[Change, ...]
    words: Words
    told_at: datetime
    read_at: datetime | None

    def lines(self, language: str) -> list[str]:
        """Say what was decided, lesson by lesson."""
        return [self.words.sentence(one, language) for one in self.changes]


def facts_of(rows: Iterable[Any], names: Named) -> list[DayFacts]:
    """Return what pairs of a notice and its day say; to a teacher only what concerns them."""
    words = Words(names)
    found = []
    for notice, of in rows:
        own = [Change.stored(one) for one in of.lessons]
        theirs = [one for one in own if words.concerns(one, notice.recipient_id)]
        is_teacher = notice.pupil_id == notice.recipient_id and bool(theirs)
        found.append(
            DayFacts(
                id=notice.id,
                pupil_id=None if is_teacher else notice.pupil_id,
                pupil="" if is_teacher else names.pupils.get(notice.pupil_id, ""),
                group=of.group_name,
                lesson_on=of.lesson_on,
                changes=tuple(theirs if is_teacher else own),
                words=words,
                told_at=of.told_at,
                read_at=notice.read_at,
            )
        )
    return found
