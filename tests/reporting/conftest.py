"""The service over HTTP."""

import pytest
from flask.testing import FlaskClient

from services.reporting.service import service
from shared.db import Database
from shared.peers import Peers
from shared.service import Runtime
from shared.settings import Settings
from tests.support.apps import app_of
from tests.support.tokens import key_ring


@pytest.fixture
def client(database: Database) -> FlaskClient:
    settings = Settings(service="reporting", database_url="", public_url="https://parta.example")
    return app_of(Runtime(service, settings, database, Peers({}), key_ring())).test_client()
