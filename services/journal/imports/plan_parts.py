"""Sheets, or classes, that tell of one plan: a plan for each class, or else the parts of one."""

import re
from collections.abc import Collection, Iterable
from dataclasses import replace

from sqlalchemy import select

from services.journal.actions.plans import MOST_TOPICS, PlanHead
from services.journal.imports.plan_cells import class_of
from services.journal.imports.plan_columns import NAME, TITLES, TOPIC
from services.journal.imports.plan_reading import LONGEST, Part, Reader
from services.journal.models import Group
from shared.db import SchoolSession
from shared.errors import Text
from shared.imports import RowError

_TERM = re.compile(r".*(четверт|полугод|триместр|модул)", re.IGNORECASE)
"""A sheet of a part of the year, which goes on with the one before."""

TOO_MANY = Text(f"В плане больше {MOST_TOPICS} тем.", "Too many topics.")


def joined(session: SchoolSession, reader: Reader) -> dict[PlanHead, Part]:
    """Return the plans that were read; several sheets with one plan are a fault, which the reader keeps.

    They are none where all are classes of the parallel, each with a plan of its own then, or parts of
    the year, which make up one.
    """
    found: dict[PlanHead, Part] = {}
    for head, by_name in reader.plans.items():
        parts = list(by_name.values())
        if len(parts) == 1:
            found[head] = parts[0]
        elif heads := _of_classes(session, head, by_name, {*reader.plans, *found}):
            found.update(zip(heads, parts, strict=True))
        elif all(map(_TERM.match, by_name)):
            found[head] = _one(parts)
            if len(found[head].topics) > MOST_TOPICS:
                reader.wrong.append(RowError(parts[-1].sheet, 0, TITLES[TOPIC], TOO_MANY))
        else:
            reader.wrong.append(_several(head, parts))
    return found


def _of_classes(
    session: SchoolSession, head: PlanHead, names: Iterable[str], taken: Collection[PlanHead]
) -> list[PlanHead]:
    """Return a plan for each class that parts are called by, as the school calls it.

    None unless all are called so, each by another class, and no other part tells of such a plan: one
    would take the other's place.
    """
    of_grade = select(Group.name).where(Group.kind == "class", Group.grade == head.grade)
    known = {class_of(name): name for name in session.scalars(of_grade)}
    found = [known.get(class_of(name)) if class_of(name) else None for name in names]
    heads = [
        replace(head, name=f"{head.name[: LONGEST[NAME] - len(name) - 2]}, {name}") for name in found if name
    ]
    return heads if all(found) and len({*heads} - {*taken}) == len(found) else []


def _one(parts: Iterable[Part]) -> Part:
    first, *others = parts
    for one in others:
        first.topics += one.topics
        first.assumed += one.assumed
    return first


def _several(head: PlanHead, parts: list[Part]) -> RowError:
    names = ", ".join(f"«{one.name}»" for one in parts[:5])
    said = Text(
        f"В один план «{head.name}» попали бы темы нескольких листов или классов: {names}. Оставьте один, "
        "назовите листы классами этой параллели или дайте каждому свою программу.",
        f"The topics of several sheets or classes would go into one plan “{head.name}”: {names}. Keep one, "
        "call the sheets by classes of this parallel, or give each a programme of its own.",
    )
    return RowError(parts[1].sheet, 0, TITLES[NAME], said)
