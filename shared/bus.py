"""The tables of the event protocol, in every service's database (PROTOCOL C1, F1)."""

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    Uuid,
)

from shared.db import Instant, naming_metadata

metadata = naming_metadata()

event_stream = Table(
    "event_stream",
    metadata,
    Column("stream", String(120), primary_key=True),
    Column("epoch", Uuid, nullable=False),
    Column("head", BigInteger, nullable=False),
    Column("head_id", Uuid),
    Column("before_id", Uuid),  # head_id before the last append: the chain's next link.
)

event_log = Table(
    "event_log",
    metadata,
    Column("stream", String(120)),
    Column("position", BigInteger),
    Column("id", Uuid, nullable=False),
    Column("prev_id", Uuid),
    Column("epoch", Uuid, nullable=False),
    Column("type", String(120), nullable=False),
    Column("subject", String(120), nullable=False),
    Column("time", Instant, nullable=False),
    Column("meta", Text, nullable=False),  # JSON: actor, correlationid, traceparent, dataclass
    Column("data", Text),  # JSON whose bytes never change, except by erasure
    Column("redacted_at", Instant),
    PrimaryKeyConstraint("stream", "position"),
)
Index("ix_event_log_stream_subject", event_log.c.stream, event_log.c.subject)

relay_cursor = Table(
    "relay_cursor",
    metadata,
    Column("stream", String(120), primary_key=True),
    Column("published", BigInteger, nullable=False),
)

work_lease = Table(
    "work_lease",
    metadata,
    Column("kind", String(40)),
    Column("shard", Integer),
    Column("owner", String(120)),
    Column("token", BigInteger, nullable=False),
    Column("expires_at", Instant, nullable=False),
    PrimaryKeyConstraint("kind", "shard"),
)

idempotency_key = Table(
    "idempotency_key",
    metadata,
    Column("actor", String(80)),
    Column("route", String(200)),
    Column("key", String(200)),
    Column("request_sha256", LargeBinary(32), nullable=False),
    Column("status", Integer, nullable=False),
    Column("body", Text, nullable=False),
    Column("etag", String(80)),
    Column("created_at", Instant, nullable=False, index=True),
    Column("school_id", Uuid),  # For the wall: the body may name people.
    PrimaryKeyConstraint("actor", "route", "key"),
)

# Of a person, here or elsewhere: what may not be used any more though its tokens still live.
ended_session = Table(
    "ended_session",
    metadata,
    Column("session_id", Uuid, primary_key=True),
    Column("school_id", Uuid, nullable=False),
    Column("ended_at", Instant, nullable=False, index=True),
)

# Answered requests about people, until identity was told of them; ids and no names.
access_note = Table(
    "access_note",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("school_id", Uuid, nullable=False),
    Column("at", Instant, nullable=False, index=True),
    Column("note", Text, nullable=False),  # JSON: who, from where, what, about whom, with what result
)

event_cursor = Table(
    "event_cursor",
    metadata,
    Column("stream", String(120), primary_key=True),
    Column("epoch", Uuid),
    Column("position", BigInteger, nullable=False),
    Column("last_id", Uuid),
    Column("state", String(10), nullable=False),  # live | behind | diverged | blocked | paused
    Column("crash_pos", BigInteger),
    Column("crash_count", Integer, nullable=False),
    Column("updated_at", Instant, nullable=False),
)

event_parked = Table(
    "event_parked",
    metadata,
    Column("stream", String(120)),
    Column("position", BigInteger),
    Column("subject", String(120), nullable=False),
    Column("envelope", Text, nullable=False),
    Column("error", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("status", String(10), nullable=False),  # failed | waiting (behind a failed one) | skipped
    Column("code", String(16), nullable=False, server_default=""),  # Of the reactions that failed.
    PrimaryKeyConstraint("stream", "position"),
)
Index("ix_event_parked_stream_subject", event_parked.c.stream, event_parked.c.subject)

# Letters, which cannot be unsent. These rows survive a rebuild, so hearing an event again sends nothing
# again. A recipient is a person's id, never an address.
EFFECT_BEGUN, EFFECT_DONE, EFFECT_EXPIRED = "intent", "done", "expired"
event_effect = Table(
    "event_effect",
    metadata,
    Column("event_id", Uuid),
    Column("kind", String(40)),
    Column("recipient", String(120)),
    Column("stream", String(120), nullable=False),
    Column("state", String(10), nullable=False),
    Column("created_at", Instant, nullable=False),
    PrimaryKeyConstraint("event_id", "kind", "recipient"),
)

# What was heard of late: the only list of what a producer lost when it came back from an old copy.
event_heard = Table(
    "event_heard",
    metadata,
    Column("stream", String(120)),
    Column("position", BigInteger),
    Column("subject", String(120), nullable=False),
    Column("time", Instant, nullable=False),
    Column("envelope", Text, nullable=False),
    PrimaryKeyConstraint("stream", "position"),
)

ignored_type = Table(
    "ignored_type",
    metadata,
    Column("stream", String(120)),
    Column("type", String(120)),
    Column("first", BigInteger, nullable=False),
    Column("last", BigInteger, nullable=False),
    Column("n", BigInteger, nullable=False),
    PrimaryKeyConstraint("stream", "type"),
)
