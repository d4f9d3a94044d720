"""The diary."""

from flask import jsonify

from services.journal.queries.diary import diary_week
from services.journal.schemas.answers import DiaryOut
from services.journal.schemas.incoming import DiaryQuery
from shared.web import actor, blueprint, reading, requires

diary = blueprint("diary", "A pupil's week")


@diary.route("/diary", methods=["GET"])
@requires("pupil", "parent", "class_teacher", "deputy", "director")
@diary.arguments(DiaryQuery, location="query")
@diary.response(200, DiaryOut)
def get_diary(query):
    """Return a pupil's week: the own one, a child's, a pupil's of the own class."""
    with reading() as session:
        return jsonify(diary_week(session, actor(), query["pupil_id"], query.get("week")))
