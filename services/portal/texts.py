"""The words of the portal that come from code: roles, attendance, services, and what the grid says."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext


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


def grid_texts() -> dict[str, Any]:
    """Return all that the grid's script says, in the visitor's language."""
    return {
        "saved": _("Всё сохранено"),
        "saving": _("Сохраняю…"),
        "readOnly": _("Только просмотр"),
        # Three forms, as Russian counts: 1 отметка, 2 отметки, 5 отметок.
        "waiting": [
            ngettext("Нет сети — %(num)d запись ждёт", "Нет сети — %(num)d записи ждут", n) for n in (1, 2, 5)
        ],
        "unanswered": _("Журнал не отвечает — записи ждут, ничего не пропадёт"),
        "signedOut": _("Войдите снова: набранное ждёт"),
        "unstored": _("Браузер не хранит набранное: не закрывайте страницу, пока не сохранено"),
        "refused": _("Не принято: %(why)s"),
        "takeBack": _("Вернуть как было"),
        "closed": _("Этот урок изменить нельзя: он ещё впереди, отменён, не ваш или его период закрыт."),
        "outside": _("В этот день ученик не числился в классе."),
        "notOnScale": _("Нет такой отметки: %(what)s. Можно: %(scale)s."),
        "theirs": _("Пока вы ставили «%(mine)s», здесь записали «%(theirs)s»."),
        "keepMine": _("Оставить моё: %(what)s"),
        "takeTheirs": _("Оставить записанное: %(what)s"),
        "empty": _("пусто"),
        "conflict": _("Есть расхождение: выберите, что оставить"),
        "lesson": _("урок %(number)s"),
        "away": {value: away_title(value) for value in ("н", "б", "уп", "нп", "оп")},
        "history": _("История клетки"),
        "noHistory": _("Здесь ещё ничего не меняли."),
        "otherTopic": _("Пока вы писали, тему или задание изменили. Записано: «%(theirs)s»."),
        "otherWork": _(
            "Эту работу только что изменил коллега: показано записанное. Измените снова, если нужно."
        ),
        "mineTopic": _("Оставить моё"),
        "theirTopic": _("Взять записанное"),
        "clear": _("Стереть"),
        "down": _("Вниз"),
        "close": _("Закрыть"),
        "second": _("Вторая отметка на уроке"),
        "workType": _("Вид работы"),
        "weightName": _("Вес"),
        "workTitle": _("Название работы"),
        "notPasted": _("Не вставлено: %(what)s"),
    }
