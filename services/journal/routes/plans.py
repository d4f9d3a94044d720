"""Thematic plans: the shared base, one plan, and the pages that follow it."""

from flask import jsonify

from services.journal.actions.followed_plans import adjust_topic, follow_plan
from services.journal.actions.plans import change_plan, copy_plan, facts_of, make_plan, remove_plan
from services.journal.queries.laying import page_laying
from services.journal.queries.lists import year_to_plan
from services.journal.queries.plans import one_plan, plan_list
from services.journal.rules.plan_days import out_of_order
from services.journal.schemas.plans import (
    AdjustTopicIn,
    ChangePlanIn,
    CopyPlanIn,
    FollowPlanIn,
    LayingOut,
    MakePlanIn,
    PlanMadeOut,
    PlanOut,
    PlanSavedOut,
    PlansOut,
    PlansQuery,
)
from shared.errors import NotFound
from shared.web import actor, blueprint, etag, idempotent, if_match, may, reading, writing

plans = blueprint("plans", "Тематическое планирование · Thematic plans")


@plans.route("/plans", methods=["GET"])
@may("read plans")
@plans.arguments(PlansQuery, location="query")
@plans.response(200, PlansOut)
def list_plans(query):
    """List the school's plans of a year, or of every one: a teacher those of the own subjects."""
    with reading() as session:
        asked, is_every_year = query.pop("year_id", None), query.pop("every_year")
        year_id = None if is_every_year else planned_year(session, asked)
        return jsonify(items=plan_list(session, actor(), year_id, **query), next=None)


@plans.route("/plans", methods=["POST"])
@may("keep plans")
@idempotent
@plans.arguments(MakePlanIn)
@plans.response(201, PlanMadeOut)
def post_plan(body):
    """Make a plan of the own subject; the operator's is the school's."""
    with writing() as session:
        year_id = planned_year(session, body.get("year_id"))
        return _made(make_plan(session, actor(), year_id, body["head"], body["topics"]))


@plans.route("/plans/<uuid:plan_id>", methods=["GET"])
@may("read plans")
@plans.response(200, PlanOut)
def get_plan(plan_id):
    """Return a plan with its topics, and the pages that follow it or could."""
    with reading() as session:
        found = one_plan(session, actor(), plan_id)
    etag(found["version"])
    return jsonify(found)


@plans.route("/plans/<uuid:plan_id>", methods=["PUT"])
@may("keep plans")
@plans.arguments(ChangePlanIn)
@plans.response(200, PlanSavedOut)
def put_plan(body, plan_id):
    """Make the plan's topics exactly these. If-Match: the plan's version."""
    seen = if_match()
    with writing() as session:
        plan = change_plan(session, actor(), plan_id, seen, **body)
        etag(plan.version)
        topics = facts_of(session, plan_id)
        return {
            "id": plan.id,
            "version": plan.version,
            "topic_ids": [one.id for one in topics],
            "out_of_order": out_of_order([one.planned_on for one in topics]),
        }


@plans.route("/plans/<uuid:plan_id>", methods=["DELETE"])
@may("keep plans")
@plans.response(204)
def delete_plan(plan_id):
    """Take a plan away that no page follows. If-Match: the plan's version."""
    seen = if_match()
    with writing() as session:
        remove_plan(session, actor(), plan_id, seen)


@plans.route("/plans/<uuid:plan_id>/copies", methods=["POST"])
@may("keep plans")
@idempotent
@plans.arguments(CopyPlanIn)
@plans.response(201, PlanMadeOut)
def post_copy(body, plan_id):
    """Make an own plan out of another's, or of last year's."""
    with writing() as session:
        year_id = planned_year(session, body.pop("year_id", None))
        return _made(copy_plan(session, actor(), plan_id, year_id, **body))


@plans.route("/pages/<uuid:page_id>/plan", methods=["PUT"])
@may("keep plans")
@plans.arguments(FollowPlanIn)
@plans.response(204)
def put_page_plan(body, page_id):
    """Let a page follow a plan, or none."""
    with writing() as session:
        follow_plan(session, actor(), page_id, body["plan_id"])


@plans.route("/pages/<uuid:page_id>/plan", methods=["GET"])
@may("read pages")
@plans.response(200, LayingOut)
def get_page_plan(page_id):
    """Return the page's plan laid over its lessons: what was taught when, and what comes next."""
    with reading() as session:
        return jsonify(page_laying(session, actor(), page_id))


@plans.route("/pages/<uuid:page_id>/plan/topics/<uuid:topic_id>", methods=["PUT"])
@may("write on pages")
@plans.arguments(AdjustTopicIn)
@plans.response(204)
def put_page_topic(body, page_id, topic_id):
    """Give a topic another number of lessons on this page, merge it with the one before, or skip it."""
    with writing() as session:
        adjust_topic(session, actor(), page_id, topic_id, body["how"], body["hours"])


def planned_year(session, asked=None):
    """Return the id of the year asked for, or else of `year_to_plan`; NotFound before the school has one."""
    year = year_to_plan(session, asked)
    if year is None:
        raise NotFound
    return year.id


def _made(plan):
    etag(plan.version)
    return {"id": plan.id, "version": plan.version}
