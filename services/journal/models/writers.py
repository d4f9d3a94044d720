"""Who may write on a lesson, as far as the load, the timetable and the class say."""

from uuid import UUID

from sqlalchemy import bindparam, func, select

from services.journal.models.relations import (
    groups,
    lesson_teachers,
    own_class,
    page_surroundings,
    page_teachers,
    pages,
    run,
    school,
)
from shared.db import SchoolSession

GIVEN = select(lesson_teachers.c.teacher_id).where(
    lesson_teachers.c.lesson_id == bindparam("lesson"), lesson_teachers.c.school_id == school
)
LOADED = select(page_teachers.c.teacher_id).where(
    page_teachers.c.page_id == bindparam("page"), page_teachers.c.school_id == school
)
CLASS_TEACHER = (
    select(func.coalesce(own_class.c.class_teacher_id, groups.c.class_teacher_id))
    .select_from(page_surroundings)
    .where(pages.c.id == bindparam("page"), pages.c.school_id == school)
)


def writers_of(session: SchoolSession, page_id: UUID, lesson_id: UUID | None) -> list[UUID]:
    """Return who may write there: first who gives the lesson, then whom the load names, the class teacher."""
    given = sorted(run(session, GIVEN, lesson=lesson_id).scalars()) if lesson_id else []
    loaded = sorted(run(session, LOADED, page=page_id).scalars())
    class_teacher = run(session, CLASS_TEACHER, page=page_id).scalar()
    return list(dict.fromkeys([*given, *loaded, *([class_teacher] if class_teacher else [])]))
