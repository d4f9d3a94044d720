"""A deployment on a port, a teacher in it, and a browser."""

from collections.abc import Iterator
from uuid import UUID

import pytest

from tests.identity.makers import make_login, make_person
from tests.support.instance import Browser, Instance, open_instance


@pytest.fixture
def instance(tmp_path) -> Iterator[Instance]:
    with open_instance(tmp_path / "here") as made:
        yield made


@pytest.fixture
def teacher(instance: Instance) -> tuple[UUID, str]:
    """A teacher and their login."""
    with instance.database.writing(instance.school) as session:
        person = make_person(session, role="teacher")
        return person.id, make_login(session, person)


@pytest.fixture
def browser(instance: Instance) -> Browser:
    return Browser(instance)
