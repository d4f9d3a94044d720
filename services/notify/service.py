"""The front door of notify."""

from datetime import timedelta
from weakref import WeakKeyDictionary

from services.notify.actions.post import Postman
from services.notify.actions.warning_letters import send_warnings
from services.notify.models import PROJECTIONS, Base
from services.notify.routes import BLUEPRINTS
from services.notify.subscriptions import SUBSCRIPTIONS
from shared.db import Database
from shared.noting import NOTING_JOBS, noting
from shared.service import Job, Runtime, Service
from shared.subject_routes import subject_data

_postmen: WeakKeyDictionary[Database, Postman] = WeakKeyDictionary()


def _send_letters(runtime: Runtime) -> None:
    _postmen.setdefault(runtime.database, Postman()).send_due(runtime.database, runtime.settings)


def _send_warnings(runtime: Runtime) -> None:
    send_warnings(runtime.database, runtime.settings)


service = Service(
    name="notify",
    metadata=Base.metadata,
    blueprints=(*BLUEPRINTS, subject_data(Base.metadata)),
    subscriptions=SUBSCRIPTIONS,
    projections=PROJECTIONS,
    jobs=(
        *NOTING_JOBS,
        Job("letters", timedelta(seconds=2), _send_letters),
        Job("warnings", timedelta(seconds=2), _send_warnings),
    ),
    witness=noting("notices.post_read", "notices.post_all_read"),
)
