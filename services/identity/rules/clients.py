"""What programs may ask for, and how long what they get lasts."""

from datetime import timedelta

from shared.auth import SPEAKS_FOR_VISITORS
from shared.errors import Text
from shared.service import SERVICES

CODE_LASTS = timedelta(seconds=60)
CODE_KEPT = timedelta(days=1)  # Long enough to know a second use.
REFRESH_LASTS = timedelta(days=60)
FAMILY_KEPT = timedelta(days=30)  # After its end, so that reuse is still seen for what it is.
ASSERTION_LASTS = timedelta(hours=1)  # As long as stock libraries make theirs.
ID_TOKEN_SECONDS = 300

LOGOUT_TRIES = 10
LOGOUT_LASTS_SECONDS = 120

# What a program may do in a person's name, as the person reads it before saying yes.
PERSON_SCOPES = {
    "openid": Text("узнать, что это вы", "know that it is you"),
    "profile": Text("ваши фамилию, имя и отчество", "your name"),
    "email": Text("вашу электронную почту", "your e-mail address"),
    "school": Text("вашу школу, роли и класс", "your school, roles and class"),
    "identity:read": Text(
        "читать то, что вам видно о людях и классах", "read what you can see of people and classes"
    ),
    "schedule:read": Text("читать ваше расписание", "read your timetable"),
    "journal:read": Text(
        "читать страницы журнала и дневник, которые вам видны", "read the journal and the diaries you can see"
    ),
    "journal:write": Text(
        "ставить отметки и писать задания от вашего имени", "put marks and write homework in your name"
    ),
    "reporting:read": Text("получать отчёты, которые вам доступны", "get the reports you have access to"),
    "notify:read": Text("читать ваши уведомления", "read your notices"),
}

# What a program may do in its own name, within its school.
OWN_SCOPES = ("import",)

SCOPES = (*PERSON_SCOPES, *OWN_SCOPES)

# No operator of a school gives them, only a command on the machine: who reads a service's events
# reads the marks in the journal's, which an operator does not see (SECURITY 31).
HOUSE_SCOPES = (SPEAKS_FOR_VISITORS, "events:read")


def audience_of(scope: str) -> str | None:
    """Return the service whose API a scope opens; None when it opens none."""
    service, _, what = scope.partition(":")
    return service if what and service in SERVICES else None


def audiences(scopes: list[str]) -> frozenset[str]:
    """Return the services for which a person's program may get tokens; identity answers who it is."""
    return frozenset({"identity", *filter(None, map(audience_of, scopes))})
