"""Logins: made of names, and no two alike in the whole deployment."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.dialects import postgresql, sqlite

from services.identity.models import Account, table
from shared.db import SchoolSession

SPELLED = "a b v g d e e zh z i y k l m n o p r s t u f kh ts ch sh shch - y - e yu ya"
LATIN = {
    letter: spelled.strip("-")
    for letter, spelled in zip("абвгдеёжзийклмнопрстуфхцчшщъыьэюя", SPELLED.split(), strict=True)
}
AT_ONCE = 500


def login_of(login: str) -> str:
    """Return a login as it is stored: neither case nor surrounding spaces count."""
    return login.strip().casefold()


def made_login(family: str, given: str, patronymic: str = "") -> str:
    """Make a login of a name: «Щукина Анна Петровна» signs in as `shchukina.ap`."""
    initials = _latin(given)[:1] + _latin(patronymic)[:1]
    return ".".join(part for part in (_latin(family), initials) if part)[:80] or "user"


def _latin(text: str) -> str:
    spelled = "".join(LATIN.get(letter, letter) for letter in text.casefold())
    return "".join(letter for letter in spelled if letter.isascii() and letter.isalnum())


def open_accounts(session: SchoolSession, wanted: Mapping[UUID, str]) -> None:
    """Open accounts, still without passwords, under these logins or the nearest free ones.

    Other schools' logins cannot be seen from here, but they can be run into: the unique index
    decides, and who was refused tries the next number.
    """
    waiting, number = {person: login_of(login) for person, login in wanted.items()}, 1
    while waiting:
        tried = {_numbered(login, number): person for person, login in reversed(waiting.items())}
        logins = list(tried)
        for start in range(0, len(logins), AT_ONCE):
            for person in _open(session, tried, logins[start : start + AT_ONCE]):
                del waiting[person]
        number += 1


def _numbered(login: str, number: int) -> str:
    name, at, domain = login.partition("@")
    return login if number == 1 else f"{name}{number}{at}{domain}"


def _open(session: SchoolSession, tried: Mapping[str, UUID], logins: Sequence[str]) -> Sequence[UUID]:
    build: Any = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    rows = [
        {
            "person_id": tried[login],
            "school_id": UUID(session.info["school"]),
            "login": login,
            "must_change": False,
        }
        for login in logins
    ]
    statement = build(table(Account)).values(rows).on_conflict_do_nothing(index_elements=["login"])
    return list(session.scalars(statement.returning(table(Account).c.person_id)))
