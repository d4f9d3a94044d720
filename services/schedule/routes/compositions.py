"""Timetables composed by FET, and files for FET."""

from flask import Response

from services.schedule.actions.calendar import current_year
from services.schedule.actions.composing.fet_file import fet_of
from services.schedule.actions.composing.runs import (
    begin_composition,
    find_composition,
    forget_composition,
    stop_composition,
    year_of,
)
from services.schedule.actions.composing.school import problem_of_load, version_as_it_is
from services.schedule.actions.versions.drafts import find_timetable
from services.schedule.queries import compositions as queries
from services.schedule.schemas.compositions import CompositionIn, CompositionOut, CompositionsOut
from shared.web import actor, blueprint, idempotent, may, reading, writing

compositions = blueprint("compositions", "Составление расписания в FET · Composition by FET")

FET = {"200": {"content": {"application/xml": {}}, "description": "A .fet of FET 6.8."}}


@compositions.route("/timetables/compositions", methods=["GET"])
@may("compose a timetable")
@compositions.response(200, CompositionsOut)
def get_compositions():
    with reading() as session:
        return {"items": queries.compositions(session), "next": None}


@compositions.route("/timetables/compositions", methods=["POST"])
@may("compose a timetable")
@idempotent
@compositions.arguments(CompositionIn)
@compositions.response(201, CompositionOut)
def post_composition(body):
    """Ask the solver for a timetable; a worker does it, and this answer does not wait for it."""
    with writing() as session:
        made = begin_composition(session, **body, made_by=actor().person_id)
        return queries.shown(session, [made])[0]


@compositions.route("/timetables/compositions/<uuid:composition_id>", methods=["GET"])
@may("compose a timetable")
@compositions.response(200, CompositionOut)
def get_composition(composition_id):
    with reading() as session:
        return queries.shown(session, [find_composition(session, composition_id)])[0]


@compositions.route("/timetables/compositions/<uuid:composition_id>/stop", methods=["POST"])
@may("compose a timetable")
@compositions.response(200, CompositionOut)
def post_stop(composition_id):
    """End it; what was placed by then becomes a draft."""
    with writing() as session:
        return queries.shown(session, [stop_composition(session, composition_id)])[0]


@compositions.route("/timetables/compositions/<uuid:composition_id>", methods=["DELETE"])
@may("compose a timetable")
@compositions.response(204)
def delete_composition(composition_id):
    """Take it off the list; its draft stays."""
    with writing() as session:
        forget_composition(session, composition_id)


@compositions.route("/timetables/<uuid:timetable_id>/fet", methods=["GET"])
@may("export a timetable")
@compositions.doc(responses=FET)
def get_version_file(timetable_id):
    """A version for FET, its lessons in their places."""
    with reading() as session:
        version = find_timetable(session, timetable_id)
        year = year_of(session, version.year_id)
        return _file(fet_of(version_as_it_is(session, year, version)))


@compositions.route("/loads/fet", methods=["GET"])
@may("export a timetable")
@compositions.doc(responses=FET)
def get_load_file():
    """The load of the year for FET, nothing placed."""
    with reading() as session:
        return _file(fet_of(problem_of_load(session, current_year(session))))


def _file(content: bytes) -> Response:
    headers = {"Content-Disposition": 'attachment; filename="parta.fet"'}
    return Response(content, mimetype="application/xml", headers=headers)
