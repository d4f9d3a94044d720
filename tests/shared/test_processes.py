"""Several processes of one API share its work, whoever happens to wake first."""

from contextlib import suppress
from http.client import HTTPConnection
from pathlib import Path

import pytest

from tests.support.deployment import Deployment
from tests.support.processes import children
from tests.support.waiting import eventually

CONNECTIONS = 16


@pytest.fixture
def journal(postgres_server):
    """The journal's API alone, two processes of it."""
    deployment = Deployment(postgres_server, "", ("journal",))
    deployment.start_web("journal", processes=2)
    eventually(lambda: all(map(accepts, workers(deployment))))
    yield deployment
    deployment.stop()


def workers(deployment):
    """Return the folders in /proc of the processes."""
    return [Path("/proc", str(pid)) for pid in children(deployment.webs["journal"].pid)]


def accepts(process):
    """Whether a process waits for connections: beside its own pipe it watches the door."""
    with suppress(FileNotFoundError):  # It opens and closes files as it starts.
        watching = [fd.name for fd in (process / "fd").iterdir() if "eventpoll" in str(fd.readlink())]
        return any((process / "fdinfo" / fd).read_text().count("tfd:") > 1 for fd in watching)
    return False


def open_files(deployment):
    """Return by process how many files and connections it has open."""
    return {process.name: len(list((process / "fd").iterdir())) for process in workers(deployment)}


def test_connections_that_are_kept_are_shared_out_evenly(journal):
    before = open_files(journal)
    kept = [HTTPConnection("127.0.0.1", journal.ports["journal"]) for _ in range(CONNECTIONS)]
    for connection in kept:
        connection.request("GET", "/healthz")
        assert connection.getresponse().read()
    held = [count - before[pid] for pid, count in open_files(journal).items()]
    for connection in kept:
        connection.close()

    assert len(held) == 2
    assert min(held) >= CONNECTIONS / 4, held
