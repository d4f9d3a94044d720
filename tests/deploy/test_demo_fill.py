from collections import Counter
from datetime import UTC, date, datetime, timedelta
from threading import Thread, Timer
from zoneinfo import ZoneInfo

import orjson
import pytest
import time_machine
from sqlalchemy import and_, func, select

from deploy.caller import Caller
from deploy.demo.excused import AFTER
from deploy.demo.fill import MARKS, ROLES, TIMETABLE, fill
from deploy.demo.marks import Sitter, spells
from deploy.demo.thematic import LAGGING
from deploy.founding import found
from deploy.single import CLI, CLI_CLIENT, open_school
from services.identity.models import Enrolment, Group, Guardianship, Role, School
from services.journal.actions.chains import broken_chains
from services.journal.models import (
    Answer,
    Closing,
    Correction,
    Description,
    DiaryView,
    Entry,
    Excuse,
    FinalMark,
    Lesson,
    LessonTeacher,
    Page,
    Parameter,
    Period,
    Person,
    PortfolioEntry,
    Reply,
    Revision,
    StoredFile,
    Subject,
    Work,
)
from services.journal.models import Guardianship as Guardian
from services.journal.queries.deadlines import Asked, lesson_statuses
from services.journal.queries.fulfilment import Asked as OfPages
from services.journal.queries.fulfilment import fulfilment
from services.journal.rules.corrections import ASSIGNED, CONFIRMED, DECLINED
from services.journal.rules.deadlines import AHEAD, LATE, MET
from services.journal.rules.portfolio import PROPOSED, VERIFIED
from services.schedule.actions.calendar import current_year
from services.schedule.models import Substitution
from services.schedule.queries.load_check import check_load
from shared import clock
from shared.auth import Actor
from shared.bus import event_log
from shared.bygone import StillAhead, recorded_at
from shared.ids import new_id
from shared.names import full_name

MOSCOW = ZoneInfo("Europe/Moscow")

# A Wednesday after the first quarter: some of its last days are written, it is closed, and the second runs.
TODAY = datetime(2026, 11, 11, 12, tzinfo=UTC)
DAYS = 10

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


def pull_plug_amid_the_marks(step, done, _):
    if step == MARKS and done >= 600:
        raise PulledPlug


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """A school whose workers came late and first fill was interrupted; what was there before the second."""
    told = []
    folder, cheap = tmp_path_factory.mktemp("school"), {"PARTA_IDENTITY_ARGON2_MEMORY_KIB": "64"}
    with time_machine.travel(TODAY), open_school(folder, **cheap) as deployment:
        found(deployment)
        caller = Caller(deployment.peers, CLI_CLIENT, deployment.secrets[CLI])

        def start_late(step, done, most):
            if (step, done) == (TIMETABLE, 1):  # Schedule has its lessons, and not heard of any class yet.
                Timer(1.0, deployment.start_workers).start()
            pull_plug_amid_the_marks(step, done, most)

        with pytest.raises(PulledPlug):
            fill(deployment, caller, start_late, days=DAYS)
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
    assert next(done for step, done, _ in told if step == MARKS) >= 600


def journal_of(deployment):
    return deployment.runtimes["journal"].database.reading(school_of(deployment))


def school_of(deployment):
    with deployment.runtimes["identity"].database.reading("*") as session:
        return session.scalars(select(School.id)).one()


def as_deputy(deployment):
    return Actor("deputy", school_of(deployment), new_id(), frozenset({"deputy"}))


def test_what_is_written_has_the_times_at_which_it_would_have_been(filled):
    with journal_of(filled[0]) as session:
        moments = session.scalars(select(Revision.at)).all()

    days = Counter(at.astimezone(MOSCOW).date() for at in moments)
    assert len(days) > DAYS
    assert all(6 < at.astimezone(MOSCOW).hour < 22 for at in moments)
    assert max(moments) <= TODAY < datetime.now(UTC)
    with journal_of(filled[0]) as session:
        told = session.scalars(select(event_log.c.time).where(event_log.c.meta.contains('"actor"'))).all()
    assert max(told) <= TODAY


def test_families_were_told_of_the_last_days_homework_that_evening(filled):
    with journal_of(filled[0]) as session:
        collected = event_log.c.type == "journal.homework.collected"
        told = session.scalars(select(event_log.c.time).where(collected)).all()

    assert {at.astimezone(MOSCOW).isoformat() for at in told} == {"2026-11-10T18:00:00+03:00"}
    assert len(told) >= 32


def test_deadlines_are_mostly_kept_and_some_are_not(filled):
    asked = Asked(date(2026, 10, 19), date(2026, 11, 11))
    with journal_of(filled[0]) as session:
        found = lesson_statuses(session, as_deputy(filled[0]), asked).statuses

    states = {rule: Counter(one.state for one in found if one.rule == rule) for rule in ("D1", "D2", "D4")}
    assert states["D1"][MET] > 20 * states["D1"][LATE] > 0
    assert states["D2"][MET] > 5 * states["D2"][LATE]
    assert states["D2"][AHEAD] > 0
    assert states["D4"][MET] > 10 * states["D4"][LATE] > 0


def test_the_quarter_that_ended_has_its_marks_and_is_closed(filled):
    with journal_of(filled[0]) as session:
        ended = session.scalars(select(Period).order_by(Period.ends_on)).first()
        closings = session.execute(select(Closing.period_id, Closing.closed_at)).all()
        timings = Counter(session.scalars(select(FinalMark.timing).where(FinalMark.period_id == ended.id)))

    assert [(one.period_id, one.closed_at.date()) for one in closings] == [(ended.id, date(2026, 10, 30))]
    assert timings["in_time"] > 7_000
    assert timings["in_time"] > 10 * timings["late"] > 0
    assert timings["early"] == 0


def test_plans_are_as_long_as_the_curriculum_and_only_two_classes_are_to_lack_hours(filled):
    with journal_of(filled[0]) as session:
        found = fulfilment(session, as_deputy(filled[0]), OfPages())["items"]

    followed = [one for one in found if one["plan"]]
    assert len(followed) > 400
    assert all(one["plan_hours"] == one["curriculum_hours"] for one in followed)
    # What is before the days written here was never recorded.
    short = {
        (one["group"]["name"], one["subject"]["name"])
        for one in followed
        if one["forecast"] + one["reasons"]["unrecorded"] < 0
    }
    assert short == set(LAGGING)


def test_requests_tasks_and_portfolios_are_there_in_each_state(filled):
    with journal_of(filled[0]) as session:
        requests = Counter(session.scalars(select(Correction.state)))
        approved = session.scalars(select(Correction.approved_at).where(Correction.approved_at.is_not(None)))
        replies = Counter(session.scalars(select(Reply.is_returned)))
        answers = session.scalars(select(Answer)).all()
        files = Counter(session.scalars(select(StoredFile.used_as)))
        entries = Counter(session.scalars(select(PortfolioEntry.state)))

    assert requests.keys() == {ASSIGNED, DECLINED, CONFIRMED}
    assert len(approved.all()) == 1
    assert (replies[True], replies[False]) == (1, 2)
    assert max(one.number for one in answers) == 2
    assert files == {"task": 2, "answer": 2}
    assert entries == {VERIFIED: 3, DECLINED: 1, PROPOSED: 1}


def test_absences_have_their_reasons_but_for_those_who_are_still_ill(filled):
    with journal_of(filled[0]) as session:
        rows = session.execute(
            select(Person, Lesson.held_on)
            .join(Entry, Entry.pupil_id == Person.id)
            # By its page too, or else SQLite tries each pupil with each lesson, for a minute.
            .join(Lesson, and_(Lesson.page_id == Entry.page_id, Lesson.id == Entry.lesson_id))
            .where(Entry.value == "н", Lesson.held_on <= date(2026, 11, 8))
        ).all()
        waiting = [
            (Sitter(of.id, full_name(of.family_name, of.given_name, of.patronymic)), on) for of, on in rows
        ]
        papers = Counter(session.scalars(select(Excuse.paper)))
        certificates = session.scalars(select(Excuse).where(Excuse.number != "")).all()
        turned = Counter(session.scalars(select(Entry.value).where(Entry.excuse_id.is_not(None))))

    assert all(
        any(first <= on and last + AFTER >= TODAY.date() for first, last in spells(sitter, on))
        for sitter, on in waiting
    )
    assert papers["application"] > 10
    assert {(one.sign, one.paper) for one in certificates} == {("б", "certificate")}
    assert any(one.until_on - one.from_on >= timedelta(days=2) for one in certificates)
    assert turned["б"] > 10 < turned["уп"]


def test_the_deputy_has_decided_about_lessons_and_stand_ins_have_written_them(filled):
    deployment = filled[0]
    with deployment.runtimes["schedule"].database.reading(school_of(deployment)) as session:
        kinds = Counter(session.scalars(select(Substitution.kind)))
        ahead = session.scalars(select(Substitution).where(Substitution.lesson_on > TODAY.date())).all()
        moments = session.scalars(select(Substitution.decided_at)).all()
    with journal_of(deployment) as session:
        writers = session.execute(
            select(Revision.actor_id, LessonTeacher.teacher_id)
            .join(Lesson, Lesson.id == Revision.lesson_id)
            .join(LessonTeacher, LessonTeacher.lesson_id == Lesson.id)
            .where(Lesson.is_substituted, Revision.what == "topic")
        ).all()
        cancelled = session.scalar(select(func.count()).where(Lesson.state == "cancelled"))

    assert kinds["teacher"] > 10
    assert (kinds["move"], kinds["cancel"]) == (1, 1)
    assert {one.lesson_on for one in ahead} == {date(2026, 11, 12)}
    assert all(moment <= TODAY for moment in moments)
    assert len(writers) > 5
    assert all(writer == given_by for writer, given_by in writers)
    assert cancelled == 2


def test_parents_of_all_classes_look_into_diaries_and_some_never_do(filled):
    with journal_of(filled[0]) as session:
        looked = set(session.execute(select(DiaryView.person_id, DiaryView.pupil_id)).all())
        ties = set(session.execute(select(Guardian.guardian_id, Guardian.pupil_id)).all())
        days = set(session.scalars(select(DiaryView.on)))

    assert 0.5 < len(looked & ties) / len(ties) < 0.7
    assert max(days) <= date(2026, 11, 10)


def test_the_course_of_ethics_is_without_marks_by_the_schools_own_parameter(filled):
    with journal_of(filled[0]) as session:
        told = session.scalars(select(Parameter.told).where(Parameter.name == "subject_scales")).one()
        ethics = select(Page.id).join(Subject, Subject.id == Page.subject_id)
        ethics = ethics.where(Subject.name.startswith("Основы религиозных"))
        put = session.scalar(select(func.count()).where(FinalMark.page_id.in_(ethics)))

    [[valid_from, rows]] = orjson.loads(told)
    assert valid_from == "2026-09-01"
    assert [(row["subject"][:17], row["scale"]) for row in rows] == [("Основы религиозны", "none")]
    assert put == 0


def test_no_time_is_recorded_that_has_not_come():
    with pytest.raises(StillAhead), recorded_at(datetime.now(UTC) + timedelta(seconds=5)):
        pass


def test_a_moment_is_seen_in_its_own_thread_alone():
    seen = []
    with recorded_at(TODAY - timedelta(days=900)):
        other = Thread(target=lambda: seen.append(clock.now()))
        other.start()
        other.join()
        assert clock.today("Europe/Moscow") == (TODAY - timedelta(days=900)).date()

    assert abs(seen[0] - datetime.now(UTC)) < timedelta(minutes=5)


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
