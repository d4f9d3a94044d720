"""What the portal's routes are written with: the visitor, the services, languages, and safe answers."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlsplit

import httpx2
from flask import Response, current_app, g, request
from flask_wtf.csrf import generate_csrf

from services.portal.actions.sessions import Visitor
from services.portal.calls import Calls, ServiceDown
from services.portal.rules import FAMILY_LIFE, STAFF_LIFE, life_of
from shared.db import EVERY_SCHOOL, Database, SchoolSession
from shared.settings import Settings
from shared.web import LANGUAGES

LANGUAGE_COOKIE = "language"


@dataclass(frozen=True)
class Portal:
    """The portal at work."""

    settings: Settings
    database: Database
    calls: Calls

    @property
    def is_https(self) -> bool:
        """Whether people come by https, so that cookies may insist on it."""
        return self.settings.public_url.startswith("https://")

    @property
    def cookie_name(self) -> str:
        """The session cookie's name; `__Host-` binds it to this very host, but needs https."""
        return "__Host-parta" if self.is_https else "parta"


class NotAnswered(Exception):
    """A service refused; its problem document says why."""

    def __init__(self, answer: httpx2.Response) -> None:
        """Keep the answer."""
        super().__init__(answer.status_code)
        self.status = answer.status_code
        self.problem: dict[str, Any] = problem_of(answer)


def portal() -> Portal:
    """Return the portal at work in this app."""
    return cast("Portal", current_app.extensions["portal"])


def visitor() -> Visitor:
    """Return who is signed in; only on pages that are not public."""
    return cast("Visitor", g.visitor)


def language() -> str:
    """Return the language chosen, or else the one the browser asks for, or else Russian."""
    chosen = request.cookies.get(LANGUAGE_COOKIE, "")
    if chosen in LANGUAGES:
        return chosen
    return request.accept_languages.best_match(LANGUAGES) or LANGUAGES[0]


@contextmanager
def writing() -> Iterator[SchoolSession]:
    """Open a transaction over all sessions: a cookie does not say which school it is of."""
    with portal().database.writing(EVERY_SCHOOL) as session:
        yield session


@contextmanager
def reading() -> Iterator[SchoolSession]:
    """Open a read over all sessions."""
    with portal().database.reading(EVERY_SCHOOL) as session:
        yield session


def passed_on() -> dict[str, str]:
    """Return the headers that every call to a service carries on."""
    return {"Accept-Language": language(), "X-Request-ID": g.request_id}


def send(service: str, method: str, path: str, **given: Any) -> httpx2.Response:
    """Call a service as the visitor and return whatever it answers."""
    headers = {**passed_on(), **given.pop("headers", {})}
    return portal().calls.send(visitor(), service, method, path, headers, **given)


def fetch(service: str, path: str, **params: Any) -> Any:
    """Return what a service says; NotAnswered when it refuses, ServiceDown when it is silent."""
    asked = {name: value for name, value in params.items() if value not in (None, "")}
    return accepted(send(service, "GET", path, params=asked))


def fetch_all(service: str, path: str, **params: Any) -> list[Any]:
    """Return all items of a list, page after page."""
    items: list[Any] = []
    cursor = None
    while True:
        page = fetch(service, path, cursor=cursor, **params)
        items += page["items"]
        cursor = page.get("next")
        if not cursor:
            return items


def glimpse(service: str, path: str, default: Any = None, **params: Any) -> Any:
    """Return what a service says, or the default: the rest of the page shows without it.

    A service that is down is named at the head of the page.
    """
    try:
        return fetch(service, path, **params)
    except ServiceDown as down:
        g.setdefault("missing", set()).add(down.service)
    except NotAnswered:
        pass
    return default


def accepted(answer: httpx2.Response) -> Any:
    """Return the answer's JSON, or raise NotAnswered when it is a refusal."""
    if answer.status_code >= 400:
        raise NotAnswered(answer)
    return answer.json() if answer.content else None


def problem_of(answer: httpx2.Response) -> dict[str, Any]:
    """Return the problem document, or the little there is when it is none."""
    try:
        told = answer.json()
    except ValueError:
        told = None
    return told if isinstance(told, dict) else {"status": answer.status_code}


def relayed(answer: httpx2.Response) -> Response:
    """Hand a service's JSON to the browser as it is, with its ETag."""
    response = Response(answer.content, status=answer.status_code)
    for name in ("Content-Type", "ETag", "Retry-After"):
        if name in answer.headers:
            response.headers[name] = answer.headers[name]
    return response


def wants_json() -> bool:
    """Whether the page's own script asks, rather than a person following a link."""
    return request.accept_mimetypes.best in ("application/json", "application/problem+json")


def keep_cookie(response: Response, cookie: str, roles: Iterable[str]) -> Response:
    """Give the browser its session cookie; that of staff ends with the browser."""
    given = portal()
    age = None if life_of(roles) == STAFF_LIFE else FAMILY_LIFE.whole
    response.set_cookie(
        given.cookie_name, cookie, max_age=age, path="/", secure=given.is_https, httponly=True, samesite="Lax"
    )
    return response


def drop_cookie(response: Response) -> Response:
    """Take the session cookie away."""
    given = portal()
    response.delete_cookie(given.cookie_name, path="/", secure=given.is_https, httponly=True, samesite="Lax")
    return response


def own_path(target: str | None) -> str:
    """Return a path of this site to go on to, never another site's."""
    try:
        parts = urlsplit(target or "")
    except ValueError:  # Of an address that is none, like `//[`.
        return "/"
    if parts.scheme or parts.netloc or not parts.path.startswith("/") or parts.path.startswith(("//", "/\\")):
        return "/"
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def forms_token() -> str:
    """Return the token every write carries, as a hidden field or the X-CSRFToken header."""
    return cast("str", generate_csrf())
