"""The feed: a service's event log over HTTP, for whoever missed something (PROTOCOL G)."""

import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

import orjson
from flask import Response, request
from marshmallow import Schema, fields
from marshmallow.validate import Range, Regexp

from shared import envelope
from shared import log as event_log
from shared.auth import Actor
from shared.cursors import owner_of, school_of
from shared.db import EVERY_SCHOOL, Database
from shared.errors import Conflict, NotFound, Text
from shared.log import PAGE, Head
from shared.metrics import FEED_REQUESTS
from shared.outbox import committed
from shared.web import actor, blueprint, may, runtime

LONGEST_WAIT = 25
LOOK_SECONDS = 0.2  # How often a long poll looks for what another process committed.

T = TypeVar("T")


class StreamDiverged(Conflict):
    """The reader continues a history this log does not have: it was restored from an older copy."""

    title = Text("История событий разошлась", "The histories have diverged")
    detail = Text(
        "Журнал событий был восстановлен из более старой копии: события {after} с этим id здесь нет. "
        "Оператор должен выполнить parta events accept.",
        "The log was restored from an older copy: it has no event {after} with this id. "
        "The operator must run parta events accept.",
    )


class EventsIn(Schema):
    """Where to read on from: the position and id of the last event the reader has."""

    stream = fields.String(required=True, validate=Regexp(envelope.STREAM.pattern + r"\Z"))
    after = fields.Integer(load_default=0, validate=Range(0, 2**62))
    id = fields.UUID(load_default=None)
    limit = fields.Integer(load_default=PAGE, validate=Range(1, PAGE))
    wait = fields.Integer(load_default=0, validate=Range(0, LONGEST_WAIT))


class StreamsIn(Schema):
    """How long to wait for heads other than those of If-None-Match."""

    wait = fields.Integer(load_default=0, validate=Range(0, LONGEST_WAIT))


@dataclass(frozen=True)
class Grant:
    """What a client may read: the streams of one school or of all, with personal data or without."""

    school: str | None
    personal: bool

    @classmethod
    def of(cls, client: Actor) -> "Grant":
        """Return a client's grant. One of the whole deployment (a service) reads everything."""
        if client.school_id is None:
            return cls(None, personal=True)
        return cls(str(client.school_id), personal="events:personal" in client.scopes)

    def covers(self, stream: str) -> bool:
        """Whether the stream may be read."""
        return self.school in (None, stream.partition("/")[2])


@dataclass(frozen=True)
class Page:
    """Some events of a stream, and where the stream ends."""

    rows: Sequence[Any]
    head: Head | None  # None: nothing was ever told there.


def read_page(database: Database, stream: str, after: int, last_id: UUID | None, limit: int = PAGE) -> Page:
    """Return the events after the one the reader has last; raises StreamDiverged."""
    with database.reading(school_of(stream)) as session:
        head = event_log.head(session, stream)
        # The reader's last event is read together with the rest: it must be the one we have there.
        rows = list(event_log.events_from(session, stream, max(after, 1), limit + (after > 0)))
    if after > 0:
        if not rows or rows[0].position != after or rows[0].id != last_id:
            raise StreamDiverged(after=after)
        del rows[0]
    return Page(rows, head)


def read_heads(database: Database, grant: Grant) -> list[Head]:
    """Return the heads of the streams the client may read."""
    with database.reading(grant.school or EVERY_SCHOOL) as session:
        return [head for head in event_log.heads(session) if grant.covers(head.stream)]


def write_heads(heads: Sequence[Head]) -> bytes:
    """Return the answer of `/events/streams`."""
    return orjson.dumps([head._asdict() for head in heads])


def until(look: Callable[[], T], enough: Callable[[T], bool], wait: float) -> T:
    """Look again after each commit until it is enough or time is up; no connection is held between."""
    deadline = time.monotonic() + wait
    heard = committed.wait(-1, 0)
    while True:
        found = look()
        left = deadline - time.monotonic()
        if enough(found) or left <= 0:
            return found
        heard = committed.wait(heard, min(LOOK_SECONDS, left))


feed = blueprint("events", "The event log, for consumers of this service's events.")


@feed.route("/events", methods=["GET"])
@may("read events")
@feed.arguments(EventsIn, location="query")
@feed.response(200, content_type=envelope.BATCH_CONTENT_TYPE)
def get_events(query: dict[str, Any]) -> Response:
    """Return the events of a stream after a position, at most `limit`; with `wait` as they come."""
    service, stream, grant = runtime().service.name, query["stream"], Grant.of(actor())
    if not grant.covers(stream) or owner_of(stream) != service:
        FEED_REQUESTS.labels(service, "not_found").inc()
        raise NotFound
    database = runtime().database

    def look() -> Page:
        return read_page(database, stream, query["after"], query["id"], query["limit"])

    try:
        page = until(look, lambda found: bool(found.rows), query["wait"])
    except StreamDiverged:
        FEED_REQUESTS.labels(service, "diverged").inc()
        raise
    FEED_REQUESTS.labels(service, "page" if page.rows else "empty").inc()
    body = envelope.batch([envelope.write(row, withhold=not grant.personal) for row in page.rows])
    return Response(body, content_type=envelope.BATCH_CONTENT_TYPE, headers=_headers(page.head))


def _headers(head: Head | None) -> dict[str, str]:
    if head is None:
        return {"Stream-Head": "0"}
    return {
        "Stream-Head": str(head.head),
        "Stream-Head-Id": str(head.head_id or ""),
        "Stream-Epoch": str(head.epoch),
    }


@feed.route("/events/streams", methods=["GET"])
@may("read events")
@feed.arguments(StreamsIn, location="query")
@feed.response(200)
def get_streams(query: dict[str, Any]) -> Response:
    """Return where each stream ends; with If-None-Match and `wait`, as soon as one has moved."""
    grant, database = Grant.of(actor()), runtime().database
    known = request.if_none_match

    def look() -> bytes:
        return write_heads(read_heads(database, grant))

    body = until(look, lambda found: not known.contains(_tag(found)), query["wait"])
    tag = _tag(body)
    answer = Response(status=304) if known.contains(tag) else Response(body, mimetype="application/json")
    answer.set_etag(tag)
    return answer


def _tag(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()[:32]
