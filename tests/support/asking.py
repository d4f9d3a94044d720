"""The one HTTP client by which tests ask servers of their own."""

from functools import cache

import httpx2


@cache
def http() -> httpx2.Client:
    """Return the client, made once: to make one reads the certificates of all the world, for 50 ms.

    It keeps no connection, for the servers are killed and started again.
    """
    return httpx2.Client(trust_env=False, limits=httpx2.Limits(max_keepalive_connections=0))
