"""Teachers away, and who gives their lessons (clause 3.7.3)."""

import io

from flask import send_file
from sqlalchemy import select

from services.schedule.actions.absences import absences_on, cancel_absence, enter_absence
from services.schedule.actions.conflicts import Decision
from services.schedule.actions.substitutions import decide, withdraw
from services.schedule.models import School
from services.schedule.queries import payroll
from services.schedule.queries import substitutions as queries
from services.schedule.schemas.substitution_papers import (
    day_paper,
    day_sheet,
    register_paper,
    register_sheet,
)
from services.schedule.schemas.substitutions import (
    AbsenceIn,
    AbsenceOut,
    AbsencesOut,
    DaysQuery,
    DecidedOut,
    DecisionsIn,
    HoursOut,
    LessonsInNeedOut,
    RegisterOut,
    RegisterQuery,
    SheetQuery,
)
from shared.sheets import XLSX
from shared.web import actor, blueprint, concerns, idempotent, language, may, reading, writing

PDF = "application/pdf"
BINARY = {"type": "string", "format": "binary"}

substitutions = blueprint("substitutions", "Замены уроков · Substitutions")


@substitutions.route("/absences", methods=["GET"])
@may("decide substitutions")
@substitutions.arguments(DaysQuery, location="query")
@substitutions.response(200, AbsencesOut)
def get_absences(query):
    with reading() as session:
        found = absences_on(session, query["from_"], query["until"])
        concerns(*{one.teacher_id for one in found})
        return {"items": queries.absences(session, found), "next": None}


@substitutions.route("/absences", methods=["POST"])
@may("decide substitutions")
@idempotent
@substitutions.arguments(AbsenceIn)
@substitutions.response(201, AbsenceOut)
def post_absence(body):
    concerns(body["teacher_id"])
    with writing() as session:
        [shown] = queries.absences(session, [enter_absence(session, **body)])
        return shown


@substitutions.route("/absences/<uuid:absence_id>", methods=["DELETE"])
@may("decide substitutions")
@substitutions.response(204)
def delete_absence(absence_id):
    with writing() as session:
        cancel_absence(session, absence_id)


@substitutions.route("/substitutions/needs", methods=["GET"])
@may("decide substitutions")
@substitutions.arguments(DaysQuery, location="query")
@substitutions.response(200, LessonsInNeedOut)
def get_needs(query):
    """Lessons of teachers who are away, who could stand in, and a proposal for all of them."""
    days = query["from_"], query["until"]
    with reading() as session:
        needed, proposal = queries.needs(session, *days, absences_on(session, *days))
        return {"items": needed, "proposal": proposal, "next": None}


@substitutions.route("/substitutions", methods=["GET"])
@may("read substitutions")
@substitutions.arguments(DaysQuery, location="query")
@substitutions.response(200, RegisterOut)
def get_substitutions(query):
    with reading() as session:
        return {"items": queries.register(session, query["from_"], query["until"]), "next": None}


@substitutions.route("/substitutions", methods=["POST"])
@may("decide substitutions")
@idempotent
@substitutions.arguments(DecisionsIn)
@substitutions.response(201, DecidedOut)
def post_substitutions(body):
    with writing() as session:
        made = decide(session, actor(), [Decision(**one) for one in body["items"]])
        return {"ids": [one.id for one in made]}


@substitutions.route("/substitutions/<uuid:substitution_id>", methods=["DELETE"])
@may("decide substitutions")
@substitutions.response(204)
def delete_substitution(substitution_id):
    with writing() as session:
        withdraw(session, substitution_id)


@substitutions.route("/substitutions/sheet", methods=["GET"])
@may("read substitutions")
@substitutions.arguments(SheetQuery, location="query")
@substitutions.response(200, BINARY, content_type=PDF)
@substitutions.alt_response(200, schema=BINARY, content_type=XLSX)
def get_sheet(query):
    """The substitutions of a day for the wall of the staff-room; nothing of why somebody is away."""
    on = query["on"]
    with reading() as session:
        decided = queries.register(session, on, on)
        school = session.scalar(select(School.name)) or ""
    if query["format"] == "xlsx":
        return _sent(day_sheet(on, decided, language()), XLSX, f"zameny-{on}.xlsx")
    return _sent(day_paper(school, on, decided, language()), PDF, f"zameny-{on}.pdf")


@substitutions.route("/substitutions/hours", methods=["GET"])
@may("account for substitutions")
@substitutions.arguments(DaysQuery, location="query")
@substitutions.response(200, HoursOut)
def get_hours(query):
    """The hours of lessons held that each teacher stood in, for the payroll."""
    with reading() as session:
        found = payroll.hours_of(payroll.missed_lessons(session, query["from_"], query["until"]))
    concerns(*(one.teacher_id for one in found))
    items = [
        {"teacher": {"id": one.teacher_id, "name": one.teacher}, "hours": one.kinds, "codes": one.codes}
        for one in found
    ]
    return {"items": items, "next": None}


@substitutions.route("/substitutions/register", methods=["GET"])
@may("account for substitutions")
@substitutions.arguments(RegisterQuery, location="query")
@substitutions.response(200, BINARY, content_type=PDF)
@substitutions.alt_response(200, schema=BINARY, content_type=XLSX)
def get_register(query):
    """The register of missed and substituted lessons, with the hours of each teacher."""
    days = query["from_"], query["until"]
    with reading() as session:
        missed = payroll.missed_lessons(session, *days)
        school = session.scalar(select(School.name)) or ""
    hours, name = payroll.hours_of(missed), f"zhurnal-zamen-{days[0]:%Y-%m}"
    concerns(*(one.teacher_id for one in hours))
    if query["format"] == "xlsx":
        return _sent(register_sheet(missed, hours, language()), XLSX, f"{name}.xlsx")
    return _sent(register_paper(school, days, missed, hours, language()), PDF, f"{name}.pdf")


def _sent(content, kind, name):
    return send_file(io.BytesIO(content), mimetype=kind, download_name=name, as_attachment=kind == XLSX)
