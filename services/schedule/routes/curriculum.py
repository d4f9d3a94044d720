"""The curriculum (учебный план): drafted by the operator, approved by the director (clause 3.8.4)."""

from services.schedule.actions.calendar import all_years, calendar_of, current_year
from services.schedule.actions.curriculum.approving import approve
from services.schedule.actions.curriculum.plans import (
    begin_edition,
    change_curriculum,
    find_curriculum,
    make_curriculum,
    remove_draft,
)
from services.schedule.queries.curriculum import EVERY_STATUS, IN_WORK, cards, curricula
from services.schedule.schemas.curriculum import (
    CurriculaOut,
    CurriculaQuery,
    CurriculumApprovalIn,
    CurriculumIn,
    CurriculumOut,
)
from shared.web import actor, blueprint, etag, idempotent, if_match, may, reading, writing

curriculum = blueprint("curriculum", "Учебный план · The curriculum")


@curriculum.route("/curricula", methods=["GET"])
@may("read the curriculum")
@curriculum.arguments(CurriculaQuery, location="query")
@curriculum.response(200, CurriculaOut)
def get_curricula(query):
    with reading() as session:
        year = current_year(session)
        found = curricula(session, year, EVERY_STATUS if query["history"] else IN_WORK)
        return {"items": cards(session, calendar_of(year), found), "next": None}


@curriculum.route("/curricula", methods=["POST"])
@may("draft the curriculum")
@idempotent
@curriculum.arguments(CurriculumIn)
@curriculum.response(201, CurriculumOut)
def post_curriculum(facts):
    with writing() as session:
        return _card(session, make_curriculum(session, current_year(session), facts))


@curriculum.route("/curricula/<uuid:curriculum_id>", methods=["GET"])
@may("read the curriculum")
@curriculum.response(200, CurriculumOut)
def get_curriculum(curriculum_id):
    with reading() as session:
        return _card(session, find_curriculum(session, curriculum_id))


@curriculum.route("/curricula/<uuid:curriculum_id>", methods=["PUT"])
@may("draft the curriculum")
@curriculum.arguments(CurriculumIn)
@curriculum.response(200, CurriculumOut)
def put_curriculum(facts, curriculum_id):
    with writing() as session:
        return _card(session, change_curriculum(session, curriculum_id, facts, if_match()))


@curriculum.route("/curricula/<uuid:curriculum_id>", methods=["DELETE"])
@may("draft the curriculum")
@curriculum.response(204)
def delete_curriculum(curriculum_id):
    with writing() as session:
        remove_draft(session, curriculum_id, if_match())


@curriculum.route("/curricula/<uuid:curriculum_id>/editions", methods=["POST"])
@may("draft the curriculum")
@idempotent
@curriculum.response(201, CurriculumOut)
def post_edition(curriculum_id):
    """Begin a new edition of the curriculum in force: a draft like it, to replace it once approved."""
    with writing() as session:
        return _card(session, begin_edition(session, curriculum_id))


@curriculum.route("/curricula/<uuid:curriculum_id>/approval", methods=["POST"])
@may("approve the curriculum")
@curriculum.arguments(CurriculumApprovalIn)
@curriculum.response(200, CurriculumOut)
def post_approval(order, curriculum_id):
    with writing() as session:
        return _card(session, approve(session, actor().person_id, curriculum_id, if_match(), order))


def _card(session, found):
    """Return a curriculum as it is told, with its ETag; its year may be another than today's."""
    etag(found.version)
    year = next(one for one in all_years(session) if one.id == found.year_id)
    [card] = cards(session, calendar_of(year), [found])
    return card
