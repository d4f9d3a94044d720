"""What the portal's routes are written with: the visitor, the services, languages, and safe answers."""

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any, cast
from urllib.parse import urlsplit
from uuid import UUID

import httpx2
from flask import Response, current_app, g, request
from flask_wtf.csrf import generate_csrf
from werkzeug.exceptions import BadRequest

from services.portal.actions.sessions import Visitor
from services.portal.calls import Calls, ServiceDown
from services.portal.rules import FAMILY_LIFE, life_of
from shared.db import EVERY_SCHOOL, Database, SchoolSession
from shared.names import sort_key
from shared.settings import Settings
from shared.web import LANGUAGES

LANGUAGE_COOKIE = "language"
PEDAGOGUES = ("teacher", "educator")
NAME = ("family_name", "given_name", "patronymic")
YEARS = range(1900, 3000)  # Of days that pages show; the weeks around them can be counted.
STATE = re.compile(r'(?:W/)?"[0-9a-f.]{0,40}"')  # As services give it in an ETag.


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


class ProofFirst(Exception):
    """The page leads to something grave and asks for a proof before it is filled in."""


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
    """Return the headers that every call to a service carries on: the visitor's wishes and whereabouts."""
    return {
        "Accept-Language": language(),
        "X-Request-ID": g.request_id,
        "X-Forwarded-For": request.remote_addr or "",
        "User-Agent": request.headers.get("User-Agent", "").encode("ascii", "replace").decode(),
    }


def send(service: str, method: str, path: str, **given: Any) -> httpx2.Response:
    """Call a service as the visitor and return whatever it answers."""
    headers = {**passed_on(), **given.pop("headers", {})}
    return portal().calls.send(visitor(), service, method, path, headers, **given)


def fetch(service: str, path: str, /, **params: Any) -> Any:
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


def pedagogues() -> list[Any]:
    """Return everybody who may teach, in the order of their names: teachers and educators (воспитатели)."""
    found = {one["id"]: one for role in PEDAGOGUES for one in fetch_all("identity", "/people", role=role)}
    return sorted(found.values(), key=lambda one: sort_key(*(one[part] for part in NAME)))


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


def prove_first() -> None:
    """Ask for a proof now where the form to come could not be kept, as one with a file in it."""
    if not fetch("identity", "/me/proof")["is_fresh"]:
        raise ProofFirst


def problem_of(answer: httpx2.Response) -> dict[str, Any]:
    """Return the problem document, or the little there is when it is none."""
    try:
        told = answer.json()
    except ValueError:
        told = None
    return told if isinstance(told, dict) else {"status": answer.status_code}


def explained(problem: Mapping[str, Any]) -> str:
    """Return what a refusal says to do, and then what it says of single fields, each text once."""
    said = dict.fromkeys((problem.get("detail"), *_of_fields(problem.get("errors"))))
    return " ".join(one for one in said if one and one != problem.get("title"))


def _of_fields(errors: Any) -> Iterator[str]:
    """Yield the texts that stand in lists, at any depth: what is beside them is facts for a script."""
    if isinstance(errors, Mapping):
        for inner in errors.values():
            yield from _of_fields(inner)
    elif isinstance(errors, list):
        yield from (one for one in errors if isinstance(one, str))


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


def keep_cookie(
    response: Response, cookie: str, roles: Iterable[str], *, is_shared: bool = False
) -> Response:
    """Give the browser its session cookie; that of staff, and on a shared computer, ends with the browser."""
    given = portal()
    life = life_of(roles, is_shared=is_shared)
    age = FAMILY_LIFE.whole if life == FAMILY_LIFE else None
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


def asked_day(name: str) -> date | None:
    """Return a day from the address, None when it names none; BadRequest for what is no day of a school."""
    given = request.args.get(name)
    try:
        day = date.fromisoformat(given) if given else None
    except ValueError as wrong:
        raise BadRequest from wrong
    if day is not None and day.year not in YEARS:
        raise BadRequest
    return day


def asked_id(name: str) -> str | None:
    """Return an id from the address, None when it names none; BadRequest for what is no id."""
    given = request.args.get(name)
    try:
        return str(UUID(given)) if given else None
    except ValueError as wrong:
        raise BadRequest from wrong


def given_id(text: str) -> str:
    """Return the id that a form names; BadRequest for what is no id."""
    try:
        return str(UUID(text))
    except ValueError as wrong:
        raise BadRequest from wrong


def seen_state(tag: str) -> dict[str, str]:
    """Return the header that says which state a form was made from; BadRequest for what no page says."""
    if tag and not STATE.fullmatch(tag):
        raise BadRequest
    return {"If-Match": tag}


def forms_token() -> str:
    """Return the token every write carries, as a hidden field or the X-CSRFToken header."""
    return cast("str", generate_csrf())
