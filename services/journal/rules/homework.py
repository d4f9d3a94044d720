"""What the school decided about homework: what «не задано» is, how long it may take, how it is kept."""

import re
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

NOTHING_SET = "не задано"
"""Written as homework where none was set on purpose: nobody can take it for forgotten (DOMAIN 1.0, D1)."""

_NOTHING = re.compile(r"\s*(не задано|без задания|нет)\s*[.!]?\s*", re.IGNORECASE)

MINUTES: Mapping[str, int] = {
    "1": 0, "2": 60, "3": 60, "4": 90, "5": 120, "6": 150, "7": 150, "8": 150, "9": 210, "10": 210, "11": 210,
}  # fmt: skip
"""How long a day's homework may take by parallel (СанПиН); a school may set its own: `homework_minutes`."""

TOLD_AT = 18
"""The hour of the school's day from which families are told what was set: `homework_told_at`."""

LONGEST_TOLD = 400
"""So many letters of a text families are told, more than a notice shows; the diary has the rest."""

LONGEST_HOMEWORK = 4000
MOST_TASKS = 30
MOST_LINKS = 5
MOST_FILES = 10
MOST_VERSIONS = 20
_DIGEST_SHOWN = 16


def homework_text(text: str | None) -> str | None:
    """Return homework as it is kept: each way of saying that none was set is one value."""
    return NOTHING_SET if text and _NOTHING.fullmatch(text) else text or None


def words_of_tasks(texts: Sequence[str]) -> str | None:
    """Return the tasks for everybody of a lesson as its plain homework: all of them, one below the other."""
    return "\n".join(texts)[:LONGEST_HOMEWORK] or None


def own_words(homework: str | None, texts: Sequence[str]) -> str | None:
    """Return homework somebody wrote beside a lesson's tasks for everybody; None where it says them again.

    One of them alone is what was once written where there were several.
    """
    return None if homework in (words_of_tasks(texts), *texts) else homework


def digests_text(digests: Sequence[str]) -> str:
    """Return the beginnings of the digests of a task's files, as the chain keeps them."""
    return " ".join(sorted(digest[:_DIGEST_SHOWN] for digest in digests))


def task_text(task: Mapping[Any, Any]) -> str | None:
    """Return a task as revisions keep it, None when it was withdrawn.

    «30 <group> <due lesson> [files] [links] text», with a dash for what there is none of.
    """
    if task["is_withdrawn"]:
        return None
    named: Sequence[UUID | int | None] = (task["minutes"], task["group_id"], task["due_lesson_id"])
    head = " ".join("-" if one is None else str(one) for one in named)
    return f"{head} [{task['files']}] [{' '.join(task['links'])}] {task['text']}"
