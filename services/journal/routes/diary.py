"""The diary: a pupil's week, a subject, a period, and single marks with their history."""

from flask import jsonify
from werkzeug.exceptions import NotFound

from services.journal.actions.views import note_opening
from services.journal.queries.diary import diary_week
from services.journal.queries.diary_final import diary_final
from services.journal.queries.diary_mark import diary_mark
from services.journal.queries.diary_periods import diary_period
from services.journal.queries.diary_subject import diary_subject
from services.journal.rules.marks import MAX_SLOT
from services.journal.schemas.diary import (
    DiaryOut,
    DiaryPeriodOut,
    DiaryPeriodQuery,
    DiaryQuery,
    DiarySubjectOut,
    DiarySubjectQuery,
)
from services.journal.schemas.diary_marks import DiaryMarkOut, DiaryMarkQuery, DiaryOneFinalOut
from shared.web import actor, blueprint, may, reading, runtime

diary = blueprint("diary", "A pupil's diary")


@diary.route("/diary", methods=["GET"])
@may("read a diary")
@diary.arguments(DiaryQuery, location="query")
@diary.response(200, DiaryOut)
def get_diary(query):
    """Return a pupil's week: the own one, a child's, a pupil's of the own class."""
    with reading() as session:
        told = diary_week(session, actor(), query["pupil_id"], query.get("week"))
    return opened(told)


@diary.route("/diary/subjects/<uuid:subject_id>", methods=["GET"])
@may("read a diary")
@diary.arguments(DiarySubjectQuery, location="query")
@diary.response(200, DiarySubjectOut)
def get_diary_subject(query, subject_id):
    """Return a subject's lessons of a year, and the pupil's marks of all years and classes."""
    with reading() as session:
        told = diary_subject(session, actor(), query["pupil_id"], subject_id, query.get("year_id"))
    return opened(told)


@diary.route("/diary/period", methods=["GET"])
@may("read a diary")
@diary.arguments(DiaryPeriodQuery, location="query")
@diary.response(200, DiaryPeriodOut)
def get_diary_period(query):
    """Return a period's sheet: all subjects with their marks, averages and absences."""
    with reading() as session:
        told = diary_period(session, actor(), query["pupil_id"], query.get("period_id"))
    return opened(told)


@diary.route("/diary/lessons/<uuid:lesson_id>/marks/<int:slot>", methods=["GET"])
@may("read a diary")
@diary.arguments(DiaryMarkQuery, location="query")
@diary.response(200, DiaryMarkOut)
def get_diary_mark(query, lesson_id, slot):
    """Return a mark (slot 0: the attendance) with what it is for, who put it, and what it was before."""
    if slot > MAX_SLOT:
        raise NotFound
    with reading() as session:
        told = diary_mark(session, actor(), query["pupil_id"], lesson_id, slot)
    return opened(told)


@diary.route("/diary/pages/<uuid:page_id>/finals/<column>", methods=["GET"])
@may("read a diary")
@diary.arguments(DiaryMarkQuery, location="query")
@diary.response(200, DiaryOneFinalOut)
def get_diary_final(query, page_id, column):
    """Return a term-end mark (of a period by its id, year, exam, final) with what it was before."""
    with reading() as session:
        told = diary_final(session, actor(), query["pupil_id"], page_id, column)
    return opened(told)


def opened(told):
    """Answer with a view of a diary, and keep that the caller has opened it today."""
    note_opening(runtime().database, actor(), told["pupil"]["id"])
    return jsonify(told)
