"""`parta identity …` on a database named by the environment."""

from uuid import UUID

import pytest
from click.testing import CliRunner

from services.identity.actions.clients import proven_client
from services.identity.actions.sign_in import sign_in
from services.identity.commands import commands
from shared.db import EVERY_SCHOOL, Database
from tests.identity.makers import MEMORY
from tests.support.databases import sqlite_url


@pytest.fixture
def run(tmp_path, monkeypatch):
    url = sqlite_url("identity", tmp_path)
    monkeypatch.setenv("PARTA_IDENTITY_DATABASE_URL", url)
    monkeypatch.setenv("PARTA_ARGON2_MEMORY_KIB", str(MEMORY))
    database = Database(url)

    def run(*arguments, code=0):
        result = CliRunner().invoke(commands, arguments)
        assert result.exit_code == code, result.output
        return result.output.strip()

    run.database = database
    yield run
    database.close()


def test_a_school_is_founded_and_its_operator_signs_in(run):
    lines = run("found-school", "Лицей № 7", "--operator", "Крылова Инна Львовна").splitlines()
    told = dict(line.rsplit(" ", 1) for line in lines)

    begun = sign_in(run.database, told["login"], told["one-time password"], MEMORY)

    assert (told["login"], begun.must_change_password) == ("krylova.il", True)
    assert begun.school_id == UUID(told["school"])


def test_a_new_password_voids_the_old_one(run):
    lines = run("found-school", "Лицей № 7").splitlines()
    old = lines[2].rsplit(" ", 1)[1]

    new = run("password", "OPERATOR")

    assert new != old
    assert sign_in(run.database, "operator", new, MEMORY).must_change_password
    assert "Nobody signs in as ghost" in run("password", "ghost", code=1)


def test_a_client_gets_a_secret_once(run):
    school = run("found-school", "Лицей № 7").splitlines()[0].rsplit(" ", 1)[1]

    secret = run("client", "importer", "--scope", "import", "--school", school)

    with run.database.reading(EVERY_SCHOOL) as session:
        client = proven_client(session, "importer", secret)
        assert (client.scopes, str(client.school_id)) == (["import"], school)


def test_a_client_takes_the_secret_of_a_file_unless_it_is_short(run, tmp_path):
    kept, short = tmp_path / "kept", tmp_path / "short"
    kept.write_text("k" * 40 + "\n")
    short.write_text("secret")

    assert run("client", "service-journal", "--secret-file", str(kept)) == "done"
    assert "32 random characters" in run("client", "service-journal", "--secret-file", str(short), code=1)

    with run.database.reading(EVERY_SCHOOL) as session:
        assert proven_client(session, "service-journal", "k" * 40).scopes == ["events:read"]
