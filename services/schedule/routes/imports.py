"""Timetables from other programs, at once: a file, and what its names mean."""

from flask import request
from marshmallow import ValidationError

from services.schedule.actions.strangers import refuse_strangers
from services.schedule.imports.bundle import read_upload
from services.schedule.imports.desk.batches import rehearse, take_file
from services.schedule.imports.desk.names import understood
from services.schedule.imports.kinds import Upload, read_timetable
from services.schedule.imports.naming import Ids
from services.schedule.imports.taking_over import Wish, take_over, what_stays_behind
from services.schedule.schemas import FetForm, FetOut, ImportQuery, NeedsOut
from services.schedule.schemas.imports import TimetableForm, TimetableNeedsOut, TimetableTakenOut
from shared.db import EVERY_SCHOOL
from shared.errors import Invalid, NotFound
from shared.field_texts import in_both
from shared.uploads import file_name, multipart, uploaded
from shared.web import actor, blueprint, may, reading, runtime, writing

imports = blueprint("imports", "Загрузка расписания · Timetables from other programs")

FILE = {
    "type": "string",
    "format": "binary",
    "description": "FET (.fet, CSV), aSc XML, Untis GPU, НИКА .js, XLSX, CSV, or a ZIP",
}
IDS = {"type": "string", "description": "JSON {teachers: {name: id}, groups: {key: id}, …}"}
DAY = {"type": "string", "format": "date"}
FLAG = {"type": "boolean"}


@imports.route("/imports/fet/needs", methods=["POST"])
@may("import a timetable")
@imports.doc(requestBody=multipart(FILE))
@imports.response(200, NeedsOut)
def post_needs():
    """Tell which teachers and groups the file names, and what of it is placed; nothing is kept."""
    return needs_of(read_upload(uploaded(), file_name()))


@imports.route("/imports/fet", methods=["POST"])
@may("import a timetable")
@imports.doc(requestBody=multipart(FILE, ids=IDS, starts_on=DAY))
@imports.arguments(ImportQuery, location="query")
@imports.response(200, FetOut)
def post_fet(query):
    """Take the timetable over; `ids` is JSON {teachers: {name: id}, groups: {key: id}}."""
    timetable, form = read_upload(uploaded(), file_name()), _form(FetForm())
    refuse_foreign(form["ids"])
    wish = Wish(starts_on=form["starts_on"], made_by=actor().person_id)
    with writing() as session:
        if query["dry_run"]:
            report = take_over(session, timetable, Ids(**form["ids"]), wish, is_rehearsal=True)
            session.rollback()
            return report
        return take_file(session, file_name(), Upload("fet", timetable), form["ids"], wish)


@imports.route("/imports/timetables/needs", methods=["POST"])
@may("import a timetable")
@imports.doc(requestBody=multipart(FILE))
@imports.response(200, TimetableNeedsOut)
def post_timetable_needs():
    """Tell what the file is, which names it uses and what they mean here; nothing is kept."""
    upload = read_timetable(uploaded(), file_name())
    with reading() as session:
        names = understood(session, upload.kind, upload.timetable)
    return {**needs_of(upload.timetable), "kind": upload.kind, "names": names}


@imports.route("/imports/timetables", methods=["POST"])
@may("import a timetable")
@imports.doc(requestBody=multipart(FILE, ids=IDS, starts_on=DAY, is_draft=FLAG, with_loads=FLAG))
@imports.arguments(ImportQuery, location="query")
@imports.response(200, TimetableTakenOut)
def post_timetable(query):
    """Take a file over, at once or as a draft; it may be undone as a batch."""
    upload, form = read_timetable(uploaded(), file_name()), _form(TimetableForm())
    choices = form.pop("ids")
    refuse_foreign(choices)
    wish = Wish(**form, made_by=actor().person_id)
    with writing() as session:
        if query["dry_run"]:
            report = rehearse(session, upload, choices, wish)
            session.rollback()
            return report
        return take_file(session, file_name(), upload, choices, wish)


def needs_of(timetable):
    """Return what a timetable consists of, and the names that identity is to find or make."""
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


def refuse_foreign(ids):
    """Refuse teachers and groups of other schools; a client of no school has none at all."""
    school = actor().school_id
    if school is None:
        raise NotFound
    known = [{name: id_ for name, id_ in ids.get(what, {}).items() if id_} for what in ("teachers", "groups")]
    with runtime().database.reading(EVERY_SCHOOL) as everywhere:
        refuse_strangers(everywhere, school, *known)


def _form(schema):
    try:
        return schema.load(request.form.to_dict())
    except ValidationError as wrong:
        raise Invalid(errors=in_both(wrong.normalized_messages())) from wrong
