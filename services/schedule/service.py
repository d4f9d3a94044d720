"""The front door of schedule: its parts, put together."""

from services.schedule.models import Base
from services.schedule.routes.imports import imports
from services.schedule.routes.timetable import timetable
from services.schedule.routes.years import years
from services.schedule.subscriptions import PROJECTIONS, SUBSCRIPTIONS
from shared.service import Service

service = Service(
    name="schedule",
    metadata=Base.metadata,
    blueprints=(years, timetable, imports),
    subscriptions=SUBSCRIPTIONS,
    projections=PROJECTIONS,
)
