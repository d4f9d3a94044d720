"""Everything identity listens to: what the other services noted for the access log."""

from services.identity.actions.privacy.access_heard import enter_noted
from shared.events.access import NOTED
from shared.service import Reaction

SUBSCRIPTIONS: dict[type, Reaction] = dict.fromkeys(NOTED.values(), enter_noted)
