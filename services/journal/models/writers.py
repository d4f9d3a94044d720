"""Who may write on a lesson, as far as the load, the timetable and the class say."""

from uuid import UUID

from sqlalchemy import bindparam, func, or_, select

from services.journal.models.relations import (
    enrolments,
    groups,
    lesson_teachers,
    lessons,
    own_class,
    page_surroundings,
    page_teachers,
    pages,
    run,
    school,
)
from services.journal.models.several import is_of_several
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


# Of several classes, that of the pupil's on the lesson's day, or else now.
_held_on = select(lessons.c.held_on).where(lessons.c.id == bindparam("lesson")).scalar_subquery()
_whole = groups.alias("whole")
PUPILS_TEACHER = (
    select(_whole.c.class_teacher_id)
    .select_from(
        page_surroundings.join(enrolments, enrolments.c.pupil_id == bindparam("pupil")).join(
            _whole, _whole.c.id == enrolments.c.group_id
        )
    )
    .where(
        pages.c.id == bindparam("page"),
        pages.c.school_id == school,
        is_of_several,
        or_(_held_on.is_(None), enrolments.c.from_on <= _held_on),
        or_(enrolments.c.until_on.is_(None), enrolments.c.until_on >= _held_on),
        _whole.c.kind == "class",
    )
)


def writers_of(
    session: SchoolSession, page_id: UUID, lesson_id: UUID | None, pupil_id: UUID | None
) -> list[UUID]:
    """Return who may write there: first who gives the lesson, then whom the load names, the class teacher.

    The class teacher of a page of several classes is that of the pupil named.
    """
    given = sorted(run(session, GIVEN, lesson=lesson_id).scalars()) if lesson_id else []
    loaded = sorted(run(session, LOADED, page=page_id).scalars())
    class_teacher = run(session, CLASS_TEACHER, page=page_id).scalar()
    if class_teacher is None and pupil_id is not None:
        at = {"page": page_id, "lesson": lesson_id, "pupil": pupil_id}
        class_teacher = run(session, PUPILS_TEACHER, **at).scalar()
    return list(dict.fromkeys([*given, *loaded, *([class_teacher] if class_teacher else [])]))
