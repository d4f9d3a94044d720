"""Pages: the list, one page, its history."""

from zlib import crc32

from flask import jsonify

from services.journal.queries.lists import page_history, page_list
from services.journal.queries.page import class_page
from services.journal.schemas.answers import PageOut, PagesOut, RevisionsOut
from services.journal.schemas.incoming import HistoryQuery, OpenedPageQuery, PagesQuery
from shared.web import actor, blueprint, concerns, etag, may, reading

pages = blueprint("pages", "Class pages: marks, attendance, topics")


@pages.route("/pages", methods=["GET"])
@may("read pages")
@pages.arguments(PagesQuery, location="query")
@pages.response(200, PagesOut)
def list_pages(query):
    """List a year's pages the caller may open, or only those they write on (`mine`)."""
    with reading() as session:
        return jsonify(items=page_list(session, actor(), **query), next=None)


@pages.route("/pages/<uuid:page_id>", methods=["GET"])
@may("read pages")
@pages.arguments(OpenedPageQuery, location="query")
@pages.response(200, PageOut)
def get_page(query, page_id):
    """Open a page: a period's lessons, pupils, cells and averages.

    The ETag is the page's seq, for If-Match, and a sum of all that is shown: rosters, the timetable
    and periods change without the page.
    """
    with reading() as session:
        page = class_page(session, actor(), page_id, **query)
    concerns(*(pupil["id"] for pupil in page["pupils"]), group_id=page["page"]["group"]["id"])
    shown = jsonify(page)
    etag(f"{page['page']['seq']}.{crc32(shown.get_data()):08x}")
    return shown


@pages.route("/pages/<uuid:page_id>/revisions", methods=["GET"])
@may("read pages")
@pages.arguments(HistoryQuery, location="query")
@pages.response(200, RevisionsOut)
def list_revisions(query, page_id):
    """List what was changed on a page, by whom and when, oldest first."""
    after = query.pop("cursor")
    with reading() as session:
        history = page_history(session, actor(), page_id, after=after, **query)
    concerns(*(one["pupil_id"] for one in history["items"] if one["pupil_id"]))
    return jsonify(history)
