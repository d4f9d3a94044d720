"""Calls to the world outside: other providers, and programs to be told of a sign-out (SECURITY 39).

The address is looked up once, judged, and called as judged, so that a name cannot lead to a public
address when it is checked and to a private one when it is called.
"""

import ipaddress
import socket
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx2

TIMEOUT = httpx2.Timeout(5.0)
LARGEST = 512 * 1024
NAT64 = ipaddress.ip_network("64:ff9b::/96")  # RFC 6052


class OutboundFailed(Exception):
    """It may not be called, does not answer, or answers too much."""


@dataclass(frozen=True)
class Outbound:
    """Calls https addresses in the open Internet; private ones and http only if the operator says so."""

    may_call_private: bool = False

    def send(self, method: str, url: str, **given: Any) -> httpx2.Response:
        """Send a request and return the answer, whatever it is; redirects are not followed."""
        parts = urlsplit(url)
        host = parts.hostname or ""
        if parts.scheme != "https" and not (parts.scheme == "http" and self.may_call_private):
            raise OutboundFailed("not https")
        port = parts.port or (443 if parts.scheme == "https" else 80)
        address = self._address(host, port)
        pinned = httpx2.URL(url).copy_with(host=address)
        headers = {"Host": parts.netloc.rpartition("@")[2], **given.pop("headers", {})}
        try:
            with (
                httpx2.Client(timeout=TIMEOUT, trust_env=False) as client,
                client.stream(
                    method, pinned, headers=headers, extensions={"sni_hostname": host}, **given
                ) as answer,
            ):
                return _read(answer)
        except httpx2.HTTPError as wrong:
            raise OutboundFailed(type(wrong).__name__) from wrong

    def _address(self, host: str, port: int) -> str:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError as wrong:
            raise OutboundFailed("no such host") from wrong
        addresses = [str(row[4][0]) for row in found]
        if not self.may_call_private and not all(map(_is_open, addresses)):
            raise OutboundFailed("a private address")
        return addresses[0]


def _is_open(address: str) -> bool:
    """Whether an address is of the open Internet, and so is the IPv4 one that a gateway makes of it."""
    found = ipaddress.ip_address(address)
    inner: ipaddress.IPv4Address | None = None
    if isinstance(found, ipaddress.IPv6Address):
        inner = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF) if found in NAT64 else found.sixtofour
    return found.is_global and not found.is_multicast and (inner is None or inner.is_global)


def _read(answer: httpx2.Response) -> httpx2.Response:
    body = b""
    for part in answer.iter_bytes():
        body += part
        if len(body) > LARGEST:
            raise OutboundFailed("too much")
    headers = {name: value for name, value in answer.headers.items() if name != "content-encoding"}
    return httpx2.Response(answer.status_code, headers=headers, content=body, request=answer.request)
