"""The menu: one line per page, shown to those whom the policy lets do what the page is for."""

from collections.abc import Collection
from typing import NamedTuple

from flask import request, url_for
from flask_babel import gettext as _

from shared import policy

FAMILY = frozenset({"self", "child"})
STAFF = policy.RELATIONS - FAMILY
DIARY = ("diary.", "remarks.of_pupil", "portfolio.", "programmes.of_pupil", "tasks.")
FOLLOW_CORRECTIONS = "journal: follow corrections"


class Entry(NamedTuple):
    """A page: its title, its endpoint, what one must be allowed to do, and what else belongs to it."""

    title: str
    endpoint: str
    action: str  # «service: action» of the policy
    also: tuple[str, ...] = ()  # Beginnings of endpoints on which this entry is the present one.
    within: frozenset[str] = policy.RELATIONS  # For those who do it about these things alone.


class Section(NamedTuple):
    """Pages under one title; a section with a single page to show is that page."""

    title: str
    entries: tuple[Entry, ...]


class Link(NamedTuple):
    """What the head of the page shows: a link, or a title with links under it."""

    title: str
    url: str
    is_here: bool
    under: tuple["Link", ...] = ()


def entries() -> tuple[Entry | Section, ...]:
    """Return the whole menu, in the visitor's language: what is needed daily stands by itself."""
    return (
        Entry(_("Журнал"), "journal.pages", "journal: read pages", ("journal.", "finals.page")),
        Entry(_("Дневник"), "diary.week", "journal: read a diary", DIARY, within=FAMILY),
        Section(_("Расписание"), _timetable()),
        Section(_("Ведение"), _keeping()),
        Section(_("Учебный процесс"), _teaching()),
        Section(_("Школа"), _school()),
        Section(
            _("Вход"),
            (
                Entry(_("Доступ"), "credentials.index", "identity: see accounts", ("credentials.",)),
                Entry(
                    _("Программы"),
                    "clients.list_clients",
                    "identity: register programs",
                    ("clients.client", "clients.new"),
                ),
            ),
        ),
        Section(
            _("Данные"),
            (
                Entry(_("Согласия"), "consents.classes", "identity: follow consents", ("consents.",)),
                Entry(_("Обращения о данных"), "privacy.requests", "identity: answer data requests"),
                Entry(_("Журнал доступа"), "access_log.search", "identity: search the access log"),
                Entry(_("Отпечатки журнала"), "evidence.days", "journal: take out evidence"),
                Entry(_("Согласования"), "approvals.show", "identity: decide approvals", ("approvals.",)),
            ),
        ),
        Entry(_("Уведомления"), "notices.list_notices", "notify: see own notices", ("notices.",)),
        # After the notices: on a phone their count stays on the screen.
        Entry(_("Исправления"), "corrections.index", FOLLOW_CORRECTIONS, ("corrections.",), within=FAMILY),
    )


def _keeping() -> tuple[Entry, ...]:
    """How the journal is kept: absences, results, homework, what is taught, late and reported."""
    return (
        Entry(_("Посещаемость"), "attendance.index", "journal: follow classes", ("attendance.",)),
        Entry(_("Успеваемость классов"), "class_report.index", "journal: follow classes", ("class_report.",)),
        Entry(
            _("Итоги периода"),
            "finals.overview",
            "journal: follow final marks",
            ("finals.summary", "school.periods"),
        ),
        Entry(_("Домашние задания"), "homework.load_index", "journal: follow homework", ("homework.load",)),
        Entry(_("Тематические планы"), "plans.index", "journal: read plans", ("plans.",)),
        Entry(_("Прохождение программ"), "programmes.table", "journal: follow programmes", ("programmes.",)),
        Entry(_("Сроки"), "deadlines.board", "journal: follow deadlines", ("deadlines.",)),
        Entry(
            _("Противоречия"),
            "contradictions.board",
            "journal: follow contradictions",
            ("contradictions.",),
        ),
        Entry(_("Исправления"), "corrections.index", FOLLOW_CORRECTIONS, ("corrections.",), within=STAFF),
    )


def _timetable() -> tuple[Entry, ...]:
    """What is looked at daily, and where a timetable made elsewhere comes in."""
    return (
        Entry(_("Расписание"), "timetable.week", "schedule: see lessons", ("timetable.",)),
        Entry(_("Замены"), "substitutions.of_day", "schedule: read substitutions", ("substitutions.",)),
        Entry(_("Сегодня"), "staff_room.show", "schedule: read substitutions", ("staff_room.",)),
        Entry(
            _("Загрузка расписаний"),
            "timetable_imports.desk",
            "schedule: import a timetable",
            ("timetable_imports.",),
        ),
    )


def _teaching() -> tuple[Entry, ...]:
    """What the year is made of: the year itself, the plan, the load, the timetable being made."""
    return (
        Entry(_("Учебный год"), "year.show", "schedule: follow the year", ("year.save", "year.history")),
        Entry(_("Звонки"), "year.bells", "schedule: follow the year"),
        Entry(
            _("Предметы"), "directories.subjects", "schedule: follow the year", ("directories.new_subject",)
        ),
        Entry(_("Кабинеты"), "directories.rooms", "schedule: follow the year"),
        Entry(_("Учебный план"), "curriculum.table", "schedule: read the curriculum", ("curriculum.",)),
        Entry(_("Нагрузка"), "load.table", "schedule: check the load", ("load.",)),
        Entry(_("Составление"), "versions.index", "schedule: read timetables", ("versions.", "limits.")),
        Entry(_("Составить в FET"), "compositions.show", "schedule: export a timetable", ("compositions.",)),
    )


def _school() -> tuple[Entry, ...]:
    return (
        Entry(_("Люди"), "school.people", "identity: read people", ("school.person", "people.")),
        Entry(_("Классы"), "school.groups", "identity: read rosters", ("school.group", "diary.classm")),
        Entry(
            _("Просмотры дневников"), "diary_views.classes", "journal: follow diary views", ("diary_views.",)
        ),
        Entry(_("Сверка списков"), "divisions.confirmations", "identity: follow class lists"),
        Entry(_("Движение"), "rosters.movements", "identity: read movements", ("rosters.person",)),
        Entry(_("Новый учебный год"), "new_year.show", "identity: move to the next year", ("new_year",)),
        Entry(_("Импорт и выгрузка"), "imports.desk", "identity: import", ("imports.",)),
        Entry(_("Параметры"), "parameters.overview", "identity: change the school", ("parameters.",)),
    )


def menu_of(roles: Collection[str]) -> list[Link]:
    """Return the menu of somebody with these roles."""
    shown = []
    for one in entries():
        known = one.entries if isinstance(one, Section) else (one,)
        links = tuple(_link(entry) for entry in known if _is_for(entry, roles))
        if isinstance(one, Section) and len(links) > 1:
            shown.append(Link(one.title, "", any(link.is_here for link in links), links))
        else:
            shown.extend(links)
    return shown


def _is_for(entry: Entry, roles: Collection[str]) -> bool:
    service, _colon, action = entry.action.partition(": ")
    return not entry.within.isdisjoint(policy.reach(service, action, frozenset(roles)))


def allows(named: str, roles: Collection[str]) -> bool:
    """Whether people with these roles may do what the policy calls `service: action`."""
    service, _colon, action = named.partition(": ")
    return policy.allows(service, action, roles)


def _link(entry: Entry) -> Link:
    here = request.endpoint or ""
    return Link(entry.title, url_for(entry.endpoint), here.startswith((entry.endpoint, *entry.also)))
