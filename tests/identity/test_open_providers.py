"""Which other providers a sign-in page shows: those of the school it is for."""

import pytest

from services.identity.actions.programs.providers import configure_provider
from shared.db import EVERY_SCHOOL


def trust(database, school, name):
    described = {
        "title": name, "issuer": f"https://{name}.example.org", "client_id": "we", "secret": "s" * 40,
        "auth_method": "client_secret_basic", "scopes": ["openid"], "counts_as": ["fed"], "is_enabled": True,
    }  # fmt: skip
    with database.writing(school) as session:
        configure_provider(session, name, described)


def shown(api, school=None):
    asked = {"school_id": str(school)} if school else {}
    return {
        one["title"] for one in api.anonymously("GET", "/providers/open", query_string=asked).json["items"]
    }


def test_a_school_alone_is_meant_without_being_named(api, database, school):
    trust(database, school, "own")
    trust(database, EVERY_SCHOOL, "all")

    assert shown(api) == shown(api, school) == {"own", "all"}


def test_of_several_schools_each_shows_its_own_and_nobody_elses(api, database, school, stranger):
    trust(database, school, "own")
    trust(database, stranger, "theirs")
    trust(database, EVERY_SCHOOL, "all")

    assert (shown(api, school), shown(api, stranger), shown(api)) == (
        {"own", "all"},
        {"theirs", "all"},
        {"all"},
    )


@pytest.mark.parametrize("school", ["5", "%00", "x" * 200])
def test_what_is_no_school_is_refused(api, school):
    assert api.anonymously("GET", f"/providers/open?school_id={school}").status_code == 422
