"""Programs: registered by the operator, let in and sent away by people."""

from services.identity.actions.programs.registry import (
    change_client,
    own_client,
    own_clients,
    register_client,
    remove_client,
    renew_secret,
)
from services.identity.actions.programs.severing import take_back
from services.identity.queries.clients import connected
from services.identity.routes.me import own_id
from services.identity.schemas.clients import ClientIn, ClientOut, ClientsOut, ConnectedListOut, titled
from shared.db import EVERY_SCHOOL
from shared.web import blueprint, etag, fresh, if_match, may, reading, runtime, writing

clients = blueprint("clients", "Программы · Programs")


@clients.route("/clients", methods=["GET"])
@may("register programs")
@clients.response(200, ClientsOut)
def get_clients():
    with reading() as session:
        return {"items": own_clients(session), "next": None}


@clients.route("/clients", methods=["POST"])
@may("register programs")
@fresh
@clients.arguments(ClientIn)
@clients.response(201, ClientOut)
def post_client(body):
    with writing() as session:
        return _card(*register_client(session, body))


@clients.route("/clients/<client_id>", methods=["GET"])
@may("register programs")
@clients.response(200, ClientOut)
def get_client(client_id):
    with reading() as session:
        return _card(own_client(session, client_id))


@clients.route("/clients/<client_id>", methods=["PUT"])
@may("register programs")
@fresh
@clients.arguments(ClientIn)
@clients.response(200, ClientOut)
def put_client(body, client_id):
    with writing() as session:
        return _card(change_client(session, client_id, if_match(), body))


@clients.route("/clients/<client_id>/secret", methods=["POST"])
@may("register programs")
@fresh
@clients.response(201, ClientOut)
def post_secret(client_id):
    with writing() as session:
        return _card(*renew_secret(session, client_id, if_match()))


@clients.route("/clients/<client_id>", methods=["DELETE"])
@may("register programs")
@fresh
@clients.response(204)
def delete_client(client_id):
    with writing() as session:
        remove_client(session, client_id, if_match())


def _card(client, secret=None):
    etag(client.version)
    shown = {name: getattr(client, name) for name in ClientOut().fields if hasattr(client, name)}
    return shown | ({"client_secret": secret} if secret else {})


@clients.route("/me/clients", methods=["GET"])
@may("let programs in")
@clients.response(200, ConnectedListOut)
def get_own_clients():
    person_id = own_id()
    # Across schools, for a program of all of them; the query is of this one person.
    with runtime().database.reading(EVERY_SCHOOL) as session:
        items = connected(session, person_id)
    return {"items": [one | {"scopes": titled(one["scopes"])} for one in items], "next": None}


@clients.route("/me/clients/<client_id>", methods=["DELETE"])
@may("let programs in")
@clients.response(204)
def delete_own_client(client_id):
    person_id = own_id()
    with writing() as session:
        take_back(session, person_id, client_id)
