"""Requests to correct with what they are about, and whose class teacher handles them: SQL for all who ask."""

from sqlalchemy import and_, func, or_

from services.journal.models.relations import TABLES, lessons, page_surroundings, pages, periods, years
from services.journal.models.several import leads_pupils, leads_still, leads_there

requests = TABLES["corrections"]

on_requests = (
    page_surroundings.join(requests, requests.c.page_id == pages.c.id)
    .outerjoin(lessons, lessons.c.id == requests.c.lesson_id)
    .outerjoin(periods, periods.c.id == requests.c.period_id)
    .outerjoin(years, years.c.id == requests.c.period_id)
)

_day = func.coalesce(lessons.c.held_on, periods.c.ends_on, years.c.ends_on)
_pupil = requests.c.pupil_id
leads_request = leads_there(_pupil, _day)
"""I am the class teacher who may put it right: of the page's class or, on one of several, of the pupil."""

reads_request = or_(leads_request, and_(leads_pupils, or_(_pupil.is_(None), leads_still(_pupil, _day))))
"""As a class teacher I read on the page what it is about: a topic of several classes as well."""
