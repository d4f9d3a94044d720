"""The tables of identity."""

from services.identity.models.access_log import AccessLink, AccessRecord, AccessRoot, Circle
from services.identity.models.accounts import Account, Attempt, SignIn
from services.identity.models.approvals import Approval
from services.identity.models.base import Base, table
from services.identity.models.classes import Confirmation, DeputyArea, Leadership
from services.identity.models.clients import (
    AuthorizationCode,
    Client,
    Grant,
    LogoutNotice,
    RefreshFamily,
    UsedAssertion,
)
from services.identity.models.credentials import ActivationCode, Alarm, FailedSignIn, ResetRequest
from services.identity.models.factors import (
    Passkey,
    PendingSignIn,
    RecoveryCode,
    TotpSeed,
    UsedChallenge,
)
from services.identity.models.groups import Enrolment, Group
from services.identity.models.imports import Import, Merge
from services.identity.models.movements import Movement, MovementStay, YearMove, YearMoveGroup
from services.identity.models.parameters import ParameterValue
from services.identity.models.people import ExternalId, Guardianship, Person, Role
from services.identity.models.privacy import (
    CardChange,
    Consent,
    Erasure,
    SubjectRequest,
)
from services.identity.models.providers import Provider, ProviderLink, ProviderVisit
from services.identity.models.schools import School
from services.identity.models.tokens import SigningKey

__all__ = [
    "AccessLink",
    "AccessRecord",
    "AccessRoot",
    "Account",
    "ActivationCode",
    "Alarm",
    "Approval",
    "Attempt",
    "AuthorizationCode",
    "Base",
    "CardChange",
    "Circle",
    "Client",
    "Confirmation",
    "Consent",
    "DeputyArea",
    "Enrolment",
    "Erasure",
    "ExternalId",
    "FailedSignIn",
    "Grant",
    "Group",
    "Guardianship",
    "Import",
    "Leadership",
    "LogoutNotice",
    "Merge",
    "Movement",
    "MovementStay",
    "ParameterValue",
    "Passkey",
    "PendingSignIn",
    "Person",
    "Provider",
    "ProviderLink",
    "ProviderVisit",
    "RecoveryCode",
    "RefreshFamily",
    "ResetRequest",
    "Role",
    "School",
    "SignIn",
    "SigningKey",
    "SubjectRequest",
    "TotpSeed",
    "UsedAssertion",
    "UsedChallenge",
    "YearMove",
    "YearMoveGroup",
    "table",
]
