"""The access log: what it notes, that nobody can change it, and who finds what in it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from services.identity.actions.privacy.access_chain import prune_log, root_days, seal_log, verify_log
from services.identity.actions.privacy.access_log import circle_of
from services.identity.commands import commands
from services.identity.models import AccessLink, AccessRecord, AccessRoot, Circle, table
from shared.bulk import insert_rows
from shared.db import EVERY_SCHOOL
from shared.ids import new_id
from tests.identity.makers import (
    PASSWORD,
    make_class,
    make_login,
    make_parent,
    make_person,
    make_pupil,
    make_school,
)
from tests.support.databases import SEAL_KEY

LONG_AGO = datetime(2024, 3, 1, 10, tzinfo=UTC)


def records(database):
    with database.reading(EVERY_SCHOOL) as session:
        return session.scalars(select(AccessRecord).order_by(AccessRecord.id)).all()


def put_record(database, school, *, at=None, about=None, actor=None, persons=1):
    row = {
        "id": new_id(), "school_id": school, "at": at or datetime.now(UTC), "actor_id": actor,
        "client_id": None, "session_id": None, "address": "10.0.0.7", "action": "read people",
        "endpoint": "people.get_person", "about": about, "persons": persons, "group_id": None, "status": 200,
        "request_id": "r-1", "facts": {},
    }  # fmt: skip
    with database.writing(school) as session:
        insert_rows(session, table(AccessRecord), [row])
    return row["id"]


def test_a_card_opened_and_a_card_refused_are_noted_with_who_when_from_where_and_about_whom(api, database):
    """SECURITY 47."""
    with database.writing(api.school) as session:
        pupil, teacher = make_person(session).id, make_person(session, role="deputy").id

    opened = api(
        "GET", f"/people/{pupil}", person=teacher, roles=("deputy",), headers={"X-Request-ID": "r-7"}
    )
    refused = api("PUT", f"/people/{pupil}", person=teacher, roles=("deputy",), json={})

    assert (opened.status_code, refused.status_code) == (200, 403)
    seen, denied = records(database)
    assert (seen.actor_id, seen.about, seen.persons, seen.status) == (teacher, pupil, 1, 200)
    assert (seen.action, seen.endpoint, seen.request_id) == ("read cards", "people.get_person", "r-7")
    assert (seen.school_id, seen.address) == (api.school, "127.0.0.1")
    assert (denied.action, denied.status, denied.about) == ("change people", 403, pupil)


def test_what_shows_people_nothing_but_themselves_is_not_noted(api, database):
    with database.writing(api.school) as session:
        person = make_person(session, role="teacher").id

    for path in ("/me", "/school", "/me/sessions"):
        assert api("GET", path, person=person, roles=("teacher",)).status_code == 200

    assert records(database) == []


def test_a_change_is_noted_by_its_fields_and_its_values_lie_where_they_can_be_erased(api, database):
    """SECURITY 47: before and after."""
    with database.writing(api.school) as session:
        pupil = make_person(session, family="Сидорова").id
        operator, deputy = make_person(session, role="operator").id, make_person(session, role="deputy").id
    etag = api("GET", f"/people/{pupil}", person=operator).headers["ETag"]
    body = {"family_name": "Ковалёва", "given_name": "Мария", "email": "k@example.org"}

    changed = api("PUT", f"/people/{pupil}", person=operator, json=body, headers={"If-Match": etag})

    assert changed.status_code == 200, changed.text
    change = records(database)[-1]
    assert change.facts["fields"] == ["email", "family_name"]
    assert "Ковалёва" not in str(vars(change))
    found = api("GET", f"/access-log?person_id={pupil}", person=deputy, roles=("deputy",)).json["items"]
    assert found[0]["changes"]["family_name"] == ["Сидорова", "Ковалёва"]
    assert found[0]["actor"]["id"] == str(operator)


def test_who_names_two_requests_alike_hides_neither_change(api, database):
    """SECURITY 48: the id of a request is the caller's word."""
    with database.writing(api.school) as session:
        pupil = make_person(session, family="Первая").id
        deputy = make_person(session, role="deputy").id

    for version, family in ((1, "Вторая"), (2, "Третья")):
        headers = {"If-Match": f'"{version}"', "X-Request-ID": "r-8"}
        body = {"family_name": family, "given_name": "Мария"}
        assert api("PUT", f"/people/{pupil}", json=body, headers=headers).status_code == 200

    found = api("GET", f"/access-log?person_id={pupil}", person=deputy, roles=("deputy",)).json["items"]
    changes = [one["changes"]["family_name"] for one in found if one["changes"]]
    assert changes == [["Вторая", "Третья"], ["Первая", "Вторая"]]


def test_failed_sign_ins_are_noted_at_the_school_of_the_login_and_without_the_password(api, database):
    """SECURITY 47: every sign-in, every failure."""
    with database.writing(api.school) as session:
        teacher = make_person(session, role="teacher")
        login, person = make_login(session, teacher), teacher.id

    for given, password in ((login, "не тот пароль"), ("nobody.at.all", PASSWORD), (login, PASSWORD)):
        api.anonymously("POST", "/sessions", json={"login": given, "password": password})

    wrong, unknown, right = records(database)
    assert (wrong.school_id, wrong.actor_id, wrong.status) == (api.school, person, 401)
    assert (unknown.school_id, unknown.actor_id, unknown.status) == (None, None, 401)
    assert set(unknown.facts) == {"login_sha256"}
    assert (right.actor_id, right.status) == (person, 201)
    kept = str([vars(record) for record in records(database)])
    assert not [secret for secret in ("не тот пароль", PASSWORD, "nobody.at.all") if secret in kept]


def test_a_list_is_one_record_and_found_by_everybody_who_was_in_it(api, database):
    """SECURITY 47: bulk reads."""
    with database.writing(api.school) as session:
        group = make_class(session)
        group_id = group.id
        pupils = [make_pupil(session, group, family=f"Ученик{number}").id for number in range(3)]
        elsewhere = make_pupil(session, make_class(session, name="5Б"), family="Иной").id
        deputy = make_person(session, role="deputy").id
    asked = {"person": deputy, "roles": ("deputy",)}

    for _ in range(2):
        assert api("GET", f"/groups/{group_id}/roster", **asked).status_code == 200

    first, second = records(database)
    assert (first.about, first.persons, first.group_id) == (circle_of(pupils), 3, group_id)
    assert second.about == first.about
    seen = api("GET", f"/access-log?person_id={pupils[2]}", **asked).json["items"]
    assert [one["endpoint"] for one in seen] == ["groups.get_roster"] * 2
    assert seen[0]["group"]["name"] == "5А"
    assert api("GET", f"/access-log?person_id={elsewhere}", **asked).json["items"] == []


def test_the_log_is_searched_by_caller_action_period_and_result_page_by_page(api, database):
    with database.writing(api.school) as session:
        pupil, teacher = make_person(session).id, make_person(session, role="teacher").id
        director = make_person(session, role="director").id
    for minute in range(120):
        put_record(database, api.school, at=LONG_AGO + timedelta(minutes=minute), about=pupil, actor=teacher)

    def search(**asked):
        found, cursor = [], None
        while True:
            query = {name: value for name, value in {**asked, "cursor": cursor}.items() if value}
            page = api("GET", "/access-log", person=director, roles=("director",), query_string=query)
            assert page.status_code == 200, page.text
            found += [one["at"] for one in page.json["items"]]
            if not (cursor := page.json["next"]):
                return found

    everything = search(actor_id=str(teacher), result="done", action="read people")
    assert len(everything) == 120
    assert everything == sorted(everything, reverse=True)
    hour = {"since": LONG_AGO.isoformat(), "until": (LONG_AGO + timedelta(hours=1)).isoformat()}
    assert len(search(person_id=str(pupil), **hour)) == 60
    assert search(actor_id=str(teacher), result="refused") == []
    bad = api("GET", "/access-log?cursor=никакой", person=director, roles=("director",))
    assert bad.status_code == 422


def test_parents_see_who_looked_at_their_child_and_nobody_elses(api, database):
    """SECURITY 51: a person sees who read about them."""
    with database.writing(api.school) as session:
        child = make_pupil(session, make_class(session))
        pupil = child.id
        parent, other = make_parent(session, child).id, make_person(session, family="Чужая").id
        deputy = make_person(session, role="deputy", family="Завучева").id
    api("GET", f"/people/{pupil}", person=deputy, roles=("deputy",))

    seen = api("GET", f"/people/{pupil}/readers", person=parent, roles=("parent",))
    strange = api("GET", f"/people/{pupil}/readers", person=other, roles=("parent",))

    assert [one["actor"]["name"] for one in seen.json["items"]] == ["Завучева Мария"]
    assert "address" not in seen.json["items"][0]
    assert strange.status_code == 404


@pytest.mark.parametrize("table_", ["access_log", "access_links", "access_roots"])
@pytest.mark.parametrize("change", ["UPDATE {} SET school_id = NULL", "DELETE FROM {}"])
def test_the_database_itself_lets_nobody_change_the_log_or_delete_from_it(either_database, table_, change):
    """SECURITY 48: the services' role can neither UPDATE nor DELETE."""
    school = make_school(either_database)
    put_record(either_database, school)
    seal_log(either_database)
    root_yesterday(either_database, school)

    with pytest.raises(DBAPIError, match="only added to"), either_database.writing(EVERY_SCHOOL) as session:
        session.execute(text(change.format(table_)))

    assert len(records(either_database)) == 1


def test_postgresql_empties_no_part_of_the_log(postgres_server, database, request):
    """SECURITY 48."""
    if not database.is_postgres:
        pytest.skip("SQLite has no TRUNCATE")
    with pytest.raises(DBAPIError, match="only added to"), database.writing(EVERY_SCHOOL) as session:
        session.execute(text("TRUNCATE access_log"))


def root_yesterday(database, school):
    row = {
        "chain": str(school), "day": LONG_AGO.date(), "school_id": school, "number": 0, "digest": bytes(32)
    }  # fmt: skip
    with database.writing(EVERY_SCHOOL) as session:
        insert_rows(session, table(AccessRoot), [row])


def meddle(database, statement, **given):
    """Do as a thief with the database's own files: without its triggers."""
    with database.engine.begin() as connection:
        for name in ("log", "links", "circles", "roots"):
            for kind in ("changed", "deleted"):
                connection.execute(text(f"DROP TRIGGER IF EXISTS access_{name}_not_{kind}"))
        assert connection.execute(text(statement), given).rowcount == 1


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("UPDATE access_log SET address = '10.0.0.8' WHERE id = :id", "changed"),
        ("UPDATE access_log SET at = '2024-03-01 10:00:00.000001' WHERE id = :id", "changed"),
        ("DELETE FROM access_log WHERE id = :id", "gone"),
        ("DELETE FROM access_links WHERE record_id = :id", "gone"),
    ],
)
def test_after_one_byte_was_changed_the_verifier_names_the_first_such_record(tmp_path, statement, why):
    """SECURITY 48: change one byte → the verifier names the record."""
    database = sqlite_of(tmp_path)
    school = make_school(database)
    ids = [put_record(database, school, at=LONG_AGO + timedelta(minutes=n)) for n in range(5)]
    assert seal_log(database) == 5
    assert seal_log(database) == 0
    assert verify_log(database) is None

    meddle(database, statement, id=ids[2].hex)

    broken = verify_log(database)
    assert (broken.chain, broken.number) == (str(school), 3)
    assert why in broken.why
    assert broken.record_id == (None if "links" in statement else ids[2])
    database.close()


def sqlite_of(folder: Path):
    from shared.db import Database
    from tests.support.databases import sqlite_url

    return Database(sqlite_url("identity", folder))


def test_a_record_put_in_afterwards_and_a_circle_that_lost_somebody_are_found(api, database):
    """SECURITY 48."""
    with database.writing(api.school) as session:
        group = make_class(session)
        group_id = group.id
        pupils = [make_pupil(session, group, family=f"Ученик{number}").id for number in range(2)]
    api("GET", f"/groups/{group_id}/roster")
    seal_log(database)
    assert verify_log(database) is None

    forged = put_record(database, api.school, at=LONG_AGO)
    assert "never sealed" in verify_log(database).why
    assert verify_log(database).record_id == forged
    meddle(database, "DELETE FROM access_circles WHERE person_id = :id", id=pupils[0].hex)
    assert "about was changed" in verify_log(database).why


def test_a_chain_made_anew_differs_from_the_root_that_was_kept_elsewhere(either_database, time_machine):
    """SECURITY 48: the daily root is stored outside."""
    school = make_school(either_database)
    time_machine.move_to(LONG_AGO)
    put_record(either_database, school, at=LONG_AGO)
    seal_log(either_database)
    assert root_days(either_database) == 0
    time_machine.move_to(LONG_AGO + timedelta(days=1))
    assert root_days(either_database) == 1
    assert root_days(either_database) == 0
    with either_database.reading(EVERY_SCHOOL) as session:
        root = session.scalars(select(AccessRoot)).one()
    kept = (root.chain, root.day.isoformat(), root.digest.hex())

    assert verify_log(either_database, [kept]) is None
    assert "elsewhere" in verify_log(either_database, [(*kept[:2], "00" * 32)]).why
    assert "elsewhere" in verify_log(either_database, [(kept[0], "2024-02-01", kept[2])]).why


def test_days_older_than_a_year_go_and_the_chain_can_still_be_verified(either_database, time_machine):
    """SECURITY 53: technical logs are kept for a year."""
    school = make_school(either_database)
    for day in (0, 1, 900):
        time_machine.move_to(LONG_AGO + timedelta(days=day))
        put_record(either_database, school, at=LONG_AGO + timedelta(days=day))
        seal_log(either_database)
        root_days(either_database)

    assert prune_log(either_database) == 2
    assert prune_log(either_database) == 0

    assert len(records(either_database)) == 1
    put_record(either_database, school)
    seal_log(either_database)
    assert verify_log(either_database) is None
    with either_database.reading(EVERY_SCHOOL) as session:
        assert session.scalars(select(AccessLink.number).order_by(AccessLink.number)).all() == [3, 4]
        assert len(session.scalars(select(AccessRoot)).all()) == 2


@pytest.fixture
def command(tmp_path, monkeypatch):
    """Runs `parta identity …` on a database of its own."""
    database = sqlite_of(tmp_path)
    monkeypatch.setenv("PARTA_IDENTITY_DATABASE_URL", str(database.engine.url))
    monkeypatch.setenv("PARTA_IDENTITY_SEAL_KEYS", SEAL_KEY)

    def run(*arguments, code=0):
        result = CliRunner().invoke(commands, arguments)
        assert result.exit_code == code, result.output
        return result.output

    run.database = database
    yield run
    database.close()


def test_commands_print_the_roots_and_name_the_altered_record(command, tmp_path, time_machine):
    """SECURITY 48."""
    school = make_school(command.database)
    time_machine.move_to(LONG_AGO)
    record = put_record(command.database, school, at=LONG_AGO)
    seal_log(command.database)
    time_machine.move_to(LONG_AGO + timedelta(days=1))
    root_days(command.database)
    kept = tmp_path / "roots.txt"
    kept.write_text(command("access-roots", "--since", "2024-03-01"))

    assert kept.read_text().startswith(f"{school} 2024-03-01 ")
    assert "as it was sealed" in command("verify-access-log", "--roots", str(kept))
    meddle(command.database, "UPDATE access_log SET status = 404 WHERE id = :id", id=record.hex)
    assert str(record) in command("verify-access-log", code=2)


def test_the_report_of_an_incident_names_everybody_whose_data_a_stolen_account_saw(command):
    """SECURITY 55."""
    database = command.database
    school = make_school(database)
    with database.writing(school) as session:
        thief = make_person(session, role="deputy")
        login, thief_id = make_login(session, thief), thief.id
        group = make_class(session)
        seen = [make_pupil(session, group, family=f"Виденов{number}").id for number in range(2)]
        safe = make_pupil(session, group, family="Невиденов").id
        insert_rows(session, table(Circle), [
            {"id": circle_of(seen), "person_id": person, "at": LONG_AGO, "school_id": school}
            for person in seen
        ])  # fmt: skip
    at = LONG_AGO
    put_record(database, school, at=at, about=circle_of(seen), actor=thief_id, persons=2)
    put_record(database, school, at=at + timedelta(hours=5), about=safe, actor=thief_id)
    period = ("--from", "2024-03-01 09:00:00", "--until", "2024-03-01 12:00:00")

    report = command("incident-report", "--login", login, *period)

    assert all(str(person) in report for person in seen)
    assert "Виденов1" in report
    assert "10.0.0.7" in report
    assert "Невиденов" not in report
    assert "2 people" in report
    assert "Nobody signs in" in command("incident-report", "--login", "nobody", *period, code=1)
    assert "Give --login" in command("incident-report", *period, code=2)
