"""The front door of identity: its parts, put together."""

from datetime import timedelta

from services.identity.actions.keys import rotate_keys
from services.identity.actions.sign_in import forget_attempts
from services.identity.commands import commands
from services.identity.models import Base
from services.identity.routes.groups import groups
from services.identity.routes.imports import imports
from services.identity.routes.me import me
from services.identity.routes.people import people
from services.identity.routes.sessions import sessions
from shared.db import EVERY_SCHOOL
from shared.service import Job, Runtime, Service


def _keep_house(runtime: Runtime) -> None:
    with runtime.database.writing(EVERY_SCHOOL) as session:
        rotate_keys(session)
        forget_attempts(session)


service = Service(
    name="identity",
    metadata=Base.metadata,
    blueprints=(sessions, me, people, groups, imports),
    commands=commands,
    jobs=(Job("keep house", timedelta(hours=1), _keep_house),),
)
