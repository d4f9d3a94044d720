"""The words of the portal that come from code: roles, attendance and services."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from flask_babel import gettext as _


def role_title(role: str) -> str:
    """Return what a role is called."""
    titles = {
        "teacher": _("учитель"),
        "educator": _("воспитатель"),
        "class_teacher": _("классный руководитель"),
        "pupil": _("ученик"),
        "parent": _("родитель"),
        "deputy": _("завуч"),
        "director": _("директор"),
        "operator": _("оператор"),
    }
    return titles.get(role, role)


def scope_title(scope: str) -> str:
    """Return what a program with a scope may do, as the operator reads it."""
    titles = {
        "openid": _("узнавать, кто вошёл"),
        "profile": _("фамилию, имя, отчество"),
        "email": _("электронную почту"),
        "school": _("школу и роли"),
        "identity:read": _("читать о людях и классах то, что видно человеку"),
        "schedule:read": _("читать расписание"),
        "journal:read": _("читать журнал и дневник"),
        "journal:write": _("ставить отметки и писать задания от имени учителя"),
        "reporting:read": _("получать отчёты"),
        "notify:read": _("читать уведомления"),
        "import": _("без человека: загружать списки"),
    }
    return titles.get(scope, scope)


def guardian_titles() -> dict[str, str]:
    """Return what somebody is to the pupils they answer for."""
    return {
        "mother": _("мать"),
        "father": _("отец"),
        "adopter": _("усыновитель"),
        "guardian": _("опекун"),
        "trustee": _("попечитель"),
        "foster": _("приёмный родитель"),
        "representative": _("законный представитель"),
    }


def contact_titles() -> dict[str, str]:
    """Return the ways to reach somebody."""
    return {"phone": _("телефон"), "email": _("почта"), "address": _("адрес")}


def service_title(name: str) -> str:
    """Return what people call a service."""
    titles = {
        "identity": _("вход и списки людей"),
        "schedule": _("расписание"),
        "journal": _("журнал"),
        "reporting": _("печать и отчёты"),
        "notify": _("уведомления"),
    }
    return titles.get(name, name)


def try_title(outcome: str) -> str:
    """Return what became of a try to sign in."""
    titles = {
        "done": _("Вход"),
        "wrong": _("Неверный пароль"),
        "expired": _("Устаревший код"),
        "blocked": _("Доступ закрыт"),
        "second step": _("Пароль верен, второй шаг — нет"),
    }
    return titles.get(outcome, outcome)


def away_title(value: str | None) -> str:
    """Return what a sign of attendance means."""
    titles = {
        "н": _("не был(а)"),
        "б": _("болезнь"),
        "уп": _("по уважительной причине"),
        "нп": _("без уважительной причины"),
        "оп": _("опоздание"),
    }
    return titles.get(value or "", "")


def absence_titles() -> dict[str, Any]:
    """Return why a teacher may be away, in words."""
    return {
        "illness": _("болезнь"),
        "trip": _("командировка"),
        "training": _("учёба"),
        "leave": _("отпуск"),
        "other": _("другое"),
    }


def final_titles() -> dict[str, str]:
    """Return what the columns of term-end marks are called that are of no period."""
    return {"year": _("Годовая"), "exam": _("Экзамен"), "final": _("Итоговая")}


def period_kind_titles() -> dict[str, str]:
    """Return what kinds of periods are called."""
    return {
        "quarter": _("четверть"),
        "trimester": _("триместр"),
        "half_year": _("полугодие"),
        "module": _("модуль"),
    }


def day_kind_titles() -> dict[str, str]:
    """Return what kinds of special days are called."""
    return {
        "moved": _("уроки другого дня недели"),
        "working": _("дополнительный учебный день"),
        "free": _("нет уроков"),
        "short": _("другие звонки"),
        "remote": _("дистанционный день"),
    }


def weekday_titles() -> dict[int, str]:
    """Return the days of the week, Monday 1."""
    names = (_("Пн"), _("Вт"), _("Ср"), _("Чт"), _("Пт"), _("Сб"), _("Вс"))
    return dict(enumerate(names, 1))


def reason_titles() -> dict[str, str]:
    """Return why a page is behind its programme."""
    return {
        "cancelled": _("уроки отменены"),
        "other_subject": _("вместо урока был другой предмет"),
        "days_off": _("уроки пришлись на выходные и праздники"),
        "unrecorded": _("не записана тема"),
        "plan_short": _("КТП короче учебного плана, часов"),
    }


def room_kind_titles() -> dict[str, str]:
    """Return what kinds of rooms are called."""
    return {
        "ordinary": _("обычный"),
        "gym": _("спортзал"),
        "laboratory": _("лаборатория"),
        "workshop": _("мастерская"),
        "computers": _("компьютерный класс"),
        "hall": _("актовый зал"),
        "library": _("библиотека"),
        "other": _("другое"),
    }


def year_part_titles() -> dict[str, str]:
    """Return what the parts of the year and the fields of the directories are called."""
    return {
        "year": _("учебный год"),
        "bells": _("звонки"),
        "shift": _("смена"),
        "subject": _("предмет"),
        "area": _("предметная область"),
        "room": _("кабинет"),
        "name": _("название"),
        "short_name": _("краткое название"),
        "starts_on": _("первый день"),
        "ends_on": _("последний день"),
        "school_days": _("учебных дней в неделе"),
        "periods": _("периоды"),
        "holidays": _("каникулы и праздники"),
        "special_days": _("особые дни"),
        "usual": _("обычные звонки"),
        "schedules": _("расписания звонков"),
        "grades": _("параллели"),
        "kind": _("вид"),
        "capacity": _("вместимость"),
        "building": _("здание"),
        "area_id": _("предметная область"),
        "closed_on": _("закрыт с"),
    }


def bell_titles() -> dict[str, str]:
    """Return what the parts of the bells are called where something is wrong with them."""
    return {
        **year_part_titles(),
        "schedules": _("расписание"),
        "bells": _("звонки"),
        "starts": _("начало"),
        "ends": _("конец"),
        "from_on": _("с какого дня"),
    }


def grades_said(grades: Iterable[int | str] | None) -> str:
    """Write parallels the way they are typed: «1–9, 11»; what was mistyped stays as it was."""
    listed = list(grades or ())
    if any(isinstance(one, str) for one in listed):
        return ", ".join(map(str, listed))
    ordered = sorted({int(one) for one in listed})
    runs = groupby(enumerate(ordered), lambda pair: pair[1] - pair[0])
    return ", ".join(_run([number for _place, number in run]) for _key, run in runs)


def _run(numbers: list[int]) -> str:
    return str(numbers[0]) if len(numbers) == 1 else f"{numbers[0]}–{numbers[-1]}"
