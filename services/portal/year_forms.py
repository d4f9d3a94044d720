"""What is typed on the pages of the year: rows of fields read, and refusals told by row."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Any

from flask_babel import gettext as _

from shared.names import tidy

Row = dict[str, Any]

RUN = re.compile(r"(\d{1,2})(?:\s*[-–—]\s*(\d{1,2}))?")


def rows_of(form: Any, part: str, names: Sequence[str]) -> list[Row]:
    """Return the rows of a part of the form whose fields are named `part-name`, one list each."""
    columns = [form.getlist(f"{part}-{name}") for name in names]
    return [
        {name: tidy(cell) for name, cell in zip(names, cells, strict=True)}
        for cells in zip_longest(*columns, fillvalue="")
    ]


def number_or_none(text: str) -> Any:
    """Return the number a field holds, nothing for an empty one; what is none, the service refuses."""
    if not text:
        return None
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else text


def grades_typed(text: str) -> list[int] | list[str]:
    """Read «1–9, 11»; nothing typed means all parallels. What is no list of them, the service refuses."""
    found: list[int] = []
    for part in filter(None, (one.strip() for one in text.split(","))):
        run = RUN.fullmatch(part)
        if run is None:
            return [text]
        first = int(run[1])
        found.extend(range(first, int(run[2] or first) + 1))
    return found


def faults(problem: Mapping[str, Any], titles: Mapping[str, str]) -> list[str]:
    """Return what is wrong, a line each: «Периоды, строка 2: …»; rows count from 1 as on the page."""
    errors = problem.get("errors") or {}
    return [_line(place, said, titles) for place, said in _flat(errors.get("json", errors))]


def _flat(errors: Any, place: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(errors, Mapping):
        for name, inner in errors.items():
            yield from _flat(inner, (*place, *str(name).split(".")))
    elif isinstance(errors, list):
        yield place, " ".join(map(str, errors))
    else:
        yield place, str(errors)


def _line(place: tuple[str, ...], said: str, titles: Mapping[str, str]) -> str:
    words = []
    for part in place:
        if part.isdigit():
            words.append(_("строка %(number)s", number=int(part) + 1))
        elif part in titles:
            words.append(titles[part])
    return f"{', '.join(words)}: {said}" if words else said
