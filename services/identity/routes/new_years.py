"""The school's move to its next year: preview, apply, undo."""

from services.identity.actions.rosters.new_year import move_to_next_year
from services.identity.actions.rosters.new_year_undo import undo_year_move
from services.identity.actions.rosters.year_facts import planned
from services.identity.queries import new_years as queries
from services.identity.queries.people import own_school
from services.identity.schemas.new_years import (
    NewYearIn,
    YearMovedOut,
    YearMoveIn,
    YearMovesOut,
    YearPreviewOut,
)
from shared.web import actor, blueprint, fresh, idempotent, language, may, reading, writing

new_years = blueprint("new years", "Переход в новый учебный год · The move to the next year")


@new_years.route("/new-years", methods=["GET"])
@may("move to the next year")
@new_years.response(200, YearMovesOut)
def get_year_moves():
    with reading() as session:
        return {"items": queries.year_moves(session, own_school(session).time_zone), "next": None}


@new_years.route("/new-years/preview", methods=["POST"])
@may("move to the next year")
@new_years.arguments(NewYearIn)
@new_years.response(200, YearPreviewOut)
def post_preview(body):
    """Say what would become of every class and pupil, and what has to be asked; nothing changes."""
    with reading() as session:
        plan, _ = planned(session, own_school(session).time_zone, body["wishes"])
        shown = queries.preview(session, plan)
    for question in shown["questions"]:
        question["text"] = question["text"].said(language())
    return shown


@new_years.route("/new-years", methods=["POST"])
@may("move to the next year")
@fresh
@idempotent
@new_years.arguments(YearMoveIn)
@new_years.response(201, YearMovedOut)
def post_year_move(body):
    """Carry out the plan whose digest was `seen`, all of it or nothing."""
    order = body["order_number"], body["order_on"]
    with writing() as session:
        zone = own_school(session).time_zone
        return _told(move_to_next_year(session, actor().person_id, zone, body["wishes"], body["seen"], order))


def _told(move):
    return {"id": move.id, "starts_on": move.starts_on, "undo_until": move.undo_until}


@new_years.route("/new-years/<uuid:year_move_id>/undo", methods=["POST"])
@may("move to the next year")
@fresh
@new_years.response(200, YearMovedOut)
def post_undo(year_move_id):
    with writing() as session:
        zone = own_school(session).time_zone
        return _told(undo_year_move(session, actor().person_id, zone, year_move_id))
