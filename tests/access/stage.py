"""Somebody to ask every program as anybody, and a way to see and undo what the asking changed."""

import sqlite3
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from werkzeug.test import TestResponse

from shared.ended import EndedSessions
from shared.ids import new_id
from tests.access.world import CLIENTS, PASSWORD, PROGRAMS, SECRET, Class, School, World

PROBLEM = "application/problem+json"
TOKEN_KEPT_SECONDS = 200  # Of the 300 it lives.

# What may be written without anything having changed: failed tries are counted, use is noted.
BOOKKEEPING: dict[str, tuple[str, ...]] = {
    "access_log": (),
    "access_circles": (),
    "access_note": (),
    "diary_views": (),
    "attempts": (),
    "sign_ins": ("used_at",),
    "browser_sessions": ("seen_at",),
    "calendar_feeds": ("read_at",),
}


@dataclass
class Things:
    """What a request can be about: of one class, named as the routes name it."""

    school: School
    of: Class
    page_id: UUID
    lesson_id: UUID
    period_id: UUID
    seq: int
    digest: str
    notices: dict[str, UUID]
    sessions: dict[str, UUID]
    calendars: dict[str, UUID]
    files: dict[str, UUID]
    absence_id: UUID
    substitution_id: UUID
    screen_id: UUID
    slot: int = 1
    printed_seq: int = 0  # Of which state of the page reporting has the digest.
    role: str = "educator"
    approval_id: UUID | None = None
    code: str = "en"
    kind: str = "photo"
    file_type: str = "pdf"
    decision: str = "refusal"
    movement: str = "departure"
    movement_id: UUID = field(default_factory=new_id)
    year_move_id: UUID = field(default_factory=new_id)
    import_id: UUID = field(default_factory=new_id)
    batch_id: UUID = field(default_factory=new_id)
    composition_id: UUID = field(default_factory=new_id)
    timetable_id: UUID = field(default_factory=new_id)
    card_id: UUID = field(default_factory=new_id)
    curriculum_id: UUID = field(default_factory=new_id)
    task_id: UUID | None = None
    answer_id: UUID | None = None
    corrections: dict[str, UUID] = field(default_factory=dict)
    plan_id: UUID = field(default_factory=new_id)
    topic_id: UUID = field(default_factory=new_id)
    excuse_id: UUID = field(default_factory=new_id)
    remark_id: UUID = field(default_factory=new_id)
    entry_id: UUID = field(default_factory=new_id)
    acceptance_id: UUID = field(default_factory=new_id)

    @property
    def day(self) -> date | None:
        return self.of.lesson_on

    @property
    def group_id(self) -> UUID:
        return self.of.group_id

    @property
    def subject_id(self) -> UUID | None:
        return self.of.subject_id

    @property
    def area_id(self) -> UUID | None:
        return self.of.area_id

    @property
    def room_id(self) -> UUID | None:
        return self.of.room_id

    @property
    def pupil_id(self) -> UUID:
        return self.of.pupils[0]

    @property
    def person_id(self) -> UUID:
        return self.of.pupils[0]

    @property
    def ids(self) -> set[UUID]:
        """What must not be seen by whom these things are not for."""
        own = {self.group_id, *self.of.pupils, self.guardian_id, self.page_id, self.lesson_id}
        return own | set(self.notices.values()) | set(self.sessions.values())

    @property
    def teacher_id(self) -> UUID:
        return self.of.teacher_id

    @property
    def erasure_id(self) -> UUID | None:
        return self.of.erasure_id

    @property
    def request_id(self) -> UUID | None:
        return self.of.request_id

    @property
    def twin_id(self) -> UUID:
        return self.of.pupils[2]

    @property
    def guardian_id(self) -> UUID:
        return self.of.guardian_id

    @property
    def deputy_id(self) -> UUID:
        return self.school.people["deputy"]


@dataclass
class Stage:
    """The world with everybody signed in, as it stood when the curtain rose."""

    world: World
    tokens: dict[tuple[str, str], tuple[str, float]] = field(default_factory=dict)
    session_tokens: dict[str, str] = field(default_factory=dict)
    cookies: dict[str, dict[str, str]] = field(default_factory=dict)
    forms: dict[str, str] = field(default_factory=dict)
    things: dict[str, Things] = field(default_factory=dict)
    live: dict[str, sqlite3.Connection] = field(default_factory=dict)
    kept: dict[str, sqlite3.Connection] = field(default_factory=dict)
    seen: dict[str, int] = field(default_factory=dict)
    comparisons: dict[str, dict[str, str]] = field(default_factory=dict)

    def token(self, caller: str, service: str, school: School | None = None) -> str:
        """Return an access token as identity gives it."""
        school = school or self.world.first
        known = (f"{school.mark}{caller}", service)
        token, got_at = self.tokens.get(known, ("", 0.0))
        if not token or time.monotonic() > got_at + TOKEN_KEPT_SECONDS:
            token = self._token(caller, service, school)
            self.tokens[known] = token, time.monotonic()
        return token

    def _token(self, caller: str, service: str, school: School) -> str:
        if caller in CLIENTS:
            asked = {"grant_type": "client_credentials", "client_id": caller, "client_secret": SECRET}
        else:
            if school is not self.world.first:  # Begun after the curtain rose, and undone since, perhaps.
                self.session_tokens.pop(f"{school.mark}{caller}", None)
            asked = {"grant_type": "session", "session_token": self.session_token(caller, school)}
        answer = (
            self.world.apps["identity"]
            .test_client()
            .post("/api/identity/v1/tokens", json=asked | {"audience": service})
        )
        return str(answer.json["access_token"])

    def session_token(self, caller: str, school: School | None = None) -> str:
        """Return the token of a person's session at identity."""
        school = school or self.world.first
        known = f"{school.mark}{caller}"
        if known not in self.session_tokens:
            password = school.one_time_password if caller == "newcomer" else PASSWORD
            given = {"login": school.logins[caller], "password": password}
            answer = self.world.apps["identity"].test_client().post("/api/identity/v1/sessions", json=given)
            self.session_tokens[known] = answer.json["session_token"]
        return self.session_tokens[known]

    def ask(self, caller: str, program: str, method: str, path: str, **given: Any) -> TestResponse:
        """Send a request as a caller of the first school and return the answer."""
        headers = {"Accept": "application/json", **given.pop("headers", {})}
        if program == "portal":
            return self._ask_portal(caller, method, path, headers, given)
        prefix = (
            "" if path.startswith(("/verify", "/healthz", "/readyz", "/metrics")) else f"/api/{program}/v1"
        )
        if caller != "anonymous":
            headers.setdefault("Authorization", f"Bearer {self.token(caller, program)}")
        client = self.world.apps[program].test_client()
        return client.open(prefix + path, method=method, headers=headers, buffered=True, **given)

    def _ask_portal(
        self, caller: str, method: str, path: str, headers: dict[str, str], given: dict[str, Any]
    ) -> TestResponse:
        client = self.world.apps["portal"].test_client()
        for name, value in self.cookies[caller].items():
            client.set_cookie(name, value)
        if method not in ("GET", "HEAD"):
            headers.setdefault("X-CSRFToken", self.forms[caller])
        return client.open(path, method=method, headers=headers, buffered=True, **given)

    def changed(self, programs: Iterable[str] = PROGRAMS) -> dict[str, list[str]]:
        """Return which tables of which programs are not as they were kept, bookkeeping aside."""
        found = {}
        for name in programs:
            live = self.live[name]
            version = live.execute("PRAGMA data_version").fetchone()[0]
            if version != self.seen[name]:
                touched = {table for (table,) in live.execute("SELECT name FROM touched")}
                asked = {table: sql for table, sql in self.comparisons[name].items() if table in touched}
                differing = [table for table, sql in asked.items() if live.execute(sql).fetchone()]
                if differing:
                    found[name] = differing
                else:
                    self.seen[name] = version
        return found

    def restore(self) -> None:
        """Put everything back as it was kept."""
        for name in PROGRAMS:
            live = self.live[name]
            if live.execute("PRAGMA data_version").fetchone()[0] != self.seen[name]:
                if live.execute("SELECT 1 FROM touched WHERE name = 'ended_session'").fetchone():
                    # What the service knew of ended sessions is undone as well.
                    database = self.world.runtimes[name].database
                    self.world.apps[name].extensions["ended"] = EndedSessions(database)
                self.kept[name].backup(live)
                self.seen[name] = live.execute("PRAGMA data_version").fetchone()[0]

    def keep(self) -> None:
        """Keep everything as it stands now."""
        for name in PROGRAMS:
            self.live[name] = sqlite3.connect(self.world.folder / f"{name}.sqlite", check_same_thread=False)
            self.live[name].execute("PRAGMA synchronous=OFF")
            watched = _watched(self.live[name])
            beside = self.world.folder / f"{name}-kept.sqlite"
            self.kept[name] = sqlite3.connect(beside, check_same_thread=False)
            self.live[name].backup(self.kept[name])
            self.live[name].execute("ATTACH ? AS kept", (str(beside),))
            self.comparisons[name] = {table: _differs(self.kept[name], table) for table in watched}
            self.seen[name] = self.live[name].execute("PRAGMA data_version").fetchone()[0]

    def close(self) -> None:
        """Let go of the files."""
        for connection in (*self.live.values(), *self.kept.values()):
            connection.close()


def _watched(live: sqlite3.Connection) -> list[str]:
    """Name the tables that count, and let each tell that it was touched, for to compare all takes long."""
    names = [row[0] for row in live.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    watched = [name for name in names if BOOKKEEPING.get(name) != ()]
    live.execute("CREATE TABLE touched (name TEXT PRIMARY KEY)")
    for name in watched:
        for event in ("INSERT", "UPDATE", "DELETE"):
            live.execute(
                f"CREATE TRIGGER touched_{name}_{event} AFTER {event} ON {name} "
                f"BEGIN INSERT INTO touched SELECT '{name}' WHERE NOT EXISTS "
                f"(SELECT 1 FROM touched WHERE name = '{name}'); END"  # An upsert would overrule OR IGNORE.
            )
    return watched


def _differs(kept: sqlite3.Connection, table: str) -> str:
    """Return the SQL that finds a row if those of the table are not as kept, bookkeeping aside."""
    columns = [row[1] for row in kept.execute(f"PRAGMA table_info({table})")]
    shown = ", ".join(f'"{name}"' for name in columns if name not in BOOKKEEPING.get(table, ()))
    live, was = (f"SELECT {shown} FROM {place}.{table}" for place in ("main", "kept"))
    counts = f"(SELECT count(*) FROM main.{table}) <> (SELECT count(*) FROM kept.{table})"
    return f"SELECT 1 WHERE {counts} OR EXISTS ({live} EXCEPT {was}) OR EXISTS ({was} EXCEPT {live})"
