"""Leases: which of several workers does a piece of work now (PROTOCOL D1).

They save work and give it to one at a time as a rule; nothing may depend on them for correctness,
for a frozen holder does not know that its lease has passed to another.
"""

import os
import socket
import time
from threading import Lock
from uuid import uuid4
from zlib import crc32

from sqlalchemy import TextClause, text

from shared.db import EVERY_SCHOOL, Database

SECONDS = 15
RENEW_SECONDS = 5
SHARDS = 8

_CLOCK = {
    True: ("clock_timestamp()", "clock_timestamp() + interval '{n} seconds'"),
    False: (
        "strftime('%Y-%m-%d %H:%M:%f000', 'now')",
        "strftime('%Y-%m-%d %H:%M:%f000', 'now', '+{n} seconds')",
    ),
}


def shard_of(stream: str) -> int:
    """Return the shard a stream belongs to, the same in every process and release."""
    return crc32(stream.encode()) % SHARDS


def worker_name() -> str:
    """Return a name for this worker that no other has."""
    return f"{socket.gethostname()[:60]}-{os.getpid()}-{uuid4().hex[:8]}"


class Leases:
    """One worker's leases of a kind, over some shards; asks the database every five seconds."""

    def __init__(self, database: Database, kind: str, owner: str, shards: int = SHARDS) -> None:
        self._database = database
        self._kind = kind
        self._owner = owner
        self._held: frozenset[int] = frozenset()
        self._asked = -float(SECONDS)
        self._lock = Lock()
        self._take = _taking(shards, _CLOCK[database.is_postgres])

    def held(self) -> frozenset[int]:
        """Return the shards this worker may work on now."""
        with self._lock:
            if time.monotonic() - self._asked >= RENEW_SECONDS * 0.9:
                asked = time.monotonic()
                given = {"kind": self._kind, "owner": self._owner}
                with self._database.writing(EVERY_SCHOOL) as session:
                    self._held = frozenset(session.scalars(self._take, given))
                self._asked = asked
            return self._held

    def release(self) -> None:
        """Give them back, so that the next worker need not wait for the end of the lease."""
        ended = text("DELETE FROM work_lease WHERE kind = :kind AND owner = :owner")
        with self._database.writing(EVERY_SCHOOL) as session:
            session.execute(ended, {"kind": self._kind, "owner": self._owner})
        self._held, self._asked = frozenset(), -float(SECONDS)


def _taking(shards: int, clock: tuple[str, str]) -> TextClause:
    """Return the statement that renews what is ours and takes what is free; it tells the shards."""
    now, later = clock
    later = later.format(n=SECONDS)
    rows = ", ".join(f"(:kind, {shard}, :owner, 1, {later})" for shard in range(shards))
    return text(
        f"INSERT INTO work_lease (kind, shard, owner, token, expires_at) VALUES {rows} "  # noqa: S608
        "ON CONFLICT (kind, shard) DO UPDATE SET owner = excluded.owner, "
        "token = work_lease.token + CASE WHEN work_lease.owner = excluded.owner THEN 0 ELSE 1 END, "
        "expires_at = excluded.expires_at "
        f"WHERE work_lease.owner = excluded.owner OR work_lease.expires_at < {now} RETURNING shard"
    )
