"""`parta identity …` on a database named by the environment."""

from datetime import timedelta
from uuid import UUID

import pytest
import time_machine
from click.testing import CliRunner
from joserfc.jwk import ECKey

from services.identity.actions.programs.clients import proven_client
from services.identity.actions.programs.sealing import unseal
from services.identity.actions.signing_in.sign_in import sign_in
from services.identity.commands import commands
from services.identity.models import Client, Provider
from shared.clock import now
from shared.db import EVERY_SCHOOL, Database
from tests.identity.makers import MEMORY
from tests.support.databases import SEAL_KEY, sqlite_url


@pytest.fixture
def run(tmp_path, monkeypatch):
    url = sqlite_url("identity", tmp_path)
    monkeypatch.setenv("PARTA_IDENTITY_DATABASE_URL", url)
    monkeypatch.setenv("PARTA_ARGON2_MEMORY_KIB", str(MEMORY))
    monkeypatch.setenv("PARTA_IDENTITY_SEAL_KEYS", SEAL_KEY)
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


def test_a_client_known_by_its_key_has_no_secret(run, tmp_path):
    public = tmp_path / "journal.pem"
    public.write_bytes(ECKey.generate_key("P-256").as_pem(private=False))

    assert run("client", "service-journal", "--key-file", str(public)) == "done"

    with run.database.reading(EVERY_SCHOOL) as session:
        client = session.get(Client, "service-journal")
        assert (client.secret_sha256, len(client.public_keys["keys"])) == (None, 1)


def test_keys_are_rotated_once_everybody_knows_the_next_or_at_once_when_one_was_stolen(run):
    run("rotate-keys")  # Makes the first two.

    assert "--compromised" in run("rotate-keys", code=1)
    assert run("rotate-keys", "--compromised") == "done"
    with time_machine.travel(now() + timedelta(minutes=11)):
        assert run("rotate-keys") == "done"


def test_a_provider_is_configured_and_its_secret_sealed(run, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("s" * 40)
    given = ("--title", "Госуслуги", "--client-id", "we", "--secret-file", str(secret))

    assert run("provider", "esia", "https://esia.example.org", *given) == "done"
    assert "another id" in run("provider", "esia", "https://esia.example.org", *given, code=1)

    with run.database.reading(EVERY_SCHOOL) as session:
        provider = session.get(Provider, "esia")
        assert (provider.school_id, provider.counts_as) == (None, ["fed"])
        assert "ssss" not in provider.sealed_secret
        assert unseal(session, provider.sealed_secret) == "s" * 40
