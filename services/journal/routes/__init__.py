"""HTTP in, an action or a query, HTTP out. Large answers are built from rows, not dumped by schemas."""

from services.journal.models import Base
from services.journal.queries.subject import held_of
from services.journal.routes.absences import absences
from services.journal.routes.classes import classes
from services.journal.routes.contradictions import contradictions
from services.journal.routes.corrections import corrections
from services.journal.routes.deadlines import deadlines
from services.journal.routes.diary import diary
from services.journal.routes.files import files
from services.journal.routes.finals import finals
from services.journal.routes.fulfilment import programmes
from services.journal.routes.heads import heads
from services.journal.routes.homework import homework
from services.journal.routes.lessons import lessons
from services.journal.routes.mark_tables import mark_tables
from services.journal.routes.pages import pages
from services.journal.routes.periods import periods
from services.journal.routes.plan_tables import plan_tables
from services.journal.routes.plans import plans
from services.journal.routes.portfolio import portfolio
from services.journal.routes.remarks import remarks
from services.journal.routes.views import views
from shared.subject_routes import subject_data

BLUEPRINTS = (
    pages,
    lessons,
    finals,
    diary,
    remarks,
    views,
    portfolio,
    periods,
    heads,
    classes,
    deadlines,
    contradictions,
    absences,
    corrections,
    mark_tables,
    files,
    plans,
    homework,
    programmes,
    plan_tables,
    subject_data(Base.metadata, held_of),
)
