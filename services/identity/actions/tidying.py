"""What has served its time: used codes and proofs, ended families, visits that led nowhere."""

from sqlalchemy import delete

from services.identity.models import AuthorizationCode, ProviderVisit, RefreshFamily, UsedAssertion
from services.identity.rules.clients import CODE_KEPT, FAMILY_KEPT
from shared.clock import now
from shared.db import SchoolSession


def forget_spent(session: SchoolSession) -> None:
    """Forget it, once it can no longer tell a second use from a first."""
    at = now()
    for spent in (
        AuthorizationCode.made_at < at - CODE_KEPT,
        ProviderVisit.made_at < at - CODE_KEPT,
        UsedAssertion.expires_at < at,
        RefreshFamily.expires_at < at - FAMILY_KEPT,
    ):
        session.execute(delete(spent.left.table).where(spent))
