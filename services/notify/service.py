"""The front door of notify."""

from datetime import timedelta
from weakref import WeakKeyDictionary

from services.notify.actions.post import Postman
from services.notify.models import PROJECTIONS, Base
from services.notify.routes import BLUEPRINTS
from services.notify.subscriptions import SUBSCRIPTIONS
from shared.db import Database
from shared.service import Job, Runtime, Service

_postmen: WeakKeyDictionary[Database, Postman] = WeakKeyDictionary()


def _send_letters(runtime: Runtime) -> None:
    _postmen.setdefault(runtime.database, Postman()).send_due(runtime.database, runtime.settings)


service = Service(
    name="notify",
    metadata=Base.metadata,
    blueprints=BLUEPRINTS,
    subscriptions=SUBSCRIPTIONS,
    projections=PROJECTIONS,
    jobs=(Job("letters", timedelta(seconds=2), _send_letters),),
)
