"""One's own notices."""

from services.notify.actions.reading import mark_all_read, mark_read
from services.notify.queries import WarningFacts, notices_of, unread_count
from services.notify.rules import (
    ATTENDANCE,
    REMARK,
    TASK,
    day,
    headline,
    kind_of,
    sentence,
    warning_text,
    warning_title,
    work_title,
)
from services.notify.rules.days import DayFacts
from services.notify.rules.homework import HomeworkFacts
from services.notify.rules.matters import MatterFacts
from services.notify.schemas import CountOut, NoticesOut, NoticesQuery
from shared.errors import NotFound
from shared.web import actor, blueprint, concerns, language, may, reading, writing

notices = blueprint("notices", "Уведомления · Notices")


def own_id():
    """Return the caller's person; a client is nobody and has no notices."""
    person_id = actor().person_id
    if person_id is None:
        raise NotFound
    return person_id


@notices.route("/notices", methods=["GET"])
@may("see own notices")
@notices.arguments(NoticesQuery, location="query")
@notices.response(200, NoticesOut)
def get_notices(query):
    with reading() as session:
        shown, following = notices_of(session, own_id(), unread=query["unread"], before=query["cursor"])
    concerns(*{pupil for one in shown if (pupil := getattr(one, "pupil_id", None))})
    return {"items": [_said(notice, language()) for notice in shown], "next": following}


@notices.route("/notices/unread", methods=["GET"])
@may("see own notices")
@notices.response(200, CountOut)
def get_unread():
    with reading() as session:
        return {"count": unread_count(session, own_id())}


@notices.route("/notices/<uuid:notice_id>/read", methods=["POST"])
@may("see own notices")
@notices.response(204)
def post_read(notice_id):
    with writing() as session:
        mark_read(session, own_id(), notice_id)


@notices.route("/notices/read", methods=["POST"])
@may("see own notices")
@notices.response(204)
def post_all_read():
    with writing() as session:
        mark_all_read(session, own_id())


def _said(notice, chosen):
    if isinstance(notice, WarningFacts):
        return _said_warning(notice, chosen)
    if isinstance(notice, DayFacts):
        return _said_day(notice, chosen)
    if isinstance(notice, HomeworkFacts):
        return _said_homework(notice, chosen)
    if isinstance(notice, MatterFacts):
        return _said_matter(notice, chosen)
    entries = [
        {
            "slot": entry.slot,
            "value": entry.value,
            "was": entry.was,
            "due_on": entry.due_on,
            "type": entry.work,
            "work": "" if entry.slot in (ATTENDANCE, REMARK, TASK) else work_title(entry.work, chosen),
            "text": sentence(entry, chosen),
        }
        for entry in notice.entries
    ]
    return {
        "id": notice.id,
        "kind": kind_of(notice.entries),
        "pupil": {"id": notice.pupil_id, "name": notice.pupil},
        "subject": notice.subject,
        "lesson_on": notice.lesson_on,
        "text": headline(notice.subject, notice.lesson_on, notice.entries, chosen),
        "entries": entries,
        "lines": [],
        "told_at": notice.told_at,
        "read_at": notice.read_at,
    }


def _said_day(told, chosen):
    lines = told.lines(chosen)
    return {
        "id": told.id,
        "kind": "substitutions",
        "pupil": {"id": told.pupil_id, "name": told.pupil} if told.pupil_id else None,
        "subject": told.group,
        "lesson_on": told.lesson_on,
        "text": f"{told.group}, {day(told.lesson_on, chosen)}: {'; '.join(lines)}",
        "entries": [],
        "lines": lines,
        "told_at": told.told_at,
        "read_at": told.read_at,
    }


def _said_homework(told, chosen):
    lines = told.lines(chosen)
    return {
        "id": told.id,
        "kind": "homework",
        "pupil": {"id": told.pupil_id, "name": told.pupil},
        "subject": "",
        "lesson_on": told.lesson_on,
        "text": f"{told.title(chosen)}: {'; '.join(lines)}",
        "entries": [],
        "lines": lines,
        "told_at": told.told_at,
        "read_at": told.read_at,
    }


def _said_matter(told, chosen):
    return {
        "id": told.id,
        "kind": told.what.partition(".")[0] + "s",
        "about_id": told.about_id,
        "pupil": None,
        "subject": told.subject,
        "lesson_on": None,
        "text": told.text(chosen),
        "entries": [],
        "lines": [],
        "told_at": told.told_at,
        "read_at": told.read_at,
    }


def _said_warning(warned, chosen):
    return {
        "id": warned.id,
        "kind": "security",
        "pupil": None,
        "subject": warning_title(warned.what, chosen),
        "lesson_on": None,
        "text": warning_text(warned.what, warned.device, warned.address, chosen),
        "entries": [],
        "lines": [],
        "told_at": warned.created_at,
        "read_at": warned.read_at,
        "happened_at": warned.happened_at,
    }
