"""A blocked parent's next request is refused by every service, in every way the school may run."""

import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from services.identity.actions.people.people import enter_person, grant_role
from services.identity.actions.signing_in.passwords import end_sessions, set_password
from services.identity.models import AccessRecord
from shared.service import SERVICES
from tests.faults.conftest import APART
from tests.faults.test_single import SingleProcess
from tests.support.asking import http
from tests.support.deployment import CHEAP_ARGON2_KIB, Deployment
from tests.support.waiting import eventually

PASSWORD = "долгий-тайный-пароль"
PROMISED = 5.0
pytestmark = pytest.mark.timeout(240)

# What a parent may ask; of reporting nothing, and a token that is taken is told so by 403.
ASKED = {
    "identity": "/me",
    "schedule": "/subjects",
    "journal": "/diary",
    "reporting": "/pages/{id}",
    "notify": "/notices",
}


@dataclass
class Parent:
    """Somebody signed in, with a token for each service."""

    deployment: Deployment
    school_id: UUID
    person_id: UUID
    tokens: dict[str, str]

    def asks(self, service: str) -> int:
        """Return the status of what a service answers."""
        url = f"{self.deployment.url(service)}/api/{service}/v1{ASKED[service].format(id=self.person_id)}"
        return (
            http()
            .get(url, headers={"Authorization": f"Bearer {self.tokens[service]}"}, timeout=30)
            .status_code
        )

    def is_blocked(self) -> float:
        """End the parent's sessions, in a process that is none of the services, and return when."""
        with self.deployment.database("identity").writing(self.school_id) as session:
            end_sessions(session, [self.person_id])
        return time.monotonic()


def signed_in(deployment: Deployment, school_id: UUID) -> Parent:
    with deployment.database("identity").writing(school_id) as session:
        person = enter_person(session, family_name="Родитель", given_name="Ольга")
        grant_role(session, person.id, "parent")
        person_id, login = person.id, set_password(session, person.id, PASSWORD, int(CHEAP_ARGON2_KIB))
    own = deployment.sign_in(login, PASSWORD)
    parent = Parent(
        deployment, school_id, person_id, {name: deployment.token(own, name) for name in SERVICES}
    )
    for name in SERVICES:
        assert parent.asks(name) != 401, name
    return parent


@pytest.fixture
def apart(ground, node) -> tuple[Deployment, UUID]:
    node.create_vhost(APART)  # Again, for a fault may have wiped the broker.
    return ground.apart


def refused_everywhere(parent: Parent, within: float) -> None:
    for name in SERVICES:
        eventually(lambda name=name: parent.asks(name) == 401, within=within)


def test_services_apart_refuse_the_next_request_within_five_seconds(apart):
    """SECURITY 16, 22."""
    parent = signed_in(*apart)

    since = parent.is_blocked()

    refused_everywhere(parent, PROMISED)
    assert time.monotonic() - since < PROMISED


def test_without_a_broker_the_feeds_bring_it_long_before_the_token_runs_out(apart, node):
    parent = signed_in(*apart)
    node.stop()
    try:
        parent.is_blocked()

        refused_everywhere(parent, 30)
    finally:
        node.start()


def test_a_school_in_one_process_refuses_it_as_soon(tmp_path: Path):
    """SECURITY 16, 22."""
    single = SingleProcess(tmp_path / "school")
    try:
        founded = single.found()
        single.start()
        parent = signed_in(single, founded.school_id)

        since = parent.is_blocked()

        refused_everywhere(parent, PROMISED)
        assert time.monotonic() - since < PROMISED
    finally:
        single.stop()


def test_identity_knows_within_seconds_who_was_refused_where(apart):
    """SECURITY 47: the access log covers every service, each request once."""
    deployment, school_id = apart
    parent = signed_in(deployment, school_id)

    def noted() -> Counter[str]:
        asked = select(AccessRecord.service).where(AccessRecord.actor_id == parent.person_id)
        with deployment.database("identity").reading(school_id) as session:
            return Counter(session.scalars(asked.where(AccessRecord.service != "identity")))

    eventually(lambda: {"journal", "reporting"} <= noted().keys(), within=60)

    assert set(noted().values()) == {1}
    for service in ("journal", "reporting"):
        assert deployment.scalar(service, "SELECT count(*) FROM access_note", school_id) == 0
