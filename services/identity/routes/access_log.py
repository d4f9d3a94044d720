"""The access log: searched by deputy and director, and each person's own part of it."""

import base64
import binascii
from datetime import UTC, datetime
from uuid import UUID

from services.identity.queries import access_log as queries
from services.identity.queries.people import find_seen
from services.identity.schemas.access_log import AccessLogOut, AccessLogQuery, ReadersOut, ReadersQuery
from shared.errors import Invalid, Text
from shared.web import actor, blueprint, concerns, may, reading

access_log = blueprint("access_log", "Журнал доступа к данным · Who saw or changed whose data")


class BadPlace(Invalid):
    """The cursor was not given out by this log."""

    title = Text("Неверный указатель страницы", "The cursor is not valid")
    detail = Text("Откройте журнал доступа с начала.", "Open the access log from its beginning.")


@access_log.route("/access-log", methods=["GET"])
@may("search the access log")
@access_log.arguments(AccessLogQuery, location="query")
@access_log.response(200, AccessLogOut)
def get_access_log(query):
    asked = queries.Asked(after=_after(query.pop("cursor", None)), **query)
    with reading() as session:
        found = queries.access_log(session, asked)
    concerns(*(id_ for id_ in (asked.person_id, asked.actor_id) if id_))
    return _page(found)


@access_log.route("/people/<uuid:person_id>/readers", methods=["GET"])
@may("see who read about them")
@access_log.arguments(ReadersQuery, location="query")
@access_log.response(200, ReadersOut)
def get_readers(query, person_id):
    with reading() as session:
        find_seen(session, actor(), person_id, "see who read about them")
        return _page(queries.seen_by(session, person_id, _after(query.get("cursor"))))


def _page(found):
    page = found[: queries.PAGE]
    return {"items": page, "next": _cursor(page[-1]) if len(found) > len(page) else None}


def _cursor(row):
    return base64.urlsafe_b64encode(f"{row['id']}{row['at'].isoformat()}".encode()).decode()


def _after(cursor):
    if cursor is None:
        return None
    try:
        text = base64.b64decode(cursor, altchars=b"-_", validate=True).decode()
        return datetime.fromisoformat(text[36:]).astimezone(UTC), UUID(text[:36])
    except (ValueError, OverflowError, binascii.Error) as wrong:
        raise BadPlace from wrong
