"""How regularly parents open diaries."""

from flask import jsonify

from services.journal.queries.views import class_views, school_views
from services.journal.schemas.views import ClassViewsOut, SchoolViewsOut
from shared.web import actor, blueprint, concerns, may, reading

views = blueprint("views", "How regularly parents open diaries")


@views.route("/groups/<uuid:group_id>/diary-views", methods=["GET"])
@may("follow diary views")
@views.response(200, ClassViewsOut)
def get_class_views(group_id):
    """Return when each parent of a class looked last, and in how many of four weeks."""
    with reading() as session:
        told = class_views(session, actor(), group_id)
    seen = {one["id"] for pupil in told["pupils"] for one in (pupil, *pupil["parents"])}
    concerns(*seen, group_id=group_id)
    return jsonify(told)


@views.route("/diary-views", methods=["GET"])
@may("follow diary views")
@views.response(200, SchoolViewsOut)
def get_school_views():
    """Return by class how many parents looked in the last seven days, and how many never did."""
    with reading() as session:
        return jsonify(items=school_views(session, actor()), next=None)
