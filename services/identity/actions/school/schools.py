"""Schools: founded once, changed rarely."""

from dataclasses import dataclass
from uuid import UUID

from services.identity.actions.people.people import enter_person, grant_role
from services.identity.actions.school.parameters import (
    begin_parameters,
    bring_up_to_date,
    locked_school,
    put_value,
    school_told,
)
from services.identity.actions.signing_in.codes import issue_codes
from services.identity.models import School
from services.identity.rules.parameters import PARAMETERS, Setting
from services.identity.rules.school import SCALE, TIME_ZONE
from shared.clock import today
from shared.db import SchoolSession
from shared.errors import Invalid, Stale, Text
from shared.outbox import publish


class UnknownTimeZone(Invalid):
    """The time zone is not in the IANA database."""

    title = Text("Нет такого часового пояса", "There is no such time zone")
    detail = Text(
        "«{time_zone}» не найден. Укажите имя вида Europe/Moscow или Asia/Yekaterinburg.",
        "“{time_zone}” was not found. Give a name such as Europe/Moscow or Asia/Yekaterinburg.",
    )


class BadScale(Invalid):
    """The scale is empty or names a mark twice."""

    title = Text("Шкала не подходит", "The scale will not do")
    detail = Text(
        "Назовите хотя бы одну отметку, каждую один раз, лучшую первой.",
        "Name at least one mark, each once, the best first.",
    )


@dataclass(frozen=True)
class Founded:
    """A new school and how its first operator signs in, once."""

    school_id: UUID
    operator_id: UUID
    login: str
    one_time_password: str


def found_school(
    session: SchoolSession,
    name: str,
    time_zone: str = TIME_ZONE,
    *,
    operator: tuple[str, str, str] = ("Оператор", "", ""),
) -> Founded:
    """Found the school the session was opened for, with an operator to fill it.

    The caller chooses the school's id by opening the session: `database.writing(new_id())`.
    """
    school_id = UUID(session.info["school"])
    school = School(id=school_id, name=name, time_zone=_known(time_zone), scale=list(SCALE))
    session.add(school)
    session.flush()
    begin_parameters(session, school)
    publish(session, school_told(school))
    family, given, patronymic = operator
    person = enter_person(session, family_name=family, given_name=given, patronymic=patronymic)
    session.flush()
    grant_role(session, person.id, "operator")
    login, password = issue_codes(session, [person.id])[person.id]
    return Founded(school_id, person.id, login, password)


def change_school(
    session: SchoolSession,
    seen: int,
    *,
    name: str,
    time_zone: str,
    scale: list[str],
    set_by: UUID | None = None,
    **details: str,
) -> School:
    """Change the card of the session's school; `seen` is the version the caller saw.

    Zone and scale are parameters: they hold from today. Details not named stay as they are.
    """
    school = locked_school(session)
    if school.version != seen:
        raise Stale
    if PARAMETERS["scale"].kind.wrong(scale):
        raise BadScale
    before, day = school_told(school), today(school.time_zone)
    for parameter, value in (("time_zone", _known(time_zone)), ("scale", scale)):
        put_value(session, school, parameter, Setting(value, day), set_by)
    for detail, text in {"name": name, **details}.items():
        setattr(school, detail, text)
    session.flush()
    if not bring_up_to_date(session, school) and school_told(school) != before:
        publish(session, school_told(school))
    return school


def _known(time_zone: str) -> str:
    if PARAMETERS["time_zone"].kind.wrong(time_zone):
        raise UnknownTimeZone(time_zone=time_zone)
    return time_zone
