"""What routes are written with: who may call them, the caller, the transaction, ETags."""

import hashlib
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, TypeVar, cast
from uuid import UUID

import flask_smorest
from flask import Response, current_app, g, make_response, request
from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite

from shared.auth import Access, Actor
from shared.bodies import OrjsonParser
from shared.bus import idempotency_key
from shared.clock import now
from shared.db import SchoolSession
from shared.errors import Invalid, NotFound, Refusal, Text
from shared.ids import new_id
from shared.service import Runtime

V = TypeVar("V", bound=Callable[..., Any])

MAX_UPLOAD_BYTES = 50 * 1024 * 1024
LANGUAGES = ("ru", "en")
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


class FileNeeded(Invalid):
    """An import came without its file."""

    title = Text("Нет файла", "No file")
    detail = Text(
        "Приложите файл в поле «file» (multipart/form-data).",
        "Attach the file in the field “file” (multipart/form-data).",
    )


class _Blueprint(flask_smorest.Blueprint):  # type: ignore[misc]
    ARGUMENTS_PARSER = OrjsonParser()


def blueprint(name: str, description: str) -> flask_smorest.Blueprint:
    """Return a blueprint for the routes of one noun; `create_app` gives it its prefix."""
    return _Blueprint(name, name, description=description)


def requires(*roles: str, scopes: tuple[str, ...] = ()) -> Callable[[V], V]:
    """Let only these roles, or clients with one of these scopes, call the endpoint."""
    return _marks(Access(roles=frozenset(roles), scopes=frozenset(scopes)))


def public(view: V) -> V:
    """Let anybody call the endpoint, without a token."""
    return _marks(Access(public=True))(view)


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
    seen = next(iter(tags.as_set(include_weak=True)), "") if tags else ""
    if not (seen.isascii() and seen.isdigit()):
        raise PreconditionNeeded
    return int(seen)


def etag(number: int) -> None:
    """Give the answer this ETag; a GET that has it already is answered 304."""
    g.etag = str(number)


def uploaded() -> bytes:
    """Return the file sent in the multipart field `file`."""
    request.max_content_length = MAX_UPLOAD_BYTES
    file = request.files.get("file")
    if file is None:
        raise FileNeeded
    return bytes(file.read())


def idempotent(view: V) -> V:
    """Answer a repeated request (same Idempotency-Key) with the first answer, changing nothing.

    The answer is stored in the transaction of the change, so the two cannot part. Stands right
    under `requires`, above everything that shapes the answer.
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
