"""HTTP in, an action or a query, HTTP out. Large answers are built from rows, not dumped by schemas."""

from services.journal.routes.diary import diary
from services.journal.routes.lessons import lessons
from services.journal.routes.pages import pages
from services.journal.routes.periods import periods

BLUEPRINTS = (pages, lessons, diary, periods)
