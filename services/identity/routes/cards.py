"""What cards carry beside the person's data: ways to reach people, and what deputy heads answer for."""

from services.identity.actions.people.contacts import correct_contacts
from services.identity.actions.school.areas import assign_area
from services.identity.queries import areas as queries
from services.identity.queries.cards import card, check_may_correct
from services.identity.schemas.people import AreaIn, AreasOut, ContactsIn, DeputyAreaOut, PersonCardOut
from shared.web import actor, blueprint, concerns, etag, if_match, may, reading, writing

cards = blueprint("cards", "Контакты и участки завучей · Contacts, and areas of deputy heads")


@cards.route("/people/<uuid:person_id>/contacts", methods=["PUT"])
@may("correct contacts")
@cards.arguments(ContactsIn)
@cards.response(200, PersonCardOut)
def put_contacts(body, person_id):
    with writing() as session:
        check_may_correct(session, actor(), person_id)
        correct_contacts(session, person_id, if_match(), body["contacts"])
        return _with_tag(card(session, actor(), person_id))


@cards.route("/areas", methods=["GET"])
@may("read areas")
@cards.response(200, AreasOut)
def get_areas():
    with reading() as session:
        listed = queries.areas(session)
    concerns(*(one["person"]["id"] for one in listed))
    return {"items": listed, "next": None}


@cards.route("/areas/<uuid:deputy_id>", methods=["GET"])
@may("read areas")
@cards.response(200, DeputyAreaOut)
def get_area(deputy_id):
    with reading() as session:
        return _with_tag(queries.area(session, deputy_id))


@cards.route("/areas/<uuid:deputy_id>", methods=["PUT"])
@may("change people")
@cards.arguments(AreaIn)
@cards.response(200, DeputyAreaOut)
def put_area(body, deputy_id):
    with writing() as session:
        assign_area(session, deputy_id, if_match(), **body)
        return _with_tag(queries.area(session, deputy_id))


def _with_tag(shown):
    etag(shown["version"])
    return shown
