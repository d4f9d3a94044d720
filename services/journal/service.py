"""The front door of the journal: what it is made of."""

from datetime import timedelta

from services.journal.actions.corrections.escalating import escalate_all
from services.journal.actions.files import sweep_files
from services.journal.actions.homework_collecting import collect_everywhere
from services.journal.actions.seals import seal_ended_days
from services.journal.actions.views import VIEW_JOBS
from services.journal.commands import doctor
from services.journal.models import Base
from services.journal.models.relations import TABLES
from services.journal.routes import BLUEPRINTS
from services.journal.subscriptions import SUBSCRIPTIONS
from shared.noting import NOTING_JOBS, noting
from shared.service import Job, Runtime, Service

IDENTITY = ("schools", "parameters", "people", "merged_people", "guardianships", "groups", "enrolments")
SCHEDULE = (
    "years",
    "periods",
    "holidays",
    "subjects",
    "page_teachers",
    "page_loads",
    "planned_hours",
    "lessons",
    "lesson_teachers",
    "lost_lessons",
)


def _seal_heads(runtime: Runtime) -> None:
    seal_ended_days(runtime.database)


service = Service(
    name="journal",
    metadata=Base.metadata,
    blueprints=BLUEPRINTS,
    subscriptions=SUBSCRIPTIONS,
    projections={
        "identity": [TABLES[name] for name in IDENTITY],
        "schedule": [TABLES[name] for name in SCHEDULE],
    },
    commands=doctor,
    witness=noting(),
    jobs=(
        *NOTING_JOBS,
        *VIEW_JOBS,
        Job("seal heads", timedelta(minutes=10), _seal_heads),
        Job("sweep files", timedelta(hours=1), sweep_files),
        Job("collect homework", timedelta(minutes=5), collect_everywhere),
        Job("escalate corrections", timedelta(minutes=1), escalate_all),
    ),
)
