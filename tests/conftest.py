"""What tests ask for by name: servers of their own, a mailbox, browsers, real files."""

import gc
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from shared.db import Database
from tests.support import browser as browsers
from tests.support import home, postgres, rabbitmq
from tests.support.databases import postgres_database, sqlite_url
from tests.support.home import CHECKOUT
from tests.support.postgres import Postgres, shared_postgres
from tests.support.rabbitmq import RabbitMQ, shared_rabbitmq
from tests.support.sharing import Sharing, urgency_of
from tests.support.smtp import Mailbox

# Time is no measure on a machine that runs servers and a browser beside the tests.
hypothesis.settings.register_profile(
    "parta", deadline=None, print_blob=True, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("parta")


def pytest_configure(config: pytest.Config) -> None:
    """Open the folder of the run in the process that outlives the workers."""
    if not hasattr(config, "workerinput"):
        config.add_cleanup(home.open_home(home.memory()))


def pytest_collection_finish() -> None:
    """Let the collector pass over what is there to stay, and look for garbage less often.

    It went through a million objects again and again: a sixth of the time of all that makes many new ones.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 10)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what one worker does alone; otherwise in the order that chance has given."""
    items.sort(key=lambda item: urgency_of(item.nodeid))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Sharing:
    """Share the tests out to the workers, in this order: their number says little about their time."""
    config.option.loadscopereorder = False
    return Sharing(config, log)


def need(program: object, name: str) -> None:
    """Skip a test that lacks its program; under CI, where it has to be, fail."""
    if not program:
        reason = f"{name} is not installed: run make test as root, or apt-get install {name}"
        if os.environ.get("CI", "") not in ("", "0", "false"):
            pytest.fail(reason)
        pytest.skip(reason)


@pytest.fixture(scope="session")
def postgres_server() -> Postgres:
    """The cluster that all tests share; for its databases, see `postgres`."""
    need(postgres.programs(), "postgresql")
    return shared_postgres()


@pytest.fixture(name="postgres")
def _postgres(postgres_server: Postgres) -> Iterator[str]:
    """The address of an empty database of this test's own."""
    name = postgres_server.create_database()
    yield postgres_server.url(name)
    postgres_server.drop_database(name)


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A migrated, empty database of the service the test's folder is named after; on both kinds in turn."""
    service = request.path.parent.name
    if request.param == "sqlite":
        kept = Database(sqlite_url(service, tmp_path))
        yield kept
        kept.close()
        return
    cluster = request.getfixturevalue("postgres_server")
    name = postgres_database(service, cluster)
    kept = Database(cluster.url(name))
    yield kept
    kept.close()
    cluster.drop_database(name)


@pytest.fixture
def private_postgres() -> Iterator[Postgres]:
    """A cluster of this test's own, to be stopped and killed."""
    need(postgres.programs(), "postgresql")
    cluster = Postgres.create()
    yield cluster
    cluster.kill()


@pytest.fixture(scope="session")
def rabbitmq_node() -> RabbitMQ:
    """The node that all tests share; for its virtual hosts, see `broker`."""
    need(rabbitmq.SERVER.exists(), "rabbitmq-server")
    return shared_rabbitmq()


@pytest.fixture
def broker(rabbitmq_node: RabbitMQ) -> Iterator[str]:
    """The address of a virtual host of this test's own."""
    name = rabbitmq_node.create_vhost()
    yield rabbitmq_node.url(name)
    rabbitmq_node.delete_vhost(name)


@pytest.fixture
def private_broker() -> Iterator[RabbitMQ]:
    """A node of this test's own, to be stopped, killed and wiped."""
    need(rabbitmq.SERVER.exists(), "rabbitmq-server")
    node = RabbitMQ.create()
    yield node
    node.close()


@pytest.fixture
def smtp() -> Iterator[Mailbox]:
    """A running mail server and the letters it got."""
    mailbox = Mailbox()
    mailbox.start()
    yield mailbox
    mailbox.stop()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The browser; for somebody sitting before it, see `page` and `person`."""
    need(browsers.chromium(), "chromium")
    with browsers.running_browser() as running:
        yield running


@pytest.fixture
def person(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Makes browsers of different people: `person()`, `person(phone=True)`."""
    contexts: list[BrowserContext] = []

    def make(*, phone: bool = False) -> BrowserContext:
        contexts.append(browsers.person(browser, phone=phone))
        return contexts[-1]

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def page(person: Callable[..., BrowserContext]) -> Page:
    """A page in the browser of one person at a desk."""
    return person().new_page()


@pytest.fixture(scope="session")
def samples() -> Path:
    """The folder of real files of other programs, which lies beside the checkout."""
    folder = Path(os.environ.get("PARTA_SAMPLES", CHECKOUT.parent / "shared" / "samples"))
    if not folder.is_dir():
        pytest.skip(f"No real files in {folder}: set PARTA_SAMPLES to a folder that holds them")
    return folder
