"""Copies of identity: the school, people, guardianships, groups and who belongs to them.

Each reaction takes a run of events in order; where several are about one thing, the last counts.
"""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

import orjson
from sqlalchemy import select, update

from services.journal.actions.answers import ANSWER_FILES, forget_answers
from services.journal.actions.copying import forget
from services.journal.actions.corrections.steps import forget_requests
from services.journal.actions.files import forget_files, let_go
from services.journal.actions.merging import name_merged, with_merged
from services.journal.actions.portfolio import forget_portfolios
from services.journal.actions.remarks_kept import forget_remarks
from services.journal.actions.tasks import TASK_FILES
from services.journal.actions.views import forget_views
from services.journal.models.relations import (
    accepted_contradictions,
    enrolments,
    entries,
    excuses,
    groups,
    guardianships,
    parameters,
    people,
    revisions,
    schools,
    tasks,
)
from services.journal.rules.chain import ERASABLE
from shared import redacting
from shared.bulk import insert_rows, upsert_latest
from shared.clock import now
from shared.db import SchoolSession
from shared.events.identity import (
    Enrolment,
    EnrolmentsChanged,
    GroupChanged,
    GuardianshipEnded,
    GuardianshipEstablished,
    ParameterChanged,
    PersonChanged,
    PersonErased,
    SchoolChanged,
)
from shared.service import Received


def copy_schools(session: SchoolSession, received: Sequence[Received[SchoolChanged]]) -> None:
    """Keep the school's time zone and scale."""
    rows = (
        {"school_id": one.school_id, "time_zone": one.told.time_zone, "scale": one.told.scale}
        for one in received
    )
    upsert_latest(session, schools, rows, ("school_id",))


def copy_parameters(session: SchoolSession, received: Sequence[Received[ParameterChanged]]) -> None:
    """Keep what the school has set, each value with the day it holds from.

    Those that every save and every page need stand with the school itself as well.
    """
    rows = []
    for one in received:
        dated = [[value.valid_from, orjson.loads(value.value)] for value in one.told.values]
        told = orjson.dumps(dated).decode()
        rows.append({"school_id": one.school_id, "name": one.told.name, "told": told})
        if one.told.name in ("work_types", "attendance"):
            own = update(schools).where(schools.c.school_id == one.school_id)
            session.execute(own.values({one.told.name: told}))
    upsert_latest(session, parameters, rows, ("school_id", "name"))


def copy_people(session: SchoolSession, received: Sequence[Received[PersonChanged]]) -> None:
    """Keep names."""
    rows = [
        {
            "id": one.told.person_id,
            "school_id": one.school_id,
            "family_name": one.told.family_name,
            "given_name": one.told.given_name,
            "patronymic": one.told.patronymic,
        }
        for one in received
    ]
    upsert_latest(session, people, rows, ("id",))
    name_merged(session, [one.told.person_id for one in received])


def forget_people(session: SchoolSession, received: Sequence[Received[PersonErased]]) -> None:
    """Forget names, guardianships and whatever was written of them; marks stay, under an id."""
    ids = with_merged(session, [one.told.person_id for one in received])
    gone = [(person_id,) for person_id in ids]
    forget(session, people.c.id, keys=gone)
    forget(session, guardianships.c.guardian_id, keys=gone)
    forget(session, guardianships.c.pupil_id, keys=gone)
    forget_answers(session, ids)
    forget_files(session, ids, (ANSWER_FILES,))
    # A certificate says what somebody was ill with: the reason stays, the paper does not.
    papers = update(excuses).where(excuses.c.pupil_id.in_(ids))
    session.execute(papers.values(number="", note="", issued_on=None, withdrawn_for=None))
    noted = update(accepted_contradictions).where(accepted_contradictions.c.pupil_id.in_(ids))
    session.execute(noted.values(note=""))
    _forget_words(session, ids)
    forget_requests(session, ids)
    forget_remarks(session, ids)
    forget_views(session, ids)
    forget_portfolios(session, ids)
    for person_id in ids:
        redacting.forget_answers(session, str(person_id))


def _forget_words(session: SchoolSession, pupil_ids: Sequence[UUID]) -> None:
    """Forget comments on marks and tasks for one pupil alone, also in the chains of pages."""
    words = revisions.c.pupil_id.in_(pupil_ids) & revisions.c.what.in_(ERASABLE)
    session.execute(update(revisions).where(words).values(value=None, was=None, erased_at=now()))
    session.execute(update(entries).where(entries.c.pupil_id.in_(pupil_ids)).values(comment=None))
    own = tasks.c.pupil_id.in_(pupil_ids)
    let_go(session, TASK_FILES, session.scalars(select(tasks.c.id).where(own)).all())
    session.execute(update(tasks).where(own).values(text="", links=[], is_withdrawn=True))


def let_guardians_read(session: SchoolSession, received: Sequence[Received[GuardianshipEstablished]]) -> None:
    """Let a parent read the pupil's diary."""
    rows = (
        {"guardian_id": one.told.guardian_id, "pupil_id": one.told.pupil_id, "school_id": one.school_id}
        for one in received
    )
    upsert_latest(session, guardianships, rows, ("guardian_id", "pupil_id"))


def stop_guardians_reading(session: SchoolSession, received: Sequence[Received[GuardianshipEnded]]) -> None:
    """No longer let them."""
    gone = [(one.told.guardian_id, one.told.pupil_id) for one in received]
    forget(session, guardianships.c.guardian_id, guardianships.c.pupil_id, keys=gone)


def copy_groups(session: SchoolSession, received: Sequence[Received[GroupChanged]]) -> None:
    """Keep groups, what they are part of, and class teachers."""
    rows = (
        {
            "id": one.told.group_id,
            "school_id": one.school_id,
            "kind": one.told.kind,
            "name": one.told.name,
            "grade": one.told.grade,
            "parent_id": one.told.parent_id,
            "class_teacher_id": one.told.class_teacher_id,
        }
        for one in received
    )
    upsert_latest(session, groups, rows, ("id",))


def copy_enrolments(session: SchoolSession, received: Sequence[Received[EnrolmentsChanged]]) -> None:
    """Replace the stays of each pupil named by those told."""
    stays: dict[tuple[UUID, UUID], dict[date, Enrolment]] = {}
    for one in received:
        stays.update({(one.told.group_id, pupil_id): {} for pupil_id in one.told.pupil_ids})
        for stay in one.told.enrolments:
            stays.setdefault((one.told.group_id, stay.pupil_id), {})[stay.from_on] = stay
    forget(session, enrolments.c.group_id, enrolments.c.pupil_id, keys=list(stays))
    rows = [
        {
            "group_id": group_id,
            "pupil_id": pupil_id,
            "school_id": received[0].school_id,
            "from_on": stay.from_on,
            "until_on": stay.until_on,
        }
        for (group_id, pupil_id), told in stays.items()
        for stay in told.values()
    ]
    insert_rows(session, enrolments, rows)
