"""A school on a Monday morning, asked over the journal's API as its people's programs would."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import time_machine

from shared.db import Database
from shared.ids import new_id
from tests.journal.conftest import MONDAY_MORNING, Api, api_of
from tests.journal.makers import World, make_world, tell
from tests.support.databases import sqlite_url

Who = Mapping[str, Any]


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(MONDAY_MORNING) as traveller:
        yield traveller


@dataclass
class School:
    """The people of the school, and what they do at the journal."""

    api: Api
    world: World
    database: Database

    @property
    def teacher(self) -> Who:
        return {"person": self.world.teacher_id, "roles": ("teacher",)}

    @property
    def class_teacher(self) -> Who:
        return {"person": self.world.class_teacher_id, "roles": ("class_teacher",)}

    @property
    def parent(self) -> Who:
        return {"person": self.world.parent_id, "roles": ("parent",)}

    @property
    def pupil(self) -> Who:
        return {"person": self.world.pupils[0], "roles": ("pupil",)}

    @property
    def deputy(self) -> Who:
        return {"person": UUID(int=51), "roles": ("deputy",)}

    @property
    def director(self) -> Who:
        return {"person": UUID(int=52), "roles": ("director",)}

    @property
    def page_id(self) -> UUID:
        with self.database.reading(self.world.school_id) as session:
            return self.world.page_id(session)

    def get(self, path: str, who: Who, status: int = 200) -> Any:
        """Return what somebody is told."""
        answer = self.api("GET", path, **who)
        assert answer.status_code == status, answer.text
        return answer.json

    def send(self, method: str, path: str, who: Who, status: int = 200, **given: Any) -> Any:
        """Let somebody do something, having seen the page as it stands."""
        answer = self.api(method, path, **({"seen": self.seq} | dict(who) | given))
        assert answer.status_code == status, answer.text
        return answer.json if answer.data else None

    @property
    def seq(self) -> int:
        return int(self.get(f"/pages/{self.page_id}", self.deputy)["page"]["seq"])

    def put(
        self, lesson_id: UUID, marks: Mapping[UUID, str | None], who: Who | None = None, **given: Any
    ) -> Any:
        """Put one value per pupil into a lesson's column."""
        slot, status = given.pop("slot", 1), given.pop("status", 200)
        entries = [{"pupil_id": str(one), "slot": slot, "value": value} for one, value in marks.items()]
        path = f"/lessons/{lesson_id}/entries"
        return self.send("POST", path, who or self.teacher, status, json={"entries": entries, **given})

    def describe(self, lesson_id: UUID, topic: str | None, homework: str | None, **given: Any) -> Any:
        body = {"topic": topic, "homework": homework, **given}
        return self.send("PUT", f"/lessons/{lesson_id}/description", self.teacher, json=body)

    def week(self, who: Who, pupil_id: UUID | None = None, on: date | None = None) -> dict[str, Any]:
        """Return the lessons of a pupil's week in the diary, by their ids."""
        path = f"/diary?pupil_id={pupil_id or self.world.pupils[0]}" + (f"&week={on}" if on else "")
        days = self.get(path, who)["days"]
        return {lesson["id"]: lesson for day in days for lesson in day["lessons"]}

    def owed(self, lesson_id: UUID) -> dict[str, str]:
        """Return how each thing owed on a lesson stands."""
        path = f"/pages/{self.page_id}/deadlines?from=2026-09-01&until=2026-10-25"
        items = {one["lesson_id"]: one for one in self.get(path, self.teacher)["items"]}
        return {one["what"]: one["state"] for one in items[str(lesson_id)]["owed"]}

    def hear(self, *told: object) -> None:
        """Let the journal hear events of identity and schedule."""
        tell(self.database, self.world, *told)


def stranger(*roles: str) -> Who:
    """Somebody of the school who has nothing to do with the class."""
    return {"person": new_id(), "roles": roles}


@pytest.fixture
def school(tmp_path: Path) -> Iterator[School]:
    database = Database(sqlite_url("journal", tmp_path))
    world = make_world(database)
    yield School(api_of(database, world), world, database)
    database.close()
