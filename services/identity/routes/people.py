"""People: lists, cards, roles, passwords, guardianships."""

import base64
import binascii
from uuid import UUID

from services.identity.actions.approvals import check_codes_approved, give_role, take_role
from services.identity.actions.people.people import (
    change_person,
    end_guardianship,
    enter_person,
    establish_guardianship,
    find_person,
)
from services.identity.actions.signing_in.codes import issue_codes
from services.identity.actions.signing_in.passwords import close_account, end_sessions
from services.identity.queries import directory
from services.identity.queries import people as queries
from services.identity.queries.cards import card
from services.identity.rules.roles import ROLES
from services.identity.schemas.people import (
    CredentialsOut,
    GuardianshipIn,
    PeopleOut,
    PeopleQuery,
    PeopleSearchIn,
    PersonCardOut,
    PersonIn,
    RoleIn,
    RolesOut,
)
from shared.errors import Invalid, NotFound, Text
from shared.web import (
    ProofNeeded,
    actor,
    blueprint,
    concerns,
    etag,
    fresh,
    idempotent,
    if_match,
    is_fresh,
    may,
    reading,
    reads,
    writing,
)

people = blueprint("people", "Люди: сотрудники, ученики, родители · Staff, pupils, parents")


class BadCursor(Invalid):
    """The cursor was not given out by this list."""

    title = Text("Неверный указатель страницы", "The cursor is not valid")
    detail = Text("Откройте список с начала.", "Open the list from its beginning.")


@people.route("/people", methods=["GET"])
@may("read people")
@people.arguments(PeopleQuery, location="query")
@people.response(200, PeopleOut)
def get_people(query):
    return _listed(query)


@people.route("/people/search", methods=["POST"])
@may("read people")
@reads
@people.arguments(PeopleSearchIn)
@people.response(200, PeopleOut)
def post_search(body):
    """Find people by parts of their names, which do not belong in an address (SECURITY 46)."""
    return _listed(body)


def _listed(query):
    cursor = query.pop("cursor", None)
    with reading() as session:
        after = _after(session, cursor)
        found = directory.people(session, actor(), directory.Wanted(after=after, **query))
    page = found[: directory.PAGE]
    concerns(*(one["id"] for one in page), group_id=query.get("group_id"))
    return {"items": page, "next": _cursor(page[-1]) if len(found) > len(page) else None}


def _cursor(row):
    return base64.urlsafe_b64encode(row["id"].bytes).decode()


def _after(session, cursor):
    """Return after whom to go on; an address has no name in it, so the name is looked up (SECURITY 46)."""
    if cursor is None:
        return None
    try:
        last = UUID(bytes=base64.b64decode(cursor, altchars=b"-_", validate=True))
    except (ValueError, binascii.Error) as wrong:
        raise BadCursor from wrong
    sorted_by = directory.place_of(session, last)
    if sorted_by is None:
        raise BadCursor
    return sorted_by, last


@people.route("/people", methods=["POST"])
@may("change people")
@idempotent
@people.arguments(PersonIn)
@people.response(201, PersonCardOut)
def post_person(body):
    with writing() as session:
        person_id = enter_person(session, **body).id
        concerns(person_id)
        return _card(session, person_id)


@people.route("/people/<uuid:person_id>", methods=["GET"])
@may("read cards")
@people.response(200, PersonCardOut)
def get_person(person_id):
    with reading() as session:
        return _card(session, person_id)


@people.route("/people/<uuid:person_id>", methods=["PUT"])
@may("change people")
@people.arguments(PersonIn)
@people.response(200, PersonCardOut)
def put_person(body, person_id):
    """Change the data; another address for letters, by which a password is reset, takes a fresh proof."""
    with writing() as session:
        if body["email"] not in (None, find_person(session, person_id).email) and not is_fresh(actor()):
            raise ProofNeeded
        change_person(session, person_id, if_match(), **body)
        return _card(session, person_id)


def _card(session, person_id):
    shown = card(session, actor(), person_id)
    etag(shown["version"])
    return shown


@people.route("/people/<uuid:person_id>/roles", methods=["POST"])
@may("give roles")
@fresh
@idempotent
@people.arguments(RoleIn)
@people.response(200, RolesOut)
def post_role(body, person_id):
    """Give a role; that of an operator or director waits for a second person (`/approvals`)."""
    with writing() as session:
        waiting = give_role(session, actor().person_id, person_id, body["role"], body["reason"])
        roles = queries.roles_of(session, [person_id]).get(person_id, [])
        return {"roles": roles, "waits_until": waiting.expires_at if waiting else None}


@people.route("/people/<uuid:person_id>/roles/<role>", methods=["DELETE"])
@may("give roles")
@fresh
@people.response(204)
def delete_role(person_id, role):
    if role not in ROLES:
        raise NotFound
    with writing() as session:
        take_role(session, actor().person_id, person_id, role)


@people.route("/people/<uuid:person_id>/credentials", methods=["POST"])
@may("give out passwords")
@fresh
@people.response(201, CredentialsOut)
def post_credentials(person_id):
    # No Idempotency-Key here: the stored answer would keep the code in clear.
    with writing() as session:
        queries.check_may_issue(session, actor(), person_id)
        check_codes_approved(session, actor().person_id, [person_id])
        issued = issue_codes(session, [person_id], actor().person_id)
    login, password = issued[person_id]
    return {"login": login, "one_time_password": password}


@people.route("/people/<uuid:person_id>/credentials", methods=["DELETE"])
@may("end others' sessions")
@fresh
@people.response(204)
def delete_credentials(person_id):
    with writing() as session:
        close_account(session, person_id)


@people.route("/people/<uuid:person_id>/sessions", methods=["DELETE"])
@may("end others' sessions")
@people.response(204)
def delete_sessions(person_id):
    with writing() as session:
        find_person(session, person_id)
        end_sessions(session, [person_id])


@people.route("/guardianships", methods=["POST"])
@may("change people")
@idempotent
@people.arguments(GuardianshipIn)
@people.response(201, GuardianshipIn)
def post_guardianship(body):
    with writing() as session:
        concerns(body["guardian_id"], body["pupil_id"])
        establish_guardianship(session, **body)
    return body


@people.route("/guardianships/<uuid:guardian_id>/<uuid:pupil_id>", methods=["DELETE"])
@may("change people")
@people.response(204)
def delete_guardianship(guardian_id, pupil_id):
    with writing() as session:
        end_guardianship(session, guardian_id, pupil_id)
