"""One world for all faults that a deployment must come out of unharmed; its load goes on and on."""

from collections.abc import Iterator

import pytest

from tests.faults.load import Load
from tests.faults.world import World, world
from tests.support.postgres import Postgres
from tests.support.rabbitmq import RabbitMQ


@pytest.fixture(scope="session")
def cluster() -> Iterator[Postgres]:
    """A cluster that the faults may kill."""
    made = Postgres.create()
    yield made
    made.kill()


@pytest.fixture(scope="session")
def node() -> Iterator[RabbitMQ]:
    """A broker that the faults may kill, freeze and wipe."""
    made = RabbitMQ.create()
    yield made
    made.close()


@pytest.fixture(scope="session")
def school(cluster: Postgres, node: RabbitMQ) -> Iterator[World]:
    """A running school."""
    with world(cluster, node.url()) as made:
        yield made


@pytest.fixture(scope="session")
def load(school: World, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Load:
    """The teachers of the school, and what they were promised since the first fault."""
    seed = getattr(request.config.option, "randomly_seed", None) or 1
    return Load(school, tmp_path_factory.mktemp("promises"), seed)
