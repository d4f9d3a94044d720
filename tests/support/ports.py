"""Free ports for private servers."""

import socket
from random import SystemRandom

# Below 32768: above it Linux hands ports out to outgoing connections, which then are in the way.
FIRST, LAST = 20_000, 32_000


def free_port() -> int:
    """Return a port on which nobody listens now; by chance, so that parallel runs rarely meet."""
    # pytest-randomly seeds the usual generator alike in every worker.
    choose = SystemRandom()
    while True:
        port = choose.randrange(FIRST, LAST)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


def listens(port: int) -> bool:
    """Tell whether a server accepts connections there."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0
