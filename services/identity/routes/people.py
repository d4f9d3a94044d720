"""People: lists, cards, roles, passwords, guardianships."""

import base64
import binascii
from uuid import UUID

from services.identity import queries
from services.identity.actions.passwords import close_account, end_sessions, issue_passwords
from services.identity.actions.people import (
    change_person,
    end_guardianship,
    enter_person,
    establish_guardianship,
    find_person,
    give_role_by_hand,
)
from services.identity.rules import MAY, ROLES
from services.identity.schemas.people import (
    CredentialsOut,
    GuardianshipIn,
    PeopleOut,
    PeopleQuery,
    PersonCardOut,
    PersonIn,
    RoleIn,
    RolesOut,
)
from shared.errors import Invalid, NotFound, Text
from shared.web import actor, blueprint, etag, idempotent, if_match, reading, requires, runtime, writing

people = blueprint("people", "Люди: сотрудники, ученики, родители · Staff, pupils, parents")


class BadCursor(Invalid):
    """The cursor was not given out by this list."""

    title = Text("Неверный указатель страницы", "The cursor is not valid")
    detail = Text("Откройте список с начала.", "Open the list from its beginning.")


@people.route("/people", methods=["GET"])
@requires(*MAY["read people"])
@people.arguments(PeopleQuery, location="query")
@people.response(200, PeopleOut)
def get_people(query):
    after = _after(query.pop("cursor", None))
    with reading() as session:
        found = queries.people(session, actor(), queries.Wanted(after=after, **query))
    page = found[: queries.PAGE]
    return {"items": page, "next": _cursor(page[-1]) if len(found) > len(page) else None}


def _cursor(row):
    return base64.urlsafe_b64encode(f"{row['id']}{row['sorted_by']}".encode()).decode()


def _after(cursor):
    if cursor is None:
        return None
    try:
        text = base64.b64decode(cursor, altchars=b"-_", validate=True).decode()
        return text[36:], UUID(text[:36])
    except (ValueError, binascii.Error) as wrong:
        raise BadCursor from wrong


@people.route("/people", methods=["POST"])
@requires(*MAY["change people"])
@idempotent
@people.arguments(PersonIn)
@people.response(201, PersonCardOut)
def post_person(body):
    with writing() as session:
        return _card(session, enter_person(session, **body).id)


@people.route("/people/<uuid:person_id>", methods=["GET"])
@requires(*MAY["read people"])
@people.response(200, PersonCardOut)
def get_person(person_id):
    with reading() as session:
        return _card(session, person_id)


@people.route("/people/<uuid:person_id>", methods=["PUT"])
@requires(*MAY["change people"])
@people.arguments(PersonIn)
@people.response(200, PersonCardOut)
def put_person(body, person_id):
    with writing() as session:
        change_person(session, person_id, if_match(), **body)
        return _card(session, person_id)


def _card(session, person_id):
    card = queries.person_card(session, actor(), person_id)
    etag(card["version"])
    return card


@people.route("/people/<uuid:person_id>/roles", methods=["POST"])
@requires(*MAY["give roles"])
@idempotent
@people.arguments(RoleIn)
@people.response(200, RolesOut)
def post_role(body, person_id):
    with writing() as session:
        give_role_by_hand(session, person_id, body["role"])
        return {"roles": queries.roles_of(session, [person_id])[person_id]}


@people.route("/people/<uuid:person_id>/roles/<role>", methods=["DELETE"])
@requires(*MAY["give roles"])
@people.response(204)
def delete_role(person_id, role):
    if role not in ROLES:
        raise NotFound
    with writing() as session:
        give_role_by_hand(session, person_id, role, take=True)


@people.route("/people/<uuid:person_id>/credentials", methods=["POST"])
@requires(*MAY["give out passwords"])
@people.response(201, CredentialsOut)
def post_credentials(person_id):
    # No Idempotency-Key here: the stored answer would keep the password in clear.
    with writing() as session:
        queries.check_may_issue(session, actor(), person_id)
        issued = issue_passwords(session, [person_id], runtime().settings.argon2_memory_kib)
    login, password = issued[person_id]
    return {"login": login, "one_time_password": password}


@people.route("/people/<uuid:person_id>/credentials", methods=["DELETE"])
@requires(*MAY["end others' sessions"])
@people.response(204)
def delete_credentials(person_id):
    with writing() as session:
        close_account(session, person_id)


@people.route("/people/<uuid:person_id>/sessions", methods=["DELETE"])
@requires(*MAY["end others' sessions"])
@people.response(204)
def delete_sessions(person_id):
    with writing() as session:
        find_person(session, person_id)
        end_sessions(session, [person_id])


@people.route("/guardianships", methods=["POST"])
@requires(*MAY["change people"])
@idempotent
@people.arguments(GuardianshipIn)
@people.response(201, GuardianshipIn)
def post_guardianship(body):
    with writing() as session:
        establish_guardianship(session, **body)
    return body


@people.route("/guardianships/<uuid:guardian_id>/<uuid:pupil_id>", methods=["DELETE"])
@requires(*MAY["change people"])
@people.response(204)
def delete_guardianship(guardian_id, pupil_id):
    with writing() as session:
        end_guardianship(session, guardian_id, pupil_id)
