"""Proposals that wait for a second person, and what became of the others."""

from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.identity.models import Approval, Person
from services.identity.rules.approvals import EXPIRED, KINDS, WAITING
from shared.clock import now
from shared.db import SchoolSession
from shared.names import short_name

PAGE = 100


def approvals(session: SchoolSession, me: UUID) -> list[dict[str, Any]]:
    """Return the latest proposals, those that wait first; what `me` may decide is marked."""
    latest = select(Approval).order_by(Approval.proposed_at.desc(), Approval.id).limit(PAGE)
    rows = session.scalars(latest).all()
    ids = {id_ for row in rows for id_ in (row.proposed_by, row.decided_by, subject_of(row)) if id_}
    names = _names(session, ids)
    shown = [_shown(row, me, names) for row in rows]
    return sorted(shown, key=lambda one: one["state"] != WAITING)


def approval(session: SchoolSession, row: Approval, me: UUID) -> dict[str, Any]:
    """Return one proposal as lists show it."""
    ids = {id_ for id_ in (row.proposed_by, row.decided_by, subject_of(row)) if id_}
    return _shown(row, me, _names(session, ids))


def subject_of(row: Approval) -> UUID | None:
    """Return the person a proposal is about."""
    about = row.arguments.get("person_id")
    return UUID(about) if about else None


def _names(session: SchoolSession, ids: set[UUID]) -> dict[UUID, str]:
    found = select(Person.id, Person.family_name, Person.given_name, Person.patronymic)
    rows = session.execute(found.where(Person.id.in_(ids)))
    return {row.id: short_name(row.family_name, row.given_name, row.patronymic) for row in rows}


def _shown(row: Approval, me: UUID, names: dict[UUID, str]) -> dict[str, Any]:
    state = EXPIRED if row.state == WAITING and row.expires_at <= now() else row.state
    about = subject_of(row)
    plain = ("id", "kind", "reason", "proposed_at", "expires_at", "decided_at")
    return {name: getattr(row, name) for name in plain} | {
        "state": state,
        "title": KINDS[row.kind],
        "role": row.arguments.get("role"),
        "about": {"id": about, "name": names.get(about, "")} if about else None,
        "proposed_by": names.get(row.proposed_by) if row.proposed_by else None,
        "decided_by": names.get(row.decided_by) if row.decided_by else None,
        "is_mine": row.proposed_by == me,
    }
