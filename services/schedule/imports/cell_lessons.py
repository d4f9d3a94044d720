"""What is written in one cell of a timetable drawn as a table: «Алгебра / Иванова М. П. / 12»."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from shared.names import tidy

_INITIAL = r"[А-ЯЁA-Z]\s?\."
_FAMILY = r"[А-ЯЁA-Z][а-яёa-z]+(?:-[А-ЯЁA-Z][а-яёa-z]+)?"
TEACHER = re.compile(
    rf"{_FAMILY}\s{_INITIAL}(?:\s?{_INITIAL})?"
    rf"|{_FAMILY}\s[А-ЯЁ][а-яё]+\s[А-ЯЁ][а-яё]+(?:вна|вич|ична|инична|ьич|оглы|кызы)\b"
)
"""«Иванова М. П.», «Иванова М.», or all three parts of a Russian name."""

ROOM = re.compile(
    r"(?:(?:каб|ауд|кабинет|аудитория)\b\.?\s*)?№?\s*(\d{1,4}\s?-?\s?[а-яёa-z]?)"
    r"|(?:каб|ауд|кабинет|аудитория)\b\.?\s*(\S.*)"
    r"|((?:мал|больш|акт|спорт|тренаж)\S*\s?(?:с/?з|зал\S*)|с/з|\S*зал|мастерск\S+|библиотека|бассейн|стадион)",
    re.IGNORECASE,
)
LONGEST_ROOM = 60
_NOTHING = re.compile(r"[-–—.\s]*")


@dataclass(frozen=True, slots=True)
class Part:
    """A lesson of a class or of one of its subgroups; what is not told is empty."""

    subject: str
    teacher: str = ""
    room: str = ""


def parts_of(cell: str) -> list[Part]:
    """Return the lessons of a cell, one for each subgroup: in lines, or one after another by strokes.

    A word is known by its look: a name with initials is a teacher, a number a room. Of three told
    in one line the one in the middle is a teacher, whatever it looks like. A teacher after a teacher
    begins the next subgroup of the same subject.
    """
    found: list[Part] = []
    lines = [line for line in cell.split("\n") if not _NOTHING.fullmatch(line)]
    for line in lines:
        words = _words(line)
        if len(words) == 3 and not any(_looks(word) for word in words[:2]) and room_of(words[2]):
            found.append(Part(words[0], words[1], room_of(words[2])))
        else:
            for word in words:
                _take(found, word)
    return found


def room_of(word: str) -> str:
    """Return the room that a word names, without «каб.»; nothing when it names none."""
    found = ROOM.fullmatch(word) if len(word) <= LONGEST_ROOM else None
    return tidy(next(filter(None, found.groups()))) if found else ""


def _words(line: str) -> list[str]:
    """Part a line at strokes (not the one of «с/з»), and a teacher from what stands around."""
    apart = re.split(r"(?<!\b[сС])/|/(?![зЗ]\b)|[;|]", line)
    return [word for piece in apart for word in _around_teacher(tidy(piece)) if not _NOTHING.fullmatch(word)]


def _around_teacher(piece: str) -> Iterator[str]:
    found = TEACHER.search(piece)
    if found is None:
        yield piece
        return
    yield piece[: found.start()].strip(" ,(")
    yield found[0]
    yield piece[found.end() :].strip(" ,)")


def _looks(word: str) -> bool:
    return bool(TEACHER.fullmatch(word) or room_of(word))


def _take(found: list[Part], word: str) -> None:
    """Put a word where it belongs: to the lesson at hand, or into a new one."""
    last = found[-1] if found else Part("")
    if TEACHER.fullmatch(word):
        if found and not last.teacher:
            found[-1] = replace(last, teacher=word)
        else:
            found.append(Part(last.subject, teacher=word))
    elif room := room_of(word):
        if found and not last.room:
            found[-1] = replace(last, room=room)
        else:
            found.append(Part(last.subject, room=room))
    else:
        found.append(Part(word))
