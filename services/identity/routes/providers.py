"""Other identity providers: configured by the operator, signed in by, linked to."""

from services.identity.actions.programs.outbound import Outbound
from services.identity.actions.programs.provider_visits import (
    Back,
    Site,
    link_after_sign_in,
    link_by_provider,
    set_out,
    sign_in_by_provider,
    unlink,
)
from services.identity.actions.programs.providers import (
    change_provider,
    configure_provider,
    open_providers,
    own_providers,
    remove_provider,
)
from services.identity.queries.providers import links
from services.identity.routes.factors import here
from services.identity.routes.me import own_id
from services.identity.routes.sessions import begun_or_waiting
from services.identity.schemas.factors import PendingOut
from services.identity.schemas.providers import (
    BackIn,
    KeptIn,
    LinksOut,
    NewProviderIn,
    OpenProvidersOut,
    OpenProvidersQuery,
    ProviderIn,
    ProviderOut,
    ProvidersOut,
    SentOut,
)
from services.identity.schemas.sessions import SessionOut
from shared.concerns import tried
from shared.db import EVERY_SCHOOL
from shared.web import actor, blueprint, etag, fresh, if_match, may, public, reading, runtime, writing

providers = blueprint("providers", "Вход через других · Signing in by others")


def _site():
    settings = runtime().settings
    return Site(Outbound(settings.may_call_private), f"{settings.public_url}/sign-in/provider")


@providers.route("/providers", methods=["GET"])
@may("configure providers")
@providers.response(200, ProvidersOut)
def get_providers():
    with reading() as session:
        return {"items": own_providers(session), "next": None}


@providers.route("/providers", methods=["POST"])
@may("configure providers")
@fresh
@providers.arguments(NewProviderIn)
@providers.response(201, ProviderOut)
def post_provider(body):
    with writing() as session:
        return ProviderOut().dump(configure_provider(session, body.pop("id"), body))


@providers.route("/providers/<provider_id>", methods=["PUT"])
@may("configure providers")
@fresh
@providers.arguments(ProviderIn)
@providers.response(200, ProviderOut)
def put_provider(body, provider_id):
    with writing() as session:
        provider = change_provider(session, provider_id, if_match(), body)
        etag(provider.version)
        session.flush()
        return ProviderOut().dump(provider)


@providers.route("/providers/<provider_id>", methods=["DELETE"])
@may("configure providers")
@fresh
@providers.response(204)
def delete_provider(provider_id):
    with writing() as session:
        remove_provider(session, provider_id, if_match())


@providers.route("/providers/open", methods=["GET"])
@public
@providers.arguments(OpenProvidersQuery, location="query")
@providers.response(200, OpenProvidersOut)
def get_open_providers(query):
    with runtime().database.reading(EVERY_SCHOOL) as session:
        return {"items": open_providers(session, query.get("school_id")), "next": None}


@providers.route("/providers/<provider_id>/visits", methods=["POST"])
@public
@providers.response(201, SentOut)
def post_visit(provider_id):
    return set_out(runtime().database, _site(), provider_id)


@providers.route("/sessions/provider", methods=["POST"])
@public
@providers.arguments(BackIn)
@providers.response(201, SessionOut)
@providers.alt_response(202, schema=PendingOut, description="The provider vouches; a second step follows.")
def post_session(body):
    tried("provider", body["state"])
    return begun_or_waiting(sign_in_by_provider(runtime().database, _site(), Back(**body), here()))


@providers.route("/me/links", methods=["GET"])
@may("link providers")
@providers.response(200, LinksOut)
def get_links():
    person_id, school_id = own_id(), actor().school_id
    with runtime().database.reading(EVERY_SCHOOL) as session:
        found = links(session, person_id)
    return {"items": [one for one in found if one["school_id"] in (None, school_id)], "next": None}


@providers.route("/me/links/<provider_id>/visits", methods=["POST"])
@may("link providers")
@fresh
@providers.response(201, SentOut)
def post_link_visit(provider_id):
    return set_out(runtime().database, _site(), provider_id, own_id())


@providers.route("/me/links", methods=["POST"])
@may("link providers")
@providers.arguments(BackIn)
@providers.response(204)
def post_link(body):
    link_by_provider(runtime().database, _site(), Back(**body), own_id())


@providers.route("/me/links/known", methods=["POST"])
@may("link providers")
@fresh
@providers.arguments(KeptIn)
@providers.response(204)
def post_known_link(body):
    link_after_sign_in(runtime().database, Back(**body), own_id())


@providers.route("/me/links/<provider_id>", methods=["DELETE"])
@may("link providers")
@fresh
@providers.response(204)
def delete_link(provider_id):
    with writing() as session:
        unlink(session, own_id(), provider_id)
