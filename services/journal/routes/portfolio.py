"""Portfolios of pupils."""

from flask import Response, jsonify

from services.journal.actions.portfolio import (
    add_to_portfolio,
    change_in_portfolio,
    decide_in_portfolio,
    remove_from_portfolio,
)
from services.journal.queries.portfolio import portfolio_of, waiting_entries
from services.journal.routes.diary import opened
from services.journal.schemas.portfolio import (
    AchievementDecisionIn,
    AchievementIn,
    AchievementRemovalIn,
    KeptEntryOut,
    NewAchievementIn,
    PortfolioOut,
    PortfolioQuery,
    WaitingEntriesOut,
)
from services.journal.schemas.portfolio_paper import portfolio_pdf
from shared.web import actor, blueprint, concerns, etag, idempotent, if_match, language, may, reading, writing

portfolio = blueprint("portfolio", "Portfolios of pupils")


@portfolio.route("/portfolio", methods=["GET"])
@may("read a diary")
@portfolio.arguments(PortfolioQuery, location="query")
@portfolio.response(200, PortfolioOut)
def get_portfolio(query):
    """Return a pupil's achievements by section: the own ones, a child's, a pupil's of the own class."""
    with reading() as session:
        told = portfolio_of(session, actor(), query["pupil_id"])
    return opened(told)


@portfolio.route("/portfolio.pdf", methods=["GET"])
@may("read a diary")
@portfolio.arguments(PortfolioQuery, location="query")
@portfolio.response(200, content_type="application/pdf")
def get_portfolio_pdf(query):
    """Return the verified achievements on paper."""
    with reading() as session:
        told = portfolio_of(session, actor(), query["pupil_id"])
    headers = {"Content-Disposition": "inline; filename=portfolio.pdf"}
    return Response(portfolio_pdf(told, language()), content_type="application/pdf", headers=headers)


@portfolio.route("/groups/<uuid:group_id>/portfolio", methods=["GET"])
@may("verify portfolios")
@portfolio.response(200, WaitingEntriesOut)
def list_waiting(group_id):
    """List what families of one's class have proposed and nobody has decided yet."""
    with reading() as session:
        items = waiting_entries(session, actor(), group_id)
    concerns(*(one["pupil"]["id"] for one in items), group_id=group_id)
    return jsonify(items=items, next=None)


@portfolio.route("/portfolio", methods=["POST"])
@may("write in a portfolio")
@idempotent
@portfolio.arguments(NewAchievementIn)
@portfolio.response(201, KeptEntryOut)
def post_entry(body):
    """Enter an achievement: a class teacher's stands at once, a family's waits to be verified."""
    concerns(body["pupil_id"])
    with writing() as session:
        return _kept(add_to_portfolio(session, actor(), body["pupil_id"], body["facts"], body["file_ids"]))


@portfolio.route("/portfolio/<uuid:entry_id>", methods=["PUT"])
@may("write in a portfolio")
@portfolio.arguments(AchievementIn)
@portfolio.response(200, KeptEntryOut)
def put_entry(body, entry_id):
    """Change an achievement; by the family, it waits to be verified anew. If-Match: its version."""
    seen = if_match()
    with writing() as session:
        return _kept(change_in_portfolio(session, actor(), entry_id, seen, body["facts"], body["file_ids"]))


@portfolio.route("/portfolio/<uuid:entry_id>", methods=["DELETE"])
@may("write in a portfolio")
@portfolio.arguments(AchievementRemovalIn)
@portfolio.response(200, KeptEntryOut)
def delete_entry(body, entry_id):
    """Take an achievement out, with its documents. If-Match: its version."""
    seen = if_match()
    with writing() as session:
        return _kept(remove_from_portfolio(session, actor(), entry_id, seen, body["reason"]))


@portfolio.route("/portfolio/<uuid:entry_id>/decision", methods=["POST"])
@may("verify portfolios")
@portfolio.arguments(AchievementDecisionIn)
@portfolio.response(200, KeptEntryOut)
def post_decision(body, entry_id):
    """Verify or decline what the family has proposed. If-Match: its version."""
    seen = if_match()
    with writing() as session:
        return _kept(decide_in_portfolio(session, actor(), entry_id, seen, **body))


def _kept(entry):
    concerns(entry.pupil_id)
    etag(entry.version)
    return {"id": entry.id, "version": entry.version, "state": entry.state}
