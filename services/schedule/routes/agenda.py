"""Lessons of some days as people look at them: of a class, a teacher, a room, a pupil, a whole day."""

from services.schedule import queries
from services.schedule.actions.calendar import current_year
from services.schedule.queries.agenda import Whose, parts_of, teachers
from services.schedule.queries.agenda import agenda as lessons_of
from services.schedule.routes.timetable import WhoseTimetable
from services.schedule.schemas.agenda import AgendaOut, AgendaQuery, TeachersOut
from shared.web import actor, blueprint, may, reading

agenda = blueprint("agenda", "Уроки по дням · Lessons day by day")


@agenda.route("/agenda", methods=["GET"])
@may("see lessons")
@agenda.arguments(AgendaQuery, location="query")
@agenda.response(200, AgendaOut)
def get_agenda(query):
    """Return lessons with what was decided about them; without a name, of everybody on one day."""
    days = query["from_"], query["until"]
    with reading() as session:
        groups = _groups(session, query, *days)
        is_one = groups is not None or query["teacher_id"] or query["room_id"]
        if not is_one and days[0] != days[1]:
            raise WhoseTimetable
        whose = Whose(groups, query["teacher_id"], query["room_id"])
        return {"items": lessons_of(session, whose, *days), "next": None}


@agenda.route("/teachers", methods=["GET"])
@may("read the load")
@agenda.response(200, TeachersOut)
def get_teachers():
    with reading() as session:
        return {"items": teachers(session, current_year(session).id), "next": None}


def _groups(session, query, from_on, until_on):
    """Return the groups to show; of a class also its parts, of these only what one may see."""
    if query["pupil_id"]:
        return queries.groups_of_pupil(session, actor(), query["pupil_id"], from_on, until_on)
    visible = queries.visible_groups(session, actor(), from_on, until_on)
    named = queries.own_groups(visible, query["group_id"])
    if query["group_id"] is None:
        return named
    parts = parts_of(session, query["group_id"], from_on, until_on)
    return parts if visible is None else parts & visible
