"""Sealed heads: the list of days, and one day as a file that proves every history until then."""

from flask import jsonify

from services.journal.queries.heads import heads_of_day, sealed_days
from services.journal.schemas.answers import HeadsOut, SealsOut
from services.journal.schemas.incoming import HeadsQuery, SealsQuery
from shared.web import blueprint, may, reading

heads = blueprint("heads", "Evidence: the heads of all pages, sealed day by day")


@heads.route("/heads", methods=["GET"])
@may("take out evidence")
@heads.arguments(SealsQuery, location="query")
@heads.response(200, SealsOut)
def list_heads(query):
    """List the sealed days, the newest first; `cursor` is the day to go on before."""
    with reading() as session:
        return sealed_days(session, query.get("cursor"))


@heads.route("/heads/file", methods=["GET"])
@may("take out evidence")
@heads.arguments(HeadsQuery, location="query")
@heads.response(200, HeadsOut)
def get_heads(query):
    """Take out a sealed day (the last, when none is named) with every page's head.

    Kept outside, it finds any later rewriting: `parta doctor journal --against FILE`.
    """
    with reading() as session:
        return jsonify(heads_of_day(session, query.get("day")))
