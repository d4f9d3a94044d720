"""The class-subject page: its data and its printed spread."""

import io

from flask import Response, send_file

from services.reporting.actions.drawing.spread import draw_spread
from services.reporting.queries.class_page import class_page, spread_of
from services.reporting.schemas import ClassPageOut, PeriodQuery
from shared.web import actor, blueprint, concerns, may, reading, runtime

pages = blueprint("pages", "Страницы журнала и их печать · Pages of the register and their print")


@pages.route("/pages/<uuid:page_id>", methods=["GET"])
@may("read pages")
@pages.arguments(PeriodQuery, location="query")
@pages.response(200, ClassPageOut)
def get_page(query, page_id):
    with reading() as session:
        page = class_page(session, actor(), page_id, query.get("period_id"))
    _concerns(page)
    return page


@pages.route("/pages/<uuid:page_id>/spread.pdf", methods=["GET"])
@may("read pages")
@pages.arguments(PeriodQuery, location="query")
@pages.response(200, {"type": "string", "format": "binary"}, content_type="application/pdf")
def get_spread(query, page_id) -> Response:
    with reading() as session:
        page = class_page(session, actor(), page_id, query.get("period_id"))
    _concerns(page)
    spread = spread_of(page, runtime().settings.public_url)
    name = f"{spread.group} {spread.subject} {spread.period}.pdf".replace("/", "-")
    return send_file(io.BytesIO(draw_spread(spread)), mimetype="application/pdf", download_name=name)


def _concerns(page):
    concerns(*(pupil.id for pupil in page.pupils), group_id=page.facts.group_id)
