"""For which service a token is meant (RFC 8707): its API's address is its name."""

from authlib.oauth2 import OAuth2Error

from services.identity.actions.programs.oauth_requests import AskedRequest
from services.identity.rules.clients import audiences
from shared.service import SERVICES


class InvalidTarget(OAuth2Error):  # type: ignore[misc]
    """The resource is none of ours, or not among what the scopes open."""

    error = "invalid_target"
    description = "The resource must be the address of one of our APIs that the scopes open."


def address_of(service: str, issuer: str) -> str:
    """Return the name of a service's API as a resource."""
    return f"{issuer.removesuffix('/identity/v1')}/{service}/v1"


def audience_asked(request: AskedRequest, issuer: str, scopes: list[str] | None, otherwise: str) -> str:
    """Return the service a request wants a token for, or else the one given.

    A person's program gets tokens for what its scopes open; a program in its own name (`scopes` is
    None) for any service, which checks what it may do there.
    """
    known = {address_of(service, issuer): service for service in SERVICES}
    wanted = [known.get(address, "") for address in request.payload.datalist.get("resource", [])]
    allowed = frozenset(SERVICES) if scopes is None else audiences(scopes)
    if not allowed.issuperset(wanted):
        raise InvalidTarget
    chosen = wanted[0] if wanted else otherwise
    if chosen not in allowed:
        raise InvalidTarget
    return chosen
