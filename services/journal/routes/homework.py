"""Homework: tasks of a lesson, copies for parallel classes, answers, and the load of a week."""

from flask import jsonify

from services.journal.actions.answers import AnswerFacts, give_answer, reply_to_answer
from services.journal.actions.homework_copies import copy_homework
from services.journal.actions.tasks import TaskFacts, change_task, set_task, withdraw_task
from services.journal.queries.answers_waiting import answers_waiting
from services.journal.queries.homework import due_load, lesson_homework
from services.journal.queries.homework_load import homework_week
from services.journal.queries.tasks import own_task, task_answers
from services.journal.schemas.homework import (
    AnswerIn,
    AnswerOut,
    AnswersWaitingOut,
    CopiedOut,
    CopyIn,
    HomeworkWeekOut,
    HomeworkWeekQuery,
    LessonHomeworkOut,
    OwnTaskOut,
    OwnTaskQuery,
    ReplyIn,
    ReplyOut,
    TaskAnswersOut,
    TaskIn,
    WrittenTaskOut,
)
from shared.web import actor, blueprint, concerns, etag, idempotent, if_match, may, reading, writing

homework = blueprint("homework", "Tasks, answers to them, and how much a day holds")


@homework.route("/lessons/<uuid:lesson_id>/homework", methods=["GET"])
@may("read pages")
@homework.response(200, LessonHomeworkOut)
def get_homework(lesson_id):
    """Return a lesson's homework, and what a teacher chooses from. The ETag is the page's seq."""
    with reading() as session:
        found = lesson_homework(session, actor(), lesson_id)
    concerns(*(pupil["id"] for pupil in found["pupils"]), group_id=found["lesson"]["group"]["id"])
    etag(found["seq"])
    return jsonify(found)


@homework.route("/lessons/<uuid:lesson_id>/tasks", methods=["POST"])
@may("write on pages")
@idempotent
@homework.arguments(TaskIn)
@homework.response(201, WrittenTaskOut)
def post_task(body, lesson_id):
    """Set a task; it says when the day it is due for holds too much. If-Match: the page's seq."""
    seen = if_match()
    with writing() as session:
        return _written(session, set_task(session, actor(), lesson_id, seen, TaskFacts(**body)))


@homework.route("/lessons/<uuid:lesson_id>/tasks/<int:slot>", methods=["PUT"])
@may("write on pages")
@homework.arguments(TaskIn)
@homework.response(200, WrittenTaskOut)
def put_task(body, lesson_id, slot):
    """Change a task; whom it is for stays as it was. If-Match: the page's seq."""
    seen = if_match()
    with writing() as session:
        return _written(session, change_task(session, actor(), lesson_id, slot, seen, TaskFacts(**body)))


@homework.route("/lessons/<uuid:lesson_id>/tasks/<int:slot>", methods=["DELETE"])
@may("write on pages")
@homework.response(200, WrittenTaskOut)
def delete_task(lesson_id, slot):
    """Withdraw a task; what was handed in stays. If-Match: the page's seq."""
    seen = if_match()
    with writing() as session:
        return _written(session, withdraw_task(session, actor(), lesson_id, slot, seen))


def _written(session, task):
    etag(task.end.seq)
    load = due_load(session, task.id)
    return {"id": task.id, "slot": task.slot, "seq": task.end.seq, "head": task.end.head, "load_": load}


@homework.route("/lessons/<uuid:lesson_id>/homework/copies", methods=["POST"])
@may("write on pages")
@homework.arguments(CopyIn)
@homework.response(200, CopiedOut)
def post_copies(body, lesson_id):
    """Give lessons of the parallel this one's text, tasks, links and files; again, what was added since."""
    with writing() as session:
        return {"lessons": copy_homework(session, actor(), lesson_id, body["lesson_ids"])}


@homework.route("/tasks/<uuid:task_id>", methods=["GET"])
@may("read tasks")
@homework.arguments(OwnTaskQuery, location="query")
@homework.response(200, OwnTaskOut)
def get_task(query, task_id):
    """Return a task and what a pupil has handed in: to the pupil, the parents, the page's teachers."""
    concerns(query["pupil_id"])
    with reading() as session:
        return jsonify(own_task(session, actor(), task_id, query["pupil_id"]))


@homework.route("/tasks/<uuid:task_id>/answers", methods=["GET"])
@may("read pages")
@homework.response(200, TaskAnswersOut)
def get_answers(task_id):
    """Return who is to do a task and what each has handed in."""
    with reading() as session:
        found = task_answers(session, actor(), task_id)
    concerns(*(pupil["id"] for pupil in found["pupils"]))
    return jsonify(found)


@homework.route("/tasks/<uuid:task_id>/answers", methods=["POST"])
@may("hand in answers")
@idempotent
@homework.arguments(AnswerIn)
@homework.response(201, AnswerOut)
def post_answer(body, task_id):
    """Hand in an answer, or a new version of it; after the day it is due it is marked late."""
    with writing() as session:
        given = give_answer(session, actor(), task_id, AnswerFacts(**body))
        return {name: getattr(given, name) for name in ("id", "number", "given_at", "is_late")}


@homework.route("/answers/waiting", methods=["GET"])
@may("reply to answers")
@homework.response(200, AnswersWaitingOut)
def get_answers_waiting():
    """Return the tasks of one's own pages to which pupils wait for a reply."""
    with reading() as session:
        return answers_waiting(session, actor())


@homework.route("/answers/<uuid:answer_id>/replies", methods=["POST"])
@may("reply to answers")
@idempotent
@homework.arguments(ReplyIn)
@homework.response(201, ReplyOut)
def post_reply(body, answer_id):
    """Reply to the latest version of an answer; returned, it is to be done again."""
    with writing() as session:
        given = reply_to_answer(session, actor(), answer_id, body["text"], is_returned=body["is_returned"])
        return {name: getattr(given, name) for name in ("id", "text", "is_returned", "given_at")}


@homework.route("/homework-load/<uuid:group_id>", methods=["GET"])
@may("follow homework")
@homework.arguments(HomeworkWeekQuery, location="query")
@homework.response(200, HomeworkWeekOut)
def get_homework_week(query, group_id):
    """Return how much homework a class has for each day of the week of a day, against the norm."""
    with reading() as session:
        return jsonify(homework_week(session, actor(), group_id, query["week"]))
