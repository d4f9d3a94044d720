"""Somebody to ask every program as anybody, and a way to see and undo what the asking changed."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from services.identity.models import SignIn
from services.journal.models import Lesson, Page, Period
from services.notify.models import Notice
from services.reporting.models import PageHead
from shared.clock import today
from shared.db import EVERY_SCHOOL
from shared.service import SERVICES
from tests.access.world import CLIENTS, PASSWORD, PROGRAMS, ROLES, SECRET, ZONE, Class, School, World

PEOPLE = ("newcomer", *ROLES)
CALLERS = ("anonymous", *PEOPLE, *CLIENTS)
PROBLEM = "application/problem+json"

# What may be written without anything having changed: failed tries are counted, use is noted.
BOOKKEEPING = {"attempts": (), "sign_ins": ("used_at",), "browser_sessions": ("seen_at",)}


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
    slot: int = 1
    role: str = "educator"
    code: str = "en"

    @property
    def day(self) -> date | None:
        return self.of.lesson_on

    @property
    def group_id(self) -> UUID:
        return self.of.group_id

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
    def guardian_id(self) -> UUID:
        return self.of.guardian_id


@dataclass
class Stage:
    """The world with everybody signed in, as it stood when the curtain rose."""

    world: World
    tokens: dict[tuple[str, str], str] = field(default_factory=dict)
    session_tokens: dict[str, str] = field(default_factory=dict)
    cookies: dict[str, dict[str, str]] = field(default_factory=dict)
    forms: dict[str, str] = field(default_factory=dict)
    things: dict[str, Things] = field(default_factory=dict)
    live: dict[str, sqlite3.Connection] = field(default_factory=dict)
    kept: dict[str, sqlite3.Connection] = field(default_factory=dict)
    seen: dict[str, int] = field(default_factory=dict)

    def token(self, caller: str, service: str, school: School | None = None) -> str:
        """Return an access token as identity gives it."""
        school = school or self.world.first
        known = (f"{school.mark}{caller}", service)
        if known not in self.tokens:
            self.tokens[known] = self._token(caller, service, school)
        return self.tokens[known]

    def _token(self, caller: str, service: str, school: School) -> str:
        if caller in CLIENTS:
            asked = {"grant_type": "client_credentials", "client_id": caller, "client_secret": SECRET}
        else:
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
            version = self.live[name].execute("PRAGMA data_version").fetchone()[0]
            if version != self.seen[name]:
                differing = _differing(self.live[name], self.kept[name])
                if differing:
                    found[name] = differing
                else:
                    self.seen[name] = version
        return found

    def restore(self) -> None:
        """Put everything back as it was kept."""
        for name in PROGRAMS:
            if self.live[name].execute("PRAGMA data_version").fetchone()[0] != self.seen[name]:
                self.kept[name].backup(self.live[name])
                self.seen[name] = self.live[name].execute("PRAGMA data_version").fetchone()[0]

    def keep(self) -> None:
        """Keep everything as it stands now."""
        for name in PROGRAMS:
            self.live[name] = sqlite3.connect(self.world.folder / f"{name}.sqlite", check_same_thread=False)
            self.live[name].execute("PRAGMA synchronous=OFF")
            self.kept[name] = sqlite3.connect(":memory:", check_same_thread=False)
            self.live[name].backup(self.kept[name])
            self.seen[name] = self.live[name].execute("PRAGMA data_version").fetchone()[0]


def _differing(live: sqlite3.Connection, kept: sqlite3.Connection) -> list[str]:
    names = [row[0] for row in kept.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    return [name for name in names if _rows(live, name) != _rows(kept, name)]


def _rows(connection: sqlite3.Connection, table: str) -> list[tuple[Any, ...]]:
    if table in BOOKKEEPING and not BOOKKEEPING[table]:
        return []
    columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
    shown = ", ".join(name for name in columns if name not in BOOKKEEPING.get(table, ()))
    return sorted(connection.execute(f"SELECT {shown} FROM {table}").fetchall(), key=repr)


def raise_curtain(world: World) -> Stage:
    """Sign everybody in, put marks on every page, and keep it all as it stands."""
    stage = Stage(world)
    for school in (world.first, world.second):
        for own in school.classes:
            _teach(stage, school, own)
        world.tell("journal", school)
    for caller in ("anonymous", *PEOPLE):
        _enter_portal(stage, caller)
    for caller in (*PEOPLE, *CLIENTS):
        for service in SERVICES:
            stage.token(caller, service)
    first, second = world.first, world.second
    stage.things = {
        "own": _things(stage, first, first.classes[0]),
        "foreign": _things(stage, first, first.classes[1]),
        "other": _things(stage, second, second.classes[0]),
    }
    stage.keep()
    return stage


def _teach(stage: Stage, school: School, own: Class) -> None:
    """Let the teacher of a class put marks, works, a topic and homework on its last lesson."""
    database = stage.world.runtimes["journal"].database
    with database.reading(school.id) as session:
        found = select(Lesson).where(Lesson.held_on <= today(ZONE)).order_by(Lesson.held_on.desc())
        pages = select(Page.id).where(Page.group_id == own.group_id)
        lesson = session.scalars(found.where(Lesson.page_id.in_(pages))).first()
    assert lesson
    own.lesson_id, own.lesson_on = lesson.id, lesson.held_on
    who = "teacher" if own is school.classes[0] else str(own.teacher_id)
    headers = {"Authorization": f"Bearer {stage.token(who, 'journal', school)}"}
    client = stage.world.apps["journal"].test_client()
    marks = [{"pupil_id": str(pupil), "slot": 1, "value": school.mark} for pupil in own.pupils]
    late = [{"pupil_id": str(own.pupils[0]), "slot": 0, "value": "оп"}]
    body = {
        "entries": marks + late,
        "works": [{"slot": 1, "type": "control", "title": school.text("Работа")}],
        "reason": school.text("Причина"),
    }
    path = f"/api/journal/v1/lessons/{lesson.id}"
    saved = client.post(f"{path}/entries", json=body, headers=headers | {"If-Match": '"0"'})
    assert saved.status_code == 200, saved.text
    described = {"topic": school.text("Тема"), "homework": school.text("Задание")}
    seen = {"If-Match": f'"{saved.json["seq"]}"'}
    assert client.put(f"{path}/description", json=described, headers=headers | seen).status_code == 200


def _enter_portal(stage: Stage, caller: str) -> None:
    client: FlaskClient = stage.world.apps["portal"].test_client()

    def forms_token() -> str:
        return str(client.get("/sign-in/state").json["csrf"])

    stage.forms[caller] = forms_token()
    if caller != "anonymous":
        school = stage.world.first
        password = school.one_time_password if caller == "newcomer" else PASSWORD
        form = {"login": school.logins[caller], "password": password, "csrf_token": stage.forms[caller]}
        assert client.post("/sign-in", data=form).status_code == 302
        stage.forms[caller] = forms_token()
    names = ("parta", "forms")
    found = {name: client.get_cookie(name) for name in names}
    stage.cookies[caller] = {name: cookie.value for name, cookie in found.items() if cookie}


def _things(stage: Stage, school: School, own: Class) -> Things:
    runtimes = stage.world.runtimes
    with runtimes["journal"].database.reading(school.id) as session:
        page = session.scalars(select(Page).where(Page.group_id == own.group_id)).one()
        periods = session.scalars(select(Period).order_by(Period.starts_on)).all()
    with runtimes["reporting"].database.reading(school.id) as session:
        heads = select(PageHead).where(PageHead.page_id == page.id).order_by(PageHead.seq.desc())
        head = session.scalars(heads).first()
    assert head
    with runtimes["notify"].database.reading(school.id) as session:
        notices = {
            who: session.scalars(select(Notice.id).where(Notice.recipient_id == person)).first()
            for who, person in (("pupil", own.pupils[0]), ("parent", own.guardian_id))
        }
    with runtimes["identity"].database.reading(EVERY_SCHOOL) as session:
        sessions = dict(session.execute(select(SignIn.person_id, SignIn.id)).all())
    mine = {who: sessions[id_] for who, id_ in school.people.items() if id_ in sessions}
    if own is not stage.world.first.classes[0]:  # Somebody else's, whoever asks.
        somebody = own.teacher_id
        mine = dict.fromkeys(CALLERS, sessions[somebody])
    return Things(school, own, page.id, own.lesson_id, periods[-1].id, page.seq, head.head, notices, mine)
