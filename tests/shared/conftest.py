"""The small world of the event protocol, quiet, and databases of both kinds."""

import logging

import pytest
import structlog

from shared.db import Database
from tests.shared.world import World, metadata
from tests.support.databases import postgres_database, sqlite_url


@pytest.fixture
def world(tmp_path):
    # The warnings of thousands of small disasters are of no interest.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    made = World(tmp_path)
    yield made
    made.producer.close()
    made.consumer.close()
    structlog.reset_defaults()


@pytest.fixture(params=["sqlite", "postgres"])
def database(request, tmp_path):
    """Replaces the one of the services' folders: the protocol's tables, and one to copy roles into."""
    if request.param == "sqlite":
        kept = Database(sqlite_url("reporting", tmp_path))
        metadata.create_all(kept.engine)
        yield kept
        kept.close()
        return
    cluster = request.getfixturevalue("postgres_server")
    name = postgres_database("reporting", cluster)
    kept = Database(cluster.url(name))
    metadata.create_all(kept.engine)
    yield kept
    kept.close()
    cluster.drop_database(name)
