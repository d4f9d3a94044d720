"""What the editor of a timetable needs to know when its page opens, and all that it says."""

from collections.abc import Iterable
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from services.portal.pages import weekday_names
from shared.names import group_key, names_apart

USUAL_DAYS = 5
USUAL_NUMBERS = range(1, 8)


def editor_data(
    told: dict[str, Any], conflicts: list[dict[str, Any]], known: dict[str, Any], *, can_edit: bool
) -> dict[str, Any]:
    """Return a version with its cards, all names, the days and numbers of its week, and the texts."""
    year = known["year"] or {}
    cards = told["cards"]
    names = {
        kind: {id: name or "" for id, name in told[kind].items()}
        for kind in ("subjects", "groups", "teachers", "rooms")
    }
    for kind in ("subjects", "rooms", "groups"):
        names[kind] |= {one["id"]: one["name"] for one in known[kind]}
    parts = [(one["family_name"], one["given_name"], one["patronymic"]) for one in known["teachers"]]
    signed = zip(known["teachers"], names_apart(parts), strict=True)
    names["teachers"] |= {one["id"]: name for one, name in signed}
    days = max([year.get("school_days") or USUAL_DAYS, *(one["weekday"] or 0 for one in cards)])
    return {
        "version": told["version"],
        "can_edit": can_edit,
        "cards": cards,
        "conflicts": conflicts,
        **names,
        "classes": _classes(known["groups"], cards),
        "class_of": class_of(known["groups"]),
        "days": weekday_names()[:days],
        "hours": _hours(year, cards),
        "urls": {"version": url_for("versions.edit", timetable_id=told["id"])},
        "texts": editor_texts(),
    }


def class_of(groups: Iterable[dict[str, Any]]) -> dict[str, str]:
    """Return of each group the class it is part of: by its place, or else by the name it begins with."""
    known = {one["id"]: one for one in groups}
    by_name = {one["name"]: one["id"] for one in known.values() if one["kind"] == "class"}
    found = {}
    for id, one in known.items():
        first = one["name"].split(" ")[0].rstrip(",")
        if owner := _class_above(one, known) or by_name.get(first):
            found[id] = owner
    return found


def _class_above(group: dict[str, Any], known: dict[str, dict[str, Any]]) -> str | None:
    """Return the class among a group and what it is part of."""
    step: dict[str, Any] | None = group
    for _step in known:  # No chain is longer, whatever the groups say of one another.
        if step is None or step["kind"] == "class":
            break
        step = known.get(step["parent_id"] or "")
    return step["id"] if step and step["kind"] == "class" else None


def _classes(groups: Iterable[dict[str, Any]], cards: Iterable[dict[str, Any]]) -> list[str]:
    """Return the ids of all classes in their order, and of other groups that are of none."""
    ordered = sorted(groups, key=lambda one: group_key(one["name"]))
    owners = class_of(ordered)
    taught = {id for card in cards for id in card["group_ids"]}
    alone = [one["id"] for one in ordered if one["id"] not in owners and one["id"] in taught]
    return [one["id"] for one in ordered if one["kind"] == "class"] + alone


def _hours(year: dict[str, Any], cards: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    starts = {one["number"]: one["starts"] for one in year.get("bells", ())}
    numbers = {*starts, *(one["number"] for one in cards if one["number"] is not None)} or {*USUAL_NUMBERS}
    return [
        {"number": number, "starts": starts.get(number)} for number in range(min(numbers), max(numbers) + 1)
    ]


def source_titles() -> dict[str, str]:
    """Return where a version may come from, in words."""
    return {
        "manual": _("составлено здесь"),
        "fet": _("из FET"),
        "asc": _("из aSc"),
        "untis": _("из Untis"),
        "nika": _("из «Ники»"),
        "xlsx": _("из таблицы"),
        "solver": _("составлено программой"),
    }


def editor_texts() -> dict[str, Any]:
    """Return all that the editor's script says, in the visitor's language."""
    return {
        "counts": _("Ошибок: %(errors)s · предупреждений: %(warnings)s · не расставлено: %(unplaced)s"),
        "at": _("%(day)s, %(number)s урок"),
        "nowhere": _("не расставлено"),
        "free": _("свободно"),
        "taken": _("Взят урок: %(what)s. Стрелки выбирают место, Enter ставит, Escape отменяет."),
        "put": _("Поставлен: %(what)s — %(where)s."),
        "taken_off": _("Снят с места: %(what)s."),
        "left": _("Оставлен на месте: %(what)s."),
        "locked": _("Урок закреплён: сначала снимите закрепление в его карточке."),
        "saved": _("Сохранено"),
        "saving": _("Сохраняю…"),
        "unanswered": _("Нет ответа: изменение не сохранено, повторите."),
        "refused": _("Не принято: %(why)s"),
        "signed_out": _("Войдите снова в другой вкладке и повторите."),
        "stale": _("Черновик изменил кто-то ещё; показано то, что есть теперь. Ваше изменение не сохранено."),
        "was_added": _("добавлен: %(what)s"),
        "was_removed": _("удалён: %(what)s"),
        "was_moved": _("%(what)s: %(before)s → %(after)s"),
        "was_changed": _("изменён: %(what)s"),
        "undone": _("Отменено."),
        "nothing_to_undo": _("Отменять нечего."),
        "no_conflicts": _("Нарушений нет."),
        "error": _("ошибка"),
        "warning": _("предупреждение"),
        "week": {"1": _("А"), "2": _("В")},
        "is_locked": _("закреплён"),
        "tray_empty": _("Все уроки расставлены."),
        "more": _("и ещё %(count)s"),
        "new_card": _("Новый урок"),
        "edit_card": _("Урок"),
        "days": _("Дни недели"),
        "choose": _("выберите"),
        "class": _("Класс"),
        "teacher": _("Учитель"),
        "room": _("Кабинет"),
    }
