"""One's own notices."""

from services.notify.actions.reading import mark_all_read, mark_read
from services.notify.queries import notices_of, unread_count
from services.notify.rules import ATTENDANCE, EVERYBODY, headline, kind_of, sentence, work_title
from services.notify.schemas import CountOut, NoticesOut, NoticesQuery
from shared.errors import NotFound
from shared.web import actor, blueprint, language, reading, requires, writing

notices = blueprint("notices", "Уведомления · Notices")


def own_id():
    """Return the caller's person; a client is nobody and has no notices."""
    person_id = actor().person_id
    if person_id is None:
        raise NotFound
    return person_id


@notices.route("/notices", methods=["GET"])
@requires(*EVERYBODY)
@notices.arguments(NoticesQuery, location="query")
@notices.response(200, NoticesOut)
def get_notices(query):
    with reading() as session:
        shown, following = notices_of(session, own_id(), unread=query["unread"], before=query["cursor"])
    return {"items": [_said(notice, language()) for notice in shown], "next": following}


@notices.route("/notices/unread", methods=["GET"])
@requires(*EVERYBODY)
@notices.response(200, CountOut)
def get_unread():
    with reading() as session:
        return {"count": unread_count(session, own_id())}


@notices.route("/notices/<uuid:notice_id>/read", methods=["POST"])
@requires(*EVERYBODY)
@notices.response(204)
def post_read(notice_id):
    with writing() as session:
        mark_read(session, own_id(), notice_id)


@notices.route("/notices/read", methods=["POST"])
@requires(*EVERYBODY)
@notices.response(204)
def post_all_read():
    with writing() as session:
        mark_all_read(session, own_id())


def _said(notice, chosen):
    entries = [
        {
            "slot": entry.slot,
            "value": entry.value,
            "was": entry.was,
            "type": entry.work,
            "work": "" if entry.slot == ATTENDANCE else work_title(entry.work, chosen),
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
        "created_at": notice.created_at,
        "read_at": notice.read_at,
    }
