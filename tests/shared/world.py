"""A small world for the event protocol: one producer, one consumer, a broker that is a list.

Everything of ours in it is real: outbox, relay, envelope, consumer, apply, parking, feed, catch-up,
operator's commands. Only the wire is a list, so that a test decides what happens to each message.
"""

import random
import sqlite3
from collections.abc import Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Integer, String, Table, Uuid, func, select, update

from shared import bus, envelope, feed, operating, outbox, retrying
from shared.apply import Applier
from shared.catchup import CatchUp, Diverged, FeedPage
from shared.consumer import Consumer
from shared.cursors import DIVERGED, PAUSED, every
from shared.db import EVERY_SCHOOL, Database, SchoolSession, insert_rows, naming_metadata
from shared.errors import Refusal
from shared.events.identity import RoleGranted, RoleRevoked
from shared.ids import new_id
from shared.log import Head
from shared.outgoing import Relay
from shared.relay import Message, NotPublished
from shared.service import Received, Service
from shared.transport import Delivery

SCHOOLS = tuple(UUID(int=n) for n in (1, 2))
PEOPLE = tuple(UUID(int=n) for n in (11, 12, 13))
STREAMS = tuple(f"identity/{school}" for school in SCHOOLS)

metadata = naming_metadata()
roles = Table(
    "roles",
    metadata,
    Column("school_id", Uuid),
    Column("person_id", Uuid, primary_key=True),
    Column("place", Integer, primary_key=True),
    Column("role", String(80)),
)


class Killed(BaseException):
    """The process died here; nothing after this line was done."""


class AllLeases:
    """Every relay believes that all is its own: the worst that leases can do."""

    def held(self) -> frozenset[int]:
        return frozenset(range(8))


class Wire:
    """The broker: what was published and not acknowledged yet, in order."""

    def __init__(self, world: "World") -> None:
        self.world = world
        self.messages: list[tuple[str, bytes]] = []
        self.breaks_after: int | None = None  # Messages that still go through; their confirm is lost.
        self.meanwhile: Relay | None = None  # Another relay that works while this one waits.

    def open(self) -> None:
        pass

    def is_alive(self) -> bool:
        return True

    def close(self) -> None:
        pass

    def publish(self, messages: Sequence[Message]) -> Future[None]:
        done: Future[None] = Future()
        through = len(messages) if self.breaks_after is None else self.breaks_after
        self.messages += [(one.key, one.body) for one in messages[:through]]
        if self.meanwhile:
            other, self.meanwhile = self.meanwhile, None
            other.publish_new()
        if self.breaks_after is None:
            done.set_result(None)
        else:
            done.set_exception(NotPublished("lost"))
        return done


class ListInbox:
    """What one connection received."""

    def __init__(self, wire: Wire, places: Sequence[int], *, acknowledges: bool = True) -> None:
        self.wire = wire
        self.places = places
        self.acknowledges = acknowledges

    def receive(self) -> list[Delivery]:
        return [Delivery(self.wire.messages[p][1], self.wire.messages[p][0], None) for p in self.places]

    def acknowledge(self, _: Sequence[Delivery]) -> None:
        if self.acknowledges:
            taken = set(self.places)
            self.wire.messages = [m for place, m in enumerate(self.wire.messages) if place not in taken]


class DirectSource:
    """The producer's feed, called without HTTP; short pages, so that there are many."""

    def __init__(self, database: Database, limit: int = 3) -> None:
        self.database = database
        self.limit = limit

    def page(self, stream: str, after: int, last_id: UUID | None) -> FeedPage:
        try:
            page = feed.read_page(self.database, stream, after, last_id, self.limit)
        except Refusal as refused:
            raise Diverged(stream) from refused
        body = envelope.batch([envelope.write(row) for row in page.rows])
        return FeedPage(envelope.read_batch(body, stream), page.head.epoch if page.head else None)

    def heads(self, _: int) -> list[Head]:
        return feed.read_heads(self.database, feed.Grant(None, personal=True))


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
        self.wire = Wire(self)
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
        try:
            with self.producer.writing(SCHOOLS[school]) as session:
                outbox.publish(session, said)
                if fails:
                    session.flush()
                    raise RuntimeError("The action failed.")
        except RuntimeError:
            pass

    def publish(self) -> None:
        """Let the relay do its work once; a broken connection leaves its mark where it was."""
        try:
            self.relay.publish_new()
        except NotPublished:
            pass
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
                read = envelope.orjson.loads(data)
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


def history(world: World, seed: int) -> bool:
    """Let a random history happen to the world; True when it ends right."""
    chance = random.Random(seed)
    world.begin()
    producer_copy = consumer_copy = None
    for _ in range(chance.randrange(10, 60)):
        does = chance.choices(list(STEPS), list(STEPS.values()))[0]
        messages = world.wire.messages
        place = chance.randrange(len(messages)) if messages else 0
        if does == "write":
            kind = chance.choices(["role", "poison", "deadly", "unheard"], [90, 5, 1, 8])[0]
            world.write(chance.randrange(2), chance.randrange(3), kind)
        elif does == "write and roll back":
            world.write(chance.randrange(2), chance.randrange(3), fails=True)
        elif does == "publish":
            world.publish()
        elif does == "publish without confirm":
            world.wire.breaks_after = chance.randrange(4)
            world.publish()
        elif does == "publish twice":
            world.wire.meanwhile = Relay(world.producer, "identity", lambda: world.wire, AllLeases())
            world.publish()
        elif does == "deliver" and messages:
            world.deliver(range(min(len(messages), chance.choice([1, 1, 2, 5, 20]))))
        elif does == "deliver out of order" and messages:
            world.deliver(chance.sample(range(len(messages)), min(len(messages), chance.randrange(1, 5))))
        elif does == "die before commit" and messages:
            world.dies = True
            world.deliver(range(min(len(messages), chance.choice([1, 3]))))
            world.dies = False
        elif does == "die before ack" and messages:
            world.deliver(range(min(len(messages), 3)), acknowledges=False)
            world.start_consumer()
        elif does == "duplicate" and messages:
            messages.append(messages[place])
        elif does == "lose" and messages:
            del messages[place]
        elif does == "damage" and messages:
            key, body = messages[place]
            hurt = chance.choice([b'"role":', b'"sequence":', b"{", b"identity"])
            messages[place] = key, body.replace(hurt, b'"', 1)
        elif does == "wipe":
            messages.clear()
        elif does == "copy producer":
            producer_copy = copy(world.producer)
        elif does == "restore producer" and producer_copy:
            restore(world.producer, producer_copy)
        elif does == "restore producer, new epoch" and producer_copy:
            restore(world.producer, producer_copy)
            world.new_epoch()
        elif does == "copy consumer":
            consumer_copy = copy(world.consumer)
        elif does == "restore consumer" and consumer_copy:
            restore(world.consumer, consumer_copy)
            world.start_consumer()
        elif does == "catch up":
            world.catch(chance.choice(STREAMS))
        elif does == "compare":
            world.compare()
        elif does == "fix":
            world.fixed = True
        elif does == "retry":
            world.retry()
        elif does == "accept":
            world.accept()
        elif does == "pause" and world.states():
            stream, state = chance.choice(sorted(world.states().items()))
            if state not in (PAUSED, DIVERGED):
                operating.pause(world.consumer, stream)
        elif does == "resume":
            world.resume()
    world.settle()
    return world.ends_right()


STEPS = {
    "write": 30,
    "write and roll back": 2,
    "publish": 16,
    "publish without confirm": 2,
    "publish twice": 3,
    "deliver": 22,
    "deliver out of order": 4,
    "die before commit": 3,
    "die before ack": 2,
    "duplicate": 3,
    "lose": 4,
    "damage": 2,
    "wipe": 1,
    "copy producer": 3,
    "restore producer": 3,
    "restore producer, new epoch": 1,
    "copy consumer": 2,
    "restore consumer": 1,
    "catch up": 5,
    "compare": 4,
    "fix": 1,
    "retry": 2,
    "accept": 3,
    "pause": 1,
    "resume": 2,
}
