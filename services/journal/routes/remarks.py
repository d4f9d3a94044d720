"""Remarks and recommendations of teachers to pupils and parents."""

from flask import jsonify

from services.journal.actions.remark_readings import acknowledge_remark
from services.journal.actions.remarks import (
    Said,
    change_remark,
    remark_of_class,
    remark_on_page,
)
from services.journal.queries.remarks import class_remarks, diary_remarks, page_remarks
from services.journal.routes.diary import opened
from services.journal.schemas.remarks import (
    ChangeRemarkIn,
    ClassRemarksOut,
    DiaryRemarksOut,
    DiaryRemarksQuery,
    PageRemarksOut,
    RemarkMadeOut,
    RemarkOfPupilIn,
    RemarkOnPageIn,
    RemarksQuery,
    WithdrawRemarkIn,
)
from shared.web import actor, blueprint, concerns, etag, idempotent, if_match, may, reading, writing

remarks = blueprint("remarks", "What teachers write of a pupil to the family")


@remarks.route("/diary/remarks", methods=["GET"])
@may("read a diary")
@remarks.arguments(DiaryRemarksQuery, location="query")
@remarks.response(200, DiaryRemarksOut)
def list_diary_remarks(query):
    """List what was written of a pupil, the latest first."""
    with reading() as session:
        told = diary_remarks(session, actor(), query["pupil_id"], query["cursor"])
    return opened(told)


@remarks.route("/pages/<uuid:page_id>/remarks", methods=["GET"])
@may("read pages")
@remarks.arguments(RemarksQuery, location="query")
@remarks.response(200, PageRemarksOut)
def list_page_remarks(query, page_id):
    """List what was written on a page, the latest first, and who has read it."""
    with reading() as session:
        return _of_many(page_remarks(session, actor(), page_id, query["cursor"]))


@remarks.route("/groups/<uuid:group_id>/remarks", methods=["GET"])
@may("follow remarks")
@remarks.arguments(RemarksQuery, location="query")
@remarks.response(200, ClassRemarksOut)
def list_class_remarks(query, group_id):
    """List what was written of a class's pupils by all teachers, and who has read it."""
    with reading() as session:
        return _of_many(class_remarks(session, actor(), group_id, query["cursor"]))


def _of_many(told):
    concerns(*(one["pupil"]["id"] for one in told["items"]), group_id=told["group"]["id"])
    return jsonify(told)


@remarks.route("/pages/<uuid:page_id>/remarks", methods=["POST"])
@may("make remarks")
@idempotent
@remarks.arguments(RemarkOnPageIn)
@remarks.response(201, RemarkMadeOut)
def post_page_remark(body, page_id):
    """Write to a pupil's family on a page, about a lesson if one is named."""
    pupil_id, lesson_id = body.pop("pupil_id"), body.pop("lesson_id")
    concerns(pupil_id)
    with writing() as session:
        return _made(remark_on_page(session, actor(), page_id, pupil_id, Said(**body), lesson_id))


@remarks.route("/groups/<uuid:group_id>/remarks", methods=["POST"])
@may("make remarks of the class")
@idempotent
@remarks.arguments(RemarkOfPupilIn)
@remarks.response(201, RemarkMadeOut)
def post_class_remark(body, group_id):
    """Write to the family of a pupil of one's class."""
    pupil_id = body.pop("pupil_id")
    concerns(pupil_id)
    with writing() as session:
        return _made(remark_of_class(session, actor(), group_id, pupil_id, Said(**body)))


@remarks.route("/remarks/<uuid:remark_id>", methods=["PUT"])
@may("make remarks")
@remarks.arguments(ChangeRemarkIn)
@remarks.response(200, RemarkMadeOut)
def put_remark(body, remark_id):
    """Correct one's own remark, for a reason that its history keeps. If-Match: its version."""
    seen, reason = if_match(), body.pop("reason")
    with writing() as session:
        return _changed(change_remark(session, actor(), remark_id, seen, Said(**body), reason))


@remarks.route("/remarks/<uuid:remark_id>", methods=["DELETE"])
@may("make remarks")
@remarks.arguments(WithdrawRemarkIn)
@remarks.response(200, RemarkMadeOut)
def delete_remark(body, remark_id):
    """Take one's own remark back, for a reason; the family still sees that there was one."""
    seen = if_match()
    with writing() as session:
        return _changed(change_remark(session, actor(), remark_id, seen, None, body["reason"]))


@remarks.route("/remarks/<uuid:remark_id>/reading", methods=["POST"])
@may("acknowledge remarks")
@remarks.response(204)
def post_reading(remark_id):
    """Say that one has read it («ознакомлен»); again, it changes nothing."""
    with writing() as session:
        acknowledge_remark(session, actor(), remark_id)


def _changed(remark):
    concerns(remark.pupil_id)
    return _made(remark)


def _made(remark):
    etag(remark.version)
    return {"id": remark.id, "version": remark.version}
