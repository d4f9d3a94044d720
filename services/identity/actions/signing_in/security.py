"""What a person has to hear at once about their own account, in the portal and by a letter."""

from uuid import UUID

from sqlalchemy import select

from services.identity.models import SignIn
from services.identity.rules.devices import Visit, device_title
from shared.clock import now
from shared.db import SchoolSession
from shared.events.identity import SecurityNoticed
from shared.outbox import publish

NEW_DEVICE = "new_device"
PASSWORD_CHANGED = "password_changed"  # noqa: S105  # A word for what happened.
PASSWORD_RESET = "password_reset"  # noqa: S105
CODE_ISSUED = "code_issued"
BLOCKED, UNBLOCKED = "blocked", "unblocked"
ATTACK = "attack"
TOKENS_REUSED = "tokens_reused"  # Of a program the person let in.
PROVIDER_LINKED = "provider_linked"


def tell_security(
    session: SchoolSession,
    person_id: UUID,
    what: str,
    visit: Visit | None = None,
    *,
    school: UUID | None = None,
) -> None:
    """Tell a person what happened to their account, and from where when it was not by another's hand."""
    visit = visit or Visit()
    told = SecurityNoticed(
        person_id=person_id,
        what=what,
        at=now(),
        device=device_title(visit.device),
        address=visit.address,
    )
    publish(session, told, school=school)


def is_new_device(session: SchoolSession, person_id: UUID, visit: Visit) -> bool:
    """Whether somebody who has signed in before signs in by a kind of device not seen with them yet."""
    known = session.scalars(
        select(SignIn.device).where(SignIn.person_id == person_id, SignIn.device != "").distinct()
    ).all()
    title = device_title(visit.device)
    return bool(known and title) and title not in {device_title(agent) for agent in known}
