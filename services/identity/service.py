"""The front door of identity: its parts, put together."""

from datetime import timedelta

from services.identity.actions.importing.keeping_imports import forget_imports
from services.identity.actions.privacy.access_chain import prune_log, root_days, seal_log
from services.identity.actions.privacy.access_log import note_access
from services.identity.actions.programs.keys import rotate_keys
from services.identity.actions.programs.leaving import tell_clients
from services.identity.actions.programs.outbound import Outbound
from services.identity.actions.programs.sealing import reseal
from services.identity.actions.school.parameters import let_take_effect
from services.identity.actions.signing_in.challenges import forget_challenges
from services.identity.actions.signing_in.limits import forget_failures, raise_alarm
from services.identity.actions.signing_in.reset_letters import send_due
from services.identity.actions.signing_in.resets import forget_resets
from services.identity.actions.signing_in.sessions import forget_pending
from services.identity.actions.signing_in.sign_in import forget_attempts
from services.identity.actions.tidying import forget_spent
from services.identity.commands import commands
from services.identity.models import Base
from services.identity.routes.access_log import access_log
from services.identity.routes.approvals import approvals
from services.identity.routes.cards import cards
from services.identity.routes.clients import clients
from services.identity.routes.consents import consents
from services.identity.routes.credentials import credentials
from services.identity.routes.divisions import divisions
from services.identity.routes.exports import exports
from services.identity.routes.factors import factors
from services.identity.routes.groups import groups
from services.identity.routes.import_desk import import_desk
from services.identity.routes.imports import imports
from services.identity.routes.me import me
from services.identity.routes.merging import merging
from services.identity.routes.movements import movements
from services.identity.routes.new_years import new_years
from services.identity.routes.oauth import oauth
from services.identity.routes.parameters import parameters
from services.identity.routes.people import people
from services.identity.routes.privacy import privacy
from services.identity.routes.proofs import proofs
from services.identity.routes.providers import providers
from services.identity.routes.resets import resets
from services.identity.routes.sessions import sessions
from services.identity.rules.access_log import SEALED_EVERY
from services.identity.subscriptions import SUBSCRIPTIONS
from shared.clock import now
from shared.db import EVERY_SCHOOL
from shared.service import Job, Runtime, Service


def _keep_house(runtime: Runtime) -> None:
    with runtime.database.writing(EVERY_SCHOOL) as session:
        rotate_keys(session)
        reseal(session, only_plain=True)
        forget_attempts(session)
        forget_imports(session, now())
        forget_pending(session)
        forget_challenges(session)
        forget_spent(session)
        forget_failures(session, now())
        forget_resets(session, now())
    prune_log(runtime.database)


def _let_parameters_take_effect(runtime: Runtime) -> None:
    let_take_effect(runtime.database)


def _seal(runtime: Runtime) -> None:
    seal_log(runtime.database)
    root_days(runtime.database)


def _tell_clients(runtime: Runtime) -> None:
    tell_clients(runtime.database, runtime.settings.issuer, Outbound(runtime.settings.may_call_private))


def _send_reset_letters(runtime: Runtime) -> None:
    send_due(runtime.database, runtime.settings)


def _watch_sign_ins(runtime: Runtime) -> None:
    raise_alarm(runtime.database)


service = Service(
    name="identity",
    metadata=Base.metadata,
    blueprints=(
        sessions,
        oauth,
        clients,
        providers,
        me,
        parameters,
        proofs,
        factors,
        credentials,
        resets,
        people,
        approvals,
        cards,
        groups,
        divisions,
        movements,
        new_years,
        imports,
        import_desk,
        exports,
        merging,
        access_log,
        consents,
        privacy,
    ),
    subscriptions=SUBSCRIPTIONS,
    commands=commands,
    witness=note_access,
    jobs=(
        Job("keep house", timedelta(hours=1), _keep_house),
        Job("let parameters take effect", timedelta(minutes=10), _let_parameters_take_effect),
        Job("seal the access log", SEALED_EVERY, _seal),
        Job("letters to those who forgot", timedelta(seconds=2), _send_reset_letters),
        Job("watch sign-ins", timedelta(seconds=30), _watch_sign_ins),
        Job("tell programs of sign-outs", timedelta(seconds=5), _tell_clients),
    ),
)
