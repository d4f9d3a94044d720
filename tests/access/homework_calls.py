"""Valid requests about files, homework and answers."""

import io
from collections.abc import Callable
from typing import Any
from uuid import UUID

from services.journal.actions.answers import AnswerFacts, give_answer
from services.journal.actions.contents import contents_at
from services.journal.actions.files import hand_in
from services.journal.actions.tasks import TaskFacts, set_task
from shared.auth import Actor
from tests.access.stage import Stage, Things
from tests.access.table import CALLERS
from tests.access.world import Class, School

Given = dict[str, Any]
Maker = Callable[[Stage, str, Things], Given]


def hand_in_files(stage: Stage, school: School, own: Class) -> dict[str, UUID]:
    """Let everybody hand in a file; to the things of another class belong those of its own people."""
    owners = dict(school.people) if own is stage.world.first.classes[0] else {"pupil": own.pupils[0]}
    runtime = stage.world.runtimes["journal"]
    contents, given = contents_at(runtime.settings.files_url), {}
    for who, person_id in owners.items():
        actor = Actor(str(person_id), school.id, person_id)
        name, content = school.text("Файл") + ".txt", school.text("Содержание").encode()
        given[who] = hand_in(runtime.database, contents, actor, name, content).id
    return dict.fromkeys(CALLERS, given["pupil"]) | given


def set_homework(stage: Stage, things: Things) -> tuple[UUID, UUID]:
    """Let there be a task in the class's lesson, and an answer of the class's first pupil."""
    school, own = things.school, things.of
    actor = Actor(str(own.teacher_id), school.id, own.teacher_id, frozenset({"teacher"}))
    pupil = Actor(str(own.pupils[0]), school.id, own.pupils[0], frozenset({"pupil"}))
    assert own.lesson_id
    with stage.world.runtimes["journal"].database.writing(school.id) as session:
        task = set_task(session, actor, own.lesson_id, things.seq, TaskFacts(school.text("Задача")))
        things.seq = task.end.seq
    with stage.world.runtimes["journal"].database.writing(school.id) as session:
        return task.id, give_answer(session, pupil, task.id, AnswerFacts(school.text("Ответ"))).id


def _seen(things: Things) -> Given:
    return {"headers": {"If-Match": f'"{things.seq}"'}}


def _task(_: Stage, __: str, things: Things) -> Given:
    return {"json": {"text": "№ 15", "minutes": 20}, **_seen(things)}


def _copies(_: Stage, __: str, things: Things) -> Given:
    return {"json": {"lesson_ids": [str(things.lesson_id)]}}


def _file(*_: Any) -> Given:
    return {"data": {"file": (io.BytesIO(b"No. 12"), "answer.txt")}}


def _form(_: Stage, __: str, things: Things) -> Given:
    return {"data": {"text": "№ 15", "minutes": "20", "seen": _seen(things)["headers"]["If-Match"]}}


def _in_form(**fields: str) -> Maker:
    """Send fields, each the name of a thing."""
    return lambda _, __, things: {"data": {name: str(getattr(things, of)) for name, of in fields.items()}}


LESSON = "portal POST /journal/<uuid:page_id>/lessons/<uuid:lesson_id>"

OF_HOMEWORK: dict[str, Maker] = {
    f"{LESSON}/tasks": _form,
    f"{LESSON}/tasks/<int:slot>": _form,
    f"{LESSON}/tasks/<int:slot>/withdrawal": _form,
    f"{LESSON}/homework/copies": _in_form(lesson="lesson_id"),
    "portal POST /answers/<uuid:answer_id>/replies": _in_form(task="task_id"),
    "portal POST /diary/tasks/<uuid:task_id>": lambda *_: {"data": {"text": "Вот"}},
    "journal POST /files": _file,
    "journal POST /lessons/<uuid:lesson_id>/tasks": _task,
    "journal PUT /lessons/<uuid:lesson_id>/tasks/<int:slot>": _task,
    "journal DELETE /lessons/<uuid:lesson_id>/tasks/<int:slot>": lambda _, __, things: _seen(things),
    "journal POST /lessons/<uuid:lesson_id>/homework/copies": _copies,
    "journal POST /tasks/<uuid:task_id>/answers": lambda *_: {"json": {"text": "Вот"}},
    "journal POST /answers/<uuid:answer_id>/replies": lambda *_: {"json": {"text": "Верно"}},
}
