"""Whoever works with the journal in a bench: a teacher at a page, a family at a diary, each one client."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from uuid import UUID

from tests.bench.measure import HttpClient, Turn
from tests.support.tokens import bearer

API = "/api/journal/v1"


@dataclass(frozen=True)
class Desk:
    """A teacher before a class page: where it is, and the lesson that marks are put for."""

    port: int
    school_id: UUID
    teacher_id: UUID
    page_id: UUID
    lesson_id: UUID
    pupil_ids: Sequence[UUID]
    period_id: UUID | None = None  # Whose marks are put at term end.

    @property
    def headers(self) -> dict[str, str]:
        """The headers of the teacher's requests."""
        given = {"school_id": self.school_id, "person_id": self.teacher_id, "roles": ("teacher",)}
        return bearer("journal", lives_seconds=3600, **given) | {"Content-Type": "application/json"}

    def saving(self) -> Turn:
        """Return a turn that saves a mark of every pupil, another one each time."""
        client, headers, turns = HttpClient(self.port), self.headers, count()
        bodies = [_marks(self.pupil_ids, value) for value in "45"]
        seq = self.seq(client, headers)

        def turn() -> None:
            nonlocal seq
            seq = put_marks(client, headers, self.lesson_id, seq, bodies[next(turns) % 2])

        return turn

    def setting(self) -> Turn:
        """Return a turn that sets the period marks of the class, other ones each time."""
        client, headers, turns = HttpClient(self.port), self.headers, count()
        bodies = [class_set(self.pupil_ids, value) for value in "45"]
        seq = self.seq(client, headers)

        def turn() -> None:
            nonlocal seq
            path = f"{API}/pages/{self.page_id}/finals/{self.period_id}"
            seen = headers | {"If-Match": f'"{seq}"'}
            status, got, answer = client.call("POST", path, seen, bodies[next(turns) % 2])
            assert status == 200, (status, answer[:500])
            seq = got["etag"].strip('"')

        return turn

    def opening(self) -> Turn:
        """Return a turn that opens the page."""
        return getting(HttpClient(self.port), f"{API}/pages/{self.page_id}", self.headers)

    def seq(self, client: HttpClient, headers: dict[str, str]) -> str:
        """Return the page's state, for If-Match."""
        _, got, _ = client.call("GET", f"{API}/pages/{self.page_id}", headers)
        return got["etag"].strip('"')

    def reading_diaries(self) -> Turn:
        """Return a turn in which the next of the page's pupils reads the week in the diary."""
        client = HttpClient(self.port)
        turns = [_week(client, self.school_id, pupil) for pupil in self.pupil_ids]
        numbers = count()

        def turn() -> None:
            turns[next(numbers) % len(turns)]()

        return turn


def put_marks(client: HttpClient, headers: dict[str, str], lesson_id: UUID, seq: str, body: bytes) -> str:
    """Save marks and return the page's new state."""
    seen = headers | {"If-Match": f'"{seq}"'}
    status, got, answer = client.call("POST", f"{API}/lessons/{lesson_id}/entries", seen, body)
    assert status == 200, (status, answer[:500])
    return got["etag"].strip('"')


def class_set(pupils: Sequence[UUID], value: str) -> bytes:
    """Return the body that sets every pupil's mark of a period."""
    entries = [{"pupil_id": str(pupil), "value": value} for pupil in pupils]
    return json.dumps({"entries": entries, "reason": "Решение педсовета"}).encode()


def _marks(pupils: Sequence[UUID], value: str) -> bytes:
    return json.dumps({"entries": [{"pupil_id": str(p), "slot": 1, "value": value} for p in pupils]}).encode()


def _week(client: HttpClient, school_id: UUID, pupil_id: UUID) -> Turn:
    given = {"school_id": school_id, "person_id": pupil_id, "roles": ("pupil",)}
    headers = bearer("journal", lives_seconds=3600, **given)
    return getting(client, f"{API}/diary?pupil_id={pupil_id}", headers)


def getting(client: HttpClient, path: str, headers: dict[str, str]) -> Turn:
    """Return a turn that reads what stands at a path."""

    def turn() -> None:
        status, _, answer = client.call("GET", path, headers)
        assert status == 200, (status, answer[:500])

    return turn
