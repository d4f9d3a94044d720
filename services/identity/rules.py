"""What the school decided: roles, who may do what, passwords, how long a session lasts."""

from datetime import date, timedelta

SCALE = ["5", "4", "3", "2", "1", "зач", "незач", "осв", "н/а"]
TIME_ZONE = "Europe/Moscow"

ROLES = (
    "operator",
    "teacher",
    "educator",
    "class_teacher",
    "deputy",
    "director",
    "pupil",
    "parent",
)
STAFF = frozenset({"operator", "teacher", "educator", "class_teacher", "deputy", "director"})

# Given with the class, not by hand: whoever leads a class has it.
RELATION_ROLES = frozenset({"class_teacher"})

EVERYBODY = ROLES
READERS_OF_ALL = ("operator", "deputy", "director")

# Who may call what. Relations narrow it: a class teacher sees people of the own class alone.
MAY = {
    "see themselves": EVERYBODY,
    "read the school": EVERYBODY,
    "change the school": ("operator",),
    "read people": (*READERS_OF_ALL, "class_teacher"),
    "change people": ("operator",),
    "give roles": ("operator",),
    "give out passwords": ("operator", "class_teacher"),
    "end others' sessions": ("operator",),
    "read groups": (*READERS_OF_ALL, "teacher", "educator", "class_teacher"),
    "change groups": ("operator",),
    "import": ("operator",),  # Or a client with the scope `import`, bound to one school.
}

KINDS = ("class", "group", "parallel")

STAFF_PASSWORD = 12
PASSWORD = 8
PASSWORD_MAX = 128
ONE_TIME_BYTES = 10  # 80 bits
ONE_TIME_LASTS = timedelta(days=10)
COMMON_WORDS = ("password", "qwerty", "123456", "пароль", "йцукен", "журнал", "школа")

FREE_FAILURES = 5
LONGEST_DELAY = 60
ATTEMPTS_KEPT = timedelta(days=1)

TOKEN_LASTS = timedelta(minutes=5)
KEY_SIGNS = timedelta(days=90)
RETIRED_KEY_SHOWN = timedelta(hours=1)  # Longer than a token lives and a key ring is kept.


def delay_after(failures: int) -> int:
    """Return the seconds to wait after so many failures: none for five, then 1, 2, 4 … 60."""
    over = failures - FREE_FAILURES
    return 0 if over < 0 else min(LONGEST_DELAY, 2 ** min(over, 6))


def session_limits(roles: frozenset[str]) -> tuple[timedelta, timedelta]:
    """Return how long a session may lie idle and how long it may last in all."""
    if roles & STAFF:
        return timedelta(minutes=30), timedelta(hours=12)
    return timedelta(days=14), timedelta(days=60)


def weak_because(password: str, roles: frozenset[str], words: tuple[str, ...]) -> tuple[str, str] | None:
    """Return why a password will not do, in Russian and English; None when it will.

    `words` are the person's own (names, login): a password must not be built around one.
    """
    least = STAFF_PASSWORD if roles & STAFF else PASSWORD
    if len(password) < least:
        return f"Нужно не меньше {least} знаков.", f"It needs {least} characters at least."
    if len(password) > PASSWORD_MAX:
        return f"Не больше {PASSWORD_MAX} знаков.", f"No more than {PASSWORD_MAX} characters."
    rest = password.casefold()
    for word in (*COMMON_WORDS, *words):
        if len(word) > 3:
            rest = rest.replace(word.casefold(), "")
    if len(set(rest)) < 4:
        return "Такой пароль легко угадать; возьмите длиннее и без имени.", (
            "It is easy to guess; take a longer one without a name in it."
        )
    return None


def first_school_day(on: date) -> date:
    """Return the first of September of the school year a day lies in."""
    return date(on.year if on.month >= 9 else on.year - 1, 9, 1)
