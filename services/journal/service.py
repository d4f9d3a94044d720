"""The front door of the journal: what it is made of."""

from services.journal.commands import doctor
from services.journal.models import Base
from services.journal.models.relations import TABLES
from services.journal.routes import BLUEPRINTS
from services.journal.subscriptions import SUBSCRIPTIONS
from shared.service import Service

IDENTITY = ("schools", "people", "guardianships", "groups", "enrolments")
SCHEDULE = ("years", "periods", "subjects", "page_teachers", "lessons", "lesson_teachers")

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
)
