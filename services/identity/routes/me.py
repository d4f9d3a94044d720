"""Oneself: who am I here, and my password; and the school's own card."""

from services.identity.actions.school.schools import change_school
from services.identity.actions.signing_in.factors import due_at
from services.identity.actions.signing_in.own_password import Owner, change_password
from services.identity.actions.signing_in.passwords import end_session, end_sessions
from services.identity.queries import people as queries
from services.identity.queries.schools import school_card
from services.identity.rules.devices import Visit
from services.identity.schemas.sessions import MeOut, PasswordIn, SchoolCardOut, SchoolIn, SessionsOut
from shared.errors import NotFound
from shared.web import (
    actor,
    blueprint,
    client_address,
    device,
    etag,
    if_match,
    may,
    reading,
    runtime,
    writing,
)

me = blueprint("me", "О себе и о школе · Oneself and the school")


def own_id():
    """Return the caller's person; a client is nobody and finds nothing."""
    person_id = actor().person_id
    if person_id is None:
        raise NotFound
    return person_id


@me.route("/me", methods=["GET"])
@may("see themselves")
@me.response(200, MeOut)
def get_me():
    with reading() as session:
        return queries.me(session, own_id()) | {"factor_due_at": due_at(session, own_id())}


@me.route("/me/password", methods=["PUT"])
@may("see themselves")
@me.arguments(PasswordIn)
@me.response(204)
def put_password(body):
    school_id, person_id = actor().school_id, own_id()
    if school_id is None:
        raise NotFound
    owner = Owner(school_id, person_id, actor().session_id, Visit(client_address(), device()))
    memory_kib = runtime().settings.argon2_memory_kib
    change_password(runtime().database, owner, **body, memory_kib=memory_kib)


@me.route("/me/sessions", methods=["GET"])
@may("see own sessions")
@me.response(200, SessionsOut)
def get_sessions():
    with reading() as session:
        return {"items": queries.sessions(session, own_id(), actor().session_id), "next": None}


@me.route("/me/sessions/<uuid:session_id>", methods=["DELETE"])
@may("see own sessions")
@me.response(204)
def delete_own_session(session_id):
    with writing() as session:
        end_session(session, own_id(), session_id)


@me.route("/me/sessions", methods=["DELETE"])
@may("see own sessions")
@me.response(204)
def delete_other_sessions():
    """End all own sessions but the one that asks."""
    with writing() as session:
        end_sessions(session, [own_id()], but=actor().session_id)


@me.route("/school", methods=["GET"])
@may("read the school")
@me.response(200, SchoolCardOut)
def get_school():
    with reading() as session:
        return _with_tag(school_card(session))


@me.route("/school", methods=["PUT"])
@may("change the school")
@me.arguments(SchoolIn)
@me.response(200, SchoolCardOut)
def put_school(body):
    with writing() as session:
        change_school(session, if_match(), **body, set_by=actor().person_id)
        return _with_tag(school_card(session))


def _with_tag(card):
    etag(card["version"])
    return card
