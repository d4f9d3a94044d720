"""The one folder of a test run: everything private lies in it, and nothing outlives it.

The first process (pytest itself, or the benchmark) opens it; the workers of pytest-xdist find it
in the environment and share the servers in it.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from filelock import FileLock

from tests.support import reaper

VARIABLE = "PARTA_TEST_HOME"
ROOM = 4 * 2**30
CHECKOUT = Path(__file__).resolve().parents[2]


def memory() -> Path | None:
    """Return a folder of a file system in memory, if this machine has room for a run in it.

    The services wait for the disk at every commit, as they must; tens of thousands of such waits are
    a third of a run's time on a disk, and prove nothing, for no test takes the power away.
    """
    folder = Path("/dev/shm")  # noqa: S108 (the run makes a folder of its own in it)
    if not os.access(folder, os.W_OK) or shutil.disk_usage(folder).free < ROOM:
        return None
    [available] = re.findall(r"MemAvailable: +(\d+)", Path("/proc/meminfo").read_text())
    return folder if int(available) * 1024 >= ROOM else None


def open_home(place: Path | None = None) -> Callable[[], None]:
    """Make the folder and return the function that ends every process and removes it.

    All that a run keeps in temporary folders goes there, and with it.
    """
    # Short, for the path of a socket may hold 107 characters; open, for PostgreSQL is another user.
    folder = Path(tempfile.mkdtemp(prefix="parta-", dir=place))
    folder.chmod(0o755)
    (folder / "processes").mkdir()
    os.environ[VARIABLE] = os.environ["TMPDIR"] = str(folder)
    tempfile.tempdir = None  # What it was is remembered there.
    guard = subprocess.Popen(
        [sys.executable, reaper.__file__, str(folder)], stdin=subprocess.PIPE, start_new_session=True
    )

    def close() -> None:
        del os.environ[VARIABLE]
        guard.communicate()

    return close


def home() -> Path:
    """Return the folder of this run."""
    return Path(os.environ[VARIABLE])


def once(name: str, make: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Return what `make` returned in whichever worker came first; the others wait for it."""
    kept = home() / f"{name}.json"
    with FileLock(home() / f"{name}.lock"):
        if not kept.exists():
            kept.write_text(json.dumps(make()))
    found: dict[str, Any] = json.loads(kept.read_text())
    return found
