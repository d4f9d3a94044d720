"""Schools: founded once, changed rarely."""

from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from services.identity.actions.passwords import issue_passwords
from services.identity.actions.people import enter_person, grant_role
from services.identity.models import School
from services.identity.rules import SCALE, TIME_ZONE
from shared.db import SchoolSession
from shared.errors import Invalid, NotFound, Stale, Text
from shared.events.identity import SchoolChanged
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
    memory_kib: int,
    operator: tuple[str, str, str] = ("Оператор", "", ""),
) -> Founded:
    """Found the school the session was opened for, with an operator to fill it.

    The caller chooses the school's id by opening the session: `database.writing(new_id())`.
    """
    school_id = UUID(session.info["school"])
    school = School(id=school_id, name=name, time_zone=_known(time_zone), scale=list(SCALE))
    session.add(school)
    publish(session, _told(school))
    family, given, patronymic = operator
    person = enter_person(session, family_name=family, given_name=given, patronymic=patronymic)
    session.flush()
    grant_role(session, person.id, "operator")
    login, password = issue_passwords(session, [person.id], memory_kib)[person.id]
    return Founded(school_id, person.id, login, password)


def change_school(
    session: SchoolSession, seen: int, *, name: str, time_zone: str, scale: list[str]
) -> School:
    """Change the parameters of the session's school; `seen` is the version the caller saw."""
    school = session.get(School, UUID(session.info["school"]), with_for_update=True)
    if school is None:
        raise NotFound
    if school.version != seen:
        raise Stale
    if not scale or len(set(scale)) < len(scale):
        raise BadScale
    before = _told(school)
    school.name, school.time_zone, school.scale = name, _known(time_zone), scale
    if _told(school) != before:
        publish(session, _told(school))
        session.flush()
    return school


def _known(time_zone: str) -> str:
    try:
        ZoneInfo(time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as wrong:
        raise UnknownTimeZone(time_zone=time_zone) from wrong
    return time_zone


def _told(school: School) -> SchoolChanged:
    return SchoolChanged(
        school_id=school.id, name=school.name, time_zone=school.time_zone, scale=list(school.scale)
    )
