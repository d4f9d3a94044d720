"""What routes are written with: who may call them, the caller, the transaction, ETags."""

import hashlib
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import wraps
from typing import Any, TypeVar, cast
from uuid import UUID

from flask import Response, current_app, g, make_response, request
from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite

from shared.auth import Access, Actor
from shared.bus import idempotency_key
from shared.clock import now
from shared.concerns import concerns as concerns  # noqa: PLC0414  (routes take all they use from here)
from shared.db import SchoolSession
from shared.described import Blueprint
from shared.errors import Denied, Invalid, NotFound, Refusal, Text
from shared.ids import new_id
from shared.service import Runtime
from shared.visits import client_address as client_address  # noqa: PLC0414
from shared.visits import device as device  # noqa: PLC0414

V = TypeVar("V", bound=Callable[..., Any])

MAX_DIGITS = 18  # of a state; Python reads no number of thousands of them
LANGUAGES = ("ru", "en")
PROOF_LASTS = timedelta(minutes=5)
PLAIN_ID = re.compile(r"[\w.:-]{1,64}", re.ASCII)


class PreconditionNeeded(Refusal):
    """A change came without saying which state of the thing the caller saw."""

    title = Text("Нужен заголовок If-Match", "If-Match is needed")
    detail = Text(
        "Сначала откройте запись и передайте её ETag в заголовке If-Match.",
        "Open the thing first and send its ETag in the If-Match header.",
    )


class KeyUsedOtherwise(Invalid):
    """The same Idempotency-Key came with another body."""

    title = Text("Ключ уже использован", "The key is used already")
    detail = Text(
        "Этот Idempotency-Key уже был с другим содержанием. Возьмите новый ключ.",
        "This Idempotency-Key came before with another body. Use a new key.",
    )


class ProofNeeded(Denied):
    """What was asked is too grave for a session alone: it may be somebody at an open computer."""

    title = Text("Подтвердите, что это вы", "Confirm that it is you")
    detail = Text(
        "Введите свой пароль или код ещё раз и повторите: со входа прошло больше пяти минут.",
        "Type your password or code once more and repeat it: more than five minutes have passed.",
    )


def blueprint(name: str, description: str) -> Blueprint:
    """Return a blueprint for the routes of one noun; `create_app` gives it its prefix."""
    return Blueprint(name, name, description=description)


def may(action: str) -> Callable[[V], V]:
    """Let those call the endpoint whom the policy lets do this at the service at work."""
    return _marks(Access(action=action))


def public(view: V) -> V:
    """Let anybody call the endpoint, without a token."""
    return _marks(Access(public=True))(view)


def reads(view: V) -> V:
    """Say of a POST that it only reads: what it asks for does not belong in an address."""
    view.reads = True  # type: ignore[attr-defined]
    return view


def fresh(view: V) -> V:
    """Refuse people who have not shown within five minutes who they are (SECURITY 11).

    Stands right under `may`. Programs prove themselves with each token and are not asked.
    """

    @wraps(view)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        if actor().person_id is not None and not is_fresh(actor()):
            raise ProofNeeded
        return view(*args, **kwargs)

    return cast("V", wrapper)


def is_fresh(actor: Actor, *, spare: timedelta = timedelta()) -> bool:
    """Whether a person has shown lately who they are, and it will hold for `spare`."""
    return actor.proven_at is not None and now() - actor.proven_at + spare <= PROOF_LASTS


def _marks(access: Access) -> Callable[[V], V]:
    def mark(view: V) -> V:
        view.access = access  # type: ignore[attr-defined]
        return view

    return mark


def runtime() -> Runtime:
    """Return the service at work in this app."""
    return cast("Runtime", current_app.extensions["parta"])


def actor() -> Actor:
    """Return the caller; only on endpoints that require one."""
    return cast("Actor", g.actor)


def request_id() -> str:
    """Return the id the caller gave the request, if it is fit for headers and logs, or a new one."""
    given = request.headers.get("X-Request-ID", "")
    return given if PLAIN_ID.fullmatch(given) else str(new_id())


def language() -> str:
    """Return the caller's language, `ru` or `en`."""
    return request.accept_languages.best_match(LANGUAGES) or "ru"


def _school() -> UUID:
    school = actor().school_id
    if school is None:
        raise NotFound
    return school


@contextmanager
def writing() -> Iterator[SchoolSession]:
    """Open the request's one transaction for the caller's school; it commits at the end."""
    joined = g.get("transaction")
    if joined is not None:  # `idempotent` holds it open until the answer is stored in it, too.
        yield joined
        return
    with runtime().database.writing(_school()) as session:
        session.info["actor"] = actor().subject
        yield session


@contextmanager
def reading() -> Iterator[SchoolSession]:
    """Open a read for the caller's school."""
    with runtime().database.reading(_school()) as session:
        yield session


def if_match() -> int:
    """Return the number of the state the caller saw, from If-Match; 428 without one."""
    tags = request.if_match
    tag = next(iter(tags.as_set(include_weak=True)), None) if tags else None  # An empty one is None, too.
    seen = (tag or "").partition(".")[0]
    if not (seen.isascii() and seen.isdigit() and len(seen) <= MAX_DIGITS):
        raise PreconditionNeeded
    return int(seen)


def etag(state: int | str) -> None:
    """Give the answer this ETag, `number` or `number.more`; a GET that has it already is answered 304."""
    g.etag = str(state)


def idempotent(view: V) -> V:
    """Answer a repeated request (same Idempotency-Key) with the first answer, changing nothing.

    The answer is stored in the transaction of the change, so the two cannot part. Stands right
    under `may`, above everything that shapes the answer.
    """

    @wraps(view)
    def wrapper(*args: Any, **kwargs: Any) -> Response:
        key = request.headers.get("Idempotency-Key")
        if not key:
            return make_response(view(*args, **kwargs))
        with writing() as session:
            g.transaction = session
            try:
                return _once(session, key[:200], lambda: make_response(view(*args, **kwargs)))
            finally:
                g.transaction = None

    wrapper.is_idempotent = True  # type: ignore[attr-defined]  # Told by the description.
    return cast("V", wrapper)


def _once(session: SchoolSession, key: str, answer: Callable[[], Response]) -> Response:
    row = {
        "actor": actor().subject,
        "route": f"{request.method} {request.path}"[:200],
        "key": key,
        "school_id": _school(),
        "request_sha256": hashlib.sha256(request.get_data(cache=True)).digest(),
    }
    if not _claim(session, row):
        return _replay(session, row)
    response = answer()
    stored = {"status": response.status_code, "body": response.get_data(as_text=True), "etag": g.get("etag")}
    session.execute(update(idempotency_key).where(*_same(row)).values(stored))
    return response


def _claim(session: SchoolSession, row: dict[str, Any]) -> bool:
    # A parallel repeat waits here until the first request commits, and then finds its answer.
    build: Any = postgresql.insert if runtime().database.is_postgres else sqlite.insert
    claimed = build(idempotency_key).values(**row, status=0, body="", created_at=now())
    # Not by rowcount, which is -1 for an INSERT on PostgreSQL.
    told = claimed.on_conflict_do_nothing().returning(idempotency_key.c.key)
    return session.scalar(told) is not None


def _replay(session: SchoolSession, row: dict[str, Any]) -> Response:
    first = session.execute(select(idempotency_key).where(*_same(row))).one()
    if first.request_sha256 != row["request_sha256"]:
        raise KeyUsedOtherwise
    g.etag = first.etag
    return Response(first.body, status=first.status, content_type="application/json")


def _same(row: dict[str, Any]) -> list[Any]:
    return [idempotency_key.c[name] == row[name] for name in ("actor", "route", "key")]
