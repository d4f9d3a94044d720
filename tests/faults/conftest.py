"""One school for all faults that a deployment must come out of unharmed; its load goes on and on.

A fault that it did not come out of fails one test: the next begins on new ground.
"""

from collections.abc import Iterator
from contextlib import ExitStack, suppress
from functools import cached_property
from pathlib import Path
from uuid import UUID

import psycopg
import pytest

from tests.faults.load import Load
from tests.faults.world import World, world
from tests.support.deployment import Deployment
from tests.support.postgres import Postgres
from tests.support.rabbitmq import RabbitMQ

APART = "apart"
FAILED, LAST = pytest.StashKey[bool](), pytest.StashKey[bool]()


class Ground:
    """A cluster and a broker that the faults may kill, freeze and wipe, and what runs on them."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder = folder
        self.seed = seed
        self._built = ExitStack()

    @cached_property
    def cluster(self) -> Postgres:
        made = Postgres.create()
        self._built.callback(made.kill)
        return made

    @cached_property
    def node(self) -> RabbitMQ:
        made = RabbitMQ.create()
        self._built.callback(made.close)
        return made

    @cached_property
    def school(self) -> World:
        return self._built.enter_context(world(self.cluster, self.node.url()))

    @cached_property
    def load(self) -> Load:
        """The teachers of the school, and what they were promised since the first fault."""
        return Load(self.school, self.folder, self.seed)

    @cached_property
    def apart(self) -> tuple[Deployment, UUID]:
        """A school of its own with every API, in which nobody teaches.

        On the other's virtual host they would share the queues, and whose worker came first would
        take the events of both.
        """
        deployment = Deployment(self.cluster, self.node.url(APART))
        self._built.callback(deployment.stop)
        founded = deployment.found()
        deployment.start()
        return deployment, founded.school_id

    def leave(self) -> None:
        """Take everything down, whatever state a fault has left it in."""
        with suppress(psycopg.Error):  # A cluster that was killed has nothing to be cleared away.
            self._built.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Remember who failed."""
    report = yield
    item.stash[FAILED] = item.stash.get(FAILED, False) or report.failed
    return report


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """Remember after whom there are no more faults."""
    item.stash[LAST] = nextitem is None or nextitem.path.parent != item.path.parent


@pytest.fixture(scope="session")
def grounds() -> list[Ground]:
    """The ground that the tests stand on, or none."""
    return []


@pytest.fixture
def ground(grounds, tmp_path_factory, request) -> Iterator[Ground]:
    """The ground of the test before, unless that spoiled it; its many processes go with the last fault."""
    if not grounds:
        seed = getattr(request.config.option, "randomly_seed", None) or 1
        grounds.append(Ground(tmp_path_factory.mktemp("promises"), seed))
    yield grounds[0]
    if request.node.stash[FAILED] or request.node.stash[LAST]:
        grounds.pop().leave()


@pytest.fixture
def cluster(ground: Ground) -> Postgres:
    return ground.cluster


@pytest.fixture
def node(ground: Ground) -> RabbitMQ:
    return ground.node


@pytest.fixture
def school(ground: Ground) -> World:
    """A running school."""
    return ground.school


@pytest.fixture
def load(ground: Ground) -> Load:
    return ground.load
