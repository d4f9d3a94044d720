"""A small school to plan for: parallel 5 with two classes, one of them divided, and three teachers."""

from typing import Any
from uuid import UUID

from services.schedule.actions.directories import name_subjects
from services.schedule.models import Group, Person
from shared.db import Database
from shared.ids import new_id
from tests.schedule.makers import make_year

GROUPS = (
    ("5", "parallel", None),
    ("5А", "class", "5"),
    ("5Б", "class", "5"),
    ("5А Английский 1", "group", "5А"),
    ("5А Английский 2", "group", "5А"),
)
TEACHERS = {"Иванова": "Иванова Мария Петровна", "Орлов": "Орлов Пётр Ильич", "Щукина": "Щукина Анна Львовна"}
SUBJECTS = ("Алгебра", "Английский язык", "Музыка")

Ids = dict[str, UUID]


def make_school(database: Database, school: UUID) -> Ids:
    """Enter it, with the year 2026/2027, and return all ids by their names."""
    ids = {name: new_id() for name, *_ in GROUPS} | {name: new_id() for name in TEACHERS}
    with database.writing(school) as session:
        make_year(session)
        for name, kind, parent in GROUPS:
            parent_id = ids[parent] if parent else None
            session.add(
                Group(id=ids[name], school_id=school, kind=kind, name=name, grade=5, parent_id=parent_id)
            )
        for name, whole in TEACHERS.items():
            family, given, patronymic = whole.split()
            session.add(
                Person(
                    id=ids[name],
                    school_id=school,
                    family_name=family,
                    given_name=given,
                    patronymic=patronymic,
                )
            )
        return ids | name_subjects(session, SUBJECTS)[0]


def item(ids: Ids, subject: str, hours: float, **given: Any) -> dict[str, Any]:
    return {"subject_id": str(ids[subject]), "hours_per_week": hours, **given}


def plan_body(ids: Ids, **given: Any) -> dict[str, Any]:
    usual = {
        "name": "5 параллель",
        "grade": 5,
        "items": [item(ids, "Алгебра", 3), item(ids, "Английский язык", 1.5, group_count=2)],
    }
    return {**usual, **given}


def load_row(ids: Ids, group: str, subject: str, hours: float, *teachers: str) -> dict[str, Any]:
    return {
        "group_id": str(ids[group]),
        "subject_id": str(ids[subject]),
        "teacher_ids": [str(ids[one]) for one in teachers],
        "hours_per_week": hours,
    }


def seen(version: int | str) -> dict[str, str]:
    return {"If-Match": f'"{version}"'}


def approved(api: Any, ids: Ids, **given: Any) -> dict[str, Any]:
    """Make a curriculum and have it approved."""
    made = api("POST", "/curricula", json=plan_body(ids, **given)).json
    order = {"order_number": "112-у", "order_on": "2026-08-29"}
    answer = api(
        "POST", f"/curricula/{made['id']}/approval", json=order, headers=seen(1), roles=("director",)
    )
    assert answer.status_code == 200, answer.json
    return dict(answer.json)
