"""Everybody signs in, marks are on the pages, and all is kept as it stands: the play may begin."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update

from services.identity.actions import approvals
from services.identity.models import SignIn
from services.identity.rules.approvals import EXPORT, GRANT
from services.journal.actions.seals import seal_day
from services.journal.models import Lesson, Page, Period
from services.notify.models import Notice
from services.reporting.models import PageHead
from services.schedule.actions.absences import enter_absence
from services.schedule.actions.calendar import current_year
from services.schedule.actions.composing.runs import begin_composition
from services.schedule.actions.conflicts import Decision
from services.schedule.actions.curriculum.plans import PlanFacts, PlanItem, make_curriculum
from services.schedule.actions.screens import put_up
from services.schedule.actions.substitutions import decide
from services.schedule.actions.versions.drafts import CardFacts, make_draft
from services.schedule.models import CalendarFeed, Card
from services.schedule.models import Lesson as PlannedLesson
from shared.auth import Actor
from shared.clock import now, today
from shared.db import EVERY_SCHOOL
from shared.ids import new_id
from shared.service import SERVICES
from tests.access.correction_calls import report_errors
from tests.access.diary_calls import propose_entry, write_remark
from tests.access.homework_calls import hand_in_files, set_homework
from tests.access.mark_calls import excuse_somebody
from tests.access.plan_calls import GRADE
from tests.access.stage import Stage, Things
from tests.access.table import CALLERS
from tests.access.thematic_calls import follow_some_plan
from tests.access.world import CLIENTS, PASSWORD, PEOPLE, ZONE, Class, School, World


def raise_curtain(world: World) -> Stage:
    """Sign everybody in and put marks on every page."""
    stage = Stage(world)
    for school in (world.first, world.second):
        for own in school.classes:
            _teach(stage, school, own)
        world.tell("journal", school)
    for caller in ("anonymous", *PEOPLE):
        _enter_portal(stage, caller)
    for caller in (*PEOPLE, *CLIENTS):
        for service in SERVICES:
            stage.token(caller, service)
    with world.runtimes["identity"].database.writing(EVERY_SCHOOL) as session:
        # The play may take longer than a proof lasts, and is not about proofs.
        session.execute(update(SignIn).values(proven_at=datetime(2100, 1, 1, tzinfo=UTC)))
    first, second = world.first, world.second
    stage.things = {
        "own": _things(stage, first, first.classes[0]),
        "foreign": _things(stage, first, first.classes[1]),
        "other": _things(stage, second, second.classes[0]),
    }
    _let_export(stage, first)
    for things in stage.things.values():
        things.remark_id, things.entry_id = write_remark(stage, things), propose_entry(stage, things)
        things.approval_id = _proposal(stage, things.school, things.of)
        things.timetable_id, things.composition_id = _composed(stage, things.school, things.of)
        things.card_id = _card_of(stage, things)
        things.curriculum_id = _planned(stage, things.school, things.of)
        things.task_id, things.answer_id = set_homework(stage, things)
        things.corrections = report_errors(stage, things)
        things.plan_id, things.topic_id = follow_some_plan(stage, things)
        things.excuse_id = excuse_somebody(stage, things)
    return stage


def _teach(stage: Stage, school: School, own: Class) -> None:
    """Let the teacher of a class put marks, works, a topic and homework on its last lesson."""
    database = stage.world.runtimes["journal"].database
    with database.reading(school.id) as session:
        found = select(Lesson).where(Lesson.held_on <= today(ZONE)).order_by(Lesson.held_on.desc())
        pages = select(Page.id).where(Page.group_id == own.group_id)
        lesson = session.scalars(found.where(Lesson.page_id.in_(pages))).first()
    assert lesson
    own.lesson_id, own.lesson_on = lesson.id, lesson.held_on
    who = "teacher" if own is school.classes[0] else str(own.teacher_id)
    headers = {"Authorization": f"Bearer {stage.token(who, 'journal', school)}"}
    client = stage.world.apps["journal"].test_client()
    marks = [{"pupil_id": str(pupil), "slot": 1, "value": school.mark} for pupil in own.pupils]
    late = [{"pupil_id": str(own.pupils[0]), "slot": 0, "value": "оп"}]
    body = {
        "entries": marks + late,
        "works": [{"slot": 1, "type": "control", "title": school.text("Работа")}],
        "reason": school.text("Причина"),
    }
    path = f"/api/journal/v1/lessons/{lesson.id}"
    saved = client.post(f"{path}/entries", json=body, headers=headers | {"If-Match": '"0"'})
    assert saved.status_code == 200, saved.text
    described = {"topic": school.text("Тема"), "homework": school.text("Задание")}
    seen = {"If-Match": f'"{saved.json["seq"]}"'}
    assert client.put(f"{path}/description", json=described, headers=headers | seen).status_code == 200
    with database.writing(school.id) as session:
        seal_day(session, school.id, today(ZONE) - timedelta(days=1))


def _enter_portal(stage: Stage, caller: str) -> None:
    client = stage.world.apps["portal"].test_client()

    def forms_token() -> str:
        return str(client.get("/sign-in/state").json["csrf"])

    stage.forms[caller] = forms_token()
    if caller != "anonymous":
        school = stage.world.first
        password = school.one_time_password if caller == "newcomer" else PASSWORD
        form = {"login": school.logins[caller], "password": password, "csrf_token": stage.forms[caller]}
        assert client.post("/sign-in", data=form).status_code == 302
        stage.forms[caller] = forms_token()
    found = {name: client.get_cookie(name) for name in ("parta", "forms")}
    stage.cookies[caller] = {name: cookie.value for name, cookie in found.items() if cookie}


def _things(stage: Stage, school: School, own: Class) -> Things:
    runtimes = stage.world.runtimes
    with runtimes["journal"].database.reading(school.id) as session:
        page = session.scalars(select(Page).where(Page.group_id == own.group_id)).one()
        periods = session.scalars(select(Period).order_by(Period.starts_on)).all()
    with runtimes["reporting"].database.reading(school.id) as session:
        heads = select(PageHead).where(PageHead.page_id == page.id).order_by(PageHead.seq.desc())
        head = session.scalars(heads).first()
    assert head
    with runtimes["notify"].database.reading(school.id) as session:
        notices = {
            who: session.scalars(select(Notice.id).where(Notice.recipient_id == person)).first()
            for who, person in (("pupil", own.pupils[0]), ("parent", own.guardian_id))
        }
    with runtimes["identity"].database.reading(EVERY_SCHOOL) as session:
        sessions = dict(session.execute(select(SignIn.person_id, SignIn.id)).all())
    mine = {who: sessions[id_] for who, id_ in school.people.items() if id_ in sessions}
    if own is not stage.world.first.classes[0]:  # Somebody else's, whoever asks.
        mine = dict.fromkeys(CALLERS, sessions[own.teacher_id])
    return Things(
        school,
        own,
        page.id,
        own.lesson_id,
        periods[-1].id,
        page.seq,
        head.head,
        notices,
        mine,
        _calendars(stage, school, own),
        hand_in_files(stage, school, own),
        *_substituted(stage, school, own),
        printed_seq=head.seq,
    )


def _let_export(stage: Stage, school: School) -> None:
    """Let the operator take the school's lists out today, as the director agreed."""
    with stage.world.runtimes["identity"].database.writing(school.id) as session:
        proposed = approvals.propose(session, school.people["operator"], EXPORT, {}, school.text("Сверка"))
        approvals.decide(session, proposed.id, school.people["director"], approve=True)


def _proposal(stage: Stage, school: School, own: Class) -> UUID:
    """Let somebody who may not decide have proposed that the pupil be an operator."""
    with stage.world.runtimes["identity"].database.writing(school.id) as session:
        arguments = {"person_id": str(own.pupils[0]), "role": "operator"}
        return approvals.propose(session, own.teacher_id, GRANT, arguments, school.text("Основание")).id


def _calendars(stage: Stage, school: School, own: Class) -> dict[str, UUID]:
    """Give everybody a calendar; to the things of another class belong those of its own people."""
    owners = dict(school.people) if own is stage.world.first.classes[0] else {"pupil": own.pupils[0]}
    given = {who: new_id() for who in owners}
    with stage.world.runtimes["schedule"].database.writing(school.id) as session:
        for who, id_ in given.items():
            feed = CalendarFeed(id=id_, school_id=school.id, owner_id=owners[who], kind="group")
            feed.about_id, feed.token_sha256 = own.group_id, id_.bytes * 2
            feed.is_for_staff, feed.made_at = True, now()
            session.add(feed)
    return dict.fromkeys(CALLERS, given["pupil"]) | (given if own is stage.world.first.classes[0] else {})


def _substituted(stage: Stage, school: School, own: Class) -> tuple[UUID, UUID, UUID]:
    """Let the teacher be away in summer, the class's last lesson of the year be cancelled, a screen hang."""
    deputy = Actor("deputy", school.id, school.people["deputy"], frozenset({"deputy"}))
    summer = today(ZONE).replace(year=today(ZONE).year + 1, month=7, day=1)
    with stage.world.runtimes["schedule"].database.writing(school.id) as session:
        absence = enter_absence(session, own.teacher_id, summer, summer, "leave")
        lessons = select(PlannedLesson).where(PlannedLesson.group_id == own.group_id)
        last = session.scalars(lessons.order_by(PlannedLesson.lesson_on.desc())).first()
        assert last
        [decided] = decide(session, deputy, [Decision(last.id, "cancel")])
        screen, _ = put_up(session, deputy, school.text("Экран"))
        return absence.id, decided.id, screen.id


def _card_of(stage: Stage, things: Things) -> UUID:
    with stage.world.runtimes["schedule"].database.reading(things.school.id) as session:
        return session.scalars(select(Card.id).where(Card.timetable_id == things.timetable_id)).one()


def _planned(stage: Stage, school: School, own: Class) -> UUID:
    """Let there be a draft of a curriculum with the subject of the class."""
    with stage.world.runtimes["schedule"].database.writing(school.id) as session:
        assert own.subject_id
        facts = PlanFacts(school.text("План"), GRADE, [PlanItem(own.subject_id, 8)])
        return make_curriculum(session, current_year(session), facts).id


def _composed(stage: Stage, school: School, own: Class) -> tuple[UUID, UUID]:
    """Let there be a draft with a card of the class, and a run of the solver that came to nothing."""
    with stage.world.runtimes["schedule"].database.writing(school.id) as session:
        year = current_year(session)
        assert own.subject_id
        cards = [CardFacts(own.subject_id, [own.group_id], [own.teacher_id])]
        draft = make_draft(session, year, school.text("Черновик"), "manual", cards)
        run = begin_composition(
            session,
            name=school.text("Проба"),
            timetable_id=draft.id,
            keep_locked=True,
            limit_seconds=60,
            made_by=school.people["operator"],
        )
        run.status, run.finished_at = "failed", now()
        return draft.id, run.id
