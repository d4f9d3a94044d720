"""People who are in the school twice, and making one of two."""

from services.identity.actions.people.duplicates import duplicates, merge_preview
from services.identity.actions.people.merging import merge_people
from services.identity.queries import people as queries
from services.identity.schemas.merging import DuplicatesOut, MergeIn, MergePreviewOut
from services.identity.schemas.people import PersonCardOut
from shared.web import actor, blueprint, concerns, etag, fresh, idempotent, may, reading, writing

merging = blueprint("merging", "Дубликаты · People entered twice")


@merging.route("/people/duplicates", methods=["GET"])
@may("merge people")
@merging.response(200, DuplicatesOut)
def get_duplicates():
    with reading() as session:
        found = duplicates(session)
    concerns(*(pair[side]["id"] for pair in found for side in ("one", "other")))
    return {"items": found, "next": None}


@merging.route("/people/merge", methods=["GET"])
@may("merge people")
@merging.arguments(MergeIn, location="query")
@merging.response(200, MergePreviewOut)
def get_merge_preview(query):
    concerns(query["keep_id"], query["drop_id"])
    with reading() as session:
        return merge_preview(session, **query)


@merging.route("/people/merge", methods=["POST"])
@may("merge people")
@fresh
@idempotent
@merging.arguments(MergeIn)
@merging.response(200, PersonCardOut)
def post_merge(body):
    concerns(body["keep_id"], body["drop_id"])
    with writing() as session:
        merge_people(session, **body, by=actor().subject)
        card = queries.person_card(session, actor(), body["keep_id"])
    etag(card["version"])
    return card
