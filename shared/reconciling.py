"""Hold a consumer's tables against what the producers' logs say (PROTOCOL I, FAULTS F34).

Everything a school's streams tell is applied once more, to an empty database beside the real one,
and the two are compared row by row. It is slow and sure: for a nightly job or after a doubt.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Table, select

from shared import cursors
from shared.apply import Applier
from shared.catchup import BATCH, CatchUp
from shared.db import Database, SchoolSession
from shared.migrate import upgrade


@dataclass(frozen=True)
class Compared:
    """One table of one school, here and as the logs say."""

    table: str
    rows: int
    should_be: int
    missing: int  # In the logs, not here.
    foreign: int  # Here, not in the logs.
    checksum: str

    @property
    def agrees(self) -> bool:
        """Whether there is no difference."""
        return not (self.missing or self.foreign)


def reconcile(catch_up: CatchUp, school: UUID) -> list[Compared]:
    """Compare all projections of a school with the logs they are made from."""
    service = catch_up.applier.service
    tables = [table for of_log in service.projections.values() for table in of_log]
    with catch_up.database.reading(school) as session:
        if catch_up.database.is_postgres:  # The rows and the cursors of one and the same moment.
            session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        places = {c.stream: c.position for c in cursors.every(session).values() if str(school) in c.stream}
        here = {table.name: _rows(session, table, school) for table in tables}
    scratch = Database("sqlite://")
    try:
        upgrade(service.name, scratch)
        for stream, position in sorted(places.items()):
            _replay(catch_up, Applier(service, scratch), stream, position)
        with scratch.reading(school) as session:
            return [_compare(table.name, here[table.name], _rows(session, table, school)) for table in tables]
    finally:
        scratch.close()


def _replay(catch_up: CatchUp, applier: Applier, stream: str, until: int) -> None:
    source = catch_up.sources[cursors.owner_of(stream)]
    position, last_id = 0, None
    while position < until:
        page = [one for one in source.page(stream, position, last_id).events if one.position <= until]
        if not page:
            return
        for start in range(0, len(page), BATCH):
            applier.apply(stream, page[start : start + BATCH], from_feed=True)
        position, last_id = page[-1].position, page[-1].id


def _rows(session: SchoolSession, table: Table, school: UUID) -> set[bytes]:
    found = session.execute(select(table).where(table.c.school_id == school)).mappings()
    return {orjson.dumps({str(name): _plain(value) for name, value in row.items()}) for row in found}


def _plain(value: Any) -> Any:
    return value if isinstance(value, int | str | list | dict | type(None)) else str(value)


def _compare(table: str, here: set[bytes], told: set[bytes]) -> Compared:
    return Compared(table, len(here), len(told), len(told - here), len(here - told), _checksum(here))


def _checksum(rows: Iterable[bytes]) -> str:
    return hashlib.sha256(b"\n".join(sorted(rows))).hexdigest()[:16]
