"""Deadlines: over the lessons of a page, and as a board."""

from flask import jsonify

from services.journal.queries.boards import deadline_board, page_deadlines
from services.journal.queries.deadlines import Asked
from services.journal.schemas.deadlines import BoardOut, BoardQuery, PageDeadlinesOut, SpanQuery
from shared.web import actor, blueprint, may, reading

deadlines = blueprint("deadlines", "Deadlines of the regulation")


@deadlines.route("/pages/<uuid:page_id>/deadlines", methods=["GET"])
@may("follow deadlines")
@deadlines.arguments(SpanQuery, location="query")
@deadlines.response(200, PageDeadlinesOut)
def get_page_deadlines(query, page_id):
    """Say of each lesson of a page what is met, near and late."""
    with reading() as session:
        return jsonify(page_deadlines(session, actor(), page_id, **query))


@deadlines.route("/deadlines", methods=["GET"])
@may("follow deadlines")
@deadlines.arguments(BoardQuery, location="query")
@deadlines.response(200, BoardOut)
def get_board(query):
    """Count what is met, near and late by teacher, class and deadline; name each lesson that is not met."""
    with reading() as session:
        return jsonify(deadline_board(session, actor(), Asked(**query)))
