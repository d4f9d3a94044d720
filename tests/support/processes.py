"""Processes that tests start, freeze, kill and outlive."""

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar
from uuid import uuid4

from tests.support.home import CHECKOUT, home
from tests.support.reaper import started_at
from tests.support.waiting import eventually


class Child:
    """A process leading a session of its own, its output in a file.

    It never outlives the test run: whoever forgets it, the reaper sends it the end signal.
    """

    # Held, because Python complains of a forgotten process that still runs; the reaper ends it.
    _started: ClassVar[list[subprocess.Popen[bytes]]] = []

    def __init__(
        self,
        command: Sequence[str | Path],
        *,
        env: Mapping[str, str] | None = None,
        log: Path | None = None,
        end_signal: signal.Signals = signal.SIGTERM,
        **popen: Any,
    ) -> None:
        self.log_path = log or home() / f"log-{uuid4().hex[:8]}.txt"
        with self.log_path.open("ab") as output:
            self._process = subprocess.Popen(
                command,
                env=dict(os.environ if env is None else env),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                **popen,
            )
        self._started.append(self._process)
        self.pid = self._process.pid
        self._record = home() / "processes" / str(self.pid)
        self._record.write_text(f"{started_at(self.pid) or 0} {int(end_signal)}")

    @property
    def running(self) -> bool:
        """Tell whether it has not ended yet."""
        return self._process.poll() is None

    def log(self) -> str:
        """Return all it has written."""
        return self.log_path.read_text(errors="replace")

    def wait_for(self, text: str, *, within: float = 30.0) -> str:
        """Wait until it has written the text; fail at once when it ends instead."""

        def written() -> str:
            log = self.log()
            if text not in log and not self.running:
                raise RuntimeError(f"It ended with {self._process.returncode}:\n{log[-3000:]}")
            assert text in log, f"“{text}” was not written within {within:g} s:\n{log[-3000:]}"
            return log

        return eventually(written, within=within)

    def stop(self, *, within: float = 15.0) -> int:
        """Ask it to end and return its exit code; kill it when it does not, and fail."""
        self._send(signal.SIGTERM)
        try:
            return self._process.wait(within)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"It did not stop within {within:g} s:\n{self.log()[-3000:]}") from None
        finally:
            self.kill()

    def kill(self) -> None:
        """End it and its group at once, as a loss of power would; harmless when it has ended."""
        self._send(signal.SIGKILL)
        self._process.wait(10)
        self._record.unlink(missing_ok=True)

    def freeze(self) -> None:
        """Stop it where it is (SIGSTOP), and wait until it stands."""
        self._send(signal.SIGSTOP)
        eventually(lambda: Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()[0] == "T")

    def thaw(self) -> None:
        """Let it go on (SIGCONT)."""
        self._send(signal.SIGCONT)

    def _send(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.pid, number)


def parta(*arguments: str, env: Mapping[str, str] | None = None, **options: Any) -> Child:
    """Start the parta command with these settings and with none of those around the tests."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("PARTA_")}
    settings = {"PYTHONUNBUFFERED": "1", **(env or {})}
    return Child([CHECKOUT / "deploy/parta", *arguments], env=plain | settings, **options)


def children(pid: int) -> list[int]:
    """Return the processes that the main thread of a process has started; none when it has ended."""
    with suppress(OSError):
        return list(map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split()))
    return []
