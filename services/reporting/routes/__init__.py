"""Reporting over HTTP."""

from services.reporting.routes.pages import pages
from services.reporting.routes.verification import verifications, verify

BLUEPRINTS = (pages, verifications, verify)
