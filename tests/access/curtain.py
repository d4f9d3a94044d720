"""Everybody signs in, marks are on the pages, and all is kept as it stands: the play may begin."""

from sqlalchemy import select

from services.identity.models import SignIn
from services.journal.models import Lesson, Page, Period
from services.notify.models import Notice
from services.reporting.models import PageHead
from shared.clock import today
from shared.db import EVERY_SCHOOL
from shared.service import SERVICES
from tests.access.stage import Stage, Things
from tests.access.table import CALLERS
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
    first, second = world.first, world.second
    stage.things = {
        "own": _things(stage, first, first.classes[0]),
        "foreign": _things(stage, first, first.classes[1]),
        "other": _things(stage, second, second.classes[0]),
    }
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
    return Things(school, own, page.id, own.lesson_id, periods[-1].id, page.seq, head.head, notices, mine)
