"""What is printed: the spread of a class-subject page, also as data, and a class's summary register."""

import io

from flask import Response, send_file

from services.reporting.actions.drawing.spread import draw_spread
from services.reporting.actions.drawing.summary import draw_summary
from services.reporting.queries.class_page import class_page
from services.reporting.queries.spread import spread_of
from services.reporting.queries.summary import class_summary
from services.reporting.schemas import ClassPageOut, PeriodQuery, SummaryQuery
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
    return _pdf(draw_spread(spread), f"{spread.group} {spread.subject} {spread.period}")


@pages.route("/classes/<uuid:group_id>/summary.pdf", methods=["GET"])
@may("print summaries")
@pages.arguments(SummaryQuery, location="query")
@pages.response(200, {"type": "string", "format": "binary"}, content_type="application/pdf")
def get_summary(query, group_id) -> Response:
    with reading() as session:
        found = class_summary(session, actor(), group_id, query.get("year_id"), runtime().settings.public_url)
    concerns(*found.pupil_ids, group_id=group_id)
    summary = found.summary
    return _pdf(draw_summary(summary), f"{summary.group} сводная ведомость {summary.year}")


def _pdf(document, name) -> Response:
    name = f"{name}.pdf".replace("/", "-")
    return send_file(io.BytesIO(document), mimetype="application/pdf", download_name=name)


def _concerns(page):
    concerns(*(pupil.id for pupil in page.pupils), group_id=page.facts.group_id)
