"""FET's solver on the command line: started, watched, stopped, and what it found."""

import csv
import os
import re
import resource
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PROGRAM = "fet-cl"
MEMORY = 4 * 1024**3  # Bytes; the largest real school takes a tenth of it.
WRITTEN = 512 * 1024**2  # Bytes of one file
GRACE_SECONDS = 30  # What writing the result may take, beyond the limit
FOLDER = "parta-fet-"
KEPT_SECONDS = 5 * 60 * 60  # Longer than any run
LOG_CHARACTERS = 4000
PARTIAL = "in-highest"  # Where FET leaves the most it could place; a whole result is in `in`.

_REACHED = re.compile(r"FET reached (\d+) activities placed")
_TABLES = (
    "conflicts", "sstatistics", "sxml", "sdayshorizontal", "sdaysvertical", "stimehorizontal",
    "stimevertical", "ssubgroups", "sgroups", "syears", "steachers", "steachersfreeperiods", "srooms",
    "ssubjects", "sactivitytags", "sactivities",
)  # fmt: skip

Places = dict[int, tuple[str, str]]
"""The labels of day and hour of each activity that was placed, by its number."""


class NoSolver(Exception):
    """FET is not installed where the worker runs."""


def find_program() -> str:
    """Return the path of the solver; NoSolver when this machine has none."""
    found = shutil.which(PROGRAM)
    if found is None:
        raise NoSolver
    return found


class Solver:
    """One run of the solver in a folder of its own."""

    def __init__(self, folder: Path, process: subprocess.Popen[bytes]) -> None:
        """Watch a process that works in this folder."""
        self._folder = folder
        self._process = process

    @property
    def is_running(self) -> bool:
        """Whether it still searches."""
        return self._process.poll() is None

    def wait(self, seconds: float) -> bool:
        """Wait for its end at most so long; whether it has ended."""
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def stop(self) -> None:
        """Ask it to end and to write down what it has; after a grace, end it."""
        if self.is_running:
            self._process.send_signal(signal.SIGTERM)
            if not self.wait(GRACE_SECONDS):
                self._process.kill()
                self._process.wait()

    def placed(self) -> int:
        """Return how many activities it could place at most so far."""
        told = self._read("out/logs/max_placed_activities.txt")
        return max((int(number) for number in _REACHED.findall(told)), default=0)

    def log(self) -> str:
        """Return the end of what it said."""
        said = self._read("said.txt").replace(str(self._folder), "")
        difficult = self._read("out/logs/difficult_activities.txt").lstrip("\ufeff")
        return f"{said.strip()}\n\n{difficult[: LOG_CHARACTERS // 2].strip()}".strip()[-LOG_CHARACTERS:]

    def result(self) -> Places | None:
        """Return where it placed what; None when it wrote nothing, not even a part."""
        for name in ("in", PARTIAL):
            table = self._folder / "out" / "csv" / name / "in_timetable.csv"
            if table.exists():
                with table.open(encoding="utf-8-sig", newline="") as file:
                    return {
                        int(row["Activity Id"]): (row["Day"], row["Hour"]) for row in csv.DictReader(file)
                    }
        return None

    def _read(self, name: str) -> str:
        path = self._folder / name
        return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""


@contextmanager
def solving(fet: bytes, limit_seconds: int) -> Iterator[Solver]:
    """Start the solver on a `.fet`; when the block is left it has ended, and its folder is gone.

    It runs without a shell, with limits of memory, time and disk, and dies with this process.
    """
    program = find_program()
    _sweep()
    with tempfile.TemporaryDirectory(prefix=FOLDER) as made:
        folder = Path(made)
        (folder / "in.fet").write_bytes(fet)
        with (folder / "said.txt").open("wb") as said:
            process = subprocess.Popen(  # noqa: S603  # A fixed program, no shell, our own file.
                _command(program, folder, limit_seconds),
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                cwd=folder,
                env=_environment(folder),
                start_new_session=True,
            )
        try:
            _limit(process.pid, limit_seconds)
            yield Solver(folder, process)
        finally:
            process.kill()
            process.wait()


def _sweep() -> None:
    """Remove the folders of workers that were killed: they hold names of people."""
    for left in Path(tempfile.gettempdir()).glob(f"{FOLDER}*"):
        try:
            if left.stat().st_mtime < time.time() - KEPT_SECONDS:
                shutil.rmtree(left)
        except OSError:
            continue  # Somebody else's, or being removed by another worker.


def _command(program: str, folder: Path, limit_seconds: int) -> list[str]:
    tables = [f"--writetimetable{name}=false" for name in _TABLES]
    options = ["--htmllevel=0", "--language=en_US", "--exportcsv=true", f"--timelimitseconds={limit_seconds}"]
    files = [f"--inputfile={folder / 'in.fet'}", f"--outputdir={folder / 'out'}"]
    return [*_dying_with_us(), program, *files, *options, *tables]


def _dying_with_us() -> list[str]:
    """Return the words that let the kernel end the solver when this process is killed."""
    words = shutil.which("setpriv")
    return [words, "--pdeathsig", "KILL", "--"] if words else []


def _environment(folder: Path) -> dict[str, str]:
    """Return an environment without our secrets, and with a home that is thrown away."""
    path = os.environ.get("PATH", os.defpath)
    return {"PATH": path, "HOME": str(folder), "LC_ALL": "C.UTF-8", "QT_QPA_PLATFORM": "offscreen"}


def _limit(pid: int, limit_seconds: int) -> None:
    seconds = limit_seconds + GRACE_SECONDS
    limits = {
        resource.RLIMIT_AS: MEMORY,
        resource.RLIMIT_CPU: seconds,
        resource.RLIMIT_FSIZE: WRITTEN,
        resource.RLIMIT_CORE: 0,
    }
    for what, most in limits.items():
        try:
            resource.prlimit(pid, what, (most, most))
        except ProcessLookupError:
            return  # It ended at once; what it said tells why.
