"""Tasks of one class with files and answers: accepted, returned and done again, waiting for the teacher."""

from collections.abc import Iterator
from functools import partial
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select

from deploy.demo.chronicle import Step, moment
from deploy.demo.classroom import Classroom
from deploy.demo.register import Taught
from services.journal.actions.answers import AnswerFacts, give_answer, reply_to_answer
from services.journal.actions.contents import contents_at
from services.journal.actions.files import hand_in
from services.journal.actions.tasks import TaskFacts, set_task
from services.journal.models import Answer, Task
from shared.auth import Actor
from shared.db import SchoolSession
from shared.paper import draw, gap, text, title
from shared.service import Runtime

TASKS = (
    (5, "Сделать проверочную работу из файла и сдать", 40),
    (2, "Письменно ответить на вопросы из файла", 25),
)
SHEET = (
    "1. Прочитайте параграф.",
    "2. Ответьте письменно на вопросы.",
    "3. Сделайте вывод.",
)
WORK = ("Цель: повторить тему параграфа.", "Ход работы и вывод записаны по образцу.")
ANSWERS = ("Всё, кроме последнего вопроса.", "Готово, отчёт в файле.", "Сделано по образцу.")
PRAISE, AGAIN = "Хорошо, принято.", "Нет вывода. Допишите и сдайте ещё раз."


def task_steps(journal: Runtime, room: Classroom, zone: ZoneInfo) -> Iterator[Step]:
    """Yield tasks with files, the answers to them and what the teachers replied.

    The files are handed in at once, for that is not done within another transaction.
    """
    for back, words, minutes in TASKS:
        day = room.back(back)
        taught = next((one for one in room.pages if any(at.on == day for at in one.lessons)), None)
        if day is None or taught is None:
            continue
        lesson_id = next(at.id for at in taught.lessons if at.on == day)
        sheet = _file(journal, taught.teacher, "Задание.pdf", words, SHEET)
        facts = TaskFacts(words, minutes, file_ids=(sheet,))
        at = moment(zone, day, "16:00")
        yield Step(at, taught.teacher, partial(_set, lesson_id, facts))
        yield from _answers(journal, room, taught, words, back, zone)


def _answers(
    journal: Runtime, room: Classroom, taught: Taught, words: str, back: int, zone: ZoneInfo
) -> Iterator[Step]:
    given_on = room.back(back - 1)
    replied_on = room.back(back - 2) if back > 2 else None
    for number, said in enumerate(ANSWERS):
        pupil = room.as_pupil(room.pupils[number])
        files = (_file(journal, pupil, "Отчёт.pdf", words, WORK),) if number == 1 else ()
        at = moment(zone, given_on or room.days[-1], "18:10", 7 * number)
        yield Step(at, pupil, partial(_answer, words, AnswerFacts(said, file_ids=files)))
        if replied_on:
            reply_at = moment(zone, replied_on, "15:50", number)
            yield Step(reply_at, taught.teacher, partial(_reply, words, pupil, is_returned=number == 0))
    if replied_on:
        again = AnswerFacts("Вывод и последний вопрос дописаны.")
        yield Step(
            moment(zone, replied_on, "19:20"), room.as_pupil(room.pupils[0]), partial(_answer, words, again)
        )


def _file(journal: Runtime, owner: Actor, name: str, head: str, lines: tuple[str, ...]) -> UUID:
    content = draw([title(head), gap(), *(text(line) for line in lines)], head)
    return hand_in(journal.database, contents_at(journal.settings.files_url), owner, name, content).id


def _set(lesson_id: UUID, facts: TaskFacts, session: SchoolSession, teacher: Actor) -> None:
    set_task(session, teacher, lesson_id, 0, facts)


def _task(session: SchoolSession, words: str) -> UUID:
    return session.scalars(select(Task.id).where(Task.text == words)).one()


def _answer(words: str, facts: AnswerFacts, session: SchoolSession, pupil: Actor) -> None:
    give_answer(session, pupil, _task(session, words), facts)


def _reply(words: str, pupil: Actor, session: SchoolSession, teacher: Actor, *, is_returned: bool) -> None:
    asked = select(Answer.id).where(
        Answer.task_id == _task(session, words), Answer.pupil_id == pupil.person_id
    )
    answer_id = session.scalars(asked.order_by(Answer.number.desc()).limit(1)).one()
    reply_to_answer(session, teacher, answer_id, AGAIN if is_returned else PRAISE, is_returned=is_returned)
