"""Where a person calls from: the browser's address and kind, as the portal passes them on.

Services see the portal's calls, not the browser's. The portal says for whom it calls and proves with
a token of its own client that it is the portal; without the proof only the caller's own address counts.
"""

from ipaddress import IPv6Address, ip_address

from flask import current_app, g, request

from shared.auth import SPEAKS_FOR_VISITORS, BadToken

PROOF = "X-Parta-Portal"


DEVICE_LENGTH = 200


def client_address() -> str:
    """Return the address of the person's browser, or of whoever calls without the portal."""
    if "client_address" not in g:
        passed = request.headers.get("X-Forwarded-For", "")
        g.client_address = plain(passed if _is_portal() else "") or plain(request.remote_addr or "") or "::"
    return str(g.client_address)


def device() -> str:
    """Return what the browser says of itself: its User-Agent, printable and not longer than 200 signs."""
    said = "".join(sign for sign in request.headers.get("User-Agent", "") if sign.isprintable())
    return said[:DEVICE_LENGTH]


def plain(address: str) -> str:
    """Return an IP address as it is always written, an IPv4 one in IPv6 clothes as IPv4; else nothing."""
    try:
        found = ip_address(address.strip().partition("%")[0])
    except ValueError:
        return ""
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return str(mapped or found)


def _is_portal() -> bool:
    token = request.headers.get(PROOF)
    if not token:  # Nor may the very request that fetches the keys ask for them.
        return False
    runtime = current_app.extensions["parta"]
    try:
        caller = runtime.keys.actor(token, runtime.service.name)
    except BadToken:
        return False
    return SPEAKS_FOR_VISITORS in caller.scopes
