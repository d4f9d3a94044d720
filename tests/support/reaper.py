"""End what a test run started, however the run itself ended, and remove its folder.

A program of its own, started beside pytest: its standard input closes when pytest is gone, be it
finished, interrupted or killed. Each started process has a file `processes/<pid>` that holds the
moment it started, lest a stranger with a reused number be ended, and the signal it should get.
"""

import os
import shutil
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path

PATIENCE = 5.0


def started_at(pid: int) -> str | None:
    """Return the kernel's tick at which the process started; None when there is none (or a zombie)."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] == "Z" else fields[19]


def groups(home: Path) -> dict[int, int]:
    """Return the process groups still there, with the signal each should get."""
    found = {}
    for record in (home / "processes").iterdir():
        start, number = record.read_text().split()
        pid = int(record.name)
        if started_at(pid) in (start, None) and alive(pid):
            found[pid] = int(number)
    return found


def alive(group: int) -> bool:
    """Tell whether the process group has a member."""
    try:
        os.killpg(group, 0)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def reap(home: Path) -> None:
    """Ask every group to end, insist after a while, and remove the folder."""
    for group, number in groups(home).items():
        with suppress(ProcessLookupError):
            os.killpg(group, signal.SIGCONT)
            os.killpg(group, number)
    deadline = time.monotonic() + PATIENCE
    while groups(home) and time.monotonic() < deadline:
        time.sleep(0.05)
    for group in groups(home):
        with suppress(ProcessLookupError):
            os.killpg(group, signal.SIGKILL)
    shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    sys.stdin.read()
    reap(Path(sys.argv[1]))
