"""Valid requests about thematic plans, and a plan for every class to ask about."""

import io
from collections.abc import Callable
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.journal.actions.followed_plans import follow_plan
from services.journal.actions.plans import PlanHead, TopicFacts, facts_of, make_plan
from services.journal.models import Page
from shared.auth import Actor
from tests.access.stage import Stage, Things

Given = dict[str, Any]
Maker = Callable[[Stage, str, Things], Given]

GRADE = 7
SEEN = {"If-Match": '"1"'}


def follow_some_plan(stage: Stage, things: Things) -> tuple[UUID, UUID]:
    """Let the teacher of the class have made a plan that its page follows; return it and its topic."""
    teacher = Actor(str(things.teacher_id), things.school.id, things.teacher_id, frozenset({"teacher"}))
    with stage.world.runtimes["journal"].database.writing(things.school.id) as session:
        page = session.scalars(select(Page).where(Page.id == things.page_id)).one()
        head = PlanHead(page.subject_id, GRADE, things.school.text("Программа"))
        topics = [TopicFacts(things.school.text("Тема плана"))]
        plan = make_plan(session, teacher, page.year_id, head, topics)
        follow_plan(session, teacher, page.id, plan.id)
        [topic] = facts_of(session, plan.id)
        assert topic.id
        return plan.id, topic.id


def follow_no_plan(stage: Stage, things: Things) -> None:
    """Let the page of the class follow no plan."""
    teacher = Actor(str(things.teacher_id), things.school.id, things.teacher_id, frozenset({"teacher"}))
    with stage.world.runtimes["journal"].database.writing(things.school.id) as session:
        follow_plan(session, teacher, things.page_id, None)


TABLE = "Тема;Часов\nДроби;2\n"


def _file(stage: Stage, _caller: str, things: Things) -> Given:
    return {
        "data": {"file": (io.BytesIO(TABLE.encode()), "plan.csv")},
        "query_string": {"subject_id": str(things.subject_id), "grade": str(GRADE)},
    }


def _form_file(stage: Stage, _caller: str, things: Things) -> Given:
    file = (io.BytesIO(TABLE.encode()), "plan.csv")
    return {"data": {"file": file, "subject_id": str(things.subject_id), "grade": str(GRADE)}}


def _body(**given: Any) -> Maker:
    return lambda *_: {"json": given}


OF_THEMATIC_PLANS: dict[str, Maker] = {
    "journal POST /plans": lambda _, __, things: {
        "json": {"subject_id": str(things.subject_id), "grade": GRADE, "name": "Иная"}
    },
    "journal PUT /plans/<uuid:plan_id>": lambda *_: {
        "json": {"name": "Иная", "topics": [{"topic": "Тема"}]}, "headers": SEEN
    },
    "journal DELETE /plans/<uuid:plan_id>": lambda *_: {"headers": SEEN},
    "journal POST /plans/<uuid:plan_id>/copies": _body(name="Копия"),
    "journal POST /imports/plans": _file,
    "journal PUT /pages/<uuid:page_id>/plan": _body(plan_id=None),
    "portal POST /plans": lambda _, __, things: {
        "data": {"subject_id": str(things.subject_id), "grade": str(GRADE), "name": "Иная"}
    },
    "portal PUT /plans/<uuid:plan_id>": lambda *_: {
        "json": {"name": "Иная", "topics": [{"topic": "Тема"}]}, "headers": SEEN
    },
    "portal POST /plans/<uuid:plan_id>/copy": lambda *_: {"data": {"name": "Копия", "grade": str(GRADE)}},
    "portal POST /plans/<uuid:plan_id>/deletion": lambda *_: {"data": {"seen": SEEN["If-Match"]}},
    "portal POST /plans/<uuid:plan_id>/pages": lambda *_: {"data": {}},
    "portal POST /plans/import": _form_file,
    "portal POST /fulfilment/<uuid:page_id>/topics/<uuid:topic_id>": lambda *_: {"data": {"how": "skipped"}},
    "journal PUT /pages/<uuid:page_id>/plan/topics/<uuid:topic_id>": _body(how="skipped"),
}  # fmt: skip
