"""The whole school in one process, killed again and again under load: SQLite, memory, no second machine."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.founding import found
from deploy.single import PROGRAMS, environment, open_school
from services.identity.actions.school.schools import Founded
from shared.db import Database
from tests.faults.checks import all_is_well
from tests.faults.load import Load
from tests.faults.world import World, inhabited
from tests.support.deployment import CHEAP_ARGON2_KIB, Deployment
from tests.support.ports import free_port
from tests.support.processes import Child, parta
from tests.support.waiting import eventually

KILLS = 5
pytestmark = pytest.mark.timeout(480)  # Six starts, each of which may take a minute.


class SingleProcess(Deployment):
    """`parta up` on a folder, reached like services apart."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.settings = {"PARTA_ARGON2_MEMORY_KIB": CHEAP_ARGON2_KIB, "PARTA_HEADS_POLL_SECONDS": "2"}
        self._databases: dict[str, Database] = {}
        self.process: Child | None = None

    def url(self, service: str) -> str:
        return f"http://127.0.0.1:{self.port}"

    def database(self, service: str) -> Database:
        if service not in self._databases:
            url = environment(self.folder)[f"PARTA_{service.upper()}_DATABASE_URL"]
            self._databases[service] = Database(url)
        return self._databases[service]

    def found(self, name: str = "Школа № 1") -> Founded:
        with open_school(self.folder, **self.settings) as school:
            founded = found(school, name)
            assert founded
            return founded

    def start(self, webs: object = ()) -> None:
        log = self.folder / "up.log"
        arguments = ("up", "--data", str(self.folder), "--port", str(self.port))
        self.process = parta(*arguments, env=self.settings, log=log)
        opened = log.read_text().count("Парта открыта")
        eventually(lambda: log.read_text().count("Парта открыта") > opened, within=60)

    def kill(self) -> None:
        assert self.process
        self.process.kill()

    def logs(self) -> dict[str, str]:
        return {"up": (self.folder / "up.log").read_text()[-8000:]}

    def stop(self) -> None:
        if self.process:
            self.process.kill()
        for database in self._databases.values():
            database.close()


@pytest.fixture
def school(tmp_path: Path) -> Iterator[World]:
    with inhabited(SingleProcess(tmp_path / "school")) as made:
        yield made


def test_a_school_in_one_process_may_be_killed_at_any_moment(school, tmp_path):
    load = Load(school, tmp_path, 1)
    with load:
        for number in range(KILLS):
            load.run(0.4 + number * 0.37)
            school.deployment.kill()
            school.deployment.start()
        load.run(0.5)

    eventually(lambda: all_is_well(school, load), within=60, every=0.3)


def test_a_second_process_on_the_same_folder_is_refused_and_says_where_the_first_is(school):
    second = parta("up", "--data", str(school.deployment.folder), "--port", str(free_port()))
    eventually(lambda: not second.running, within=30)
    assert school.deployment.url("") in second.log()
    assert second.stop() != 0
    assert {p.name for p in school.deployment.folder.glob("*.db")} == {f"{name}.db" for name in PROGRAMS}
