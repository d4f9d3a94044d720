"""Oneself: who am I here, and my password; and the school's own card."""

from services.identity import queries
from services.identity.actions.passwords import change_password, end_session
from services.identity.actions.schools import change_school
from services.identity.actions.tokens import MUST_CHANGE_SCOPE
from services.identity.rules import MAY
from services.identity.schemas.sessions import MeOut, PasswordIn, SchoolIn, SchoolOut, SessionsOut
from shared.errors import NotFound
from shared.web import actor, blueprint, etag, if_match, reading, requires, runtime, writing

me = blueprint("me", "О себе и о школе · Oneself and the school")


def own_id():
    """Return the caller's person; a client is nobody and finds nothing."""
    person_id = actor().person_id
    if person_id is None:
        raise NotFound
    return person_id


@me.route("/me", methods=["GET"])
@requires(*MAY["see themselves"], scopes=(MUST_CHANGE_SCOPE,))
@me.response(200, MeOut)
def get_me():
    with reading() as session:
        return queries.me(session, own_id())


@me.route("/me/password", methods=["PUT"])
@requires(*MAY["see themselves"], scopes=(MUST_CHANGE_SCOPE,))
@me.arguments(PasswordIn)
@me.response(204)
def put_password(body):
    memory_kib = runtime().settings.argon2_memory_kib
    with writing() as session:
        change_password(session, own_id(), **body, memory_kib=memory_kib, keep=actor().session_id)


@me.route("/me/sessions", methods=["GET"])
@requires(*MAY["see themselves"])
@me.response(200, SessionsOut)
def get_sessions():
    with reading() as session:
        return {"items": queries.sessions(session, own_id(), actor().session_id), "next": None}


@me.route("/me/sessions/<uuid:session_id>", methods=["DELETE"])
@requires(*MAY["see themselves"])
@me.response(204)
def delete_own_session(session_id):
    with writing() as session:
        end_session(session, own_id(), session_id)


@me.route("/school", methods=["GET"])
@requires(*MAY["read the school"])
@me.response(200, SchoolOut)
def get_school():
    with reading() as session:
        school = queries.own_school(session)
        etag(school.version)
        return school


@me.route("/school", methods=["PUT"])
@requires(*MAY["change the school"])
@me.arguments(SchoolIn)
@me.response(200, SchoolOut)
def put_school(body):
    with writing() as session:
        school = change_school(session, if_match(), **body)
        etag(school.version)
        return {"id": school.id, **body}
