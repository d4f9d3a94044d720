"""What people see when something cannot be done: what happened, and what to do next."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import structlog
from flask import Flask, Response, g, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from services.portal.actions.sessions import end_session
from services.portal.calls import ServiceDown, SignedOut
from services.portal.texts import service_title
from services.portal.web import (
    NotAnswered,
    ProofFirst,
    drop_cookie,
    explained,
    fetch,
    own_path,
    portal,
    wants_json,
    writing,
)

log = structlog.get_logger()

PROOF_NEEDED = "proof-needed"
KEPT = "of."  # Before the names of fields that are kept for the form they came from.


@dataclass(frozen=True)
class Asked:
    """What the visitor was about to do, to be done when they have shown who they are."""

    path: str
    method: str
    fields: tuple[tuple[str, str], ...] = ()

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """Return the hidden fields that keep it."""
        kept = [(f"{KEPT}{name}", value) for name, value in self.fields]
        return [("path", self.path), ("method", self.method), *kept]

    @property
    def back(self) -> str | None:
        """Return the page a form stood on that said so: a file leaves the proof's page where it is."""
        here = dict(self.fields).get("here")
        return own_path(here) if here else None

    @classmethod
    def now(cls) -> "Asked":
        """Return what is asked in this request. A file cannot be kept: its form is opened again."""
        if request.method == "POST" and not any(request.files.values()):
            fields = ((n, v) for n, v in request.form.items(multi=True) if n != "csrf_token")
            return cls(own_path(request.full_path.rstrip("?")), "POST", tuple(fields))
        if request.method == "POST":
            back = urlsplit(request.referrer or "")
            return cls(own_path(f"{back.path}?{back.query}".rstrip("?")), "GET")
        return cls(own_path(request.full_path.rstrip("?")), "GET")

    @classmethod
    def kept(cls) -> "Asked":
        """Return what the form of the proof has kept."""
        fields = ((n.removeprefix(KEPT), v) for n, v in request.form.items(multi=True) if n.startswith(KEPT))
        method = "POST" if request.form.get("method") == "POST" else "GET"
        return cls(own_path(request.form.get("path")), method, tuple(fields))


def register(app: Flask) -> None:
    """Answer everything that fails with a page, or with a problem document where a script asks."""
    app.register_error_handler(NotAnswered, refused)
    app.register_error_handler(ProofFirst, lambda _: ask_proof(Asked.now()))
    app.register_error_handler(ServiceDown, silent)
    app.register_error_handler(SignedOut, signed_out)
    app.register_error_handler(CSRFError, form_too_old)
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(Exception, broken)


def failure(status: int, kind: str, title: str, detail: str, **more: Any) -> Response:
    """Return the page, or the problem document, that says so."""
    if wants_json():
        told = {
            "type": f"urn:parta:problem:{kind}",
            "title": title,
            "detail": detail,
            "status": status,
            **more,
        }
        response = jsonify(told)
        response.content_type = "application/problem+json"
        response.status_code = status
        return response
    said = explained({"title": title, "detail": detail, **more})
    page = render_template("failure.html", title=title, detail=said, status=status)
    return Response(page, status=status, content_type="text/html; charset=utf-8")


def refused(error: NotAnswered) -> Response:
    """Say a service's refusal in its own words, which are already in the visitor's language."""
    told = error.problem
    kind = str(told.get("type", "")).rpartition(":")[2] or "refused"
    if kind == PROOF_NEEDED and not wants_json():
        return ask_proof(Asked.now())
    title, detail = told.get("title") or _("Не получилось"), told.get("detail") or ""
    more = {"errors": told["errors"]} if "errors" in told else {}
    return failure(error.status, kind, title, detail, **more)


def ask_proof(asked: Asked, problem: dict[str, Any] | None = None, status: int = 403) -> Response:
    """Ask the visitor to show who they are; what they were about to do waits in the page."""
    known = fetch("identity", "/me/proof")
    page = render_template("proof.html", asked=asked, known=known, problem=problem)
    return Response(page, status=status, content_type="text/html; charset=utf-8")


def silent(error: ServiceDown) -> Response:
    """Say that a service the page cannot do without does not answer."""
    title = _("Сейчас недоступно: %(what)s", what=service_title(error.service))
    detail = _("Подождите минуту и обновите страницу. Сохранённое не пропало; набранное дождётся сети.")
    return failure(503, "service-unavailable", title, detail)


def signed_out(_error: SignedOut) -> AnyResponse:
    """Send the person to sign in, and back here afterwards."""
    if g.get("visitor"):
        portal().calls.forget(g.visitor)
        with writing() as session:
            end_session(session, g.visitor)
    if wants_json():
        return failure(401, "signed-out", _("Нужно войти снова"), _("Войдите ещё раз: набранное сохранится."))
    back = own_path(request.full_path.rstrip("?")) if request.method == "GET" else None
    target = url_for("sign_in.form", next=back if back and back != "/" else None)
    return drop_cookie(redirect(target))  # type: ignore[arg-type]


def form_too_old(_error: CSRFError) -> Response:
    """Refuse a write whose form is not from here, or from an earlier sign-in."""
    return failure(400, "form-expired", _("Страница устарела"), _("Обновите страницу и повторите."))


def http_error(error: HTTPException) -> Response:
    """Say one of the web framework's own errors."""
    texts = {
        403: (
            _("Недостаточно прав"),
            _("Ваша роль этого не позволяет. Обратитесь к заместителю директора или оператору школы."),
        ),
        404: (_("Страница не найдена"), _("Проверьте адрес или вернитесь на главную.")),
        405: (_("Так нельзя"), _("Вернитесь на главную и попробуйте другим путём.")),
        413: (_("Слишком много данных"), _("Вернитесь назад, уменьшите файл или разделите данные на части.")),
    }
    status = error.code or 500
    title, detail = texts.get(status) or (_("Запрос не понят"), _("Обновите страницу и повторите."))
    return failure(
        status, "bad-request" if status == 400 else error.name.lower().replace(" ", "-"), title, detail
    )


def broken(error: Exception) -> Response:
    """Say that something broke; what it was stays in the log."""
    log.error("request failed", exc_info=error)
    detail = _(
        "Ничего не потеряно. Повторите; если не поможет, сообщите номер %(id)s.", id=g.get("request_id")
    )
    return failure(500, "internal", _("Ошибка на нашей стороне"), detail)
