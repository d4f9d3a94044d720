"""A small world for the event protocol: one producer, one consumer, a broker that is a list.

Everything of ours in it is real: outbox, relay, envelope, consumer, apply, parking, feed, catch-up,
operator's commands. Only the wire is a list, so that a test decides what happens to each message.
"""

import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Column, Integer, String, Table, Uuid, func, select, update

from shared import bus, operating, outbox, retrying
from shared.apply import Applier
from shared.bulk import insert_rows
from shared.catchup import CatchUp
from shared.consumer import Consumer
from shared.cursors import DIVERGED, PAUSED, every
from shared.db import EVERY_SCHOOL, Database, SchoolSession, naming_metadata
from shared.events.identity import RoleGranted, RoleRevoked
from shared.ids import new_id
from shared.outgoing import Relay
from shared.relay import NotPublished
from shared.service import Received, Service
from tests.shared.wire import AllLeases, DirectSource, Killed, ListInbox, Wire

SCHOOLS = tuple(UUID(int=n) for n in (1, 2))
PEOPLE = tuple(UUID(int=n) for n in (11, 12, 13))
STREAMS = tuple(f"identity/{school}" for school in SCHOOLS)


class ActionFailed(Exception):
    """The action told something and then failed."""


metadata = naming_metadata()
roles = Table(
    "roles",
    metadata,
    Column("school_id", Uuid),
    Column("person_id", Uuid, primary_key=True),
    Column("place", Integer, primary_key=True),
    Column("role", String(80)),
)


class World:
    """One producer and one consumer with everything that may happen to them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.producer, self.consumer = Database("sqlite://"), Database("sqlite://")
        for database in (self.producer, self.consumer):
            bus.metadata.create_all(database.engine)
        metadata.create_all(self.consumer.engine)
        self.service = Service(
            "model",
            metadata,
            subscriptions={RoleGranted: self.enter_role},
            projections={"identity": (roles,)},
        )
        self.pristine = {id(one): copy(one) for one in (self.producer, self.consumer)}
        self.begin()

    def begin(self) -> None:
        """Forget everything."""
        for database in (self.producer, self.consumer):
            restore(database, self.pristine[id(database)])
        self.wire = Wire()
        self.relay = Relay(self.producer, "identity", lambda: self.wire, AllLeases())
        self.fixed = False
        self.dies = False
        self.told = 0
        self.start_consumer()

    def start_consumer(self) -> None:
        """Start the consumer's process anew."""
        self.applier = Applier(self.service, self.consumer)
        self.catch_up = CatchUp(self.applier, {"identity": DirectSource(self.producer)})
        self.worker = Consumer("", self.applier, wake=lambda _: None, compare=lambda: None)

    def enter_role(self, session: SchoolSession, received: Sequence[Received[RoleGranted]]) -> None:
        """The reaction: appends, so that a repetition or a wrong order is seen."""
        if self.dies:
            self.dies = False
            raise Killed
        for one in received:
            if not self.fixed and one.told.role.startswith("poison"):
                raise ValueError("This role makes the reaction fail.")
            if not self.fixed and one.told.role.startswith("deadly"):
                raise Killed
            person = one.told.person_id
            place = session.scalar(select(func.count()).select_from(roles).where(roles.c.person_id == person))
            row = {"school_id": one.school_id, "person_id": person, "place": place, "role": one.told.role}
            insert_rows(session, roles, [row])

    def write(self, school: int, person: int, kind: str = "role", *, fails: bool = False) -> None:
        """Let the producer change something and tell it, or fail just before the commit."""
        self.told += 1
        # A person belongs to one school; the two streams do not mix.
        who = UUID(int=PEOPLE[person].int + 100 * school)
        said: Any = RoleGranted(person_id=who, role=f"{kind}-{self.told}")
        if kind == "unheard":
            said = RoleRevoked(person_id=who, role="x")
        with suppress(ActionFailed), self.producer.writing(SCHOOLS[school]) as session:
            outbox.publish(session, said)
            if fails:
                raise ActionFailed

    def publish(self) -> None:
        """Let the relay do its work once; a broken connection leaves its mark where it was."""
        with suppress(NotPublished):
            self.relay.publish_new()
        self.wire.breaks_after = None

    def deliver(self, places: Sequence[int], *, acknowledges: bool = True) -> None:
        """Hand messages to the consumer; if it dies over them they come again."""
        try:
            self.worker.turn(ListInbox(self.wire, places, acknowledges=acknowledges))  # type: ignore[arg-type]
        except Killed:
            self.start_consumer()

    def catch(self, stream: str) -> None:
        """Let the consumer catch up with one stream."""
        try:
            self.catch_up.catch_up(stream)
        except Killed:
            self.start_consumer()

    def compare(self) -> None:
        """Let the consumer compare heads, and fetch what differs."""
        try:
            self.catch_up.compare("identity")
        except Killed:
            self.start_consumer()

    def retry(self) -> None:
        """Handle parked events again, as the operator's command does."""
        try:
            retrying.retry_all(self.applier)
        except Killed:
            self.start_consumer()

    def states(self) -> dict[str, str]:
        """Return the state of each stream heard."""
        with self.consumer.reading(EVERY_SCHOOL) as session:
            return {stream: cursor.state for stream, cursor in every(session).items()}

    def accept(self) -> None:
        """Accept the producer's history wherever it is another one."""
        for stream, state in self.states().items():
            if state == DIVERGED:
                operating.accept(self.catch_up, stream, self.folder)

    def resume(self) -> None:
        """Resume what is paused."""
        for stream, state in self.states().items():
            if state == PAUSED:
                operating.resume(self.consumer, stream)

    def new_epoch(self) -> None:
        """Label the producer's log as another incarnation, as the runbook of a restore says."""
        with self.producer.writing(EVERY_SCHOOL) as session:
            session.execute(update(bus.event_stream).values(epoch=new_id()))

    def settle(self) -> None:
        """Let time pass with nothing going wrong any more, and the operator do what is to be done."""
        self.fixed, self.dies = True, False
        for _ in range(6):
            self.resume()
            self.publish()
            while self.wire.messages:
                self.deliver(range(min(len(self.wire.messages), 50)))
            self.compare()
            self.accept()
            self.retry()
            if set(self.states().values()) <= {"live"} and self.ends_right():
                return

    def ends_right(self) -> bool:
        """Whether the consumer has every event's effect exactly once, in order, and nothing else."""
        return self.wanted() == self.found() and not self.left()

    def wanted(self) -> dict[UUID, list[str]]:
        """Fold the producer's log, independently of everything that applies events."""
        wanted: dict[UUID, list[str]] = {}
        for _, type_, data in self.rows("SELECT stream, type, data FROM event_log ORDER BY stream, position"):
            if type_ == "identity.role.granted":
                read = orjson.loads(data)
                wanted.setdefault(UUID(read["person_id"]), []).append(read["role"])
        return wanted

    def found(self) -> dict[UUID, list[str]]:
        """Return what the consumer made of it."""
        found: dict[UUID, list[str]] = {}
        for person, role in raw(self.consumer).execute(
            "SELECT person_id, role FROM roles ORDER BY person_id, place"
        ):
            found.setdefault(UUID(person), []).append(role)
        return found

    def left(self) -> list[Any]:
        """Return what is parked."""
        return raw(self.consumer).execute("SELECT stream, position FROM event_parked").fetchall()

    def rows(self, sql: str) -> list[Any]:
        """Return rows of the producer's database."""
        return raw(self.producer).execute(sql).fetchall()


def raw(database: Database) -> sqlite3.Connection:
    """Return the one connection of a database in memory."""
    connection = database.engine.raw_connection()
    driver: Any = connection.driver_connection
    connection.close()
    return driver


def copy(database: Database) -> sqlite3.Connection:
    """Return a backup of a database in memory."""
    kept = sqlite3.connect(":memory:", check_same_thread=False)
    raw(database).backup(kept)
    return kept


def restore(database: Database, kept: sqlite3.Connection) -> None:
    """Put a backup back."""
    kept.backup(raw(database))
