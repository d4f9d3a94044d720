"""The first start of a folder may be killed between any two steps; the next one goes on."""

import io
import stat
from pathlib import Path

import pytest
from rich.console import Console
from sqlalchemy import insert, select

from deploy import founding
from deploy.caller import Caller
from deploy.first_start import begin
from deploy.founding import SchoolNeeded, cli_peers, found
from deploy.single import (
    ADDRESS,
    CLI,
    CLI_CLIENT,
    SECRETS,
    AlreadyRunning,
    environment,
    open_school,
)
from shared.bus import event_cursor, ignored_type
from shared.clock import now

CHEAP = {"PARTA_ARGON2_MEMORY_KIB": "64"}


class PulledPlug(Exception):
    pass


def pull_plug(*_given, **_more):
    raise PulledPlug


def begun(school):
    said = Console(file=io.StringIO(), width=200)
    begin(school, demo=False, name="Школа № 5", time_zone="Asia/Omsk", console=said)
    return said.file.getvalue()


def test_secrets_are_written_whole_or_not_at_all(tmp_path, monkeypatch):
    with monkeypatch.context() as while_writing:
        while_writing.setattr(Path, "replace", pull_plug)
        with pytest.raises(PulledPlug):
            environment(tmp_path)

    first = environment(tmp_path)

    assert environment(tmp_path) == first
    assert len(first["PARTA_SECRET_KEY"]) >= 32
    assert stat.S_IMODE((tmp_path / SECRETS).stat().st_mode) == 0o600


def test_a_school_founded_just_before_a_kill_can_be_filled_and_its_operator_signs_in(tmp_path, monkeypatch):
    with open_school(tmp_path, **CHEAP) as school:
        with monkeypatch.context() as after_founding:
            after_founding.setattr(founding, "ensure_client", pull_plug)
            with pytest.raises(PulledPlug):
                found(school)
        said, again = begun(school), begun(school)

        caller = Caller(school.peers, CLI_CLIENT, school.secrets[CLI])
        assert caller.post("identity", "/imports/names", params={"dry_run": "true"}, json={"teachers": []})
        words = said.split()
        body = {name: words[words.index(ru) + 1] for name, ru in (("login", "логин"), ("password", "пароль"))}
        signed_in = school.peers.client("identity").post("/api/identity/v1/sessions", json=body)
        assert signed_in.status_code == 201
        assert again == ""


def test_an_upgraded_school_hears_again_what_the_code_before_passed_over(tmp_path):
    stream = "journal/018f0000-0000-7000-8000-000000000001"
    place = {"stream": stream, "position": 7, "state": "live", "crash_count": 0, "updated_at": now()}
    passed_over = {"stream": stream, "type": "journal.marks.recorded", "first": 3, "last": 5, "n": 2}
    with open_school(tmp_path, **CHEAP) as school, school.runtimes["notify"].database.writing("*") as session:
        session.execute(insert(event_cursor).values(place))
        session.execute(insert(ignored_type).values(passed_over))

    with open_school(tmp_path, **CHEAP) as school, school.runtimes["notify"].database.reading("*") as session:
        assert session.execute(select(event_cursor.c.stream, event_cursor.c.position)).all() == [(stream, 0)]
        assert session.execute(select(ignored_type)).all() == []


def test_a_command_for_a_school_that_is_still_opening_says_to_wait(tmp_path):
    with open_school(tmp_path, **CHEAP):
        with pytest.raises(AlreadyRunning, match="wait until it prints"), cli_peers(tmp_path):
            pytest.fail("There is no address to call yet.")
        (tmp_path / ADDRESS).write_text("http://127.0.0.1:1")
        with cli_peers(tmp_path, "Школа") as (peers, *_):
            assert peers.client("identity").base_url == "http://127.0.0.1:1"
    with open_school(tmp_path, **CHEAP), pytest.raises(AlreadyRunning), cli_peers(tmp_path):
        pytest.fail("The address is that of the process before.")


def test_an_import_founds_no_school_whose_name_nobody_said(tmp_path):
    with pytest.raises(SchoolNeeded, match="--name"), cli_peers(tmp_path):
        pass

    with cli_peers(tmp_path, "Школа № 5", "Asia/Omsk"):
        pass
    with pytest.raises(SchoolNeeded, match=r"Школа № 5.*Asia/Omsk"), cli_peers(tmp_path, "Школа № 6"):
        pass
    with cli_peers(tmp_path) as (peers, *_):
        assert peers.client("identity").get("/healthz").status_code == 200
