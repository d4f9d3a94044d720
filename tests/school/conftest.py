"""The demonstration school as `make run` serves it: one process, one port, real letters."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import pytest
import time_machine
import waitress
from sqlalchemy import text

from deploy.caller import Caller
from deploy.demo.fill import fill
from deploy.founding import found
from deploy.single import CLI, CLI_CLIENT, School, open_school
from services.identity.actions.signing_in.passwords import set_password
from tests.support.databases import school_folder
from tests.support.ports import free_port
from tests.support.smtp import Mailbox

PASSWORD = "семь сорок на перроне"
ARGON2_KIB = 64
# A day of lessons in the second quarter, whatever the day of the test.
A_WEDNESDAY = datetime(2026, 11, 18, 11, 0, tzinfo=UTC)


@dataclass
class Served:
    """The school, its address, its people's logins, and the letters it has sent."""

    school: School
    url: str
    logins: dict[str, str]
    mailbox: Mailbox

    def rows(self, service: str, sql: str, **values: object) -> list[tuple]:
        """Return what a query finds in a service's database."""
        with self.school.runtimes[service].database.reading("*") as session:
            return [tuple(row) for row in session.execute(text(sql), values)]

    def let_in(self, person_id: UUID) -> str:
        """Give a person the tests' password, and return the login."""
        (school_id,) = self.rows("identity", "SELECT id FROM schools")[0]
        with self.school.runtimes["identity"].database.writing(UUID(str(school_id))) as session:
            return set_password(session, person_id, PASSWORD, ARGON2_KIB)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A demonstration school with a day of marks, on a Wednesday in November."""
    mailbox = Mailbox()
    mailbox.start()
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    settings = {
        "PARTA_SMTP_URL": f"smtp://{mailbox.host}:{mailbox.port}",
        "PARTA_LETTER_WAIT_SECONDS": "1",
        "PARTA_ARGON2_MEMORY_KIB": str(ARGON2_KIB),
        "PARTA_PUBLIC_URL": url,
    }
    with (
        time_machine.travel(A_WEDNESDAY),
        open_school(school_folder(tmp_path_factory.mktemp("school")), **settings) as school,
    ):
        found(school)
        school.start_workers()
        caller = Caller(school.peers, CLI_CLIENT, school.secrets[CLI])
        logins = {login.login: login.password for login in fill(school, caller, lambda *_: None, days=1)}
        server = waitress.create_server(school.wsgi, host="127.0.0.1", port=port, threads=8)
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        yield Served(school, url, logins, mailbox)
        server.close()
        thread.join(10)
    mailbox.stop()
