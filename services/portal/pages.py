"""What all pages share: who is signed in, the menu, unread notices, and how things are written."""

from datetime import date, datetime
from typing import Any, NamedTuple

from flask import Flask, g, request, url_for
from flask_babel import format_date, format_datetime
from flask_babel import gettext as _

from services.portal.texts import away_title, role_title, service_title
from services.portal.web import forms_token, glimpse, language
from shared.names import short_name

FAR_ZONE = "UTC"  # Where the school's own time zone is not known.


class Link(NamedTuple):
    """One entry of the menu."""

    title: str
    url: str
    here: bool


def register(app: Flask, assets: str) -> None:
    """Give templates what they share."""
    app.jinja_env.filters.update(
        day=day, weekday=weekday, moment=moment, decimal=decimal, role_title=role_title
    )
    app.jinja_env.globals.update(
        asset=lambda name: assets + name,
        away=away_title,
        role_title=role_title,
        csrf_token=forms_token,
        language=language,
        me=me,
        menu=menu,
        missing=missing,
        signed_as=signed_as,
        unread=unread,
    )


def me() -> dict[str, Any] | None:
    """Return what identity says of the visitor: asked once a request, None while it is down."""
    if "me" not in g:
        g.me = glimpse("identity", "/me") if g.get("visitor") else None
    known: dict[str, Any] | None = g.me
    return known


def time_zone() -> str:
    """Return the school's time zone."""
    known = me()
    return str(known["school"]["time_zone"]) if known else FAR_ZONE


def unread() -> int:
    """Return how many notices the visitor has not read."""
    if "unread" not in g:
        g.unread = (glimpse("notify", "/notices/unread") or {"count": 0})["count"]
    return int(g.unread)


def signed_as() -> str:
    """Return the visitor's name as the head of the page shows it."""
    known = me()
    if known is None:
        return ""
    person = known["person"]
    return short_name(person["family_name"], person["given_name"], person.get("patronymic") or "")


def missing() -> list[str]:
    """Return what of the page is not there now because its service does not answer."""
    return sorted(service_title(name) for name in g.get("missing", ()))


def menu() -> list[Link]:
    """Return the menu of the visitor's roles."""
    visitor = g.visitor
    here = request.endpoint or ""
    entries = (
        (
            visitor.has("teacher", "class_teacher", "deputy", "director"),
            _("Журнал"),
            "journal.pages",
            "journal.",
        ),
        (visitor.has("pupil", "parent"), _("Дневник"), "diary.week", "diary."),
        (visitor.has("deputy", "director"), _("Периоды"), "school.periods", "school.periods"),
        (visitor.has("operator"), _("Люди"), "school.people", "school.people"),
        (visitor.has("operator"), _("Классы"), "school.groups", "school.group"),
        (True, _("Уведомления"), "notices.list_notices", "notices."),
    )
    return [
        Link(title, url_for(to), here.startswith(mine)) for allowed, title, to, mine in entries if allowed
    ]


def day(value: str | date, form: str = "d MMM") -> str:
    """Write an ISO date: «3 сент.» or, in another form, «понедельник, 3 сентября»."""
    return str(format_date(_date(value), form))


def weekday(value: str | date) -> str:
    """Write the day of the week of an ISO date in two letters or so."""
    return str(format_date(_date(value), "EEE"))


def moment(value: str) -> str:
    """Write an instant in the school's own time."""
    return str(format_datetime(datetime.fromisoformat(value), "d MMM, HH:mm"))


def decimal(value: str | None) -> str:
    """Write an average the way the language does: 4,44 or 4.44."""
    return "" if value is None else value.replace(".", ",") if language() == "ru" else value


def _date(value: str | date) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)
