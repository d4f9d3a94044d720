"""Years and periods: which are closed, closing and opening them."""

from flask import jsonify

from services.journal.actions.closing import close_checked
from services.journal.actions.periods import reopen_period
from services.journal.queries.lists import is_written_since, period_list, year_closing, year_list
from services.journal.schemas.answers import PeriodsOut, WritingOut
from services.journal.schemas.incoming import ClosePeriodIn, ReopenPeriodIn, WritingQuery
from services.journal.schemas.years import YearQuery, YearsOut
from shared.web import actor, blueprint, may, reading, writing

periods = blueprint("periods", "Closing of periods")


@periods.route("/years", methods=["GET"])
@may("read periods")
@periods.response(200, YearsOut)
def list_years():
    """List the years whose journal is kept."""
    with reading() as session:
        return jsonify(items=year_list(session), next=None)


@periods.route("/periods", methods=["GET"])
@may("read periods")
@periods.arguments(YearQuery, location="query")
@periods.response(200, PeriodsOut)
def list_periods(query):
    """List the periods of a year, of the current one if none is named."""
    with reading() as session:
        items, year = period_list(session, **query), year_closing(session, **query)
    return jsonify(items=items, year=year, next=None)


@periods.route("/writing", methods=["GET"])
@may("read periods")
@periods.arguments(WritingQuery, location="query")
@periods.response(200, WritingOut)
def get_writing(query):
    """Say whether anything was written about lessons held since a day: the new year has begun then."""
    with reading() as session:
        return {"is_begun": is_written_since(session, query["since"])}


@periods.route("/periods/<uuid:period_id>/closing", methods=["POST"])
@may("close periods")
@periods.arguments(ClosePeriodIn)
@periods.response(204)
def post_closing(body, period_id):
    """Close a period: its lessons and marks take no more changes; by the year's id, the marks of the year.

    While marks, reasons of absence or topics lack, a reason is needed (409). Again changes nothing.
    """
    with writing() as session:
        close_checked(session, actor(), period_id, body["reason"])


@periods.route("/periods/<uuid:period_id>/closing", methods=["DELETE"])
@may("close periods")
@periods.arguments(ReopenPeriodIn)
@periods.response(204)
def delete_closing(body, period_id):
    """Open a closed period again, for a reason that the history keeps."""
    with writing() as session:
        reopen_period(session, actor(), period_id, body["reason"])
