"""Refusals and failures as RFC 9457 problem documents, in the caller's language."""

import re
from collections.abc import Mapping
from typing import Any, cast

import structlog
from flask import Flask, Response, g
from flask import json as flask_json
from marshmallow import Schema, fields
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from shared import web
from shared.errors import (
    Conflict,
    Denied,
    Invalid,
    NotFound,
    Refusal,
    Stale,
    Text,
    TooSoon,
    Unavailable,
    Unproven,
)
from shared.field_texts import in_both

STATUS: dict[type[Refusal], int] = {
    NotFound: 404,
    Unproven: 401,
    TooSoon: 429,
    Denied: 403,
    Stale: 412,
    Conflict: 409,
    Invalid: 422,
    web.PreconditionNeeded: 428,
    Unavailable: 503,
}

HTTP_TEXTS: dict[int, tuple[str, Text, Text]] = {
    400: ("bad-request", Text("Запрос не понят", "The request was not understood"),
          Text("Проверьте, что тело запроса — правильный JSON.", "Check that the body is valid JSON.")),
    401: ("sign-in-needed", Text("Нужно войти", "Sign in first"),
          Text("Войдите ещё раз и повторите действие.", "Sign in again and repeat what you did.")),
    404: ("not-found", NotFound.title, NotFound.detail),
    405: ("method-not-allowed", Text("Так нельзя", "Method not allowed"),
          Text("Этот адрес не принимает такой метод.", "This address does not take this method.")),
    413: ("too-large", Text("Слишком много данных", "Too large"),
          Text("Разделите данные на части поменьше.", "Split the data into smaller parts.")),
    415: ("wrong-media-type", Text("Неверный тип данных", "Wrong media type"),
          Text("Отправьте JSON с Content-Type: application/json.",
               "Send JSON with Content-Type: application/json.")),
    422: ("invalid", Invalid.title, Invalid.detail),
    429: ("too-many-requests", Text("Слишком часто", "Too many requests"),
          Text("Подождите немного и повторите.", "Wait a little and try again.")),
}  # fmt: skip

UNKNOWN = (
    "internal",
    Text("Ошибка на нашей стороне", "Our mistake"),
    Text("Ничего не потеряно. Повторите; если не поможет, сообщите номер {id}.",
         "Nothing is lost. Try again; if it does not help, tell us the number {id}."),
)  # fmt: skip

MEDIA_TYPE = "application/problem+json"

log = structlog.get_logger()


class ProblemOut(Schema):
    """A problem document, as the API's description shows it."""

    type = fields.String(required=True, metadata={"description": "urn:parta:problem:…, never changes"})
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True, metadata={"description": "What to do next."})
    request_id = fields.String(allow_none=True)
    errors = fields.Raw(metadata={"description": "What is wrong, by field, row or cell."})


def problem(
    status: int, kind: str, title: str, detail: str, errors: Any = None, *, retry_after: int | None = None
) -> Response:
    """Return a problem document; `kind` is the last part of its stable type."""
    body = {
        "type": f"urn:parta:problem:{kind}",
        "title": title,
        "status": status,
        "detail": detail,
        "request_id": g.get("request_id"),
    }
    if errors:
        body["errors"] = _keyed(errors)
    response = Response(flask_json.dumps(body), status=status, content_type=MEDIA_TYPE)
    if retry_after is not None:
        response.headers["Retry-After"] = str(retry_after)
    return response


def _keyed(errors: Any) -> Any:
    """Return errors whose keys are all texts: those of rows in a list come as numbers."""
    if not isinstance(errors, Mapping):
        return errors
    return {str(key): _keyed(value) for key, value in errors.items()}


def refused(refusal: Refusal) -> Response:
    """Say a refusal over HTTP."""
    status = next(STATUS[cls] for cls in type(refusal).__mro__ if cls in STATUS)
    title, detail = refusal.say(web.language())
    kind = re.sub(r"(?<!^)(?=[A-Z])", "-", type(refusal).__name__).lower()
    wait = 2 if status == 503 else refusal.facts.get("seconds")
    errors = _said(refusal.errors, web.language())
    return problem(status, kind, title, detail, errors, retry_after=cast("int | None", wait))


def _said(errors: Any, language: str) -> Any:
    """Return the errors with every Text in them in the caller's language."""
    if isinstance(errors, Text):
        return errors.said(language)
    if isinstance(errors, Mapping):
        return {name: _said(error, language) for name, error in errors.items()}
    if isinstance(errors, list | tuple):
        return [_said(error, language) for error in errors]
    return errors


def http_error(error: HTTPException) -> Response:
    """Say one of the web framework's own errors, keeping headers such as Allow."""
    status = error.code or 500
    kind, title, detail = HTTP_TEXTS.get(status) or HTTP_TEXTS[400]
    language = web.language()
    errors = _said(in_both(getattr(error, "data", {}).get("messages")), language)
    response = problem(status, kind, title.said(language), detail.said(language), errors)
    for name, value in error.get_headers():
        if name.lower() not in ("content-type", "content-length"):
            response.headers[name] = value
    return response


def failed(error: Exception) -> Response:
    """Say that something broke; what it was stays in the log."""
    if _passes_by_itself(error):
        log.warning("database is busy", error=type(error).__name__)
        return refused(Unavailable())
    log.error("request failed", exc_info=error)
    kind, title, detail = UNKNOWN
    language = web.language()
    text = detail.said(language).format(id=g.get("request_id"))
    return problem(500, kind, title.said(language), text)


def _passes_by_itself(error: Exception) -> bool:
    if isinstance(error, OperationalError | PoolTimeout):
        return True
    return isinstance(error, DBAPIError) and error.connection_invalidated


def register(app: Flask) -> None:
    """Answer every refusal and error of the app with a problem document."""
    app.register_error_handler(Refusal, refused)
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(Exception, failed)
