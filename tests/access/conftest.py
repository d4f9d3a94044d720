"""Two schools and everybody signed in, built once for each module of tests."""

from collections.abc import Iterator

import pytest

from tests.access.stage import Stage, raise_curtain
from tests.access.world import two_schools


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Both schools at work."""
    with two_schools(tmp_path_factory.mktemp("schools")) as world:
        yield raise_curtain(world)


@pytest.fixture
def stage(built: Stage) -> Iterator[Stage]:
    """Both schools, as they were when everybody had signed in."""
    built.restore()
    yield built
    built.restore()
