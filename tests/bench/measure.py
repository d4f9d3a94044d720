"""How things are measured: clients that cost little, and rates that are the median of rounds."""

import os
import socket
import statistics
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tests.support.processes import children

CLIENTS = 8
ROUNDS = 3
SECONDS = 4.0

Turn = Callable[[], object]


@dataclass(frozen=True)
class Figure:
    """One measured path: our rate, the limit's, and what the issue asks of their ratio."""

    name: str
    unit: str
    ours: float
    limit: float
    limit_name: str
    wanted: str
    holds: bool
    note: str = ""

    @property
    def ratio(self) -> float:
        """Ours as a part of the limit."""
        return self.ours / self.limit if self.limit else 0.0


def rate(make_turn: Callable[[int], Turn], *, clients: int = CLIENTS, seconds: float = SECONDS) -> float:
    """Return turns a second of so many clients, each taking its turns one after another."""
    turns = [make_turn(number) for number in range(clients)]
    for turn in turns:
        turn()  # Warm: connections are open, statements prepared.
    counts = [0] * clients
    stop = threading.Event()

    def work(number: int) -> None:
        while not stop.is_set():
            turns[number]()
            counts[number] += 1

    threads = [threading.Thread(target=work, args=(number,)) for number in range(clients)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    time.sleep(seconds)
    stop.set()
    for thread in threads:
        thread.join()
    return sum(counts) / (time.perf_counter() - started)


def cpu_rate(turn: Turn, *, seconds: float = SECONDS) -> float:
    """Return turns a second of this process's own work, whoever else the machine works for."""
    turn()  # Warm: connections are open, statements prepared.
    count, started = 0, time.process_time()
    while (spent := time.process_time() - started) < seconds:
        turn()
        count += 1
    return count / spent


def in_turn(ours: Callable[[], float], limit: Callable[[], float]) -> tuple[float, float]:
    """Return the medians of our rate and of the limit's, measured A B A B."""
    pairs = [(ours(), limit()) for _ in range(ROUNDS)]
    return statistics.median(a for a, _ in pairs), statistics.median(b for _, b in pairs)


class Cores:
    """Who took the machine while something was measured: the clients, and what runs below some processes."""

    def __init__(self, **roots: int) -> None:
        self._roots = roots
        self._spent: dict[str, float] = defaultdict(float)
        self._queued: dict[str, float] = defaultdict(float)
        self._seconds = 0.0

    def during(self, measured: Callable[[], float]) -> float:
        """Return what `measured` does; what it took is added to what was taken before."""
        spent, queued, started = self._taken(), self._waited(), time.perf_counter()
        found = measured()
        self._seconds += time.perf_counter() - started
        for name, seconds in self._taken().items():
            self._spent[name] += seconds - spent[name]
        for name, seconds in self._waited().items():
            self._queued[name] += seconds - queued[name]
        return found

    def of(self, name: str) -> float:
        """Return how many cores one of them kept busy."""
        return self._spent[name] / self._seconds

    def queued(self, name: str) -> float:
        """Return how many threads of one of them were ready to run, and no core was free for them."""
        return self._queued[name] / self._seconds

    def __str__(self) -> str:
        """Say how many cores each kept busy."""
        each = ", ".join(f"{name} {self.of(name):.2f}" for name in self._spent)
        return f"{each} of {os.cpu_count()} cores"

    def _taken(self) -> dict[str, float]:
        """Return each one's CPU time in seconds, that of processes that ended included."""
        below = {name: sum(map(_cpu_seconds, _tree(root))) for name, root in self._roots.items()}
        return {"clients": time.process_time()} | below

    def _waited(self) -> dict[str, float]:
        return {name: sum(map(_queued_seconds, _tree(root))) for name, root in self._roots.items()}


def _tree(root: int) -> list[int]:
    """Return a process and all below it."""
    return [root, *(pid for child in children(root) for pid in _tree(child))]


def _cpu_seconds(pid: int) -> float:
    """Return the CPU time that a process has taken, and those that it started and saw end."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def _queued_seconds(pid: int) -> float:
    """Return how long the threads of a process were ready to run and did not."""
    nanoseconds = 0
    for thread in Path(f"/proc/{pid}/task").glob("*/schedstat"):
        with suppress(OSError):
            nanoseconds += int(thread.read_text().split()[1])
    return nanoseconds / 1e9


class HttpClient:
    """One kept connection to a server; it costs the machine next to nothing."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._open()

    def _open(self) -> None:
        self.socket = socket.create_connection(("127.0.0.1", self.port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.rest = b""

    def call(
        self, method: str, path: str, headers: dict[str, str], body: bytes = b""
    ) -> tuple[int, dict[str, str], bytes]:
        """Send a request and return status, headers and body of the answer."""
        lines = [f"{method} {path} HTTP/1.1", "Host: bench", f"Content-Length: {len(body)}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        sent = "\r\n".join([*lines, "", ""]).encode() + body
        try:
            return self._exchange(sent)
        except ConnectionError:  # A server may close a connection that was kept too long without a word.
            self._open()
            return self._exchange(sent)

    def _exchange(self, sent: bytes) -> tuple[int, dict[str, str], bytes]:
        self.socket.sendall(sent)
        while b"\r\n\r\n" not in self.rest:
            self._read()
        head, _, self.rest = self.rest.partition(b"\r\n\r\n")
        status, *fields = head.decode("latin-1").split("\r\n")
        got = {name.lower(): value.strip() for name, _, value in (f.partition(":") for f in fields)}
        while len(self.rest) < int(got["content-length"]):
            self._read()
        size = int(got["content-length"])
        answer, self.rest = self.rest[:size], self.rest[size:]
        return int(status.split()[1]), got, answer

    def _read(self) -> None:
        data = self.socket.recv(65536)
        if not data:
            raise ConnectionError("The server closed the connection.")
        self.rest += data
