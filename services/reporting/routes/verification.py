"""Is this sheet of paper what the register said? For anybody with a phone, without signing in."""

from pathlib import Path

from flask import Blueprint, Response, make_response, render_template, send_from_directory

from services.reporting.queries.verification import DigestUnknown, Verification, verification
from services.reporting.schemas import VerificationOut
from shared.db import EVERY_SCHOOL
from shared.web import blueprint, language, public, runtime

STATIC = Path(__file__).parent.parent / "static"
POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

verifications = blueprint("verifications", "Проверка напечатанного · Verification of what was printed")
verify = Blueprint("verify", __name__, url_prefix="/verify", template_folder="../templates")


@verifications.route("/verifications/<page_id>/<seq>/<digest>", methods=["GET"])
@public
@verifications.response(200, VerificationOut)
def get_verification(page_id: str, seq: str, digest: str):
    return _found(page_id, seq, digest)


@verify.get("/<page_id>/<seq>/<digest>")
@public
def show_verification(page_id: str, seq: str, digest: str) -> Response:
    try:
        return _page(200, found=_found(page_id, seq, digest))
    except DigestUnknown as unknown:
        return _page(404, problem=unknown.say(language()))


@verify.get("/", defaults={"path": ""})
@verify.get("/<path:path>")
@public
def show_unknown(path: str) -> Response:  # noqa: ARG001 (whatever it is, it is no digest)
    return _page(404, problem=DigestUnknown().say(language()))


@verify.get("/verify.css")
@public
def style() -> Response:
    return send_from_directory(STATIC, "verify.css", max_age=3600)


def _found(page_id: str, seq: str, digest: str) -> Verification:
    with runtime().database.reading(EVERY_SCHOOL) as session:
        return verification(session, page_id, seq, digest)


def _page(status: int, **given: object) -> Response:
    chosen = language()
    page = render_template(
        "verify.html", language=chosen, say=lambda ru, en: ru if chosen == "ru" else en, **given
    )
    response = make_response(page, status)
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Vary"] = "Accept-Language"
    return response
