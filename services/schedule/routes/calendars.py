"""Calendars to subscribe to, by an address only their owner knows."""

from flask import Response, request

from services.schedule.actions.calendars import find_feed, give_out, take_back
from services.schedule.queries import calendars as queries
from services.schedule.schemas.calendars import CalendarIn, CalendarsOut, GivenCalendarOut
from shared.web import actor, blueprint, concerns, may, public, reading, runtime, writing

PEOPLE = ("teacher", "pupil")
"""The kinds of calendars that are about a person."""

calendars = blueprint("calendars", "Подписки на расписание · Calendars to subscribe to")


@calendars.route("/calendars", methods=["GET"])
@may("keep a calendar")
@calendars.response(200, CalendarsOut)
def get_calendars():
    with reading() as session:
        found = queries.feeds(session, actor().person_id)
    concerns(*(one["about_id"] for one in found if one["kind"] in PEOPLE))
    return {"items": found, "next": None}


@calendars.route("/calendars", methods=["POST"])
@may("keep a calendar")
@calendars.arguments(CalendarIn)
@calendars.response(201, GivenCalendarOut)
def post_calendar(body):
    # No Idempotency-Key here: the stored answer would keep the secret in clear.
    if body["kind"] in PEOPLE:
        concerns(body["about_id"])
    with writing() as session:
        feed, token = give_out(session, actor(), body["kind"], body["about_id"])
        return {"id": feed.id, "path": f"/api/schedule/v1/calendars/{token}.ics"}


@calendars.route("/calendars/<uuid:feed_id>", methods=["DELETE"])
@may("keep a calendar")
@calendars.response(204)
def delete_calendar(feed_id):
    with writing() as session:
        take_back(session, actor(), feed_id)


@calendars.route("/calendars/<token>.ics", methods=["GET"])
@public
@calendars.response(200, {"type": "string"}, content_type="text/calendar")
@calendars.alt_response(304, "NOT_MODIFIED")
@calendars.alt_response(404, "NOT_FOUND")
def get_calendar(token):
    """Return lessons as iCalendar; whoever has the address may read it."""
    feed = find_feed(runtime().database, token)
    with runtime().database.reading(feed.school_id) as session:
        response = Response(queries.calendar(session, feed), content_type="text/calendar; charset=utf-8")
    response.add_etag()
    return response.make_conditional(request)
