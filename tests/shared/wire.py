"""The small world's wire: what the broker and HTTP would do, done as the test decides."""

from collections.abc import Sequence
from concurrent.futures import Future
from uuid import UUID

from shared import envelope, feed
from shared.catchup import Diverged, FeedPage
from shared.db import Database
from shared.errors import Refusal
from shared.log import Head
from shared.outgoing import Relay
from shared.relay import Message, NotPublished
from shared.transport import Delivery


class Killed(BaseException):
    """The process died here; nothing after this line was done."""


class AllLeases:
    """Every relay believes that all is its own: the worst that leases can do."""

    def held(self) -> frozenset[int]:
        return frozenset(range(8))


class Wire:
    """The broker: what was published and not acknowledged yet, in order."""

    def __init__(self) -> None:
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
