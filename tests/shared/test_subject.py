"""What each service tells of a person: theirs, their child's, and nobody else's."""

import pytest

from shared.subject import names_person, told
from tests.portal.world import small_world

HELD = {
    "identity": {"enrolments", "guardianships", "roles", "accounts"},
    "journal": {"people", "enrolments", "entries", "revisions"},
    "schedule": {"people"},
    "notify": {"people"},
}


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    with small_world(tmp_path_factory.mktemp("subject")) as made:
        made.record("teacher", 0, ["5", "4"])
        yield made


def ask(world, service, who, person):
    path = f"/api/{service}/v1/people/{person}/data"
    return world.peers.client(service).get(path, headers=world.token(who, service))


@pytest.mark.parametrize("service", sorted(HELD))
def test_each_service_tells_parents_all_it_holds_of_their_child_and_nobody_else(world, service):
    """SECURITY 51."""
    child, classmate = world.pupils[0], world.pupils[5]

    told_to_parent = ask(world, service, "parent", child)

    assert told_to_parent.status_code == 200, told_to_parent.text
    assert told_to_parent.json()["held"].keys() >= HELD[service]
    assert str(classmate) not in told_to_parent.text
    assert ask(world, service, "parent", classmate).status_code == 404
    assert ask(world, service, "pupil", child).status_code == 200
    assert ask(world, service, "teacher", child).status_code == 404


def test_the_operator_takes_out_what_identity_holds_and_no_marks(world):
    """SECURITY 31: the operator has no access to marks."""
    assert ask(world, "identity", "operator", world.pupils[0]).status_code == 200
    for service in ("journal", "notify"):
        assert ask(world, service, "operator", world.pupils[0]).status_code == 403


def test_marks_are_told_with_their_day_and_subject(world):
    held = ask(world, "journal", "parent", world.pupils[0]).json()["held"]

    [mark] = held["entries"]
    assert (mark["subject"], mark["value"]) == ("Математика", "5")
    assert mark["on"]
    [change] = held["revisions"]
    assert (change["was"], change["value"], change["what"]) == (None, "5", "mark")


def test_what_opens_doors_is_not_told():
    row = {"login": "petrov.i", "password_hash": "x", "token_sha256": b"x", "raw": b"x", "school_id": 1}
    assert told(row) == {"login": "petrov.i"}


def test_columns_that_name_people_are_found_by_themselves():
    from services.notify.models import Base

    named = {c.table.name for of in Base.metadata.sorted_tables for c in of.columns if names_person(c)}
    assert named >= {"people", "notices", "letters", "news", "preferences", "guardianships", "mail_consents"}
