"""Directories: subjects, subject areas, rooms."""

from services.schedule import queries
from services.schedule.actions.catalogue import COLUMNS, change, enter, find_entry
from services.schedule.models import Room, Subject, SubjectArea
from services.schedule.schemas.directories import (
    DirectoryQuery,
    EntryOut,
    RoomIn,
    RoomOut,
    RoomsOut,
    SubjectAreaIn,
    SubjectAreasOut,
    SubjectIn,
    SubjectOut,
    SubjectsOut,
)
from shared.web import blueprint, etag, idempotent, if_match, may, reading, writing

directories = blueprint("directories", "Предметы, предметные области, кабинеты · Subjects, areas, rooms")


@directories.route("/subjects", methods=["GET"])
@may("read the year")
@directories.arguments(DirectoryQuery, location="query")
@directories.response(200, SubjectsOut)
def get_subjects(query):
    with reading() as session:
        return queries.directory(session, Subject, query["cursor"], closed=query["closed"])


@directories.route("/subjects", methods=["POST"])
@may("plan the year")
@idempotent
@directories.arguments(SubjectIn)
@directories.response(201, SubjectOut)
def post_subject(given):
    return _entered(Subject, given)


@directories.route("/subjects/<uuid:subject_id>", methods=["GET"])
@may("read the year")
@directories.response(200, SubjectOut)
def get_subject(subject_id):
    return _shown(Subject, subject_id)


@directories.route("/subjects/<uuid:subject_id>", methods=["PUT"])
@may("plan the year")
@directories.arguments(SubjectIn)
@directories.response(200, SubjectOut)
def put_subject(given, subject_id):
    """Rename, close or open a subject; a new name is told to all services."""
    return _changed(Subject, subject_id, given)


@directories.route("/subject-areas", methods=["GET"])
@may("read the year")
@directories.arguments(DirectoryQuery, location="query")
@directories.response(200, SubjectAreasOut)
def get_areas(query):
    with reading() as session:
        return queries.directory(session, SubjectArea, query["cursor"], closed=query["closed"])


@directories.route("/subject-areas", methods=["POST"])
@may("plan the year")
@idempotent
@directories.arguments(SubjectAreaIn)
@directories.response(201, EntryOut)
def post_area(given):
    return _entered(SubjectArea, given)


@directories.route("/subject-areas/<uuid:area_id>", methods=["GET"])
@may("read the year")
@directories.response(200, EntryOut)
def get_area(area_id):
    return _shown(SubjectArea, area_id)


@directories.route("/subject-areas/<uuid:area_id>", methods=["PUT"])
@may("plan the year")
@directories.arguments(SubjectAreaIn)
@directories.response(200, EntryOut)
def put_area(given, area_id):
    return _changed(SubjectArea, area_id, given)


@directories.route("/rooms", methods=["GET"])
@may("read the load")
@directories.arguments(DirectoryQuery, location="query")
@directories.response(200, RoomsOut)
def get_rooms(query):
    with reading() as session:
        return queries.directory(session, Room, query["cursor"], closed=query["closed"])


@directories.route("/rooms", methods=["POST"])
@may("plan the year")
@idempotent
@directories.arguments(RoomIn)
@directories.response(201, RoomOut)
def post_room(given):
    return _entered(Room, given)


@directories.route("/rooms/<uuid:room_id>", methods=["GET"])
@may("read the load")
@directories.response(200, RoomOut)
def get_room(room_id):
    return _shown(Room, room_id)


@directories.route("/rooms/<uuid:room_id>", methods=["PUT"])
@may("plan the year")
@directories.arguments(RoomIn)
@directories.response(200, RoomOut)
def put_room(given, room_id):
    return _changed(Room, room_id, given)


def _entered(model, given):
    with writing() as session:
        return _card(enter(session, model, given))


def _shown(model, entry_id):
    with reading() as session:
        return _card(find_entry(session, model, entry_id))


def _changed(model, entry_id, given):
    with writing() as session:
        return _card(change(session, model, entry_id, given, if_match()))


def _card(entry):
    etag(entry.version)
    return {name: getattr(entry, name) for name in ("id", *COLUMNS[type(entry)], "closed_on", "version")}
