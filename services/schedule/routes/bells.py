"""Bells, shifts, and the history of the year."""

from services.schedule.actions.bells.schedules import plan_bells
from services.schedule.actions.bells.shifts import put_into_shift
from services.schedule.actions.calendar import current_year
from services.schedule.queries.year import bells_card, year_history
from services.schedule.schemas.years import BellsIn, BellsOut, HistoryQuery, ShiftIn, YearHistoryOut
from shared.web import blueprint, etag, if_match, may, reading, writing

bells = blueprint("bells", "Звонки, смены, история года · Bells, shifts, the year's history")


@bells.route("/bells", methods=["GET"])
@may("read the year")
@bells.response(200, BellsOut)
def get_bells():
    """Tell the bell schedules and shifts of the current year; the ETag is that of the year."""
    with reading() as session:
        year = current_year(session)
        etag(year.version)
        return bells_card(session, year)


@bells.route("/bells", methods=["PUT"])
@may("plan the year")
@bells.arguments(BellsIn)
@bells.response(200, BellsOut)
def put_bells(plan):
    """Replace the bell schedules: a schedule without an id is new, one that is missing goes."""
    with writing() as session:
        year = plan_bells(session, plan, if_match())
        etag(year.version)
        return bells_card(session, year)


@bells.route("/groups/<uuid:group_id>/shift", methods=["PUT"])
@may("plan the year")
@bells.arguments(ShiftIn)
@bells.response(200, BellsOut)
def put_shift(body, group_id):
    """Let a class learn in a shift from a day on; If-Match is the ETag of the year."""
    with writing() as session:
        year = put_into_shift(session, group_id, body["shift"], body["from_on"], if_match())
        etag(year.version)
        return bells_card(session, year)


@bells.route("/years/history", methods=["GET"])
@may("follow the year")
@bells.arguments(HistoryQuery, location="query")
@bells.response(200, YearHistoryOut)
def get_history(query):
    """Tell who changed what of the year and the directories, the latest first."""
    with reading() as session:
        return year_history(session, query["what"], query["cursor"])
