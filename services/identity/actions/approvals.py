"""Two persons for what is grave: one proposes, another decides, and then it is done, or not.

Until a school has a second person who may decide, the first one acts alone: a school has to begin
somehow. Where one leaves and one is left, the administrator of the system stands in for the second,
by `parta identity grant-role`.
"""

from collections.abc import Callable, Collection, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from services.identity.actions.people.people import find_person, give_role_by_hand, grant_role
from services.identity.actions.signing_in.ending import end_where
from services.identity.models import Account, Approval, Role, SignIn
from services.identity.rules.approvals import (
    APPROVED,
    CODE,
    DECLINED,
    EXPORT,
    GRANT,
    GRAVE_ROLES,
    USABLE,
    WAITING,
    WAITS,
)
from shared.clock import now
from shared.db import SchoolSession
from shared.errors import Conflict, Denied, Invalid, NotFound, Text


class SecondPersonNeeded(Denied):
    """Nobody decides about what they proposed themselves."""

    title = Text("Решить должен другой человек", "Somebody else has to decide")
    detail = Text(
        "Это предложили вы. Попросите другого оператора или директора открыть «Согласования».",
        "You proposed this. Ask another operator or the director to open “Approvals”.",
    )


class ApprovalNeeded(Denied):
    """It may be done only after another person has approved it."""

    title = Text("Нужно согласие второго человека", "A second person has to agree")
    detail = Text(
        "Предложите это на странице «Согласования»; после согласия у вас будут сутки.",
        "Propose it on the page “Approvals”; once it is approved, you have a day.",
    )


class CodeNeedsApproval(ApprovalNeeded):
    """A code to a leader's account would let whoever issues it in as that leader."""

    detail = Text(
        "Код открыл бы доступ руководителя или оператора. Нажмите «Предложить выдать код» на странице этого "
        "человека; после согласия у вас будут сутки. Свой пароль человек сбросит и сам, по почте.",
        "The code would open the account of a leader or an operator. Propose it on the person's page; once "
        "it is approved, you have a day. People can reset their own passwords by e-mail, too.",
    )


class LastOther(Conflict):
    """Whoever took the role would be left alone, and would need nobody's consent to anything."""

    title = Text("Решать станет некому", "Nobody would be left to decide")
    detail = Text(
        "Кроме вас, решать сможет только этот человек. Сначала дайте роль оператора или директора ещё "
        "кому-нибудь; если согласовать это некому, поможет администратор системы (grant-role).",
        "Besides you, only this person can decide. Give somebody else the role of an operator or director "
        "first; where nobody can approve it, the administrator of the system helps (grant-role).",
    )


class Decided(Conflict):
    """The proposal was decided already, or nobody decided in time."""

    title = Text("Решать больше нечего", "There is nothing left to decide")
    detail = Text(
        "По этому предложению уже решили, или срок истёк. Если нужно, предложите заново.",
        "The proposal was decided already, or its time is over. Propose it anew if need be.",
    )


class ReasonNeeded(Invalid):
    """A proposal without a reason tells the second person nothing."""

    title = Text("Нужно основание", "A reason is needed")
    detail = Text(
        "Напишите, зачем это нужно: второй человек решает по вашим словам.",
        "Say what it is for: the second person decides by your words.",
    )


def stands_alone(session: SchoolSession, person_id: UUID | None) -> bool:
    """Whether nobody else in the school could decide about what this person proposes."""
    others = select(Role.person_id).where(Role.role.in_(GRAVE_ROLES), Role.person_id != person_id)
    return session.scalars(others.limit(1)).first() is None


def propose(
    session: SchoolSession, person_id: UUID, kind: str, arguments: Mapping[str, Any], reason: str
) -> Approval:
    """Propose something grave; the same proposal again is the one that waits already.

    Raises ReasonNeeded. What nobody else could decide about is approved at once, and recorded so.
    """
    if not reason.strip():
        raise ReasonNeeded(errors={"reason": [ReasonNeeded.title]})
    find_person(session, person_id, lock=True)
    mine = select(Approval).where(
        Approval.kind == kind, Approval.proposed_by == person_id, Approval.state == WAITING
    )
    for waiting in session.scalars(mine.where(Approval.expires_at > now())):
        if waiting.arguments == dict(arguments):
            return waiting
    approval = _recorded(session, kind, arguments, reason.strip(), proposed_by=person_id)
    if stands_alone(session, person_id):
        _approve(session, approval, person_id)
    return approval


def give_role(
    session: SchoolSession, by: UUID | None, person_id: UUID, role: str, reason: str = ""
) -> Approval | None:
    """Give a role by hand, or propose it when it is grave; return the proposal while it waits.

    One they have already is left alone.
    """
    if role not in GRAVE_ROLES or session.get(Role, (person_id, role)) is not None:
        give_role_by_hand(session, person_id, role)
        return None
    find_person(session, person_id)
    if by is None:
        raise SecondPersonNeeded  # A program has no second.
    arguments = {"person_id": str(person_id), "role": role}
    why = reason or ("Второго человека ещё нет." if stands_alone(session, by) else "")
    approval = propose(session, by, GRANT, arguments, why)
    return approval if approval.state == WAITING else None


def take_role(session: SchoolSession, by: UUID | None, person_id: UUID, role: str) -> None:
    """Take a role by hand; raises LastOther rather than leave whoever takes it to decide alone.

    Whoever leaves lays down the own role without asking. Tokens name roles: the person's sessions
    end, so that no service goes by the role any more.
    """
    has_it = session.get(Role, (person_id, role)) is not None
    give_role_by_hand(session, person_id, role, take=True)
    if has_it:
        end_where(session, SignIn.person_id == person_id)
    if role in GRAVE_ROLES and by not in (None, person_id):
        left = select(Role.person_id).where(Role.role.in_(GRAVE_ROLES), Role.person_id != by)
        if session.scalars(left.with_for_update()).first() is None:
            raise LastOther


def decide(session: SchoolSession, approval_id: UUID, person_id: UUID, *, approve: bool) -> Approval:
    """Approve a proposal, and so do it in this transaction, or decline it.

    Raises SecondPersonNeeded for one's own, unless to take it back, and Decided.
    """
    approval = session.get(Approval, approval_id, with_for_update=True)
    if approval is None:
        raise NotFound
    if approval.state != WAITING or approval.expires_at <= now():
        raise Decided
    if approve and approval.proposed_by == person_id:
        raise SecondPersonNeeded
    if approve:
        _approve(session, approval, person_id)
    else:
        approval.state, approval.decided_by, approval.decided_at = DECLINED, person_id, now()
    session.flush()
    return approval


def check_approved(session: SchoolSession, person_id: UUID | None, kind: str) -> None:
    """Let through what was approved within the last day to the person who proposed it.

    Raises ApprovalNeeded; whoever could not be approved by anybody else is let through.
    """
    if not _approved(session, person_id, kind) and not stands_alone(session, person_id):
        raise ApprovalNeeded


def check_codes_approved(session: SchoolSession, by: UUID | None, person_ids: Collection[UUID]) -> None:
    """Let somebody issue codes to these people; raises CodeNeedsApproval.

    The account of an operator or a director that is in use is opened by two persons together: a code
    alone would make whoever issues it that leader.
    """
    leaders = select(Role.person_id).where(Role.role.in_(GRAVE_ROLES), Role.person_id.in_(person_ids))
    in_use = (
        select(Account.person_id)
        .outerjoin(SignIn, SignIn.person_id == Account.person_id)
        .where(Account.person_id.in_(leaders), Account.person_id != by)
        .where(or_(Account.password_hash.is_not(None), SignIn.id.is_not(None)))
    )
    asked = {str(person_id) for person_id in session.scalars(in_use)}
    if asked - {arguments["person_id"] for arguments in _approved(session, by, CODE)}:
        raise CodeNeedsApproval


def _approved(session: SchoolSession, person_id: UUID | None, kind: str) -> list[dict[str, Any]]:
    given = select(Approval.arguments).where(
        Approval.kind == kind,
        Approval.proposed_by == person_id,
        Approval.state == APPROVED,
        Approval.decided_at > now() - USABLE,
    )
    return list(session.scalars(given))


def grant_at_the_machine(session: SchoolSession, person_id: UUID, role: str, reason: str) -> None:
    """Give a grave role by the word of the system's administrator, who stands in for a second person."""
    approval = _recorded(session, GRANT, {"person_id": str(person_id), "role": role}, reason)
    _approve(session, approval, None)


def _recorded(
    session: SchoolSession,
    kind: str,
    arguments: Mapping[str, Any],
    reason: str,
    *,
    proposed_by: UUID | None = None,
) -> Approval:
    approval = Approval(
        school_id=UUID(session.info["school"]),
        kind=kind,
        arguments=dict(arguments),
        reason=reason,
        proposed_by=proposed_by,
        proposed_at=now(),
        expires_at=now() + WAITS,
        state=WAITING,
    )
    session.add(approval)
    session.flush()
    return approval


def _approve(session: SchoolSession, approval: Approval, person_id: UUID | None) -> None:
    approval.state, approval.decided_by, approval.decided_at = APPROVED, person_id, now()
    DONE_WHEN_APPROVED[approval.kind](session, approval.arguments)
    session.flush()


def _give_role(session: SchoolSession, arguments: Mapping[str, Any]) -> None:
    grant_role(session, UUID(arguments["person_id"]), arguments["role"])


def _nothing_yet(_session: SchoolSession, _arguments: Mapping[str, Any]) -> None:
    """Leave it to whoever proposed it: the way is open for a day."""


DONE_WHEN_APPROVED: dict[str, Callable[[SchoolSession, Mapping[str, Any]], None]] = {
    GRANT: _give_role,
    EXPORT: _nothing_yet,
    CODE: _nothing_yet,
}
