"""Timetables from FET."""

from pathlib import PurePosixPath

from flask import request
from marshmallow import ValidationError

from services.schedule.actions.strangers import refuse_strangers
from services.schedule.imports.bundle import read_upload
from services.schedule.imports.taking_over import Ids, take_over, what_stays_behind
from services.schedule.schemas import FetForm, FetOut, ImportQuery, NeedsOut
from shared.db import EVERY_SCHOOL
from shared.errors import Invalid, NotFound
from shared.web import actor, blueprint, requires, runtime, uploaded, writing

imports = blueprint("imports", "Загрузка расписания из FET · Timetables from FET")

FILE = {"type": "string", "format": "binary", "description": ".fet, *_timetable.csv, or a ZIP of them"}


def _multipart(**fields):
    schema = {"type": "object", "required": ["file"], "properties": {"file": FILE, **fields}}
    return {"content": {"multipart/form-data": {"schema": schema}}, "required": True}


@imports.route("/imports/fet/needs", methods=["POST"])
@requires("operator", scopes=("import",))
@imports.doc(requestBody=_multipart())
@imports.response(200, NeedsOut)
def post_needs():
    """Tell which teachers and groups the file names, and what of it is placed; nothing is kept."""
    timetable = _read()
    groups = [
        {"key": one.name, "name": one.name, "kind": one.kind, "grade": one.grade, "parent_key": one.parent}
        for one in timetable.needed_sets()
    ]
    return {
        "institution": timetable.institution,
        "teachers": timetable.teachers,
        "groups": groups,
        "days": timetable.days,
        "hours": timetable.hours,
        "activities": len(timetable.activities),
        "placed": len(timetable.places),
        **what_stays_behind(timetable),
    }


@imports.route("/imports/fet", methods=["POST"])
@requires("operator", scopes=("import",))
@imports.doc(requestBody=_multipart(ids={"type": "string"}, starts_on={"type": "string", "format": "date"}))
@imports.arguments(ImportQuery, location="query")
@imports.response(200, FetOut)
def post_fet(query):
    """Take the timetable over; `ids` is JSON {teachers: {name: id}, groups: {key: id}}."""
    school = actor().school_id
    if school is None:
        raise NotFound
    timetable, form = _read(), _form()
    ids = Ids(**form["ids"])
    with runtime().database.reading(EVERY_SCHOOL) as everywhere:
        refuse_strangers(everywhere, school, ids.teachers, ids.groups)
    with writing() as session:
        taken = take_over(session, timetable, ids, starts_on=form["starts_on"], is_rehearsal=query["dry_run"])
        if query["dry_run"]:
            session.rollback()
        return taken


def _read():
    content = uploaded()
    named = request.files["file"].filename or "file"
    return read_upload(content, PurePosixPath(named.replace("\\", "/")).name[:120])


def _form():
    try:
        return FetForm().load(request.form.to_dict())
    except ValidationError as wrong:
        raise Invalid(errors=wrong.normalized_messages()) from wrong
