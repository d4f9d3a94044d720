"""The import desk of timetables: a file is shown first, its names understood, rehearsed, taken, undone."""

from services.schedule.imports.desk import batches as desk
from services.schedule.imports.desk.names import known_things, understood
from services.schedule.imports.kinds import read_timetable
from services.schedule.imports.taking_over import Wish
from services.schedule.queries.imports import shown_batches
from services.schedule.routes.imports import FILE, needs_of, refuse_foreign
from services.schedule.schemas.imports import (
    BatchCardOut,
    BatchesOut,
    BatchOut,
    NamesChosenIn,
    TakingIn,
    TakingWithNamesIn,
    TimetableTakenOut,
)
from shared.uploads import file_name, multipart, uploaded
from shared.web import actor, blueprint, may, reading, writing

import_batches = blueprint("import_batches", "Загрузки расписаний · Imports of timetables")


@import_batches.route("/imports/timetables/batches", methods=["GET"])
@may("import a timetable")
@import_batches.response(200, BatchesOut)
def get_batches():
    """Return the last hundred files, with what became of them."""
    with reading() as session:
        return {"items": shown_batches(session, desk.batches(session)), "next": None}


@import_batches.route("/imports/timetables/batches", methods=["POST"])
@may("import a timetable")
@import_batches.doc(requestBody=multipart(FILE))
@import_batches.response(201, BatchCardOut)
def post_batch():
    """Bring a file; it is kept for a day, and nothing else changes."""
    content, name = uploaded(), file_name()
    upload = read_timetable(content, name)
    with writing() as session:
        return _card(session, desk.bring(session, content, name, upload, actor().person_id))


@import_batches.route("/imports/timetables/batches/<uuid:batch_id>", methods=["GET"])
@may("import a timetable")
@import_batches.response(200, BatchCardOut)
def get_batch(batch_id):
    with reading() as session:
        return _card(session, desk.find_batch(session, batch_id))


@import_batches.route("/imports/timetables/batches/<uuid:batch_id>/names", methods=["PUT"])
@may("import a timetable")
@import_batches.arguments(NamesChosenIn)
@import_batches.response(200, BatchCardOut)
def put_names(body, batch_id):
    """Say what names are to mean; it is remembered for the next file when this one is taken over."""
    _refuse_foreign(batch_id, body["ids"])
    with writing() as session:
        batch = desk.find_batch(session, batch_id, lock=True)
        desk.choose(batch, body["ids"])
        return _card(session, batch)


@import_batches.route("/imports/timetables/batches/<uuid:batch_id>/rehearsal", methods=["POST"])
@may("import a timetable")
@import_batches.arguments(TakingIn)
@import_batches.response(200, TimetableTakenOut)
def post_rehearsal(body, batch_id):
    """Tell what would become of each row; nothing is kept."""
    with writing() as session:
        batch = desk.find_batch(session, batch_id)
        report = desk.rehearse(session, desk.upload_of(batch), desk.choices_of(batch), Wish(**body))
        session.rollback()
        return report


@import_batches.route("/imports/timetables/batches/<uuid:batch_id>/application", methods=["POST"])
@may("import a timetable")
@import_batches.arguments(TakingWithNamesIn)
@import_batches.response(200, TimetableTakenOut)
def post_application(body, batch_id):
    """Take it over; taken once it stays taken, so a repeated request is harmless."""
    choices = body.pop("ids")
    _refuse_foreign(batch_id, choices)
    with writing() as session:
        return desk.take_batch(session, batch_id, choices, Wish(**body, made_by=actor().person_id))


@import_batches.route("/imports/timetables/batches/<uuid:batch_id>/withdrawal", methods=["POST"])
@may("import a timetable")
@import_batches.response(200, BatchOut)
def post_withdrawal(batch_id):
    """Undo the whole batch, or refuse and say why; undone again it stays as it is."""
    with writing() as session:
        return shown_batches(session, [desk.undo(session, batch_id)])[0]


def _refuse_foreign(batch_id, ids):
    """Refuse ids of other schools; a batch that is not there goes before them."""
    with reading() as session:
        desk.find_batch(session, batch_id)
    refuse_foreign(ids)


def _card(session, batch):
    [shown] = shown_batches(session, [batch])
    card = {**shown, "needs": None, "chosen": batch.choices, "things": {}}
    if shown["is_kept"]:
        upload = desk.upload_of(batch)
        names = understood(session, upload.kind, upload.timetable)
        card["needs"] = {**needs_of(upload.timetable), "kind": upload.kind, "names": names}
        card["things"] = known_things(session)
    return card
