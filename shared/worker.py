"""A service's worker: relay, consumer, catch-up and timed jobs, each in a thread of its own.

Any number may run. Leases and the broker's single active consumer give the work to one of them;
the event protocol is right even when they do not.
"""

import random
import signal
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from types import FrameType

import structlog
from sqlalchemy import delete

from shared import ended, heard, worker_http
from shared.apply import Applier
from shared.bus import idempotency_key
from shared.catchup import CatchUp, HttpSource, SourceGone
from shared.clock import now
from shared.consumer import Consumer
from shared.db import EVERY_SCHOOL
from shared.inspecting import heard_streams
from shared.leases import RENEW_SECONDS, SHARDS, Leases, worker_name
from shared.outgoing import Relay
from shared.retrying import retry_all
from shared.service import Job, Runtime
from shared.service_tokens import ServiceTokens
from shared.transport import connect_publisher, is_memory

LONG_POLL_SECONDS = 25
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
STOP_SECONDS = 10.0
ANSWERS_KEPT = timedelta(days=7)  # Longer than any browser goes on asking again.
IDLE_POLL_SECONDS = 1.0  # Where every commit rings the bell, polling is only the safety net.

log = structlog.get_logger()


class Worker:
    """Everything of a service that works without being asked."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []
        self._owner = worker_name()
        self._asked = _Asked()
        self._leases: list[Leases] = []
        self.applier = Applier(runtime.service, runtime.database)
        tokens = ServiceTokens(runtime.settings, runtime.peers)
        sources = {name: HttpSource(name, runtime.peers, tokens) for name in self.applier.producers}
        self.catch_up = CatchUp(self.applier, dict(sources))
        self.consumer = Consumer(
            runtime.settings.broker_url, self.applier, wake=self._asked.stream, compare=self._asked.compare
        )

    def start(self) -> None:
        """Start the threads; returns at once."""
        broker = self._runtime.settings.broker_url
        if broker:
            self._thread("relay", self._relay)
        if self.applier.logs:
            self._thread("retry", self._retry_once)
            if broker:
                self._thread("consumer", lambda: self.consumer.run(self._stop))
                self._thread("catchup", self._catch_up)
            else:
                for name in self.applier.producers:
                    self._thread(f"catchup-{name}", partial(self._follow, name), awaited=False)
        jobs = (*self._runtime.service.jobs, Job("prune", timedelta(hours=1), prune))
        leases = self._lease("jobs", len(jobs))
        for shard, job in enumerate(jobs):
            self._thread(f"job-{job.name}", partial(self._repeat, job, leases, shard))
        self._thread("leases", self._keep_leases)

    def ask_to_stop(self) -> None:
        """Ask the threads to end, and wait for none of them."""
        self._stop.set()
        self._asked.compare()

    def stop(self) -> None:
        """Ask the threads to end and wait for them a while; what they held is free at once."""
        self.ask_to_stop()
        deadline = time.monotonic() + STOP_SECONDS
        for thread in self._threads:
            thread.join(max(deadline - time.monotonic(), 0.0))
        for leases in self._leases:
            try:
                leases.release()
            except Exception as wrong:  # noqa: BLE001  (they run out by themselves)
                log.warning("worker.leases_kept", error=repr(wrong)[:300])

    def trouble(self) -> str:
        """Say why events are not consumed now; empty when they are."""
        try:
            with self._runtime.database.reading(EVERY_SCHOOL) as session:
                session.connection()
        except Exception as wrong:  # noqa: BLE001  (whatever it is, it is the answer)
            return f"{type(wrong).__name__}: {wrong}"[:300]
        return self.consumer.trouble

    def run_until_signalled(self) -> None:
        """Work until SIGTERM or SIGINT."""
        ended = threading.Event()

        def end(_number: int, _frame: FrameType | None) -> None:
            ended.set()

        signal.signal(signal.SIGTERM, end)
        signal.signal(signal.SIGINT, end)
        if port := self._runtime.settings.metrics_port:
            worker_http.serve(port, self.trouble)
        self.start()
        log.info("worker.started", service=self._runtime.service.name)
        ended.wait()
        self.stop()

    def _thread(self, name: str, work: Callable[[], None], *, awaited: bool = True) -> None:
        name = f"{self._runtime.service.name}-{name}"
        thread = threading.Thread(target=work, name=name, daemon=True)
        if awaited:  # A long poll ends when it ends; it does nothing any more then.
            self._threads.append(thread)
        thread.start()

    def _lease(self, kind: str, shards: int) -> Leases:
        leases = Leases(self._runtime.database, kind, self._owner, shards)
        self._leases.append(leases)
        return leases

    def _relay(self) -> None:
        settings = self._runtime.settings
        url, service = settings.broker_url, settings.service
        relay = Relay(
            self._runtime.database,
            service,
            lambda: connect_publisher(url, service),
            self._lease("relay", SHARDS),
        )
        relay.run(self._stop, IDLE_POLL_SECONDS if is_memory(url) else settings.relay_poll_seconds)

    def _catch_up(self) -> None:
        """Fetch the streams asked for, and compare all heads now and then."""
        every = self._runtime.settings.heads_poll_seconds
        pause = FIRST_PAUSE
        timeout = 0.0
        while not self._stop.is_set():
            streams, compare = self._asked.take(timeout)
            try:
                for stream in streams:
                    self.catch_up.catch_up(stream, self._stop.is_set)
                gone = [name for name in self.catch_up.sources if compare and not self._compare(name)]
                pause = min(pause * 2, LONGEST_PAUSE) if gone else FIRST_PAUSE
                timeout = pause if gone else _spread(every)
            except Exception as wrong:  # noqa: BLE001  (a thread outlives every failure)
                timeout = pause = self._failed("catchup.pauses", wrong, pause)

    def _compare(self, name: str) -> bool:
        try:
            self.catch_up.compare(name, stop=self._stop.is_set)
        except SourceGone as wrong:
            log.warning("catchup.source_gone", service=self._runtime.service.name, error=str(wrong))
            return False
        return True

    def _follow(self, name: str) -> None:
        """Carry a producer's events without a broker: its heads are a long poll."""
        pause, wait = FIRST_PAUSE, 0
        while not self._stop.is_set():
            try:
                self.catch_up.compare(name, wait, self._stop.is_set)
                pause, wait = FIRST_PAUSE, LONG_POLL_SECONDS
            except Exception as wrong:  # noqa: BLE001  (a thread outlives every failure)
                wait = 0
                self._stop.wait(pause)
                pause = self._failed("catchup.pauses", wrong, pause)

    def _retry_once(self) -> None:
        """Try what other code could not handle; a deployed correction needs no further command."""
        try:
            retry_all(self.applier, only_other_code=True)
            self._ask_for_rebuilds()
        except Exception as wrong:  # noqa: BLE001  (the rest works on; the command is still there)
            self._failed("retry.failed", wrong, 0)

    def _ask_for_rebuilds(self) -> None:
        """Say which streams have events of types that the code before did not listen to.

        They are not rebuilt unasked: what was made of them is not all there meanwhile.
        """
        service = self._runtime.service
        for one in heard_streams(service, self._runtime.database):
            if one.rebuild_for:
                facts = {"service": service.name, "stream": one.stream, "types": one.rebuild_for}
                log.warning("consumer.rebuild_needed", **facts)

    def _keep_leases(self) -> None:
        """Renew what is held, however long a job takes."""
        while not self._stop.wait(RENEW_SECONDS):
            for leases in self._leases:
                try:
                    leases.held()
                except Exception as wrong:  # noqa: BLE001  (whoever works under it will ask again)
                    self._failed("worker.lease_not_renewed", wrong, 0)

    def _repeat(self, job: Job, leases: Leases, shard: int) -> None:
        while not self._stop.is_set():
            started = time.monotonic()
            try:
                if shard in leases.held():
                    job.run(self._runtime)
            except Exception as wrong:  # noqa: BLE001  (the next time may succeed)
                self._failed(f"job.{job.name}", wrong, 0)
            self._stop.wait(max(job.every.total_seconds() - (time.monotonic() - started), 0.05))

    def _failed(self, what: str, wrong: Exception, pause: float) -> float:
        log.warning(what, service=self._runtime.service.name, error=f"{type(wrong).__name__}: {wrong}"[:500])
        return min(pause * 2, LONGEST_PAUSE)


class _Asked:
    """What the catch-up is asked to do next."""

    def __init__(self) -> None:
        self._streams: set[str] = set()
        self._compare = False
        self._changed = threading.Condition()

    def stream(self, stream: str) -> None:
        with self._changed:
            self._streams.add(stream)
            self._changed.notify()

    def compare(self) -> None:
        with self._changed:
            self._compare = True
            self._changed.notify()

    def take(self, timeout: float) -> tuple[list[str], bool]:
        """Wait for something to do; when time is up it is to compare."""
        with self._changed:
            in_time = self._changed.wait_for(lambda: self._compare or self._streams, timeout)
            streams, compare = sorted(self._streams), self._compare or not in_time
            self._streams, self._compare = set(), False
            return streams, compare


def _spread(seconds: float) -> float:
    """Return a third more or less, so that consumers do not ask all at once."""
    return seconds * random.uniform(2 / 3, 4 / 3)


def prune(runtime: Runtime) -> None:
    """Drop what was kept for a while only: events heard, answers to requests with a key, ended sessions.

    What stays is counted anew, for the database to find it by the right index.
    """
    heard.prune(runtime.database)
    with runtime.database.writing(EVERY_SCHOOL) as session:
        session.execute(delete(idempotency_key).where(idempotency_key.c.created_at < now() - ANSWERS_KEPT))
        ended.prune_ended(session)
    runtime.database.count()
