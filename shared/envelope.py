"""The envelope: a CloudEvents 1.0 message in structured JSON (PROTOCOL B), to and from the log."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

MAX_BYTES = 64 * 1024
CONTENT_TYPE = "application/cloudevents+json"
BATCH_CONTENT_TYPE = "application/cloudevents-batch+json"
STREAM = re.compile(r"[a-z]+(-[a-z]+)*/(_|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})")
_TYPE = re.compile(r"[a-z]+(-[a-z]+)*(\.[a-z_]+){2}(\.v[0-9]+)?")


class Unreadable(Exception):
    """A message that is no envelope of ours; the catch-up brings the event it stood for."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """One event with all that is known of it besides its data."""

    id: UUID
    stream: str
    position: int
    prev_id: UUID | None
    epoch: UUID
    type: str
    subject: str
    time: datetime
    actor: str | None
    data: Any  # parsed JSON; None when redacted or withheld
    text: str  # the envelope itself, as it was received
    is_hidden: bool = False  # redacted or withheld: it has a place in the chain and no effect

    @property
    def school(self) -> str:
        """The school of the stream; `_` for none."""
        return self.stream.partition("/")[2]


def write(row: Any, *, withhold: bool = False) -> bytes:
    """Return the envelope of a row of the event log; `withhold` leaves out personal data.

    What is stored as JSON goes out byte for byte, unparsed: a relay writes twice as many so.
    """
    (_, position, id_, prev_id, epoch, type_, subject, time, meta, data, redacted_at) = row
    known = {
        "specversion": "1.0",
        "id": id_,
        "source": f"/{row[0]}",
        "type": type_,
        "subject": subject,
        "time": time,
        "datacontenttype": "application/json",
        "sequence": f"{position:020d}",
        "epoch": epoch,
    }
    if prev_id is not None:
        known["previd"] = prev_id
    if redacted_at is not None:
        last = b'"redacted":true'
    elif withhold and '"dataclass":"personal"' in meta:
        last = b'"withheld":true'
    else:
        last = b'"data":' + data.encode()
    return b"".join(
        (orjson.dumps(known)[:-1], b",", meta[1:-1].encode(), b"," if meta != "{}" else b"", last, b"}")
    )


def batch(envelopes: Sequence[bytes]) -> bytes:
    """Return a page of the feed."""
    return b"[" + b",".join(envelopes) + b"]"


def read(body: bytes | str, *, stream: str | None = None) -> Envelope:
    """Parse one message; Unreadable when it is malformed, too large, or of another stream."""
    if len(body) > MAX_BYTES:
        raise Unreadable("size")
    try:
        return parse(orjson.loads(body), body if isinstance(body, str) else body.decode(), stream=stream)
    except ValueError as wrong:
        raise Unreadable(str(wrong)) from wrong


def read_batch(body: bytes, stream: str) -> list[Envelope]:
    """Parse a page of the feed of this stream."""
    try:
        return [parse(one, orjson.dumps(one).decode(), stream=stream) for one in orjson.loads(body)]
    except (ValueError, TypeError) as wrong:
        raise Unreadable(str(wrong)) from wrong


def parse(fields: Any, text: str, *, stream: str | None = None) -> Envelope:
    """Build the envelope from parsed JSON, every attribute checked."""
    try:
        source = fields["source"][1:]
        envelope = Envelope(
            id=UUID(fields["id"]),
            stream=source,
            position=int(fields["sequence"]),
            prev_id=UUID(fields["previd"]) if "previd" in fields else None,
            epoch=UUID(fields["epoch"]),
            type=fields["type"],
            subject=fields["subject"],
            time=datetime.fromisoformat(fields["time"]),
            actor=fields.get("actor"),
            data=fields.get("data"),
            text=text,
            is_hidden="redacted" in fields or "withheld" in fields,
        )
        _check(fields, envelope, stream)
    except (KeyError, ValueError, TypeError, AttributeError, IndexError) as wrong:
        raise Unreadable(f"{type(wrong).__name__}: {wrong}") from wrong
    return envelope


def _check(fields: Any, envelope: Envelope, stream: str | None) -> None:
    if fields["specversion"] != "1.0" or not fields["source"].startswith("/"):
        raise ValueError("not CloudEvents 1.0")
    if not STREAM.fullmatch(envelope.stream) or stream not in (None, envelope.stream):
        raise ValueError("source")
    if envelope.position < 1 or (envelope.position == 1) != (envelope.prev_id is None):
        raise ValueError("sequence")
    if not _TYPE.fullmatch(envelope.type) or not 0 < len(envelope.subject) <= 120:
        raise ValueError("type or subject")
    if envelope.time.tzinfo is None:
        raise ValueError("time")


def routing_key(stream: str, type_: str) -> str:
    """Return `<log>.<school>.<noun>.<participle>`."""
    return f"{stream.replace('/', '.')}.{type_.partition('.')[2]}"


def routed_as_told(key: str, envelope: Envelope) -> bool:
    """Whether the message came by the key of its own stream; a forger may write only his own."""
    return key == routing_key(envelope.stream, envelope.type)
