"""Catch-up: fetch from the producers' feeds what did not come, or not yet (PROTOCOL F5, G3).

The broker may lose anything: a gap is noticed by the next event, a lost tail by comparing heads.
Without a broker the same comparison, as a long poll, carries everything.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

import httpx2
import structlog

from shared import cursors, envelope, lag, parking
from shared.apply import Applier, Outcome
from shared.cursors import BEHIND, DIVERGED, HELD, LIVE, Cursor
from shared.db import EVERY_SCHOOL
from shared.envelope import Envelope
from shared.log import PAGE, Head
from shared.metrics import PARKED
from shared.peers import Peers
from shared.service_tokens import ServiceTokens

BATCH = 200
SPARED = 0.1  # The part of the time left to live traffic, which shares the process and the database.

log = structlog.get_logger()


class Diverged(Exception):
    """The producer's history is not the one the consumer knows."""


class SourceGone(Exception):
    """The producer does not answer, or not as it should; it is asked again later."""


class StreamGone(SourceGone):
    """One stream of a producer cannot be read; the others may be."""


@dataclass(frozen=True)
class FeedPage:
    """A page as the consumer sees it."""

    events: Sequence[Envelope]
    epoch: UUID | None


class Source(Protocol):
    """A producer's feed, over HTTP or (in tests) not."""

    def page(self, stream: str, after: int, last_id: UUID | None) -> FeedPage: ...
    def heads(self, wait: int) -> list[Head]: ...


class HttpSource:
    """A producer's feed over HTTP; one thread at a time asks for heads."""

    def __init__(self, name: str, peers: Peers, tokens: ServiceTokens) -> None:
        self._name = name
        self._peers = peers
        self._tokens = tokens
        self._etag = ""
        self._heads: list[Head] = []

    def page(self, stream: str, after: int, last_id: UUID | None) -> FeedPage:
        """Return the events after one; raises Diverged or SourceGone."""
        asked = {"stream": stream, "after": after, "limit": PAGE} | ({"id": str(last_id)} if last_id else {})
        answer = self._get("events", asked)
        if answer.status_code == httpx2.codes.CONFLICT:
            raise Diverged(stream)
        self._expect(answer, 200, StreamGone)
        epoch = answer.headers.get("Stream-Epoch")
        try:
            return FeedPage(envelope.read_batch(answer.content, stream), UUID(epoch) if epoch else None)
        except envelope.Unreadable as wrong:
            raise StreamGone(f"{self._name}: {wrong}") from wrong

    def heads(self, wait: int) -> list[Head]:
        """Return where the streams end; with `wait`, as soon as one differs from the last answer."""
        answer = self._get("events/streams", {"wait": wait}, self._etag)
        if answer.status_code != httpx2.codes.NOT_MODIFIED:
            self._expect(answer, 200)
            self._heads = [
                Head(one["stream"], one["head"], UUID(one["head_id"]), UUID(one["epoch"]))
                for one in answer.json()
                if one["head"]
            ]
            self._etag = answer.headers.get("ETag", "")
        return self._heads

    def _get(self, what: str, query: dict[str, Any], etag: str = "") -> httpx2.Response:
        try:
            return self._peers.client(self._name).get(
                f"/api/{self._name}/v1/{what}",
                params=query,
                headers=self._tokens.headers(self._name) | {"If-None-Match": etag},
            )
        except httpx2.HTTPError as wrong:
            raise SourceGone(f"{self._name}: {type(wrong).__name__}: {wrong}") from wrong

    def _expect(self, answer: httpx2.Response, status: int, trouble: type[SourceGone] = SourceGone) -> None:
        if answer.status_code == httpx2.codes.UNAUTHORIZED:
            self._tokens.forget(self._name)
        if answer.status_code != status:
            raise trouble(f"{self._name} answered {answer.status_code}.")


class CatchUp:
    """Brings one service's cursors to the producers' heads."""

    def __init__(self, applier: Applier, sources: dict[str, Source]) -> None:
        self.applier = applier
        self.sources = sources
        self.database = applier.database

    def catch_up(self, stream: str, stop: Callable[[], bool] = lambda: False) -> bool:
        """Fetch and apply until a page is empty; True when the stream is then live."""
        source = self.sources[cursors.owner_of(stream)]
        while not stop():
            started = time.monotonic()
            with self.database.reading(cursors.school_of(stream)) as session:
                cursor = cursors.get(session, stream)
            if cursor.state in HELD:
                return False
            try:
                page = source.page(stream, cursor.position, cursor.last_id)
            except Diverged:
                self._diverged(cursor)
                return False
            if not page.events:
                return self._reached(cursor, page.epoch)
            if not self._apply(stream, page.events, cursor.position):
                return False
            time.sleep((time.monotonic() - started) * SPARED)
        return False

    def _apply(self, stream: str, page: Sequence[Envelope], asked: int) -> bool:
        for start in range(0, len(page), BATCH):
            if self.applier.apply(stream, page[start : start + BATCH], from_feed=True) is not Outcome.DONE:
                return self._moved_meanwhile(stream, page, asked)
        return True

    def _moved_meanwhile(self, stream: str, page: Sequence[Envelope], asked: int) -> bool:
        # The page's beginning was applied, or a rebuild put the cursor back while the page was on its
        # way: read on from where the cursor is now. If it is where it was, that would never end.
        with self.database.reading(cursors.school_of(stream)) as session:
            cursor = cursors.get(session, stream)
        if cursor.state in HELD:
            return False
        if cursor.position == asked:
            raise StreamGone(f"{stream}: the feed's chain is broken at {page[0].position}.")
        return True

    def compare(self, name: str, wait: int = 0, stop: Callable[[], bool] = lambda: False) -> None:
        """Compare a producer's heads with the cursors, and catch up where they differ."""
        heard = set(self.applier.logs)
        told = self.sources[name].heads(wait)
        heads = {head.stream: head for head in told if cursors.log_of(head.stream) in heard}
        if stop():
            return
        with self.database.reading(EVERY_SCHOOL) as session:
            every = cursors.every(session).values()
            PARKED.labels(self.applier.service.name).set(parking.count(session))
        known = {cursor.stream: cursor for cursor in every if cursors.owner_of(cursor.stream) == name}
        lag.measure(self.applier.service.name, name, heads, known)
        troubles: list[StreamGone] = []
        for stream in sorted(known.keys() | heads.keys()):
            if stop():
                return
            try:
                self._compare_one(known.get(stream), heads.get(stream), stop)
            except StreamGone as wrong:  # The others are not to wait for it.
                troubles.append(wrong)
        if troubles:
            raise troubles[0]

    def _compare_one(self, cursor: Cursor | None, head: Head | None, stop: Callable[[], bool]) -> None:
        is_back = cursor is not None and cursor.state == DIVERGED and self._is_back(cursor)
        one = cursor or head
        if one and (is_back or _differs(cursor, head)):
            self.catch_up(one.stream, stop)

    def _reached(self, asked: Cursor, epoch: UUID | None) -> bool:
        """Note that nothing is missing; a new epoch under an intact chain is adopted silently."""
        with self.database.writing(cursors.school_of(asked.stream)) as session:
            cursor = cursors.lock(session, asked.stream)
            if cursor.state not in (LIVE, BEHIND) or cursor.position < asked.position:
                return False
            if (cursor.state, cursor.epoch) != (LIVE, epoch or cursor.epoch):
                cursor.state, cursor.epoch = LIVE, epoch or cursor.epoch
                cursors.move(session, cursor)
            return True

    def _is_back(self, held: Cursor) -> bool:
        """Go on by itself when the producer has the known history again: the chain says it is the same."""
        try:
            self.sources[cursors.owner_of(held.stream)].page(held.stream, held.position, held.last_id)
        except Diverged:
            return False
        with self.database.writing(cursors.school_of(held.stream)) as session:
            cursor = cursors.lock(session, held.stream)
            if (cursor.state, cursor.position, cursor.last_id) != (DIVERGED, held.position, held.last_id):
                return False
            cursors.set_state(session, held.stream, BEHIND)
        log.info("consumer.history_is_back", service=self.applier.service.name, stream=held.stream)
        return True

    def _diverged(self, asked: Cursor) -> None:
        with self.database.writing(cursors.school_of(asked.stream)) as session:
            cursor = cursors.lock(session, asked.stream)
            if (cursor.position, cursor.last_id) != (asked.position, asked.last_id):
                return  # It moved while we asked; whoever asks next will see.
            cursors.set_state(session, asked.stream, DIVERGED)
        log.error("consumer.diverged", service=self.applier.service.name, stream=asked.stream)


def _differs(cursor: Cursor | None, head: Head | None) -> bool:
    if cursor is None:
        return head is not None
    if cursor.state in HELD:
        return False
    if head is None:
        return cursor.position > 0
    place = cursor.position, cursor.last_id, cursor.epoch
    return place != (head.head, head.head_id, head.epoch) or cursor.state != LIVE
