"""Load, the weekly timetable, and dated lessons."""

from services.schedule import queries
from services.schedule.actions.calendar import current_year, school_today
from services.schedule.schemas import (
    LessonsOut,
    LessonsQuery,
    LoadsOut,
    LoadsQuery,
    TimetableOut,
)
from services.schedule.schemas.timetables import TimetableQuery
from shared.errors import Invalid, Text
from shared.web import actor, blueprint, may, reading

timetable = blueprint("timetable", "Нагрузка, расписание, уроки · Load, timetable, lessons")


class WhoseTimetable(Invalid):
    """The whole school's timetable was asked for at once."""

    title = Text("Чьё расписание?", "Whose timetable?")
    detail = Text(
        "Назовите класс (group_id), учителя (teacher_id) или кабинет (room_id).",
        "Name a group_id, a teacher_id or a room_id.",
    )


@timetable.route("/loads", methods=["GET"])
@may("read the load")
@timetable.arguments(LoadsQuery, location="query")
@timetable.response(200, LoadsOut)
def get_loads(query):
    with reading() as session:
        year = current_year(session)
        groups = queries.own_groups(None, query["group_id"])
        return queries.loads(session, year.id, groups, query["teacher_id"], query["cursor"])


@timetable.route("/timetable", methods=["GET"])
@may("see lessons")
@timetable.arguments(TimetableQuery, location="query")
@timetable.response(200, TimetableOut)
def get_timetable(query):
    with reading() as session:
        year = current_year(session)
        on = min(max(query["on"] or school_today(session), year.starts_on), year.ends_on)
        groups = _groups(session, query, on, on)
        found = queries.timetable(session, year.id, groups, query["teacher_id"], query["room_id"], on)
        return {"items": found, "next": None}


@timetable.route("/lessons", methods=["GET"])
@may("see lessons")
@timetable.arguments(LessonsQuery, location="query")
@timetable.response(200, LessonsOut)
def get_lessons(query):
    days = query["from_"], query["until"]
    with reading() as session:
        if query["pupil_id"]:
            groups = queries.groups_of_pupil(session, actor(), query["pupil_id"], *days)
        else:
            groups = _groups(session, query, *days)
        found = queries.lessons(session, groups, query["teacher_id"], query["room_id"], *days)
        return {"items": found, "next": None}


def _groups(session, query, from_on, until_on):
    """Return the groups to show; pupils and parents, who name none, see their own."""
    visible = queries.visible_groups(session, actor(), from_on, until_on)
    if visible is None and not any(query[one] for one in ("group_id", "teacher_id", "room_id")):
        raise WhoseTimetable
    return queries.own_groups(visible, query["group_id"])
