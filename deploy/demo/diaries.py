"""What stands in the diaries of one class besides marks: remarks, portfolios, and who has looked.

One class is enough to see it: the class teacher of the demonstration leads it, and the pupil and
the parent are of it.
"""

from datetime import date, timedelta
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.journal.actions.portfolio import Facts, add_to_portfolio
from services.journal.actions.remark_readings import acknowledge_remark
from services.journal.actions.remarks import Said, remark_of_class, remark_on_page
from services.journal.models import (
    DiaryView,
    Enrolment,
    Group,
    Guardianship,
    Lesson,
    Page,
    PageTeacher,
    Remark,
)
from shared.auth import Actor
from shared.clock import now
from shared.db import Database, SchoolSession

CLASS = "7А"
ON_PAGES = (
    ("praise", "family", "Отлично объяснил решение у доски."),
    ("recommendation", "family", "Повторить правило и сделать ещё два примера из параграфа."),
    ("remark", "family", "Нет тетради и учебника на уроке."),
    ("recommendation", "parents", "Проверяйте, пожалуйста, как выполнено задание на дом."),
)
OF_LEADER = (
    ("praise", "family", "Спасибо за помощь в подготовке классного вечера."),
    ("remark", "parents", "Жду вас на родительском собрании."),
)
ACHIEVEMENTS = (
    ("olympiad", "municipal", "Олимпиада по математике", "призёр"),
    ("sport", "school", "Осенний кросс", "2 место"),
    ("creative", "regional", "Конкурс чтецов", "лауреат"),
)
WEEKS = 4


def fill_diaries(database: Database, school_id: UUID, day: date) -> None:
    """Write in the diaries of a class; what is there already is left alone."""
    with database.writing(school_id) as session:
        group = session.scalars(select(Group).where(Group.kind == "class", Group.name == CLASS)).first()
        written = session.scalars(select(Remark.id).limit(1)).first()
        if group is None or group.class_teacher_id is None or written:
            return
        leader = _actor(school_id, group.class_teacher_id, "class_teacher")
        stays = select(Enrolment.pupil_id).where(Enrolment.group_id == group.id, Enrolment.until_on.is_(None))
        pupils = session.scalars(stays.order_by(Enrolment.pupil_id)).all()
        _write_remarks(session, leader, group.id, pupils, day)
        _fill_portfolios(session, leader, pupils, day)
        _look(session, school_id, pupils, day)


def _actor(school_id: UUID, person_id: UUID, role: str) -> Actor:
    return Actor(str(person_id), school_id, person_id, frozenset({role}))


def _write_remarks(session: SchoolSession, leader: Actor, group_id: UUID, pupils: Any, day: date) -> None:
    held = (
        select(Page.id, PageTeacher.teacher_id, Lesson.id)
        .join(PageTeacher, PageTeacher.page_id == Page.id)
        .join(Lesson, Lesson.page_id == Page.id)
        .where(Page.group_id == group_id, Lesson.state == "planned")
        .where(Lesson.held_on < day, Lesson.held_on >= day - timedelta(days=10))
        .order_by(Lesson.held_on.desc(), Lesson.number)
        .limit(3 * len(ON_PAGES))
    )
    for number, (page_id, teacher_id, lesson_id) in enumerate(session.execute(held).all()):
        teacher = _actor(leader.school_id or group_id, teacher_id, "teacher")
        said = Said(*ON_PAGES[number % len(ON_PAGES)])
        remark_on_page(session, teacher, page_id, pupils[number % len(pupils)], said, lesson_id)
    for number, words in enumerate(OF_LEADER):
        remark = remark_of_class(session, leader, group_id, pupils[number], Said(*words))
        for parent_id in _parents(session, pupils[number]):
            acknowledge_remark(session, _actor(remark.school_id, parent_id, "parent"), remark.id)


def _fill_portfolios(session: SchoolSession, leader: Actor, pupils: Any, day: date) -> None:
    for number, (section, level, title, result) in enumerate(ACHIEVEMENTS):
        facts = Facts(section, level, title, result, day - timedelta(days=20 * (number + 1)), "")
        pupil_id = pupils[number // 2]
        writer = leader if number else _actor(leader.school_id or pupil_id, pupil_id, "pupil")
        add_to_portfolio(session, writer, pupil_id, facts, ())


def _look(session: SchoolSession, school_id: UUID, pupils: Any, day: date) -> None:
    random = Random("looking into diaries")
    for pupil_id in pupils:
        for parent_id in _parents(session, pupil_id):
            often = random.choice((0, 0.1, 0.3, 0.6))
            for step in range(7 * WEEKS):
                if random.random() < often:
                    on = day - timedelta(days=step)
                    row = {"pupil_id": pupil_id, "person_id": parent_id, "on": on, "at": now()}
                    session.add(DiaryView(**row, is_told=False, school_id=school_id))


def _parents(session: SchoolSession, pupil_id: UUID) -> list[UUID]:
    asked = select(Guardianship.guardian_id).where(Guardianship.pupil_id == pupil_id)
    return list(session.scalars(asked.order_by(Guardianship.guardian_id)))
