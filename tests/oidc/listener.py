"""A program's own little server: what is sent to it is kept."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs


@dataclass
class Listener:
    """Where it listens, what came, and how it answers."""

    url: str = ""
    came: list[dict[str, list[str]]] = field(default_factory=list)
    status: int = 200


@contextmanager
def listening() -> Iterator[Listener]:
    """Listen on a port of its own."""
    listener = Listener()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            listener.came.append(parse_qs(body))
            self.send_response(listener.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Keep the output of the tests to themselves."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    listener.url = f"http://127.0.0.1:{server.server_port}/logout"
    yield listener
    server.shutdown()
    thread.join()
    server.server_close()
