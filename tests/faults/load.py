"""Steady saves by several teachers who never give up, and a diary of what they were promised."""

import json
import os
import random
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self
from uuid import UUID, uuid4

import httpx2

from tests.faults.world import PASSWORD, Taught, World
from tests.support.waiting import eventually

VALUES = ("5", "4", "3", "2", None)
PAUSE = 0.1  # seconds between two saves of a teacher: enough for a fault to meet some, and cores left for it


@dataclass(frozen=True)
class Promise:
    """A save that was acknowledged, as the teacher's browser remembers it."""

    key: str
    lesson_id: UUID
    seq: int
    changed: list[dict[str, Any]]


@dataclass
class Load:
    """One teacher a class, each saving again and again, from `start` to `stop`.

    An unknown outcome is repeated with the same Idempotency-Key until it is known: then every
    save is either promised or was never made.
    """

    world: World
    folder: Path
    seed: int
    promises: list[Promise] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    slowest: float = 0.0
    _seen: dict[int, int] = field(default_factory=dict)
    _stop: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Let the teachers begin, and wait for the first save that is acknowledged."""
        before = len(self.promises) + len(self.refusals)
        self._stop.clear()
        self._threads = [
            threading.Thread(target=self._teach, args=(number, taught), daemon=True)
            for number, taught in enumerate(self.world.classes)
        ]
        for thread in self._threads:
            thread.start()
        eventually(lambda: len(self.promises) + len(self.refusals) > before, within=60)

    def stop(self) -> None:
        """Let every teacher finish the save at hand."""
        self._stop.set()
        for thread in self._threads:
            thread.join(120)
            assert not thread.is_alive(), "A save is still not acknowledged two minutes after the fault."

    def look_again(self) -> None:
        """Let every teacher reload the page, as they must when the journal has another past."""
        for number, taught in enumerate(self.world.classes):
            sql = f"SELECT seq FROM pages WHERE group_id = '{taught.group_id}'"
            self._seen[number] = self.world.deployment.scalar("journal", sql) or 0

    def run(self, seconds: float) -> None:
        """Go on for a while."""
        time.sleep(seconds)

    def _teach(self, number: int, taught: Taught) -> None:
        choose = random.Random(f"{self.seed}-{number}")
        with httpx2.Client(timeout=10) as http:
            teacher = _Teacher(self.world, taught, http)
            self._seen[number] = self._save_on_and_on(choose, teacher, taught, self._seen.get(number, 0))

    def _save_on_and_on(self, choose: random.Random, teacher: "_Teacher", taught: Taught, seq: int) -> int:
        """Save until told to stop; takes and returns the state of the page that the teacher saw last."""
        while not self._stop.is_set():
            pupils = choose.sample(taught.pupil_ids, choose.randrange(1, 4))
            entries = [{"pupil_id": str(p), "slot": 1, "value": choose.choice(VALUES)} for p in pupils]
            lesson, key = choose.choice(taught.lesson_ids), str(uuid4())
            began = time.monotonic()
            answer = teacher.save(lesson, key, seq, entries)
            with self._lock:
                self.slowest = max(self.slowest, time.monotonic() - began)
                if answer.status_code != 200:
                    self.refusals.append(f"{answer.status_code} {answer.text[:300]}")
                    continue
                seq = answer.json()["seq"]
                self._keep(Promise(key, lesson, seq, answer.json()["changed"]))
            time.sleep(PAUSE)
        return seq

    def _keep(self, promise: Promise) -> None:
        """Write the promise where no fault reaches it."""
        self.promises.append(promise)
        with (self.folder / "promises.jsonl").open("a") as diary:
            diary.write(json.dumps([promise.key, str(promise.lesson_id), promise.seq]) + "\n")
            diary.flush()
            os.fsync(diary.fileno())


class _Teacher:
    """A browser that repeats until it is answered."""

    def __init__(self, world: World, taught: Taught, http: httpx2.Client) -> None:
        self.world = world
        self.http = http
        self.session = self._patiently(lambda: world.deployment.sign_in(taught.login, PASSWORD))
        self.token = ""

    def save(self, lesson: UUID, key: str, seq: int, entries: list[dict[str, Any]]) -> httpx2.Response:
        url = f"{self.world.deployment.url('journal')}/api/journal/v1/lessons/{lesson}/entries"
        while True:
            if not self.token:
                self.token = self._patiently(lambda: self.world.deployment.token(self.session, "journal"))
            headers = {
                "Authorization": f"Bearer {self.token}",
                "If-Match": f'"{seq}"',
                "Idempotency-Key": key,
            }
            try:
                answer = self.http.post(url, json={"entries": entries}, headers=headers)
            except httpx2.HTTPError:
                time.sleep(0.1)
                continue
            if answer.status_code == 401:
                self.token = ""
            elif answer.status_code < 500:
                return answer
            time.sleep(0.1)

    def _patiently(self, ask: Any) -> str:
        while True:
            try:
                return str(ask())
            except httpx2.HTTPError:
                time.sleep(0.2)
