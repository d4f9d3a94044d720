"""What was written of pupils to their families: of one, on a page, in a class; each with its history."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, bindparam, or_, select

from services.journal.models import Person as Reader
from services.journal.models import RemarkReading, RemarkVersion
from services.journal.models.relations import (
    enrolments,
    groups,
    is_there,
    me,
    pages,
    people,
    remark_readings,
    remark_versions,
    remarks,
    run,
    school,
    schools,
    subjects,
)
from services.journal.models.several import leads_still
from services.journal.queries.diary_reading import Diarist, pupil, readable_pupil
from services.journal.queries.page import may_read
from services.journal.queries.page_rows import PAGE
from services.journal.queries.people import STUB, shown_name, signed_name
from services.journal.rules.access import reads_all
from services.journal.rules.marks import TIME_ZONE
from services.journal.rules.remarks import FAMILY, KINDS
from shared.auth import Actor
from shared.clock import today
from shared.db import SchoolSession
from shared.errors import NotFound

Json = dict[str, Any]

SHOWN = 50

author = people.alias("author")
of_pupil = people.alias("of_pupil")

_latest = and_(remark_versions.c.remark_id == remarks.c.id, remark_versions.c.version == remarks.c.version)

REMARKS: Select[Any] = (
    select(
        remarks.c.id,
        remarks.c.pupil_id,
        remarks.c.page_id,
        remarks.c.lesson_id,
        remarks.c.made_on,
        remarks.c.made_by,
        remarks.c.version,
        remark_versions.c.kind,
        remark_versions.c.audience,
        remark_versions.c.text,
        remark_versions.c.at,
        subjects.c.name.label("subject"),
        author.c.family_name,
        author.c.given_name,
        author.c.patronymic,
        of_pupil.c.family_name.label("pupil_family_name"),
        of_pupil.c.given_name.label("pupil_given_name"),
        remark_readings.c.at.label("read_at"),
    )
    .select_from(
        remarks.join(remark_versions, _latest)
        .outerjoin(pages, pages.c.id == remarks.c.page_id)
        .outerjoin(subjects, subjects.c.id == pages.c.subject_id)
        .outerjoin(author, author.c.id == remarks.c.made_by)
        .outerjoin(of_pupil, of_pupil.c.id == remarks.c.pupil_id)
        .outerjoin(
            remark_readings,
            and_(remark_readings.c.remark_id == remarks.c.id, remark_readings.c.person_id == me),
        )
    )
    .where(
        remarks.c.school_id == school,
        remark_versions.c.text.is_not(None) | remark_versions.c.kind.is_(None),  # Else it was erased.
    )
    .order_by(remarks.c.id.desc())
)

before: ColumnElement[bool] = or_(
    bindparam("before", type_=remarks.c.id.type).is_(None),
    remarks.c.id < bindparam("before", type_=remarks.c.id.type),
)
for_family = or_(bindparam("all"), remark_versions.c.audience == FAMILY)

OF_PUPIL = REMARKS.where(remarks.c.pupil_id == pupil, for_family, before).limit(SHOWN + 1)
OF_PAGE = REMARKS.where(
    remarks.c.page_id == bindparam("page"),
    or_(bindparam("all"), remarks.c.made_by == me, leads_still(remarks.c.pupil_id, remarks.c.made_on)),
    before,
).limit(SHOWN + 1)
OF_CLASS = REMARKS.where(
    remarks.c.pupil_id.in_(
        select(enrolments.c.pupil_id).where(enrolments.c.group_id == bindparam("group"), is_there)
    ),
    before,
).limit(SHOWN + 1)

OF_WEEK = REMARKS.where(
    remarks.c.pupil_id == pupil,
    for_family,
    remark_versions.c.kind.is_not(None),
    remarks.c.made_on.between(bindparam("starts_on"), bindparam("ends_on")),
).limit(SHOWN)

GROUP = (
    select(
        groups.c.id, groups.c.name, schools.c.time_zone, (groups.c.class_teacher_id == me).label("is_mine")
    )
    .select_from(groups.outerjoin(schools, schools.c.school_id == groups.c.school_id))
    .where(groups.c.id == bindparam("group"), groups.c.school_id == school)
)


def sees_parents_only(actor: Actor, found: Diarist) -> bool:
    """Whether the reader of a diary is told what is for the parents alone: everybody but the pupil."""
    return actor.person_id != found.id or found.is_guardian


def diary_remarks(session: SchoolSession, actor: Actor, pupil_id: UUID, cursor: UUID | None = None) -> Json:
    """Return what was written of a pupil, the latest first, withdrawn ones as such.

    A pupil is not told what is for the parents alone. Raises NotFound for another's diary.
    """
    found = readable_pupil(session, actor, pupil_id)
    is_all = sees_parents_only(actor, found)
    asked = {"pupil": pupil_id, "all": is_all, "before": cursor, "me": actor.person_id}
    told = _listed(session, actor, run(session, OF_PUPIL, **asked).all(), is_all=is_all)
    return {"pupil": {"id": found.id, "name": shown_name(found)}, **told}


def page_remarks(session: SchoolSession, actor: Actor, page_id: UUID, cursor: UUID | None = None) -> Json:
    """Return what was written on a page, the latest first; raises NotFound for another's page.

    Who only stands in at some lesson of it reads what they wrote themselves; of several classes, a class
    teacher what is about the own pupils.
    """
    page = run(session, PAGE, page=page_id, me=actor.person_id).first()
    if page is None or not may_read(actor, page):
        raise NotFound
    is_own = bool(page.teaches_page or page.leads_class or reads_all(actor))
    asked = {"page": page_id, "all": is_own, "before": cursor, "me": actor.person_id}
    found = run(session, OF_PAGE, **asked).all()
    return {
        "group": {"id": page.group_id, "name": page.group_name or STUB},
        "subject": {"id": page.subject_id, "name": page.subject_name or STUB},
        **_listed(session, actor, found, is_all=True),
    }


def class_remarks(session: SchoolSession, actor: Actor, group_id: UUID, cursor: UUID | None = None) -> Json:
    """Return what was written of a class's pupils, by anybody; raises NotFound for another's class."""
    group = run(session, GROUP, group=group_id, me=actor.person_id).first()
    if group is None or not (group.is_mine or reads_all(actor)):
        raise NotFound
    day = today(group.time_zone or TIME_ZONE)
    found = run(session, OF_CLASS, group=group_id, day=day, before=cursor, me=actor.person_id).all()
    return {"group": {"id": group.id, "name": group.name}, **_listed(session, actor, found, is_all=True)}


def _listed(session: SchoolSession, actor: Actor, found: Sequence[Row[Any]], *, is_all: bool) -> Json:
    shown = found[:SHOWN]
    ids = [row.id for row in shown]
    versions, readings = _versions(session, ids, is_all=is_all), _readings(session, ids)
    return {
        "items": [
            {
                **remark_said(row),
                "pupil": {"id": row.pupil_id, "name": _name_of_pupil(row)},
                "version": row.version,
                "is_mine": row.made_by == actor.person_id,
                "versions": versions.get(row.id, []),
                "readings": readings.get(row.id, []),
            }
            for row in shown
        ],
        "next": shown[-1].id if len(found) > len(shown) else None,
    }


def remark_said(row: Row[Any]) -> Json:
    """Return a remark as it now stands; without a kind it was withdrawn."""
    return {
        "id": row.id,
        "on": row.made_on,
        "kind": row.kind,
        "title": KINDS.get(row.kind or ""),
        "audience": row.audience,
        "text": row.text,
        "by": signed_name(row),
        "subject": row.subject,
        "lesson_id": row.lesson_id,
        "changed_at": row.at if row.version > 1 else None,
        "read_at": row.read_at,
    }


def _name_of_pupil(row: Row[Any]) -> str:
    return f"{row.pupil_family_name} {row.pupil_given_name}" if row.pupil_family_name else STUB


def _versions(session: SchoolSession, ids: Iterable[UUID], *, is_all: bool) -> dict[UUID, list[Json]]:
    asked = select(RemarkVersion).where(RemarkVersion.remark_id.in_(ids))
    asked = asked if is_all else asked.where(RemarkVersion.audience == FAMILY)
    found: dict[UUID, list[Json]] = {}
    for one in session.scalars(asked.order_by(RemarkVersion.remark_id, RemarkVersion.version)):
        said = {
            "kind": one.kind,
            "audience": one.audience,
            "text": one.text,
            "at": one.at,
            "reason": one.reason,
        }
        found.setdefault(one.remark_id, []).append(said)
    return found


def _readings(session: SchoolSession, ids: Iterable[UUID]) -> dict[UUID, list[Json]]:
    asked = (
        select(RemarkReading, Reader.family_name, Reader.given_name)
        .outerjoin(Reader, Reader.id == RemarkReading.person_id)
        .where(RemarkReading.remark_id.in_(ids))
        .order_by(RemarkReading.at)
    )
    found: dict[UUID, list[Json]] = {}
    for row in session.execute(asked):
        one = row.RemarkReading
        said = {"person_id": one.person_id, "name": shown_name(row), "at": one.at}
        found.setdefault(one.remark_id, []).append(said)
    return found
