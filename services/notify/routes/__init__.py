"""Notify over HTTP: everybody's own notices and wishes, and nobody else's."""

from services.notify.routes.notices import notices
from services.notify.routes.preferences import preferences

BLUEPRINTS = (notices, preferences)
