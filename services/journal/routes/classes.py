"""Classes: how each does, for its class teacher and for those who supervise."""

from flask import jsonify

from services.journal.queries.class_report import class_list, class_report
from services.journal.schemas.class_report import ClassesOut, ClassReportOut
from services.journal.schemas.incoming import PageQuery
from shared.web import actor, blueprint, concerns, may, reading

classes = blueprint("classes", "How classes do: success, quality, absences, the trend")


@classes.route("/classes", methods=["GET"])
@may("follow classes")
@classes.response(200, ClassesOut)
def list_classes():
    """List the classes whose reports the caller may read."""
    with reading() as session:
        return jsonify(items=class_list(session, actor()), next=None)


@classes.route("/classes/<uuid:group_id>/report", methods=["GET"])
@may("follow classes")
@classes.arguments(PageQuery, location="query")
@classes.response(200, ClassReportOut)
def get_report(query, group_id):
    """Report on a class in a period (the present one, when none is named): clauses 3.5.6 and 3.5.9."""
    with reading() as session:
        report = class_report(session, actor(), group_id, query.get("period_id"))
    concerns(*(pupil["id"] for pupil in report["absences"]["pupils"]), group_id=group_id)
    return jsonify(report)
