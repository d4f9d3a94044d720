"""Load, the weekly timetable, and dated lessons."""

from services.schedule import queries
from services.schedule.actions.calendar import current_year, school_today
from services.schedule.rules import FAMILY, STAFF
from services.schedule.schemas import (
    LessonsOut,
    LessonsQuery,
    LoadsOut,
    LoadsQuery,
    TimetableOut,
    TimetableQuery,
)
from shared.errors import Invalid, Text
from shared.web import actor, blueprint, reading, requires

timetable = blueprint("timetable", "Нагрузка, расписание, уроки · Load, timetable, lessons")


class WhoseTimetable(Invalid):
    """The whole school's timetable was asked for at once."""

    title = Text("Чьё расписание?", "Whose timetable?")
    detail = Text("Назовите класс (group_id) или учителя (teacher_id).", "Name a group_id or a teacher_id.")


@timetable.route("/loads", methods=["GET"])
@requires(*STAFF)
@timetable.arguments(LoadsQuery, location="query")
@timetable.response(200, LoadsOut)
def get_loads(query):
    with reading() as session:
        year = current_year(session)
        groups = queries.own_groups(None, query["group_id"])
        return queries.loads(session, year.id, groups, query["teacher_id"], query["cursor"])


@timetable.route("/timetable", methods=["GET"])
@requires(*STAFF, *FAMILY)
@timetable.arguments(TimetableQuery, location="query")
@timetable.response(200, TimetableOut)
def get_timetable(query):
    with reading() as session:
        year, on = current_year(session), school_today(session)
        groups = _groups(session, query, on, on)
        return {"items": queries.timetable(session, year.id, groups, query["teacher_id"]), "next": None}


@timetable.route("/lessons", methods=["GET"])
@requires(*STAFF, *FAMILY)
@timetable.arguments(LessonsQuery, location="query")
@timetable.response(200, LessonsOut)
def get_lessons(query):
    days = query["from_"], query["until"]
    with reading() as session:
        groups = _groups(session, query, *days)
        return {"items": queries.lessons(session, groups, query["teacher_id"], *days), "next": None}


def _groups(session, query, from_on, until_on):
    """Return the groups to show; pupils and parents, who name none, see their own."""
    visible = queries.visible_groups(session, actor(), from_on, until_on)
    if visible is None and not (query["group_id"] or query["teacher_id"]):
        raise WhoseTimetable
    return queries.own_groups(visible, query["group_id"])
