"""The academic year and the school's directories."""

from services.schedule import queries
from services.schedule.actions.calendar import current_year
from services.schedule.actions.years import plan_year
from services.schedule.rules import FAMILY, STAFF
from services.schedule.schemas import PageQuery, RoomsOut, SubjectsOut, YearIn, YearOut
from shared.web import blueprint, etag, if_match, reading, requires, writing

years = blueprint("years", "Учебный год, предметы, кабинеты · The year, subjects, rooms")


@years.route("/years/current", methods=["GET"])
@requires(*STAFF, *FAMILY)
@years.response(200, YearOut)
def get_year():
    with reading() as session:
        year = current_year(session)
        etag(year.version)
        return queries.year_card(year)


@years.route("/years/current", methods=["PUT"])
@requires("operator")
@years.arguments(YearIn)
@years.response(200, YearOut)
def put_year(plan):
    """If-Match: the ETag of the year that was seen, "0" for the first year of a school."""
    with writing() as session:
        year = plan_year(session, plan, if_match())
        etag(year.version)
        return queries.year_card(year)


@years.route("/subjects", methods=["GET"])
@requires(*STAFF, *FAMILY)
@years.arguments(PageQuery, location="query")
@years.response(200, SubjectsOut)
def get_subjects(query):
    with reading() as session:
        return queries.subjects(session, query["cursor"])


@years.route("/rooms", methods=["GET"])
@requires(*STAFF)
@years.arguments(PageQuery, location="query")
@years.response(200, RoomsOut)
def get_rooms(query):
    with reading() as session:
        return queries.rooms(session, query["cursor"])
