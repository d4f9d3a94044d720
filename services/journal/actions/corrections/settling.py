"""Settling a request: by the change itself, by declining it, and what its reporter says to that."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from services.journal.actions.corrections.steps import (
    CorrectionOver,
    leads,
    locked_correction,
    note_step,
    unsettled,
)
from services.journal.models import Correction, Revision
from services.journal.rules.chain import Change
from services.journal.rules.corrections import (
    ASSIGNED,
    CONFIRMED,
    CORRECTED,
    OPEN,
    REOPENED,
    SETTLED,
)
from shared.auth import Actor
from shared.clock import now
from shared.db import SchoolSession
from shared.errors import Conflict, Denied, Invalid, Text
from shared.events.journal_corrections import CorrectionAnswered, CorrectionSettled
from shared.outbox import publish


class AnotherCell(Invalid):
    """By a request only what it is about may be changed."""

    title = Text("Обращение о другой записи", "The request is about another entry")
    detail = Text(
        "По обращению № {number} можно изменить только его запись. Остальное сохраните отдельно.",
        "By request No. {number} only the entry it is about may be changed. Save the rest by itself.",
    )


class StandsAlready(Conflict):
    """What is to be written by a request stands already."""

    title = Text("Так уже стоит", "It stands so already")
    detail = Text(
        "По обращению № {number} ничего не изменилось: это значение уже стоит. "
        "Впишите другое. Если его исправили раньше, так и отметьте, а если ошибки не было, "
        "отклоните обращение с пояснением.",
        "Request No. {number} has changed nothing: this value stands already. "
        "Write another one. If it was put right before, say so; if nothing was wrong, "
        "decline the request and say why.",
    )


class NothingCorrected(Conflict):
    """Since the report nothing was changed in the cell."""

    title = Text("Запись не менялась", "The entry has not changed")
    detail = Text(
        "После обращения № {number} запись не менялась. Исправьте её или отклоните обращение с пояснением.",
        "Since request No. {number} nobody has changed this entry. Correct it, or decline and say why.",
    )


class ReopenedAlready(Conflict):
    """A request is opened again once."""

    title = Text("Обращение уже открывали снова", "The request was opened again before")
    detail = Text(
        "Обращение № {number} можно открыть снова один раз. Напишите новое или поговорите с завучем.",
        "Request No. {number} can be opened again once. Write another one or speak to the deputy head.",
    )


def correction_of(
    session: SchoolSession, actor: Actor, page_id: UUID, request_id: UUID | None
) -> Correction | None:
    """Return the request that a change on a locked page names, locked as well; None when it names none.

    Raises NotFound for one the caller may not see, CorrectionOver, and AnotherCell for one about
    another page.
    """
    if request_id is None:
        return None
    correction = unsettled(locked_correction(session, actor, request_id))
    if correction.page_id != page_id:
        raise AnotherCell(number=correction.number)
    return correction


def is_approved(correction: Correction | None) -> bool:
    """Whether a deputy's approval stands that the cell is changed though its period is closed."""
    return correction is not None and correction.approved_at is not None


def settle_by_change(
    session: SchoolSession,
    actor: Actor,
    correction: Correction | None,
    changes: Sequence[Change],
    lesson_id: UUID | None = None,
) -> None:
    """Settle a request by the change it asked for, when one is named.

    Raises StandsAlready when nothing is changed, and AnotherCell when more is than that.
    """
    if correction is None:
        return
    if not changes:
        raise StandsAlready(number=correction.number)
    asked = (correction.what, correction.slot, correction.pupil_id, correction.period_id)
    # A topic goes with its place in the plan.
    own = (one for one in changes if one.what != "plan_topic" or correction.what != "topic")
    made = [(one.what, one.slot, one.pupil_id, one.period_id) for one in own]
    if made != [asked] or lesson_id != correction.lesson_id:
        raise AnotherCell(number=correction.number)
    _settle(session, actor, correction, CORRECTED, None)


def settle_correction(
    session: SchoolSession, actor: Actor, request_id: UUID, outcome: str, note: str | None
) -> Correction:
    """Say that the cell was put right, or decline; by whom it was given to, or the class teacher.

    Raises Denied for all others who may see it, the deputy among them, and NothingCorrected.
    """
    correction = unsettled(locked_correction(session, actor, request_id))
    if actor.person_id != correction.assignee_id and not leads(session, actor, correction):
        raise Denied
    if outcome == CORRECTED and not _is_changed(session, correction):
        raise NothingCorrected(number=correction.number)
    _settle(session, actor, correction, outcome, note)
    return correction


def _is_changed(session: SchoolSession, correction: Correction) -> bool:
    changed = select(Revision.seq).where(
        Revision.page_id == correction.page_id,
        Revision.lesson_id.is_not_distinct_from(correction.lesson_id),
        Revision.period_id.is_not_distinct_from(correction.period_id),
        Revision.what == correction.what,
        Revision.slot.is_not_distinct_from(correction.slot),
        Revision.pupil_id.is_not_distinct_from(correction.pupil_id),
        Revision.at >= correction.asked_at,
    )
    return session.scalars(changed.limit(1)).first() is not None


def _settle(
    session: SchoolSession, actor: Actor, correction: Correction, outcome: str, note: str | None
) -> None:
    correction.state, correction.settled_at, correction.approved_at = outcome, now(), None
    note_step(session, actor, correction, outcome, note)
    told = CorrectionSettled(
        request_id=correction.id,
        number=correction.number,
        reporter_id=correction.author_id,
        outcome=outcome,
    )
    publish(session, told)


def answer_settlement(
    session: SchoolSession, actor: Actor, request_id: UUID, *, is_confirmed: bool, text: str | None
) -> Correction:
    """Agree to the outcome, or open the request again: the reporter alone, and the latter once.

    Opened again, its clock begins anew.
    """
    correction = locked_correction(session, actor, request_id)
    if actor.person_id != correction.author_id:
        raise Denied
    if correction.state not in SETTLED:
        raise CorrectionOver(number=correction.number)
    if is_confirmed:
        correction.state = CONFIRMED
    else:
        _reopen(correction)
    note_step(session, actor, correction, CONFIRMED if is_confirmed else REOPENED, text)
    told = CorrectionAnswered(
        request_id=correction.id,
        number=correction.number,
        assignee_id=correction.assignee_id,
        is_confirmed=is_confirmed,
    )
    publish(session, told)
    return correction


def _reopen(correction: Correction) -> None:
    if correction.is_reopened:
        raise ReopenedAlready(number=correction.number)
    correction.state = ASSIGNED if correction.assignee_id else OPEN
    correction.is_reopened, correction.settled_at, correction.warned = True, None, None
    correction.asked_at = now()
