"""Erasing a person: proposed by one, carried out by another, and nothing left of them but ids.

What the law wants kept stays under the person's id (`rules.retention`). The names go out of the
card, out of every event that told them, and, by `identity.person.erased`, out of every copy.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Table, delete, or_, select, update

from services.identity.actions.signing_in.passwords import end_sessions
from services.identity.models import (
    Approval,
    Base,
    Consent,
    Enrolment,
    Erasure,
    ExternalId,
    Guardianship,
    Import,
    Merge,
    Movement,
    Person,
    Role,
    School,
    SubjectRequest,
    table,
)
from services.identity.rules.retention import DESTROYED_TABLES, ERASURE, KEPT, KEPT_TABLES
from shared.clock import now, today
from shared.db import SchoolSession
from shared.errors import Conflict, Denied, NotFound, Text
from shared.events.identity import PersonErased
from shared.names import collated
from shared.outbox import publish, stream_name
from shared.redacting import forget_answers, redact

NOBODY = "Данные уничтожены"


class StillNeeded(Conflict):
    """The school has to know the person by law: they study or work here, or answer for who does."""

    title = Text("Эти данные школа обязана хранить", "The school has to keep this data")
    detail = Text(
        "Человек учится или работает в школе либо представляет ученика. Сначала оформите выбытие, "
        "снимите роли или прекратите представительство.",
        "The person studies or works here, or answers for a pupil. Record the departure, take away "
        "the roles or end the guardianship first.",
    )


class ErasedAlready(Conflict):
    """The erasure was carried out or turned down before."""

    title = Text("Решение уже принято", "It is decided already")
    detail = Text("Откройте список уничтожений: там записан итог.", "Open the list of erasures: it says how.")


class SecondPersonNeeded(Denied):
    """Whoever proposed an erasure cannot carry it out as well (SECURITY 30)."""

    title = Text("Нужен второй человек", "A second person is needed")
    detail = Text(
        "Уничтожение данных предлагает один сотрудник, а подтверждает другой.",
        "One member of staff proposes an erasure, and another one approves it.",
    )


def propose_erasure(session: SchoolSession, actor_id: UUID, person_id: UUID, ground: str) -> Erasure:
    """Propose to erase somebody the school need not know any more; raises StillNeeded.

    The same proposal again is the one that waits already.
    """
    person = session.get(Person, person_id, with_for_update=True)
    if person is None:
        raise NotFound
    _check_ground(session, person_id)
    found = select(Erasure).where(Erasure.person_id == person_id, Erasure.refused_at.is_(None))
    waiting = session.scalars(found).first()
    if waiting is not None:
        return waiting
    erasure = Erasure(
        school_id=person.school_id,
        person_id=person_id,
        ground=ground,
        kept=_kept(session, person_id),
        proposed_by=actor_id,
        proposed_at=now(),
        destroyed={},
    )
    session.add(erasure)
    session.flush()
    return erasure


def refuse_erasure(session: SchoolSession, erasure_id: UUID) -> Erasure:
    """Turn a proposal down."""
    erasure = _waiting(session, erasure_id)
    erasure.refused_at = now()
    session.flush()
    return erasure


def carry_out_erasure(session: SchoolSession, actor_id: UUID, erasure_id: UUID) -> Erasure:
    """Erase the person for good, if somebody else proposed it, and tell the school.

    All in one transaction: rows, events and copies of answers go together or not at all.
    """
    erasure = _waiting(session, erasure_id)
    if erasure.proposed_by == actor_id:
        raise SecondPersonNeeded
    person_id = erasure.person_id
    session.get_one(Person, person_id, with_for_update=True)
    _check_ground(session, person_id)
    erasure.destroyed = _destroy(session, person_id)
    erasure.kept = _kept(session, person_id)
    erasure.done_by, erasure.done_at = actor_id, now()
    _close_requests(session, person_id)
    publish(session, PersonErased(person_id=person_id))
    session.flush()
    session.expire_all()
    return session.get_one(Erasure, erasure_id)


def _waiting(session: SchoolSession, erasure_id: UUID) -> Erasure:
    erasure = session.get(Erasure, erasure_id, with_for_update=True)
    if erasure is None:
        raise NotFound
    if erasure.done_at is not None or erasure.refused_at is not None:
        raise ErasedAlready
    return erasure


def _check_ground(session: SchoolSession, person_id: UUID) -> None:
    """Refuse while a duty of the school stands against it (152-ФЗ ст. 6 ч. 1 п. 2)."""
    at_work = select(Role.role).where(Role.person_id == person_id, Role.role.not_in(("pupil", "parent")))
    children = select(Guardianship.pupil_id).where(Guardianship.guardian_id == person_id)
    on = _today(session)
    studying = select(Enrolment.id).where(
        or_(Enrolment.pupil_id == person_id, Enrolment.pupil_id.in_(children)),
        or_(Enrolment.until_on.is_(None), Enrolment.until_on >= on),
    )
    if session.scalars(at_work).first() or session.scalars(studying).first():
        raise StillNeeded


def _today(session: SchoolSession) -> Any:
    return today(session.get_one(School, UUID(session.info["school"])).time_zone)


def _kept(session: SchoolSession, person_id: UUID) -> list[str]:
    """Return what of `rules.retention.KEPT` there is of a person."""
    found = {"access"}
    for name, why in KEPT_TABLES.items():
        of_person = Base.metadata.tables[name]
        if session.execute(select(of_person).where(_about(of_person, person_id)).limit(1)).first():
            found.add(why)
    if "movements" in found:
        found |= {"marks", "summaries"}
    return [name for name in KEPT if name in found]


def _about(of: Table, person_id: UUID) -> ColumnElement[bool]:
    """Return the condition on rows of a table that are about a person."""
    named = [
        column
        for column in of.columns
        if column.name in ("person_id", "pupil_id", "guardian_id")
        or any(key.target_fullname == "people.id" for key in column.foreign_keys)
    ]
    return or_(*(column == person_id for column in named))


def _destroy(session: SchoolSession, person_id: UUID) -> dict[str, Any]:
    end_sessions(session, [person_id])
    known = table(ExternalId)
    gone = {"external_ids": _count(session.execute(delete(known).where(known.c.id == person_id)))}
    for name in sorted(DESTROYED_TABLES & Base.metadata.tables.keys() - {"external_ids"}):
        of_person = Base.metadata.tables[name]
        _delete(session, of_person, _about(of_person, person_id), gone)
    _blank(session, person_id)
    _forget_words(session, person_id)
    merged = list(session.scalars(select(Merge.merged_id).where(Merge.kept_id == person_id)))
    stream = stream_name("identity", session.info["school"])
    gone["event_log"] = sum(redact(session, stream, f"person/{one}") for one in (person_id, *merged))
    for one in (person_id, *merged):
        forget_answers(session, str(one))
    return {name: count for name, count in sorted(gone.items()) if count}


def _forget_words(session: SchoolSession, person_id: UUID) -> None:
    """Forget what somebody may have written of the person, in rows that stay: reasons, places, outcomes."""
    unsynchronized = {"synchronize_session": False}
    session.execute(update(Import).values(content=None, details={}))
    for model, column, words in (
        (Movement, Movement.pupil_id, {"place": None, "reason": None}),
        (Consent, Consent.person_id, {"scope": NOBODY}),
    ):
        written = update(model).where(column == person_id)
        session.execute(written.values(words), execution_options=unsynchronized)
    answered = update(SubjectRequest).where(
        SubjectRequest.person_id == person_id, SubjectRequest.outcome.is_not(None)
    )
    session.execute(answered.values(outcome=NOBODY), execution_options=unsynchronized)
    for approval in session.scalars(select(Approval)):
        if approval.arguments.get("person_id") == str(person_id):
            approval.reason = NOBODY


def _delete(session: SchoolSession, of: Table, which: ColumnElement[bool], gone: dict[str, int]) -> None:
    """Delete rows, and before them the rows that refer to them."""
    for child in Base.metadata.sorted_tables:
        for key in child.foreign_keys:
            if key.column.table is of and child.name not in KEPT_TABLES:
                _delete(session, child, key.parent.in_(select(key.column).where(which)), gone)
    done = session.execute(delete(of).where(which), execution_options={"synchronize_session": False})
    name = str(of.name)  # JSON takes no quoted names of tables.
    gone[name] = gone.get(name, 0) + _count(done)


def _count(done: Any) -> int:
    return int(done.rowcount)


def _blank(session: SchoolSession, person_id: UUID) -> None:
    """Leave of the card its id, and nothing of the person."""
    people = table(Person)
    empty: dict[str, Any] = {
        column.name: [] if column.name == "contacts" else None if column.nullable else ""
        for column in people.columns
        if column.name not in ("id", "school_id", "version", "language")
    }
    named = {"family_name": NOBODY, "sorted_by": collated(NOBODY), "version": people.c.version + 1}
    session.execute(update(people).where(people.c.id == person_id).values(empty | named))


def _close_requests(session: SchoolSession, person_id: UUID) -> None:
    asked = select(SubjectRequest).where(
        SubjectRequest.person_id == person_id,
        SubjectRequest.kind == ERASURE,
        SubjectRequest.done_on.is_(None),
    )
    for request in session.scalars(asked):
        request.done_on, request.outcome = _today(session), NOBODY
