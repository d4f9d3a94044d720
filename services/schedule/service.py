"""The front door of schedule: its parts, put together."""

from datetime import timedelta

from services.schedule.actions.composing.working import compose_next
from services.schedule.models import Base
from services.schedule.routes.agenda import agenda
from services.schedule.routes.bells import bells
from services.schedule.routes.calendars import calendars
from services.schedule.routes.compositions import compositions
from services.schedule.routes.curriculum import curriculum
from services.schedule.routes.directories import directories
from services.schedule.routes.import_batches import import_batches
from services.schedule.routes.imports import imports
from services.schedule.routes.loads import loads
from services.schedule.routes.plan_tables import plan_tables
from services.schedule.routes.staff_room import staff_room_screens
from services.schedule.routes.substitutions import substitutions
from services.schedule.routes.timetable import timetable
from services.schedule.routes.timetables import timetables
from services.schedule.routes.years import years
from services.schedule.subscriptions import PROJECTIONS, SUBSCRIPTIONS
from shared.noting import NOTING_JOBS, noting
from shared.service import Job, Runtime, Service
from shared.subject_routes import subject_data


def _compose(runtime: Runtime) -> None:
    compose_next(runtime.database)


service = Service(
    name="schedule",
    metadata=Base.metadata,
    blueprints=(
        years,
        bells,
        directories,
        curriculum,
        loads,
        plan_tables,
        timetable,
        timetables,
        compositions,
        agenda,
        substitutions,
        staff_room_screens,
        calendars,
        imports,
        import_batches,
        subject_data(Base.metadata),
    ),
    subscriptions=SUBSCRIPTIONS,
    projections=PROJECTIONS,
    witness=noting(),
    jobs=(*NOTING_JOBS, Job("compositions", timedelta(seconds=1), _compose)),
)
