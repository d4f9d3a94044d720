"""The academic year."""

from services.schedule import queries
from services.schedule.actions.calendar import current_year
from services.schedule.actions.years import plan_year
from services.schedule.schemas.years import YearIn, YearOut
from shared.web import blueprint, etag, if_match, may, reading, writing

years = blueprint("years", "Учебный год · The year")


@years.route("/years/current", methods=["GET"])
@may("read the year")
@years.response(200, YearOut)
def get_year():
    with reading() as session:
        year = current_year(session)
        etag(year.version)
        return queries.year_card(year)


@years.route("/years/current", methods=["PUT"])
@may("plan the year")
@years.arguments(YearIn)
@years.response(200, YearOut)
def put_year(plan):
    """If-Match: the ETag of the year that was seen, "0" for the first year of a school."""
    with writing() as session:
        year = plan_year(session, plan, if_match())
        etag(year.version)
        return queries.year_card(year)
