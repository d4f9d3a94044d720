"""What an operator sees and does: rebuild, accept, redact, reconcile, and the commands themselves."""

from dataclasses import replace
from uuid import UUID

import orjson
import pytest
from click.testing import CliRunner
from cryptography.fernet import Fernet
from sqlalchemy import func, insert, select, text

from shared import bus, cursors, heard, inspecting, log, operating, outbox, reconciling
from shared.apply import Applier
from shared.catchup import CatchUp
from shared.clock import now
from shared.cursors import DIVERGED, LIVE
from shared.db import EVERY_SCHOOL
from shared.events.identity import PersonChanged, PersonErased, RoleGranted, RoleRevoked
from shared.events_cli import events
from shared.service import Service
from tests.shared.wire import DirectSource
from tests.shared.world import PEOPLE, SCHOOLS, STREAMS, copy, metadata, raw, restore, roles

STREAM = STREAMS[0]


def effect_rows(world):
    with world.consumer.reading(EVERY_SCHOOL) as session:
        return session.scalar(select(func.count()).select_from(bus.event_effect))


def test_a_rebuild_ends_where_it_began_and_sends_nothing_again(world):
    for person in (0, 1, 2, 0):
        world.write(0, person)
    world.write(1, 0)
    world.compare()
    write_letters(world, "letter", bus.EFFECT_DONE)

    deleted = operating.rebuild(world.service, world.consumer, STREAM)

    assert deleted == 4
    assert sum(len(of) for of in world.found().values()) == 1  # The other school's are untouched.
    world.compare()
    assert world.ends_right()
    assert effect_rows(world) == 5


def write_letters(world, kind, state):
    """Note one letter for each event heard of."""
    for stream in STREAMS:
        with world.consumer.writing(cursors.school_of(stream)) as session:
            for row in heard.tail(session, stream):
                noted = {"stream": stream, "kind": kind, "recipient": "parent", "created_at": now()}
                key = {"event_id": UUID(orjson.loads(row.envelope)["id"])}
                session.execute(bus.event_effect.insert().values(**key, **noted, state=state))


def test_what_a_restored_producer_lost_is_saved_before_its_stream_is_rebuilt(world, tmp_path):
    for _ in range(3):
        world.write(0, 0)
    kept = copy(world.producer)
    for _ in range(4):
        world.write(0, 1)
    world.compare()
    lost = {row.id for row in log.read_log(world.producer, STREAM, 3)}
    restore(world.producer, kept)
    for _ in range(6):
        world.write(0, 2)
    world.compare()
    assert world.states()[STREAM] == DIVERGED

    file, count = operating.accept(world.catch_up, STREAM, tmp_path)
    world.compare()

    saved = [orjson.loads(line) for line in file.read_text().splitlines()]
    assert {one["id"] for one in saved} == {str(one) for one in lost}
    assert (count, {one["data"]["person_id"] for one in saved}) == (4, {str(PEOPLE[1])})
    assert world.ends_right()
    assert world.states()[STREAM] == LIVE


def test_a_stream_that_has_not_diverged_is_not_accepted(world, tmp_path):
    world.write(0, 0)
    world.compare()

    with pytest.raises(operating.NotPossible):
        operating.accept(world.catch_up, STREAM, tmp_path)


def test_an_erased_person_is_gone_from_the_log_and_from_every_consumer(world):
    canary = "Канарейкина"
    with world.producer.writing(SCHOOLS[0]) as session:
        told = {"family_name": canary, "given_name": "Анна", "patronymic": ""}
        outbox.publish(session, PersonChanged(person_id=PEOPLE[0], **told))
        outbox.publish(session, RoleGranted(person_id=PEOPLE[0], role=f"poison-{canary}"))
        outbox.publish(session, RoleGranted(person_id=PEOPLE[1], role="teacher"))
    world.compare()
    assert canary in "".join(raw(world.consumer).iterdump())  # Parked, and among what was heard.

    erased = operating.redact(world.producer, STREAM, f"person/{PEOPLE[0]}")
    world.compare()

    assert erased == 2
    assert inspecting.verify(world.producer) == []
    for database in (world.producer, world.consumer):
        assert canary not in "".join(raw(database).iterdump())
    world.retry()
    assert world.found() == {PEOPLE[1]: ["teacher"]}
    assert world.states()[STREAM] == LIVE


def test_only_what_is_personal_is_redacted(world):
    world.write(0, 0)

    with pytest.raises(operating.NotPossible, match="nothing"):
        operating.redact(world.producer, STREAM, "school/x")
    with pytest.raises(operating.NotPossible, match="nothing"):
        operating.redact(world.producer, STREAM, f"person/{PEOPLE[2]}")


def test_reconciling_names_the_table_that_was_damaged(world, monkeypatch):
    def upgrade(_, scratch):
        bus.metadata.create_all(scratch.engine)
        metadata.create_all(scratch.engine)

    monkeypatch.setattr(reconciling, "upgrade", upgrade)
    for person in (0, 1, 2, 0):
        world.write(0, person)
    world.compare()
    (good,) = reconciling.reconcile(world.catch_up, SCHOOLS[0])
    with world.consumer.writing(SCHOOLS[0]) as session:
        session.execute(text("UPDATE roles SET role = 'director' WHERE place = 1"))
        session.execute(text("DELETE FROM roles WHERE person_id = :p"), {"p": PEOPLE[2].hex})

    (bad,) = reconciling.reconcile(world.catch_up, SCHOOLS[0])

    assert (good.table, good.rows, good.agrees) == ("roles", 4, True)
    assert (bad.rows, bad.should_be, bad.missing, bad.foreign, bad.agrees) == (3, 4, 2, 1, False)
    operating.rebuild(world.service, world.consumer, STREAM)
    world.compare()
    (healed,) = reconciling.reconcile(world.catch_up, SCHOOLS[0])
    assert healed == good


def test_a_type_that_is_listened_to_now_asks_for_a_rebuild(world):
    world.write(0, 0, "unheard")
    world.compare()
    (stream,) = inspecting.heard_streams(world.service, world.consumer)
    assert (stream.rebuild_for, stream.health) == ("", inspecting.HEALTHY)

    later = Service("model", world.service.metadata, subscriptions={RoleRevoked: lambda *_: None})
    (stream,) = inspecting.heard_streams(later, world.consumer)

    assert (stream.rebuild_for, stream.health) == ("identity.role.revoked", inspecting.DEGRADED)


def test_what_was_passed_over_is_heard_again_once(world):
    world.write(0, 0)
    world.write(0, 0, "unheard")
    world.write(1, 1)
    world.write(1, 1, "unheard")
    world.compare()
    operating.pause(world.consumer, STREAMS[1])
    heard = {**world.service.subscriptions, RoleRevoked: lambda *_: None}
    later = replace(world.service, subscriptions=heard)

    assert operating.rebuild_passed_over(later, world.consumer) == {STREAM: "identity.role.revoked"}
    assert operating.rebuild_passed_over(later, world.consumer) == {}

    with world.consumer.reading("*") as session:
        assert {name: (one.position, one.state) for name, one in cursors.every(session).items()} == {
            STREAM: (0, cursors.BEHIND),
            STREAMS[1]: (2, cursors.PAUSED),
        }
        assert session.scalars(select(roles.c.school_id)).all() == [SCHOOLS[1]]


def test_letters_that_never_left_are_shown(world):
    world.write(0, 0)
    world.compare()
    write_letters(world, "letter", bus.EFFECT_DONE)
    write_letters(world, "warning", bus.EFFECT_EXPIRED)

    assert inspecting.effects(world.consumer) == [{"kind": "warning", "state": "expired", "count": 1}]


@pytest.fixture
def parta(database, monkeypatch):
    """Runs `parta events …` on the reporting service's database."""
    url = database.engine.url.render_as_string(hide_password=False)
    monkeypatch.setenv("PARTA_REPORTING_DATABASE_URL", url)
    monkeypatch.setenv("PARTA_IDENTITY_DATABASE_URL", url)
    monkeypatch.setenv("PARTA_IDENTITY_SEAL_KEYS", Fernet.generate_key().decode())

    def run(*arguments):
        return CliRunner().invoke(events, arguments)

    return run


@pytest.fixture
def with_parked(database, world):
    """A stream heard by reporting, whose second event is parked."""

    for kind in ("role", "poison", "role"):
        world.write(0, 0, kind)
    service = Service("reporting", metadata, subscriptions=world.service.subscriptions)
    CatchUp(Applier(service, database), {"identity": DirectSource(world.producer)}).catch_up(STREAM)


def test_status_is_a_table_or_json_and_an_exit_code(parta, with_parked):
    shown, machine = parta("status", "reporting"), parta("status", "reporting", "--json")

    assert STREAM in shown.stdout
    assert shown.exit_code == machine.exit_code == inspecting.DEGRADED
    read = orjson.loads(machine.stdout)
    assert (read["heard"][0]["parked"], read["heard"][0]["state"]) == (2, "live")


def test_parked_events_are_listed_with_their_errors(parta, with_parked):
    listed = parta("parked", "reporting", "--json")

    first, second = orjson.loads(listed.stdout)
    assert (first["status"], second["status"]) == ("failed", "waiting")
    assert "makes the reaction fail" in first["error"]
    assert listed.exit_code == inspecting.DEGRADED


def test_a_change_wants_a_reason(parta, with_parked):
    for arguments in (
        ("pause", "reporting", STREAM),
        ("rebuild", "reporting", "--all"),
        ("retry", "reporting"),
    ):
        refused = parta(*arguments)
        assert refused.exit_code == 2
        assert "--reason" in refused.stderr


def test_only_what_was_passed_over_is_rebuilt_when_that_is_asked_for(parta, database, with_parked):
    nothing = parta("rebuild", "reporting", "--needed", "--reason", "An upgrade.")
    passed_over = {"stream": STREAM, "type": "journal.marks.recorded", "first": 1, "last": 1, "n": 1}
    with database.writing(EVERY_SCHOOL) as session:
        session.execute(insert(bus.ignored_type).values(passed_over))

    rebuilt = parta("rebuild", "reporting", "--needed", "--reason", "An upgrade.")

    assert "Nothing needs it" in nothing.stdout
    assert (rebuilt.exit_code, STREAM in rebuilt.stdout) == (0, True)
    assert "journal.marks.recorded" in rebuilt.stdout
    assert orjson.loads(parta("status", "reporting", "--json").stdout)["heard"][0]["position"] == 0


def test_pausing_and_resuming(parta, database, with_parked):
    paused = parta("pause", "reporting", STREAM, "--reason", "A doubt.")
    assert paused.exit_code == 0, paused.output
    assert '"reason":"A doubt."' in paused.stderr  # It is in the log.
    assert orjson.loads(parta("status", "reporting", "--json").stdout)["heard"][0]["state"] == "paused"
    assert parta("resume", "reporting", STREAM, "--reason", "No doubt.").exit_code == 0
    again = parta("resume", "reporting", STREAM, "--reason", "x")
    assert (again.exit_code, "not paused" in again.stderr) == (1, True)


def test_a_stream_not_heard_is_named_with_those_that_are(parta, with_parked):
    refused = parta("pause", "reporting", "identity/nowhere", "--reason", "x")

    assert refused.exit_code == 1
    assert STREAM in refused.stderr


def test_an_event_is_shown_as_it_was_heard(parta, with_parked):
    shown = orjson.loads(parta("show", "reporting", STREAM, "3").stdout)

    assert (shown["sequence"][-1], shown["type"]) == ("3", "identity.role.granted")
    assert parta("show", "reporting", STREAM, "9").exit_code == 1


def test_an_intact_log_is_said_to_be_intact(parta, database):
    with database.writing(SCHOOLS[0]) as session:
        outbox.publish(session, PersonErased(person_id=PEOPLE[0]))
    assert parta("verify", "identity").exit_code == inspecting.HEALTHY
    assert orjson.loads(parta("streams", "identity", "--json").stdout)[0]["head"] == 1
    with database.writing(SCHOOLS[0]) as session:
        session.execute(text("DELETE FROM event_log"))

    broken = parta("verify", "identity", "--json")

    assert broken.exit_code == inspecting.CRITICAL
    assert orjson.loads(broken.stdout)[0]["what"] == "missing up to the head"


def test_the_contracts_are_printed_as_asyncapi(parta):
    assert orjson.loads(parta("contracts").stdout)["asyncapi"] == "3.0.0"
