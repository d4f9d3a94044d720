"""Two people who turned out to be one: what was of the one is the other's now.

Revisions keep the id they were written with, for the chain holds them; who they are about now is
told by `merged_people`. A lesson in which both have the same cell keeps both: a mark does not vanish.
"""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import and_, delete, exists, select, union, update

from services.journal.actions.corrections.steps import move_requests
from services.journal.actions.portfolio import move_portfolio
from services.journal.actions.remarks_kept import move_remarks
from services.journal.actions.views import move_views
from services.journal.models import Excuse, Page, Plan
from services.journal.models.relations import (
    answers,
    enrolments,
    entries,
    final_marks,
    guardianships,
    merged_people,
    people,
    replies,
    stored_files,
    tasks,
)
from shared.bulk import upsert_rows
from shared.db import SchoolSession
from shared.events.identity import PersonMerged
from shared.events.journal import CellsMoved, MovedCell
from shared.merges import note_merge
from shared.outbox import publish
from shared.service import Received


def merge_people(session: SchoolSession, received: Sequence[Received[PersonMerged]]) -> None:
    """Give each merged pupil's cells to the one kept; heard again, it changes nothing."""
    for one in received:
        merged_id = one.told.merged_id
        kept_id = note_merge(session, merged_people, one.school_id, merged_id, one.told.kept_id)
        _move_cells(session, merged_id, kept_id)
        _move_stays(session, merged_id, kept_id)
        move_remarks(session, merged_id, kept_id)
        move_views(session, merged_id, kept_id)
        move_portfolio(session, merged_id, kept_id)
        session.execute(update(Plan).where(Plan.owner_id == merged_id).values(owner_id=kept_id))
        _move_answers(session, merged_id, kept_id)
        session.execute(update(Excuse).where(Excuse.pupil_id == merged_id).values(pupil_id=kept_id))
        move_requests(session, merged_id, kept_id)
        for column in (guardianships.c.guardian_id, guardianships.c.pupil_id):
            session.execute(delete(guardianships).where(column == merged_id))
        name_merged(session, [kept_id])


def name_merged(session: SchoolSession, kept_ids: Sequence[UUID]) -> None:
    """Let merged people bear the names of those kept: what they have signed goes on bearing their ids."""
    names = (people.c.school_id, people.c.family_name, people.c.given_name, people.c.patronymic)
    found = (
        select(merged_people.c.merged_id.label("id"), *names)
        .join(people, people.c.id == merged_people.c.kept_id)
        .where(merged_people.c.kept_id.in_(kept_ids))
    )
    rows = [dict(row) for row in session.execute(found).mappings()]
    upsert_rows(session, people, rows, ("id",))


def with_merged(session: SchoolSession, person_ids: Sequence[UUID]) -> list[UUID]:
    """Return by which ids people were ever known: their own, and those of entries merged into them."""
    found = select(merged_people.c.merged_id).where(merged_people.c.kept_id.in_(person_ids))
    return [*person_ids, *session.scalars(found)]


def _move_answers(session: SchoolSession, merged_id: UUID, kept_id: UUID) -> None:
    """Give tasks, answers, replies and files to the one kept; of a task both answered, both stay theirs."""
    own = answers.alias("own")
    both = exists().where(own.c.task_id == answers.c.task_id, own.c.pupil_id == kept_id)
    moved = update(answers).where(answers.c.pupil_id == merged_id, ~both)
    session.execute(moved.values(pupil_id=kept_id))
    for column in (tasks.c.pupil_id, replies.c.teacher_id, stored_files.c.owner_id):
        theirs = update(column.table).where(column == merged_id)
        session.execute(theirs.values({column.name: kept_id}))


def _move_cells(session: SchoolSession, merged_id: UUID, kept_id: UUID) -> None:
    marked = union(
        *(select(cells.c.page_id).where(cells.c.pupil_id == merged_id) for cells in (entries, final_marks))
    )
    # Whoever writes on a page holds its row: none of these cells changes meanwhile.
    session.execute(select(Page.id).where(Page.id.in_(marked)).order_by(Page.id).with_for_update())
    moved: dict[UUID, list[MovedCell]] = defaultdict(list)
    for cells, about in ((entries, "lesson_id"), (final_marks, "period_id")):
        own = cells.alias("own")
        same_cell = and_(*(own.c[name] == cells.c[name] for name in ("page_id", about, "slot")))
        taken = exists().where(same_cell, own.c.pupil_id == kept_id)
        move = update(cells).where(cells.c.pupil_id == merged_id, ~taken).values(pupil_id=kept_id)
        for one in session.execute(move.returning(cells.c.page_id, cells.c[about], cells.c.slot)):
            place = {"lesson_id": None, "period_id": None} | {about: one[1]}
            moved[one.page_id].append(MovedCell(**place, slot=one.slot))
    for page_id, of_page in sorted(moved.items()):
        publish(session, CellsMoved(page_id=page_id, merged_id=merged_id, kept_id=kept_id, cells=of_page))


def _move_stays(session: SchoolSession, merged_id: UUID, kept_id: UUID) -> None:
    """Seat the one kept instead, at once and not when identity tells: nothing is written of the other now."""
    own = enrolments.alias("own")
    same_stay = and_(own.c.group_id == enrolments.c.group_id, own.c.from_on == enrolments.c.from_on)
    taken = exists().where(same_stay, own.c.pupil_id == kept_id)
    theirs = enrolments.c.pupil_id == merged_id
    session.execute(update(enrolments).where(theirs, ~taken).values(pupil_id=kept_id))
    session.execute(delete(enrolments).where(theirs))
