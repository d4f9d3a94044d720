"""The front door of reporting."""

from services.reporting.models import PROJECTIONS, Base
from services.reporting.routes import BLUEPRINTS
from services.reporting.subscriptions import SUBSCRIPTIONS
from shared.noting import NOTING_JOBS, noting
from shared.service import Service

service = Service(
    name="reporting",
    metadata=Base.metadata,
    blueprints=BLUEPRINTS,
    subscriptions=SUBSCRIPTIONS,
    projections=PROJECTIONS,
    witness=noting(),
    jobs=NOTING_JOBS,
)
