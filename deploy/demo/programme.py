"""What the lessons of a subject are about, and what is set for home: read from `programme.ru.txt`."""

import re
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from random import Random

_SECTION = re.compile(r"\[(.+) (\d+)-(\d+)\]")


@dataclass(frozen=True)
class Programme:
    """The topics of a subject in their order, and patterns of homework."""

    grades: range
    topics: list[str] = field(default_factory=list)
    homework: list[str] = field(default_factory=list)

    def set_for_home(self, random: Random) -> str:
        """Return a homework with its paragraphs and exercises."""
        first = random.randint(1, 4)
        return random.choice(self.homework).format(
            p=random.randint(3, 48),
            q=first,
            r=first + random.randint(1, 3),
            n=random.randint(40, 240),
            m=random.randint(241, 420),
        )


def programme_of(subject: str, grade: int) -> Programme:
    """Return what is taught in a subject in a grade."""
    return next(one for one in _programmes()[subject] if grade in one.grades)


@lru_cache
def _programmes() -> dict[str, list[Programme]]:
    found: dict[str, list[Programme]] = {}
    current = Programme(range(0))
    for line in Path(__file__).with_name("programme.ru.txt").read_text(encoding="utf-8").splitlines():
        if section := _SECTION.fullmatch(line):
            current = Programme(range(int(section[2]), int(section[3]) + 1))
            found.setdefault(section[1], []).append(current)
        elif line.startswith("~ "):
            current.homework.append(line[2:])
        elif line and not line.startswith("#"):
            current.topics.append(line)
    return found
