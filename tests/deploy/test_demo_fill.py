from collections import Counter

import pytest
from sqlalchemy import func, select

from deploy.caller import Caller
from deploy.demo.fill import MARKS, ROLES, fill
from deploy.first_start import found
from deploy.single import CLI, CLI_CLIENT, open_school
from services.identity.models import Enrolment, Group, Guardianship, Role, School
from services.journal.actions.chains import broken_chains
from services.journal.models import Description, Entry, Lesson, Page, Work
from services.schedule.actions.calendar import current_year
from services.schedule.queries.load_check import check_load

DAYS = 2

pytestmark = pytest.mark.timeout(600)  # The fill itself, on a machine busy with other tests.


def counts(deployment):
    found_rows = {}
    for service, models in {
        "identity": (Enrolment, Group, Guardianship, Role),
        "journal": (Description, Entry, Lesson, Page, Work),
    }.items():
        with deployment.runtimes[service].database.reading("*") as session:
            for model in models:
                count = select(func.count()).select_from(model)
                found_rows[model.__tablename__, service] = session.scalar(count)
    return found_rows


class PulledPlug(Exception):
    pass


def pull_plug_at_page_fifty(step, done, _):
    if (step, done) == (MARKS, 50):
        raise PulledPlug


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """A school whose first fill was interrupted, and what was there before the second."""
    told = []
    with open_school(tmp_path_factory.mktemp("school"), PARTA_IDENTITY_ARGON2_MEMORY_KIB="64") as deployment:
        deployment.start_workers()
        found(deployment)
        caller = Caller(deployment.peers, CLI_CLIENT, deployment.secrets[CLI])
        with pytest.raises(PulledPlug):
            fill(deployment, caller, pull_plug_at_page_fifty, days=DAYS)
        before = counts(deployment)
        logins = fill(deployment, caller, lambda *step: told.append(step), days=DAYS)
        yield deployment, before, logins, told


def test_everybody_is_there_with_a_role(filled):
    deployment = filled[0]
    with deployment.runtimes["identity"].database.reading("*") as session:
        roles = Counter(session.scalars(select(Role.role)))

    assert roles["pupil"] == 800
    assert roles["teacher"] == 56
    assert roles["class_teacher"] == 32
    assert roles["parent"] > 900
    assert (roles["director"], roles["deputy"], roles["operator"]) == (1, 3, 1)


def test_every_lesson_behind_us_is_described_and_some_have_marks(filled):
    made = counts(filled[0])

    assert made["lessons", "journal"] > 30_000
    assert made["descriptions", "journal"] == pytest.approx(200 * DAYS, rel=0.1)
    assert made["entries", "journal"] > 1000 * DAYS
    assert made["works", "journal"] > 0


def test_the_chains_of_all_pages_are_whole(filled):
    with filled[0].runtimes["journal"].database.reading("*") as session:
        assert list(broken_chains(session)) == []


def test_each_role_can_sign_in(filled):
    deployment, _, logins, _ = filled

    assert [login.role for login in logins] == list(ROLES.values())
    for login in logins:
        answer = deployment.peers.client("identity").post(
            "/api/identity/v1/sessions", json={"login": login.login, "password": login.password}
        )
        assert answer.status_code == 201, login
        assert not answer.json()["must_change_password"]


def test_progress_reaches_the_end_of_each_step(filled):
    last = {step: (done, total) for step, done, total in filled[3]}

    assert len(last) == 4
    assert all(done == total > 0 for done, total in last.values())


def test_filling_again_adds_only_what_was_missing(filled):
    deployment, before, _, told = filled
    after = counts(deployment)

    written = {("descriptions", "journal"), ("entries", "journal"), ("works", "journal")}
    assert {what: after[what] for what in after.keys() - written} == {
        what: before[what] for what in before.keys() - written
    }
    assert all(0 < before[what] < after[what] for what in written)
    assert next(total for step, _, total in told if step == MARKS) < before["pages", "journal"] - 40


def test_the_load_is_what_the_approved_curriculum_asks_but_for_two_courses(filled):
    deployment = filled[0]
    with deployment.runtimes["identity"].database.reading("*") as session:
        school_id = session.scalars(select(School.id)).one()
    with deployment.runtimes["schedule"].database.reading(school_id) as session:
        checked = check_load(session, current_year(session), with_drafts=False)

    wrong = Counter(
        row["subject"]["name"]
        for row in checked["items"]
        if any(place.uncovered or place.over for place in row["places"])
    )
    assert wrong == {"Финансовая грамотность": 3, "Индивидуальный проект": 3}
    assert (checked["uncovered"], checked["over"], checked["without_plan"]) == (4.5, 0, [])
