"""Term-end marks: of periods, of the year, of exams and the final ones."""

from flask import jsonify
from prometheus_client import Counter

from services.journal.actions.finals import record_finals
from services.journal.queries.final_overview import class_summary, completeness
from services.journal.queries.finals import page_finals
from services.journal.schemas.final_overview import CompletenessOut, SummaryOut
from services.journal.schemas.finals import FinalsOut, SavedFinalsOut
from services.journal.schemas.incoming import OverviewQuery, RecordFinalsIn
from shared.web import actor, blueprint, concerns, etag, idempotent, if_match, may, reading, writing

finals = blueprint("finals", "Marks of periods, years and exams")

FINALS = Counter(
    "parta_finals_recorded_total",
    "Marks of periods, years and exams that were changed. Worry when it stands still in a term's last week.",
)


@finals.route("/pages/<uuid:page_id>/finals", methods=["GET"])
@may("read pages")
@finals.response(200, FinalsOut)
def get_finals(page_id):
    """Return a page's term-end marks, each with the recommended one and why. The ETag is the page's seq."""
    with reading() as session:
        shown = page_finals(session, actor(), page_id)
    concerns(*(pupil["id"] for pupil in shown["pupils"]), group_id=shown["page"]["group"]["id"])
    etag(shown["page"]["seq"])
    return jsonify(shown)


@finals.route("/pages/<uuid:page_id>/finals/<column>", methods=["POST"])
@may("write on pages")
@idempotent
@finals.arguments(RecordFinalsIn)
@finals.response(200, SavedFinalsOut)
def post_finals(body, page_id, column):
    """Record marks of a column (a period's id, year, exam, final), all or none. If-Match: the page's seq."""
    seen = if_match()
    concerns(*(cell.pupil_id for cell in body["entries"]))
    with writing() as session:
        saved = record_finals(session, actor(), page_id, column, seen, body.pop("entries"), **body)
    FINALS.inc(len(saved.changed))
    etag(saved.seq)
    return jsonify(saved._asdict())


@finals.route("/finals", methods=["GET"])
@may("follow final marks")
@finals.arguments(OverviewQuery, location="query")
@finals.response(200, CompletenessOut)
def get_completeness(query):
    """Say how the marks of a period (or of a year, by its id) stand on every page of the school."""
    with reading() as session:
        told = completeness(session, query["period_id"])
    concerns(*(one["pupil"]["id"] for one in told["explained"]))
    return jsonify(told)


@finals.route("/classes/<uuid:group_id>/finals", methods=["GET"])
@may("follow classes")
@finals.arguments(OverviewQuery, location="query")
@finals.response(200, SummaryOut)
def get_class_summary(query, group_id):
    """Return a class's summary sheet: pupils by subjects, with the marks of a period or of the year."""
    with reading() as session:
        told = class_summary(session, actor(), group_id, query["period_id"])
    concerns(*(pupil["id"] for pupil in told["pupils"]), group_id=group_id)
    return jsonify(told)
