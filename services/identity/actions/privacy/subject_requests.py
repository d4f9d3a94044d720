"""Requests of those whose data it is: noted with a day by which the law wants them answered."""

from datetime import date
from uuid import UUID

from services.identity.actions.people.people import find_person
from services.identity.models import School, SubjectRequest
from services.identity.rules.retention import due_on
from shared.clock import today
from shared.db import SchoolSession
from shared.errors import Conflict, Invalid, NotFound, Text


class AnsweredAlready(Conflict):
    """The request was answered before."""

    title = Text("На обращение уже ответили", "The request is answered already")
    detail = Text("Откройте его: там записано, когда и чем оно завершено.", "Open it: it says when and how.")


class AskedTomorrow(Invalid):
    """The request is said to have come on a day to come."""

    title = Text("Дата обращения ещё не наступила", "The day of the request is yet to come")
    detail = Text("Укажите день, когда обращение поступило.", "Give the day on which it came.")


def open_request(
    session: SchoolSession,
    person_id: UUID,
    kind: str,
    *,
    asked_by: UUID | None,
    recorded_by: UUID | None,
    asked_on: date | None = None,
) -> SubjectRequest:
    """Note a request; its clock runs from the day it came."""
    person = find_person(session, person_id)
    on = _today(session)
    asked_on = asked_on or on
    if asked_on > on:
        raise AskedTomorrow
    request = SubjectRequest(
        school_id=person.school_id,
        person_id=person_id,
        kind=kind,
        asked_by=asked_by,
        asked_on=asked_on,
        due_on=due_on(kind, asked_on),
        recorded_by=recorded_by,
    )
    session.add(request)
    session.flush()
    return request


def close_request(session: SchoolSession, request_id: UUID, outcome: str) -> SubjectRequest:
    """Say how a request was answered; it is said once."""
    request = session.get(SubjectRequest, request_id, with_for_update=True)
    if request is None:
        raise NotFound
    if request.done_on is not None:
        raise AnsweredAlready
    request.done_on, request.outcome = _today(session), outcome
    session.flush()
    return request


def _today(session: SchoolSession) -> date:
    return today(session.get_one(School, UUID(session.info["school"])).time_zone)
