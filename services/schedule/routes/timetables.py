"""Versions of the timetable: drafted, checked, published."""

from dataclasses import asdict

from services.schedule.actions.calendar import all_years, school_today
from services.schedule.actions.versions import showing as queries
from services.schedule.actions.versions.cards import add_card, change_card, remove_card
from services.schedule.actions.versions.drafts import (
    copy_current,
    drop_draft,
    find_timetable,
    new_draft,
    rename_draft,
)
from services.schedule.actions.versions.limits import set_limits
from services.schedule.actions.versions.publishing import (
    lock_timetable,
    publish_timetable,
    withdraw_timetable,
)
from services.schedule.schemas.timetables import (
    CURRENT,
    CardConflictsOut,
    CardPlacesOut,
    ChangedCardOut,
    LessonsTallyOut,
    PublicationIn,
    TimetableCardIn,
    TimetableIn,
    TimetableLimitsIn,
    TimetableLimitsOut,
    TimetableNameIn,
    TimetablesOut,
    TimetableSummaryOut,
    TimetableVersionOut,
)
from shared.web import actor, blueprint, etag, idempotent, if_match, language, may, reading, writing

timetables = blueprint("timetables", "Версии расписания · Versions of the timetable")


@timetables.route("/timetables", methods=["GET"])
@may("read timetables")
@timetables.response(200, TimetablesOut)
def get_timetables():
    with reading() as session:
        return {"items": queries.timetables(session), "next": None}


@timetables.route("/timetables", methods=["POST"])
@may("draft timetables")
@idempotent
@timetables.arguments(TimetableIn)
@timetables.response(201, TimetableSummaryOut)
def post_timetable(body):
    """An empty draft, or a copy of a version, or of what is in force today for all groups."""
    with writing() as session:
        made_by = actor().person_id
        if body["copy_of"] == CURRENT:
            draft = copy_current(session, body["name"], made_by=made_by)
        else:
            draft = new_draft(session, body["name"], body["copy_of"], made_by=made_by)
        etag(draft.version)
        return queries.counted(draft, queries.see(session, draft))


@timetables.route("/timetables/limits", methods=["GET"])
@may("read timetables")
@timetables.response(200, TimetableLimitsOut)
def get_limits():
    """How many lessons a day and a week are allowed, and how grave which conflict is."""
    with reading() as session:
        card = queries.limits_card(session)
        etag(card["version"])
        return card


@timetables.route("/timetables/limits", methods=["PUT"])
@may("set timetable limits")
@timetables.arguments(TimetableLimitsIn)
@timetables.response(200, TimetableLimitsOut)
def put_limits(body):
    """If-Match: the ETag of the limits that were seen, "0" while there are the norms alone."""
    with writing() as session:
        set_limits(session, body["from_on"], body["grades"], body["severities"], if_match())
        card = queries.limits_card(session)
        etag(card["version"])
        return card


@timetables.route("/timetables/<uuid:timetable_id>", methods=["GET"])
@may("read timetables")
@timetables.response(200, TimetableVersionOut)
def get_timetable(timetable_id):
    with reading() as session:
        timetable = find_timetable(session, timetable_id)
        etag(timetable.version)
        return queries.timetable_card(session, timetable)


@timetables.route("/timetables/<uuid:timetable_id>", methods=["PUT"])
@may("draft timetables")
@timetables.arguments(TimetableNameIn)
@timetables.response(200, TimetableSummaryOut)
def put_timetable(body, timetable_id):
    with writing() as session:
        draft = rename_draft(session, timetable_id, body["name"], if_match())
        etag(draft.version)
        return queries.counted(draft, queries.see(session, draft))


@timetables.route("/timetables/<uuid:timetable_id>", methods=["DELETE"])
@may("draft timetables")
@timetables.response(204)
def delete_timetable(timetable_id):
    """If-Match: the ETag of the draft that was seen."""
    with writing() as session:
        drop_draft(session, timetable_id, if_match())


@timetables.route("/timetables/<uuid:timetable_id>/cards", methods=["POST"])
@may("draft timetables")
@idempotent
@timetables.arguments(TimetableCardIn)
@timetables.response(201, ChangedCardOut)
def post_card(card, timetable_id):
    """If-Match: the ETag of the draft that was seen, here and for every change of its cards."""
    with writing() as session:
        draft, card_id = add_card(session, timetable_id, card, if_match())
        etag(draft.version)
        return queries.changed_card(session, draft, card_id, language())


@timetables.route("/timetables/<uuid:timetable_id>/cards/<uuid:card_id>", methods=["PUT"])
@may("draft timetables")
@timetables.arguments(TimetableCardIn)
@timetables.response(200, ChangedCardOut)
def put_card(card, timetable_id, card_id):
    with writing() as session:
        draft = change_card(session, timetable_id, card_id, card, if_match())
        etag(draft.version)
        return queries.changed_card(session, draft, card_id, language())


@timetables.route("/timetables/<uuid:timetable_id>/cards/<uuid:card_id>", methods=["DELETE"])
@may("draft timetables")
@timetables.response(200, ChangedCardOut)
def delete_card(timetable_id, card_id):
    with writing() as session:
        draft = remove_card(session, timetable_id, card_id, if_match())
        etag(draft.version)
        return queries.changed_card(session, draft, card_id, language())


@timetables.route("/timetables/<uuid:timetable_id>/cards/<uuid:card_id>/places", methods=["GET"])
@may("read timetables")
@timetables.response(200, CardPlacesOut)
def get_places(timetable_id, card_id):
    """Each weekday and number with the conflicts that the card would have there."""
    with reading() as session:
        return {"items": queries.places(session, timetable_id, card_id, language()), "next": None}


@timetables.route("/timetables/<uuid:timetable_id>/conflicts", methods=["GET"])
@may("read timetables")
@timetables.response(200, CardConflictsOut)
def get_conflicts(timetable_id):
    with reading() as session:
        return {"items": queries.conflicts(session, timetable_id, language()), "next": None}


@timetables.route("/timetables/<uuid:timetable_id>/publication", methods=["POST"])
@may("publish a timetable")
@idempotent
@timetables.arguments(PublicationIn)
@timetables.response(200, LessonsTallyOut)
def post_publication(body, timetable_id):
    """Put it in force and make its lessons; refused while it has errors that are not accepted.

    If-Match: the ETag of the draft whose conflicts were seen.
    """
    with writing() as session:
        years = {year.id: year for year in all_years(session, for_change=True)}
        draft = lock_timetable(session, timetable_id)
        tally = publish_timetable(
            session, years[draft.year_id], draft, **body,
            today=school_today(session), published_by=actor().person_id, seen=if_match(),
        )  # fmt: skip
        etag(draft.version)
        return asdict(tally)


@timetables.route("/timetables/<uuid:timetable_id>/publication", methods=["DELETE"])
@may("publish a timetable")
@timetables.response(200, LessonsTallyOut)
def delete_publication(timetable_id):
    """Withdraw a version that has not begun: lessons are again as without it."""
    with writing() as session:
        return asdict(withdraw_timetable(session, timetable_id, today=school_today(session)))
