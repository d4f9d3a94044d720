"""The school's parameters: what they are on a day, their history, and changes from a day on."""

from services.identity.actions.school.parameters import set_parameter
from services.identity.queries import parameters as queries
from services.identity.rules.parameters import Setting
from services.identity.schemas.parameters import (
    ParameterHistoryOut,
    ParameterIn,
    ParametersOut,
    ParametersQuery,
)
from shared.web import actor, blueprint, etag, if_match, may, reading, writing

parameters = blueprint("parameters", "Параметры школы · The school's parameters")


@parameters.route("/school/parameters", methods=["GET"])
@may("read parameters")
@parameters.arguments(ParametersQuery, location="query")
@parameters.response(200, ParametersOut)
def get_parameters(query):
    with reading() as session:
        return {"items": queries.parameters(session, query.get("on")), "next": None}


@parameters.route("/school/parameters/<name>", methods=["GET"])
@may("read parameters")
@parameters.response(200, ParameterHistoryOut)
def get_parameter(name):
    with reading() as session:
        return _with_tag(queries.parameter(session, name))


@parameters.route("/school/parameters/<name>", methods=["PUT"])
@may("change the school")
@parameters.arguments(ParameterIn)
@parameters.response(200, ParameterHistoryOut)
def put_parameter(body, name):
    with writing() as session:
        set_parameter(session, name, if_match(), Setting(**body), actor().person_id)
        return _with_tag(queries.parameter(session, name))


def _with_tag(shown):
    etag(shown["version"])
    return shown
