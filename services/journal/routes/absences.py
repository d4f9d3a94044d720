"""Attendance as the class teacher follows it: a class's day, its totals, excuses."""

from flask import jsonify

from services.journal.actions.excuses import Given, change_excuse, make_excuse, withdraw_excuse
from services.journal.queries.absences import class_absences, class_day
from services.journal.schemas.absences import (
    ClassAbsencesOut,
    ClassDayOut,
    DayQuery,
    ExcuseIn,
    TotalsQuery,
    TurnedOut,
    WithdrawIn,
)
from shared.web import actor, blueprint, concerns, idempotent, may, reading, writing

absences = blueprint("absences", "Attendance of classes, excuses")


@absences.route("/attendance/<uuid:group_id>", methods=["GET"])
@may("follow classes")
@absences.arguments(DayQuery, location="query")
@absences.response(200, ClassDayOut)
def get_day(query, group_id):
    """Show a class's day: who was absent from which lesson.

    Without a day named it is today or, when the class has no lessons today, the last day it had some.
    """
    with reading() as session:
        told = class_day(session, actor(), group_id, query.get("on"))
    concerns(*(pupil["id"] for pupil in told["pupils"]), group_id=group_id)
    return jsonify(told)


@absences.route("/attendance/<uuid:group_id>/totals", methods=["GET"])
@may("follow classes")
@absences.arguments(TotalsQuery, location="query")
@absences.response(200, ClassAbsencesOut)
def get_totals(query, group_id):
    """Show what each pupil missed in a span, what waits for a reason, and the excuses."""
    with reading() as session:
        told = class_absences(
            session, actor(), group_id, query["starts_on"], query["ends_on"], query["cursor"]
        )
    concerns(*(pupil["id"] for pupil in told["pupils"]), group_id=group_id)
    return jsonify(told)


@absences.route("/pupils/<uuid:pupil_id>/excuses", methods=["POST"])
@may("excuse absences")
@idempotent
@absences.arguments(ExcuseIn)
@absences.response(201, TurnedOut)
def post_excuse(body, pupil_id):
    """Excuse a pupil for a span of days: every «н» of it becomes the reason, now and later."""
    concerns(pupil_id)
    with writing() as session:
        turned = make_excuse(session, actor(), pupil_id, Given(**body))
    return jsonify(turned._asdict()), 201


@absences.route("/excuses/<uuid:excuse_id>", methods=["PUT"])
@may("excuse absences")
@absences.arguments(ExcuseIn)
@absences.response(200, TurnedOut)
def put_excuse(body, excuse_id):
    """Change an excuse's days, reason or paper: only cells for which it differs are turned."""
    with writing() as session:
        return jsonify(change_excuse(session, actor(), excuse_id, Given(**body))._asdict())


@absences.route("/excuses/<uuid:excuse_id>", methods=["DELETE"])
@may("excuse absences")
@absences.arguments(WithdrawIn)
@absences.response(200, TurnedOut)
def delete_excuse(body, excuse_id):
    """Withdraw an excuse and say why: what it turned is «н» again. Withdrawing it again changes nothing."""
    with writing() as session:
        return jsonify(withdraw_excuse(session, actor(), excuse_id, body["reason"])._asdict())
