"""Secrets at rest (SECURITY 38)."""

import json
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from click.testing import CliRunner
from sqlalchemy import select, text

from services.identity.actions.programs import keys
from services.identity.actions.programs.keys import ensure_keys, published_keys, rotate_keys
from services.identity.actions.programs.sealing import SealBroken, new_key, reseal, seal, unseal, unseal_json
from services.identity.commands import commands
from services.identity.models import SigningKey
from services.identity.service import service
from shared.db import EVERY_SCHOOL, Database
from shared.peers import Peers
from shared.service import Runtime
from shared.settings import Settings
from tests.support.databases import SEAL_KEY, sqlite_url


@pytest.fixture
def known(monkeypatch):
    """Keys already unsealed by this process; a restart knows none of them."""
    known = {}
    monkeypatch.setattr(keys, "_ready", known)
    return known


def stored(database):
    with database.reading(EVERY_SCHOOL) as session:
        return str(session.execute(text("SELECT private_jwk FROM signing_keys ORDER BY number")).all())


def public(database, known):
    known.clear()
    with database.reading(EVERY_SCHOOL) as session:
        return published_keys(session)


def test_a_copy_of_the_database_holds_no_private_key(either_database, known):
    """SECURITY 38."""
    ensure_keys(either_database)

    assert len(public(either_database, known)["keys"]) == 2
    assert '"d"' not in stored(either_database).replace("'", '"')
    assert "sealed" in stored(either_database)


def test_what_one_key_has_sealed_no_other_opens(session):
    sealed = seal(session, "тайна")
    session.info["seal_keys"] = (new_key(),)

    with pytest.raises(SealBroken):
        unseal(session, sealed)


def test_keys_stored_plain_by_older_code_serve_on_and_are_sealed_by_the_worker(either_database, known):
    """SECURITY 38: nothing has to stand still for it."""
    ensure_keys(either_database)
    before = public(either_database, known)
    with either_database.writing(EVERY_SCHOOL) as session:
        for key in session.scalars(select(SigningKey)):
            key.private_jwk = unseal_json(session, key.private_jwk)
    assert public(either_database, known) == before

    settings = Settings(service="identity", database_url="")
    runtime = Runtime(service, settings, either_database, Peers({}), None)
    for job in service.jobs:
        if job.name == "keep house":
            job.run(runtime)

    assert "sealed" in stored(either_database)
    assert public(either_database, known) == before


def test_seal_keys_are_changed_while_identity_serves(either_database, known):
    """SECURITY 38: the new key first, reseal, the old one away; a reader never notices."""
    ensure_keys(either_database)
    before, new, done, refused = public(either_database, known), new_key(), Event(), []
    either_database.info = {"seal_keys": (new, SEAL_KEY)}

    def serve():
        while not done.is_set():
            try:
                assert public(either_database, {}) == before
                with either_database.reading(EVERY_SCHOOL) as session:
                    for key in session.scalars(select(SigningKey)):
                        unseal_json(session, key.private_jwk)
            except Exception as wrong:  # noqa: BLE001 - Whatever it is, it is a failure.
                refused.append(wrong)

    with ThreadPoolExecutor() as pool:
        serving = pool.submit(serve)
        for _ in range(5):
            with either_database.writing(EVERY_SCHOOL) as session:
                assert reseal(session) == 2
        done.set()
        serving.result()
    either_database.info = {"seal_keys": (new,)}

    assert refused == []
    assert public(either_database, known) == before
    with either_database.writing(EVERY_SCHOOL) as session:
        assert rotate_keys(session, at_once=True)


def test_the_command_seals_anew_and_identity_does_not_start_without_a_key(tmp_path, monkeypatch, known):
    """SECURITY 38."""
    url = sqlite_url("identity", tmp_path)
    ensure_keys(Database(url))
    was = stored(Database(url))
    monkeypatch.setenv("PARTA_IDENTITY_DATABASE_URL", url)

    for keys_given, said in ((None, "is missing"), ("short", "32 bytes")):
        if keys_given:
            monkeypatch.setenv("PARTA_IDENTITY_SEAL_KEYS", keys_given)
        with pytest.raises(SystemExit, match=f"PARTA_IDENTITY_SEAL_KEYS .*{said}"):
            Settings.from_env("identity")

    new = CliRunner().invoke(commands, ["seal-key"]).output.strip()
    monkeypatch.delenv("PARTA_IDENTITY_SEAL_KEYS")
    (tmp_path / "keys").write_text(f"{new.rstrip('=')}, {SEAL_KEY}\n")
    monkeypatch.setenv("PARTA_IDENTITY_SEAL_KEYS_FILE", str(tmp_path / "keys"))
    told = CliRunner().invoke(commands, ["reseal"])

    assert told.output == "2 sealed anew\n", json.dumps(told.output)
    assert stored(Database(url)) != was
    opened = Database(url)
    opened.info = {"seal_keys": (new,)}
    assert public(opened, known)
