"""What all pages share: who is signed in, the menu, unread notices, and how things are written."""

from datetime import date, datetime, timedelta
from typing import Any

from flask import Flask, g
from flask_babel import format_date, format_datetime

from services.portal.menu import Link, allows, menu_of
from services.portal.texts import away_title, role_title, scope_title, service_title, try_title
from services.portal.web import explained, forms_token, glimpse, language
from shared.names import short_name

MONDAY = date(2024, 1, 1)  # Any would do.
FAR_ZONE = "UTC"  # Where the school's own time zone is not known.
FEW = 60  # So many rows a page shows before anybody has chosen which.


def register(app: Flask, assets: str) -> None:
    """Give templates what they share."""
    app.jinja_env.filters.update(
        day=day,
        until=until,
        weekday=weekday,
        moment=moment,
        decimal=decimal,
        role_title=role_title,
        try_title=try_title,
    )
    app.jinja_env.globals.update(
        asset=lambda name: assets + name,
        away=away_title,
        role_title=role_title,
        scope_title=scope_title,
        csrf_token=forms_token,
        explained=explained,
        language=language,
        may=may,
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


def the_year() -> dict[str, Any]:
    """Return the academic year as schedule tells it; nothing while there is none, or it is down."""
    known: dict[str, Any] = glimpse("schedule", "/years/current", default={})
    return known


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


def roles() -> frozenset[str]:
    """Return the visitor's roles: those of now, or of the sign-in while identity is down."""
    return frozenset((me() or {}).get("roles") or g.visitor.roles)


def led_classes() -> list[dict[str, Any]]:
    """Return the classes the visitor leads, without the groups within them."""
    return [one for one in (me() or {}).get("classes", []) if one["kind"] == "class"]


def menu() -> list[Link]:
    """Return the menu of the visitor's roles."""
    return menu_of(roles())


def may(named: str) -> bool:
    """Whether the visitor may do what the policy calls `service: action`."""
    return allows(named, roles())


def day(value: str | date, form: str = "d MMM") -> str:
    """Write an ISO date: «3 сент.» or, in another form, «понедельник, 3 сентября»."""
    return str(format_date(_date(value), form))


def until(starts_on: str | date, ends_on: str | date) -> str:
    """Write a span: «30 ноября – 6 декабря 2026», the first year where another one ends it."""
    first, last = _date(starts_on), _date(ends_on)
    form = "d MMMM" if first.year == last.year else "d MMMM y"
    return f"{format_date(first, form)} – {format_date(last, 'd MMMM y')}"


def weekday(value: str | date) -> str:
    """Write the day of the week of an ISO date in two letters or so."""
    return str(format_date(_date(value), "EEE"))


def weekday_names() -> list[str]:
    """Return the days of the week from Monday on, as a calendar heads them."""
    return [str(format_date(MONDAY + timedelta(days=step), "EEEE")).capitalize() for step in range(7)]


def moment(value: str) -> str:
    """Write an instant in the school's own time."""
    return str(format_datetime(datetime.fromisoformat(value), "d MMM, HH:mm"))


def decimal(value: str | None) -> str:
    """Write an average the way the language does: 4,44 or 4.44."""
    return "" if value is None else value.replace(".", ",") if language() == "ru" else value


def _date(value: str | date) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)
