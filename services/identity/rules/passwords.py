"""Passwords: how long, how odd, and what stops those who guess."""

from datetime import timedelta

from services.identity.rules.roles import STAFF

STAFF_PASSWORD = 12
PASSWORD = 8
PASSWORD_MAX = 128
OWN_SIGNS = 5  # So many different ones at least, beside words that others think of.
ONE_TIME_BYTES = 10  # 80 bits
COMMON_WORDS = (
    "password", "qwerty", "123456", "пароль", "йцукен", "журнал", "дневник", "школа", "ученик", "учитель",
    "директор", "parta", "парта", "лицей", "гимназия",
)  # fmt: skip
RUSSIAN_KEYS = "йцукенгшщзхъфывапролджэячсмитьбюё"
LATIN_KEYS = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`"
TYPED_IN_LATIN = str.maketrans(RUSSIAN_KEYS + LATIN_KEYS, LATIN_KEYS + RUSSIAN_KEYS)

FREE_FAILURES = 5
LONGEST_DELAY = 60
ATTEMPTS_KEPT = timedelta(days=1)


def delay_after(failures: int) -> int:
    """Return the seconds to wait after so many failures: none for five, then 1, 2, 4 … 60."""
    over = failures - FREE_FAILURES
    return 0 if over < 0 else min(LONGEST_DELAY, 2 ** min(over, 6))


def other_layout(text: str) -> str:
    """Return what the same keys give in the other layout: «пароль» is typed `gfhjkm`."""
    return text.translate(TYPED_IN_LATIN)


def _without(password: str, words: tuple[str, ...]) -> tuple[str, str]:
    """Return what is left of a password without these words, as typed and in the other layout."""
    left = [password, other_layout(password)]
    for word in words:
        if len(word) > 3:
            left = [rest.replace(word.casefold(), "") for rest in left]
    return left[0], left[1]


def weak_because(password: str, roles: frozenset[str], words: tuple[str, ...]) -> tuple[str, str] | None:
    """Return why a password will not do, in Russian and English; None when it will.

    `words` are the person's own and the school's: a password must not be built around one, nor around
    one typed in the other layout.
    """
    least = STAFF_PASSWORD if roles & STAFF else PASSWORD
    if len(password) < least:
        return f"Нужно не меньше {least} знаков.", f"It needs {least} characters at least."
    if len(password) > PASSWORD_MAX:
        return f"Не больше {PASSWORD_MAX} знаков.", f"No more than {PASSWORD_MAX} characters."
    if min(len(set(rest)) for rest in _without(password.casefold(), (*COMMON_WORDS, *words))) < OWN_SIGNS:
        return "Такой пароль легко угадать; возьмите длиннее и без имени.", (
            "It is easy to guess; take a longer one without a name in it."
        )
    return None
