"""Two schools and everybody signed in: built once, put back after each test."""

from collections.abc import Iterator

import pytest

from tests.access.curtain import raise_curtain
from tests.access.stage import Stage
from tests.access.world import two_schools


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Both schools at work."""
    with two_schools(tmp_path_factory.mktemp("schools")) as world:
        stage = raise_curtain(world)
        stage.keep()
        yield stage
        stage.close()


@pytest.fixture
def stage(built: Stage) -> Iterator[Stage]:
    """Both schools, as they were when everybody had signed in."""
    yield built
    built.restore()
