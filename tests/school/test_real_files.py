"""Files of other programs bring a running school out of nothing: people sign in, teachers enter marks."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import time_machine

from deploy.caller import Caller
from deploy.founding import found
from deploy.imports import import_oneroster, packed
from deploy.single import CLI, CLI_CLIENT, School, open_school
from deploy.timetables import import_fet
from services.identity.actions.people.people import enter_person, grant_role
from services.identity.actions.rosters.enrolments import enrol
from services.identity.actions.signing_in.passwords import set_password
from services.schedule.actions.year_plans import YearPlan
from services.schedule.actions.years import plan_year
from services.schedule.rules import Span
from shared.clock import now
from tests.support.databases import school_folder
from tests.support.waiting import eventually

pytestmark = pytest.mark.timeout(420)
PASSWORD = "семь сорок на перроне"
A_WEDNESDAY = datetime(2026, 11, 18, 11, 0, tzinfo=UTC)

TIMETABLES = {
    "bg solved": ("fet/solved/bg", 0),
    "ru partial": ("fet/solved/ru_partial", 3),
    "gr": ("fet/gr_6th_primary_school.fet", 377 - 364),
    "hu": ("fet/hu_varosmajori_gimnazium_2018.fet", 760 - 68),
    "uae": ("fet/uae_ibdp_school_2016_fully_placed.fet", 0),
    "uk": ("fet/uk_hopwood_placed.fet", 163 - 162),
}
# The largest file has every lesson of its week in the journal of four weeks; the others fill a year.
OF_A_MONTH = ("uae",)
PEOPLE = (
    "sds/CSV Samples/SDS v2.1",
    "sds/CSV Samples/SDS v2",
    "sds/CSV Samples/SDS Format/100 Users",
    "sds/CSV Samples/SDS Format/25 Users",
    "sds/CSV Samples/SDS Format/Min Required Attributes",
    "sds/CSV Samples/UK Format/100 Users",
    "sds/CSV Samples/UK Format/25 Users",
    "sds/CSV Samples/UK Format/Min Required Attributes",
    "oneroster/oat-sa/OneRosterv1p1BaseCSV",
)


@contextmanager
def a_school(folder: Path) -> Iterator[tuple[School, Caller, UUID]]:
    """An empty school at work in one process, on a Wednesday in November."""
    with (
        time_machine.travel(A_WEDNESDAY),
        open_school(school_folder(folder), PARTA_ARGON2_MEMORY_KIB="64") as school,
    ):
        founded = found(school)
        assert founded
        school.start_workers()
        yield school, Caller(school.peers, CLI_CLIENT, school.secrets[CLI]), founded.school_id


class Person:
    """Somebody who has signed in and asks the services."""

    def __init__(self, school: School, login: str) -> None:
        self.peers = school.peers
        self.session = self._identity("/sessions", {"login": login, "password": PASSWORD})["session_token"]

    def ask(self, method: str, service: str, path: str, **given: Any) -> Any:
        """Ask a service with this person's token."""
        wanted = {"grant_type": "session", "session_token": self.session, "audience": service}
        token = self._identity("/tokens", wanted)["access_token"]
        headers = {"Authorization": f"Bearer {token}", **given.pop("headers", {})}
        answer = self.peers.client(service).request(
            method, f"/api/{service}/v1{path}", headers=headers, **given
        )
        assert answer.status_code < 400, answer.text
        return answer.json()

    def _identity(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = self.peers.client("identity").post(f"/api/identity/v1{path}", json=body)
        assert answer.status_code < 300, answer.text
        told: dict[str, Any] = answer.json()
        return told


def let_in(school: School, school_id: UUID, person_id: UUID) -> Person:
    with school.runtimes["identity"].database.writing(school_id) as session:
        login = set_password(session, person_id, PASSWORD, 64)
    return Person(school, login)


def rows(school: School, service: str, sql: str) -> list[Any]:
    with school.runtimes[service].database.reading("*") as session:
        return list(session.connection().exec_driver_sql(sql))


@pytest.mark.parametrize("file", TIMETABLES)
def test_a_teacher_of_a_real_timetable_enters_a_mark_on_a_lesson_of_it(samples, tmp_path, file):
    path, unplaced = TIMETABLES[file]
    source = samples / path
    name = source.name if source.is_file() else f"{source.name}.zip"
    with a_school(tmp_path) as (school, caller, school_id):
        if file in OF_A_MONTH:
            plan_a_month(school, school_id)
        report = import_fet(caller, name, packed(source))
        assert report["lessons"]["created"] > 0
        assert len(report["unplaced"]) == unplaced

        again = import_fet(caller, name, packed(source))
        assert not any(again[what].get("created") for what in ("subjects", "rooms", "loads", "lessons"))

        teacher_id, lesson_id, page_id, pupil_id = a_lesson_with_a_pupil(school, school_id)
        teacher = let_in(school, school_id, teacher_id)
        page = teacher.ask("GET", "journal", f"/pages/{page_id}")
        saved = teacher.ask(
            "POST",
            "journal",
            f"/lessons/{lesson_id}/entries",
            json={"entries": [{"pupil_id": str(pupil_id), "slot": 1, "value": "5"}]},
            headers={"If-Match": f'"{page["page"]["seq"]}"'},
        )
        assert [entry["value"] for entry in saved["changed"]] == ["5"]
        eventually(lambda: rows(school, "reporting", "SELECT value FROM entries") == [("5",)], within=60)


def plan_a_month(school: School, school_id: UUID) -> None:
    """Plan a year of the four weeks around the Wednesday, which an import then fills."""
    month = Span("II четверть", date(2026, 11, 2), date(2026, 11, 29))
    plan = YearPlan("ноябрь", month.starts_on, month.ends_on, school_days=5, periods=[month])
    with school.runtimes["schedule"].database.writing(school_id) as session:
        plan_year(session, plan, seen=0)


def a_lesson_with_a_pupil(school: School, school_id: UUID) -> tuple[UUID, UUID, UUID, UUID]:
    """Find a lesson of the last days and enrol a pupil in its group, for a timetable has no pupils."""
    last = date(2026, 11, 18)
    sql = (
        "SELECT l.id, p.id, p.group_id, t.teacher_id FROM lessons l "
        "JOIN lesson_teachers t ON t.lesson_id = l.id JOIN pages p ON p.id = l.page_id "
        f"WHERE l.held_on <= '{last}' AND l.held_on > '{last - timedelta(days=14)}' LIMIT 1"
    )
    found_ = eventually(lambda: rows(school, "journal", sql), within=240)
    lesson, page, group, teacher = map(as_id, found_[0])
    with school.runtimes["identity"].database.writing(school_id) as session:
        pupil = enter_person(session, family_name="Иванов", given_name="Иван")
        session.flush()
        grant_role(session, pupil.id, "pupil")
        enrol(session, group, pupil.id, now().date() - timedelta(days=60))
        pupil_id = pupil.id
    eventually(lambda: rows(school, "journal", "SELECT 1 FROM enrolments"), within=60)
    return teacher, lesson, page, pupil_id


def as_id(value: Any) -> UUID:
    return value if isinstance(value, UUID) else UUID(value)


@pytest.mark.parametrize("path", PEOPLE)
def test_people_of_a_real_roster_sign_in(samples, tmp_path, path):
    with a_school(tmp_path) as (school, caller, school_id):
        archive = packed(samples / path)
        import_oneroster(caller, archive, org="*")
        again = import_oneroster(caller, archive, org="*")
        assert not any(again["created"].values())
        assert not any(again["changed"].values())

        sql = "SELECT p.id FROM people p JOIN external_ids e ON e.id = p.id LIMIT 1"
        person = let_in(school, school_id, as_id(rows(school, "identity", sql)[0][0]))
        assert person.ask("GET", "identity", "/me")["roles"]
