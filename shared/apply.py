"""Apply events exactly once: the reaction, the cursor and the chain in one transaction (PROTOCOL F).

A batch is applied together. If a reaction fails, it is applied again one event at a time, and the
one that fails three times is parked with all later ones of its subject. Of every batch it is noted
beforehand that it is tried, so that an event that kills the process is found out as well.
"""

import threading
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from itertools import groupby
from typing import Any

import structlog
from marshmallow import ValidationError

from shared import cursors, events, heard, parking
from shared.clock import now
from shared.cursors import BEHIND, BLOCKED, HELD, Cursor
from shared.db import Database, SchoolSession
from shared.envelope import Envelope
from shared.failpoints import reach
from shared.metrics import CLOCK_SKEW, CONSUMER_EVENTS, EVENT_AGE
from shared.service import Reaction, Received, Service
from shared.trouble import is_of_the_environment

TRIES = 3
CRASHES = 3

log = structlog.get_logger()

_Due = tuple[str, Received[Any]]


class Outcome(Enum):
    """What became of a batch; in every case it may be acknowledged."""

    DONE = "done"
    GAP = "gap"  # Something is missing before it: the feed has it.
    HELD = "held"  # The stream waits for a human.


class _Damaged(Exception):
    """The broker's copy cannot be read; the feed's can, or it is parked."""


@dataclass
class _Work:
    """What one transaction does with one stream."""

    cursor: Cursor
    is_from_feed: bool
    parked: set[str]
    counts: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    fresh: list[Envelope] = field(default_factory=list)
    ignored: list[Envelope] = field(default_factory=list)


def chains(cursor: Cursor, envelope: Envelope) -> bool:
    """Whether the event is the very next one of the history the consumer knows."""
    return envelope.position == cursor.position + 1 and envelope.prev_id == cursor.last_id


class Applier:
    """Applies events to one service's database; safe to call from several threads and processes."""

    def __init__(self, service: Service, database: Database) -> None:
        self.service = service
        self.database = database
        self._reactions: dict[str, Reaction] = {
            events.contract_of(cls).type: reaction for cls, reaction in service.subscriptions.items()
        }
        self._locks: dict[str, threading.Lock] = defaultdict(threading.Lock)
        self._counted: dict[str, int] = {}
        self.code = parking.code_of(service.name)

    @property
    def logs(self) -> list[str]:
        """The logs this service hears."""
        return sorted({type_.partition(".")[0] for type_ in self._reactions})

    @property
    def producers(self) -> list[str]:
        """The services whose feeds carry those logs."""
        return sorted({cursors.owner_of(log_) for log_ in self.logs})

    def apply(self, stream: str, envelopes: Sequence[Envelope], *, from_feed: bool = False) -> Outcome:
        """Apply events of one stream, in the order given.

        Raises only for troubles of the environment; then nothing was applied that was not committed.
        """
        with self._locks[stream]:
            place, tries = self._mark(stream, envelopes)
            if tries <= 1:
                try:
                    return self._transact(stream, envelopes, from_feed=from_feed)
                except Exception as wrong:
                    if is_of_the_environment(wrong):
                        raise
                    log.info("consumer.one_by_one", stream=stream, place=place, error=repr(wrong)[:300])
            return self._one_by_one(stream, envelopes, from_feed=from_feed)

    @contextmanager
    def alone(self, stream: str) -> Iterator[None]:
        """Keep the other threads of this process off a stream meanwhile."""
        with self._locks[stream]:
            yield

    def _mark(self, stream: str, envelopes: Sequence[Envelope]) -> tuple[int, int]:
        first, last = envelopes[0].position, envelopes[-1].position
        counted = self._counted.get(stream, 0)
        place, tries = cursors.mark_attempt(self.database, stream, first, last, counted)
        if place:
            self._counted[stream] = place
        return place, tries

    def _one_by_one(self, stream: str, envelopes: Sequence[Envelope], *, from_feed: bool) -> Outcome:
        outcome = Outcome.DONE
        for envelope in envelopes:
            place, tries = self._mark(stream, [envelope])
            if place and tries > CRASHES:
                error = f"The process was killed {CRASHES} times at this event."
                outcome = self._transact(stream, [envelope], from_feed=from_feed, failure=error)
            else:
                outcome = self._try(stream, envelope, from_feed=from_feed)
            if outcome is not Outcome.DONE:
                break
        return outcome

    def _try(self, stream: str, envelope: Envelope, *, from_feed: bool) -> Outcome:
        failure = ""
        for _ in range(TRIES):
            try:
                return self._transact(stream, [envelope], from_feed=from_feed)
            except Exception as wrong:
                if is_of_the_environment(wrong):
                    raise
                failure = f"{type(wrong).__name__}: {wrong}"
        log.error(
            "consumer.parked", stream=stream, position=envelope.position, type=envelope.type, error=failure
        )
        return self._transact(stream, [envelope], from_feed=from_feed, failure=failure)

    def _transact(
        self, stream: str, envelopes: Sequence[Envelope], *, from_feed: bool, failure: str = ""
    ) -> Outcome:
        reach("before_apply")
        with self.database.writing(cursors.school_of(stream)) as session:
            cursor = cursors.lock(session, stream)
            if cursor.state in HELD:
                return Outcome.HELD
            work = _Work(cursor, from_feed, parking.subjects(session, stream))
            gap = self._take_fresh(work, envelopes)
            try:
                self._handle(session, work, failure)
            except _Damaged:
                gap = True
            if work.fresh or (gap and cursor.state != BEHIND):
                self._keep(session, work, gap=gap)
            reach("after_apply")
        self._count(work)
        return Outcome.GAP if gap else Outcome.DONE

    def _take_fresh(self, work: _Work, envelopes: Sequence[Envelope]) -> bool:
        """Choose what continues the chain; True when something is missing before the rest."""
        seen = Cursor(work.cursor.stream, None, work.cursor.position, work.cursor.last_id, "")
        for envelope in envelopes:
            if envelope.position <= seen.position:
                work.counts["duplicate"] += 1
            elif chains(seen, envelope):
                work.fresh.append(envelope)
                seen.position, seen.last_id = envelope.position, envelope.id
            else:
                work.counts["gap"] += 1
                return True
        return False

    def _handle(self, session: SchoolSession, work: _Work, failure: str) -> None:
        """Hand the fresh events to their reactions, in runs of one type."""
        due: list[_Due] = []
        for number, envelope in enumerate(work.fresh):
            try:
                received = self._receive(session, work, envelope, failure)
            except ValidationError as wrong:
                if work.is_from_feed:
                    raise
                del work.fresh[number:]
                log.warning("consumer.damaged", stream=envelope.stream, error=str(wrong)[:300])
                self._react(session, work, due)
                raise _Damaged from wrong
            if received is not None:
                due.append((envelope.type, received))
        self._react(session, work, due)

    def react(self, session: SchoolSession, type_: str, run: Sequence[Received[Any]]) -> None:
        """Hand a run of events of one type to the service."""
        self._reactions[type_](session, run)

    def _react(self, session: SchoolSession, work: _Work, due: Sequence[_Due]) -> None:
        for type_, run in groupby(due, key=lambda one: one[0]):
            self.react(session, type_, [received for _, received in run])
        work.counts["applied"] += len(due)

    def _receive(
        self, session: SchoolSession, work: _Work, envelope: Envelope, failure: str
    ) -> Received[Any] | None:
        """Return the event for its reaction; None when it has none, is hidden, or is set aside."""
        if envelope.type.endswith(".erased"):
            heard.forget_subject(session, envelope.stream, envelope.subject)
            work.parked.discard(envelope.subject)
        if envelope.is_hidden:
            work.counts["hidden"] += 1
        elif envelope.type not in self._reactions:
            work.ignored.append(envelope)
            work.counts["ignored"] += 1
        elif failure or envelope.subject in work.parked:
            attempts = TRIES if failure else 0
            parking.park(session, envelope, error=failure, code=self.code, attempts=attempts)
            work.parked.add(envelope.subject)
            work.counts["parked"] += 1
        else:
            return heard.received(envelope)
        return None

    def _keep(self, session: SchoolSession, work: _Work, *, gap: bool) -> None:
        cursor = work.cursor
        if work.fresh:
            last = work.fresh[-1]
            cursor.position, cursor.last_id, cursor.epoch = last.position, last.id, last.epoch
        if len(work.parked) > parking.MOST_SUBJECTS:
            cursor.state = BLOCKED
            log.error("consumer.blocked", stream=cursor.stream)
        elif gap:
            cursor.state = BEHIND
        heard.keep(session, work.fresh)
        heard.count_ignored(session, work.ignored)
        cursors.move(session, cursor)

    def _count(self, work: _Work) -> None:
        producer = work.cursor.stream.partition("/")[0]
        for result, count in work.counts.items():
            CONSUMER_EVENTS.labels(self.service.name, producer, result).inc(count)
        if work.fresh and not work.is_from_feed:
            age = (now() - work.fresh[-1].time).total_seconds()
            EVENT_AGE.labels(self.service.name, producer).observe(max(age, 0.0))
            CLOCK_SKEW.labels(self.service.name, producer).set(max(-age, 0.0))
