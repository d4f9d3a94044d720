"""The services apart, each `parta web` and `parta worker` a process, on PostgreSQL and RabbitMQ."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID, uuid4

import httpx2
from psycopg import sql

from services.identity.actions.programs.clients import ensure_client
from services.identity.actions.school.schools import Founded, found_school
from shared.auth import SPEAKS_FOR_VISITORS
from shared.db import EVERY_SCHOOL, Database
from shared.ids import new_id
from shared.service import SERVICES
from tests.support.asking import http
from tests.support.databases import SEAL_KEY, postgres_database
from tests.support.home import home
from tests.support.ports import free_port
from tests.support.postgres import Postgres
from tests.support.processes import Child, parta
from tests.support.waiting import eventually

SECRET = "a-secret-of-the-tests-that-is-long-enough"
CHEAP_ARGON2_KIB = "64"


class Deployment:
    """Any of the services, with databases of their own in one cluster; killed as a test likes."""

    def __init__(
        self, cluster: Postgres, broker_url: str, services: Iterable[str] = SERVICES, **settings: str
    ) -> None:
        self.cluster = cluster
        self.services = tuple(services)
        self.ports = {name: free_port() for name in self.services}
        self.names = {name: postgres_database(name, cluster) for name in self.services}
        self.settings = {
            "PARTA_BROKER_URL": broker_url,
            "PARTA_CLIENT_SECRET": SECRET,
            "PARTA_SECRET_KEY": SECRET,
            "PARTA_IDENTITY_SEAL_KEYS": SEAL_KEY,
            "PARTA_ARGON2_MEMORY_KIB": CHEAP_ARGON2_KIB,
            "PARTA_HEADS_POLL_SECONDS": "2",
            **{f"PARTA_{name.upper()}_DATABASE_URL": cluster.url(db) for name, db in self.names.items()},
            **{f"PARTA_{name.upper()}_URL": self.url(name) for name in self.services},
            **settings,
        }
        self.webs: dict[str, Child] = {}
        self.workers: dict[str, list[Child]] = {name: [] for name in self.services}
        self._databases: dict[str, Database] = {}

    def url(self, service: str) -> str:
        """Return the base URL of a service."""
        return f"http://127.0.0.1:{self.ports[service]}"

    def database(self, service: str) -> Database:
        """Return a service's database, as the service's own role sees it."""
        if service not in self._databases:
            url = self.cluster.url(self.names[service])
            self._databases[service] = Database(url, pool_size=3)
        return self._databases[service]

    def found(self, name: str = "Школа № 1") -> Founded:
        """Admit the services to identity and found a school; nothing needs to run for it."""
        identity = self.database("identity")
        with identity.writing(EVERY_SCHOOL) as session:
            for service in SERVICES:
                ensure_client(session, f"service-{service}", SECRET, scopes=("events:read",))
            ensure_client(session, "service-portal", SECRET, scopes=(SPEAKS_FOR_VISITORS,))
        with identity.writing(new_id()) as session:
            return found_school(session, name)

    def start(self, webs: Iterable[str] = SERVICES) -> None:
        """Start a worker of every service, and the APIs wanted, and wait until these answer."""
        for name in self.services:
            self.start_worker(name)
        for name in webs:
            self.start_web(name, wait=False)
        for name in webs:
            self.wait_ready(name)

    def start_web(self, service: str, *, processes: int = 1, wait: bool = True, **settings: str) -> Child:
        """Start (or start again) a service's HTTP API on its port."""
        bind = f"127.0.0.1:{self.ports[service]}"
        metrics = home() / f"metrics-{service}-{uuid4().hex[:6]}"
        metrics.mkdir()
        settings |= {"PROMETHEUS_MULTIPROC_DIR": str(metrics)}
        arguments = ("web", service, "--bind", bind, "--processes", str(processes), "--threads", "8")
        self.webs[service] = parta(*arguments, env=self.settings | settings)
        if wait:
            self.wait_ready(service)
        return self.webs[service]

    def start_worker(self, service: str, **settings: str) -> Child:
        """Start one more worker of a service."""
        child = parta("worker", service, env=self.settings | settings)
        self.workers[service].append(child)
        return child

    def kill_workers(self, service: str) -> None:
        """Kill all workers of a service with SIGKILL."""
        while self.workers[service]:
            self.workers[service].pop().kill()

    def restart_worker(self, service: str) -> Child:
        """Kill all workers of a service and start a new one."""
        self.kill_workers(service)
        return self.start_worker(service)

    def restart_web(self, service: str) -> Child:
        """Kill a service's API and start it again."""
        self.webs[service].kill()
        return self.start_web(service)

    def take_copy(self, service: str) -> str:
        """Return the name of a copy of a service's database, whose processes must have been stopped."""
        self._forget_connections(service)
        return self.cluster.create_database(self.names[service])

    def put_back(self, service: str, copy: str) -> None:
        """Let the service's database be this other one; its processes must have been stopped."""
        self._forget_connections(service)
        name = self.names[service]
        self.cluster.drop_database(name)
        self.cluster.execute(
            sql.SQL("ALTER DATABASE {} RENAME TO {}").format(*map(sql.Identifier, (copy, name)))
        )

    def _forget_connections(self, service: str) -> None:
        if service in self._databases:
            self._databases.pop(service).close()
        name = sql.Literal(self.names[service])
        ended = sql.SQL("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = {}")
        self.cluster.execute(ended.format(name))

    def wait_ready(self, service: str) -> None:
        """Wait until a service's API answers."""

        def answers() -> bool:
            try:
                return http().get(self.url(service) + "/healthz", timeout=2).status_code == 200
            except httpx2.HTTPError:
                assert self.webs[service].running, self.webs[service].log()[-3000:]
                return False

        eventually(answers, within=60, every=0.1)

    def token(self, session_token: str, audience: str) -> str:
        """Exchange a person's session for an access token of one service."""
        asked = {"grant_type": "session", "session_token": session_token, "audience": audience}
        return str(self._identity("/tokens", asked)["access_token"])

    def sign_in(self, login: str, password: str) -> str:
        """Return the session token of a person."""
        return str(self._identity("/sessions", {"login": login, "password": password})["session_token"])

    def _identity(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = http().post(self.url("identity") + "/api/identity/v1" + path, json=body, timeout=30)
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found

    def scalar(self, service: str, statement: str, school: UUID | str = EVERY_SCHOOL) -> Any:
        """Return one value from a service's database."""
        with self.database(service).reading(school) as session:
            return session.connection().exec_driver_sql(statement).scalar()

    def parta(self, *arguments: str) -> int:
        """Run an operator's command to its end and return its exit code."""
        child = parta(*arguments, env=self.settings)
        eventually(lambda: not child.running, within=120)
        return child.stop()

    def logs(self) -> dict[str, str]:
        """Return what every process has written last."""
        webs = {f"web {name}": child for name, child in self.webs.items()}
        workers = {f"worker {n} {i}": c for n, many in self.workers.items() for i, c in enumerate(many)}
        return {name: child.log()[-4000:] for name, child in (webs | workers).items()}

    def print_logs(self) -> None:
        """Print what every process has written last, for the report of a failure."""
        for name, text in self.logs().items():
            print(f"── {name} ──", text, sep="\n")

    def stop(self) -> None:
        """Kill every process and drop the databases."""
        for child in [*self.webs.values(), *(c for many in self.workers.values() for c in many)]:
            child.kill()
        for database in self._databases.values():
            database.close()
        for name in self.names.values():
            self.cluster.drop_database(name)
