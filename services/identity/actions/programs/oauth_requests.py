"""OAuth requests and answers without the web around them: what Authlib reads and writes."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from authlib.oauth2.rfc6749 import InvalidRequestError, OAuth2Payload, OAuth2Request
from authlib.oauth2.rfc6749.util import extract_basic_authorization

# Authlib quotes these in its descriptions, where OAuth forbids the quotation mark.
QUOTED = frozenset({"client_id", "redirect_uri", "response_type", "grant_type", "scope"})
# Whether people come by TLS is decided before us; Authlib would judge by an address we do not know.
ADDRESS = "https://identity/oauth"


@dataclass(frozen=True)
class Asked:
    """The parameters of a request in their order, and the header a client may prove itself by."""

    parameters: Sequence[tuple[str, str]]
    authorization: str = ""

    @classmethod
    def of_query(cls, query: str) -> "Asked":
        """Read the query of an address."""
        return cls(parse_qsl(query, keep_blank_values=True))

    @property
    def client_named(self) -> str:
        """The client that the request says it comes from, proven or not; empty when it says none."""
        try:
            by_header, _ = extract_basic_authorization({"Authorization": self.authorization})
        except ValueError:  # Not even text.
            by_header = None
        return str(by_header or dict(self.parameters).get("client_id", ""))

    def check(self) -> None:
        """Raise InvalidRequestError for what no proper client sends: strange signs, a parameter twice."""
        for name, value in self.parameters:
            if not (value.isascii() and (value.isprintable() or not value)):
                raise InvalidRequestError("A parameter holds characters that OAuth does not know.")
            if name in QUOTED and ('"' in value or "\\" in value):
                raise InvalidRequestError("A parameter holds a quotation mark.")
        several = Counter(name for name, _ in self.parameters if name != "resource")
        if any(count > 1 for count in several.values()):
            raise InvalidRequestError("A parameter came more than once.")


@dataclass
class Answer:
    """What to answer: a status, a body, headers."""

    status: int
    body: dict[str, Any]
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def location(self) -> str:
        """Where the browser is sent, when it is sent anywhere."""
        return self.headers.get("Location", "")


class _Payload(OAuth2Payload):  # type: ignore[misc]
    def __init__(self, parameters: Sequence[tuple[str, str]]) -> None:
        # An empty parameter counts as none (RFC 6749, 3.1).
        self._lists: defaultdict[str, list[str]] = defaultdict(list)
        for name, value in parameters:
            if value:
                self._lists[name].append(value)
        self._data = {name: values[0] for name, values in self._lists.items()}

    @property
    def data(self) -> dict[str, str]:
        return self._data

    @property
    def datalist(self) -> defaultdict[str, list[str]]:
        return self._lists


class AskedRequest(OAuth2Request):  # type: ignore[misc]
    """A request as Authlib wants it."""

    def __init__(self, asked: Asked, method: str) -> None:
        super().__init__(method, ADDRESS, headers=_headers(asked.authorization))
        self.payload = _Payload(asked.parameters)

    @property
    def form(self) -> Mapping[str, str]:
        """What was sent in the body; we read a token request from nowhere else."""
        form: Mapping[str, str] = self.payload.data
        return form


def _headers(authorization: str) -> dict[str, str]:
    headers = {"Authorization": authorization} if authorization else {}
    try:
        extract_basic_authorization(headers)
    except ValueError:  # Not text, once decoded.
        return {}
    return headers
