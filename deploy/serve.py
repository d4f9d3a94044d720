"""`parta up`: open the folder, fill the demonstration once, and serve until stopped."""

import gc
import os
import signal
import socket
import sys
from pathlib import Path

import waitress
from rich.console import Console

from deploy.first_start import begin
from deploy.single import ADDRESS, FIRST, open_school
from shared.logs import set_up_logs
from shared.service import SERVICES
from shared.uploads import MAX_UPLOAD_BYTES

THREADS = 16
# waitress keeps a body on disk before anybody has asked for a token.
MAX_REQUEST_BYTES = MAX_UPLOAD_BYTES + 1024 * 1024

console = Console(highlight=False)


def serve(data: Path, *, demo: bool, name: str, time_zone: str, host: str, port: int) -> None:
    """Serve the school in a folder on one port; returns when it is stopped."""
    set_up_logs()
    _refuse_taken(host, port)
    address = f"http://{host}:{port}"
    # Ctrl-C and `kill` end alike: the databases are closed in order. `kill -9` needs no order.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with console.status("Opening the school …"):
        opened = open_school(data, PARTA_PUBLIC_URL=address, **_demonstration(demo=demo))
        school = opened.__enter__()
    _leave_in_peace()
    try:
        school.start_workers(FIRST)
        begin(school, demo=demo, name=name, time_zone=time_zone, console=console)
        school.start_workers(name for name in SERVICES if name not in FIRST)
        (data / ADDRESS).write_text(address)
        console.print(f"\nПарта открыта: [bold]{address}[/bold]   (Ctrl+C — остановить)")
        waitress.serve(
            school.wsgi,
            host=host,
            port=port,
            threads=THREADS,
            max_request_body_size=MAX_REQUEST_BYTES,
            ident=None,
            _quiet=True,
        )
    except KeyboardInterrupt:
        console.print("Парта закрывается …")
    finally:
        opened.__exit__(None, None, None)


def _leave_in_peace() -> None:
    """Never look again for garbage in what the school is built of, and seldom in what it makes.

    To look after every 700 objects made a sixth of the time of the demonstration's fill.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 10)


def _demonstration(*, demo: bool) -> dict[str, str]:
    """Return the settings of a demonstration: nobody who looks at it needs a phone with codes."""
    return {"PARTA_SECOND_FACTOR": os.environ.get("PARTA_SECOND_FACTOR", "offered")} if demo else {}


def _refuse_taken(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            raise SystemExit(
                f"Port {port} is taken by another program. Choose another: parta up --port {port + 1}"
            ) from None
