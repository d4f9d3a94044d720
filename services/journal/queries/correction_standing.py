"""What now stands where an error was reported, for whoever may read it on the page or in a diary."""

from typing import Any

from sqlalchemy import Row, Select, and_, bindparam, or_, select

from services.journal.models.correction_relations import reads_request
from services.journal.models.relations import (
    descriptions,
    entries,
    final_marks,
    gives_any_lesson,
    guardianships,
    lessons,
    me,
    pages,
    run,
    school,
    stays_of,
    teaches_page,
)
from services.journal.queries.diary_reading import reads_diary
from services.journal.rules.access import reads_all
from services.journal.rules.corrections import FINAL, TEXTS
from shared.auth import Actor
from shared.db import SchoolSession

Json = dict[str, Any]

_children = select(guardianships.c.pupil_id).where(
    guardianships.c.guardian_id == me, guardianships.c.school_id == school
)
_stays = stays_of(lambda pupil_id: or_(pupil_id == me, pupil_id.in_(_children)))
# A topic is nobody's: it stands in the diary of everybody who was on the list that day.
IN_OWN_DIARY = (
    select(lessons.c.id)
    .select_from(
        _stays.join(pages, pages.c.group_id == _stays.c.group_id).join(
            lessons,
            and_(
                lessons.c.page_id == pages.c.id,
                lessons.c.held_on >= _stays.c.from_on,
                or_(_stays.c.until_on.is_(None), lessons.c.held_on <= _stays.c.until_on),
            ),
        )
    )
    .where(lessons.c.id == bindparam("lesson"), lessons.c.school_id == school)
    .limit(1)
)


def with_readers(asked: Select[Any]) -> Select[Any]:
    """Return a query of requests that tells of each whether the caller reads its page, for `standing_of`."""
    return asked.add_columns(or_(teaches_page, gives_any_lesson, reads_request).label("reads_page"))


def standing_of(session: SchoolSession, actor: Actor, row: Row[Any], *, is_handled: bool) -> Json | None:
    """Return the cell's value, or both texts of the lesson; None for whoever may not read them.

    Whoever handles the request reads them; all others, who reported it among them, where they stand.
    """
    if not (is_handled or row.reads_page or reads_all(actor) or _stands_in_own_diary(session, actor, row)):
        return None
    return _texts(session, row) if row.what in TEXTS else _value(session, row)


def _stands_in_own_diary(session: SchoolSession, actor: Actor, row: Row[Any]) -> bool:
    if row.pupil_id is not None:
        return reads_diary(session, actor, row.pupil_id)
    found = run(session, IN_OWN_DIARY, lesson=row.lesson_id, me=actor.person_id)
    return found.first() is not None


def _texts(session: SchoolSession, row: Row[Any]) -> Json:
    asked = select(descriptions.c.topic, descriptions.c.homework).where(
        descriptions.c.page_id == row.page_id, descriptions.c.lesson_id == row.lesson_id
    )
    found = run(session, asked).first()
    texts = found._asdict() if found else dict.fromkeys(TEXTS)
    return {"value": None, **texts}


def _value(session: SchoolSession, row: Row[Any]) -> Json:
    of, about = (final_marks, "period_id") if row.what == FINAL else (entries, "lesson_id")
    cell = ("page_id", about, "slot", "pupil_id")
    asked = select(of.c.value).where(*(of.c[name] == getattr(row, name) for name in cell))
    return {"value": run(session, asked).scalar(), "topic": None, "homework": None}
