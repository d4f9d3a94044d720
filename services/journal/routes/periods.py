"""Periods: which are closed, closing and opening them."""

from flask import jsonify

from services.journal.actions.periods import close_period, reopen_period
from services.journal.queries.lists import period_list
from services.journal.schemas.answers import PeriodsOut
from services.journal.schemas.incoming import ReopenPeriodIn
from shared.web import actor, blueprint, reading, requires, writing

periods = blueprint("periods", "Closing of periods")


@periods.route("/periods", methods=["GET"])
@requires("teacher", "class_teacher", "deputy", "director", "operator")
@periods.response(200, PeriodsOut)
def list_periods():
    """List the periods of the current year."""
    with reading() as session:
        return jsonify(items=period_list(session), next=None)


@periods.route("/periods/<uuid:period_id>/closing", methods=["POST"])
@requires("deputy")
@periods.response(204)
def post_closing(period_id):
    """Close a period: its lessons take no more changes. Closing it again changes nothing."""
    with writing() as session:
        close_period(session, actor(), period_id)


@periods.route("/periods/<uuid:period_id>/closing", methods=["DELETE"])
@requires("deputy")
@periods.arguments(ReopenPeriodIn)
@periods.response(204)
def delete_closing(body, period_id):
    """Open a closed period again, for a reason that the history keeps."""
    with writing() as session:
        reopen_period(session, actor(), period_id, body["reason"])
