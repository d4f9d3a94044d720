"""The one folder of a test run: everything private lies in it, and nothing outlives it.

The first process (pytest itself, or the benchmark) opens it; the workers of pytest-xdist find it
in the environment and share the servers in it.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from filelock import FileLock

from tests.support import reaper

VARIABLE = "PARTA_TEST_HOME"
CHECKOUT = Path(__file__).resolve().parents[2]


def open_home() -> Callable[[], None]:
    """Make the folder and return the function that ends every process and removes it."""
    # Short, for the path of a socket may hold 107 characters; open, for PostgreSQL is another user.
    folder = Path(tempfile.mkdtemp(prefix="parta-"))
    folder.chmod(0o755)
    (folder / "processes").mkdir()
    os.environ[VARIABLE] = str(folder)
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
