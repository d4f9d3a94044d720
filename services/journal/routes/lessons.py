"""Writing on a lesson: marks and attendance, topic and homework, works."""

from flask import jsonify
from prometheus_client import Counter
from werkzeug.exceptions import NotFound

from services.journal.actions.comments import comment_mark
from services.journal.actions.descriptions import describe_lesson
from services.journal.actions.entries import record_entries
from services.journal.actions.moving_dues import move_due
from services.journal.actions.works import set_work, withdraw_work, work_of
from services.journal.rules.marks import MAX_SLOT
from services.journal.schemas.answers import LinkOut, SavedOut
from services.journal.schemas.incoming import (
    CommentIn,
    DescribeLessonIn,
    DueIn,
    RecordEntriesIn,
    SetWorkIn,
)
from shared.web import actor, blueprint, concerns, etag, idempotent, if_match, may, writing

lessons = blueprint("lessons", "Writing on a lesson")

MARKS = Counter(
    "parta_marks_recorded_total",
    "Cells of marks and attendance that were changed. Worry when lessons are held and it stands still.",
)


@lessons.route("/lessons/<uuid:lesson_id>/entries", methods=["POST"])
@may("write on pages")
@idempotent
@lessons.arguments(RecordEntriesIn)
@lessons.response(200, SavedOut)
def post_entries(body, lesson_id):
    """Record marks and attendance of a lesson, all or none. If-Match: the page's seq that was seen."""
    seen = if_match()
    works = [work_of(**work) for work in body["works"]]
    concerns(*(cell.pupil_id for cell in body["entries"]))
    with writing() as session:
        saved = record_entries(
            session, actor(), lesson_id, seen, body["entries"], works, body["reason"], body["request_id"]
        )
    MARKS.inc(len(saved.changed))
    etag(saved.seq)
    changed = [
        {"pupil_id": one.pupil_id, "slot": one.slot, "value": one.value, "was": one.was}
        for one in saved.changed
    ]
    return jsonify(saved._asdict() | {"changed": changed})


@lessons.route("/lessons/<uuid:lesson_id>/entries/<int:slot>/<uuid:pupil_id>/comment", methods=["PUT"])
@may("write on pages")
@lessons.arguments(CommentIn)
@lessons.response(200, LinkOut)
def put_comment(body, lesson_id, slot, pupil_id):
    """Say something of what stands in a cell, for pupil and parents. If-Match: the page's seq."""
    if slot > MAX_SLOT:
        raise NotFound
    seen = if_match()
    concerns(pupil_id)
    with writing() as session:
        end = comment_mark(session, actor(), lesson_id, seen, pupil_id, slot, body["comment"])
    return _linked(end)


@lessons.route("/lessons/<uuid:lesson_id>/entries/<int:slot>/<uuid:pupil_id>/due", methods=["PUT"])
@may("write on pages")
@lessons.arguments(DueIn)
@lessons.response(200, LinkOut)
def put_due(body, lesson_id, slot, pupil_id):
    """Say until when a work with «•» is awaited. If-Match: the page's seq."""
    if slot > MAX_SLOT:
        raise NotFound
    seen = if_match()
    concerns(pupil_id)
    with writing() as session:
        end = move_due(session, actor(), lesson_id, seen, pupil_id, slot, body["due_on"])
    return _linked(end)


@lessons.route("/lessons/<uuid:lesson_id>/description", methods=["PUT"])
@may("write on pages")
@lessons.arguments(DescribeLessonIn)
@lessons.response(200, LinkOut)
def put_description(body, lesson_id):
    """Write a lesson's topic, its homework, or both. If-Match: the page's seq.

    What is not sent stays as it is, and so does what another wrote since where what was seen is sent.
    """
    seen = if_match()
    with writing() as session:
        end = describe_lesson(session, actor(), lesson_id, seen, **body)
    return _linked(end)


@lessons.route("/lessons/<uuid:lesson_id>/works/<int:slot>", methods=["PUT"])
@may("write on pages")
@lessons.arguments(SetWorkIn)
@lessons.response(200, LinkOut)
def put_work(body, lesson_id, slot):
    """Say what the marks of a slot (1 to 9) are for. If-Match: the page's seq."""
    if not 1 <= slot <= MAX_SLOT:
        raise NotFound
    seen = if_match()
    with writing() as session:
        end = set_work(session, actor(), lesson_id, seen, work_of(slot, **body))
    return _linked(end)


@lessons.route("/lessons/<uuid:lesson_id>/works/<int:slot>", methods=["DELETE"])
@may("write on pages")
@lessons.response(200, LinkOut)
def delete_work(lesson_id, slot):
    """Take back a work under which no marks stand. If-Match: the page's seq."""
    if not 1 <= slot <= MAX_SLOT:
        raise NotFound
    seen = if_match()
    with writing() as session:
        end = withdraw_work(session, actor(), lesson_id, seen, slot)
    return _linked(end)


def _linked(end):
    etag(end.seq)
    return jsonify(end._asdict())
