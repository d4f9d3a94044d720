"""What the scripts of pages say: the grid, the sheets, term-end marks, plans; in the visitor's language."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext


def grid_texts() -> dict[str, Any]:
    """Return all that the grid's script says, in the visitor's language."""
    return {
        "saved": _("Всё сохранено"),
        "saving": _("Сохраняю…"),
        "readOnly": _("Только просмотр"),
        "takeTopic": _("Взять из плана (т)"),
        "topicOfPlan": _("Тема %(number)s из %(count)s"),
        "hourOfTopic": _("урок %(hour)s из %(hours)s"),
        "topicTaken": _("взята из плана"),
        "chooseTopic": _("Другая тема плана…"),
        # Three forms, as Russian counts: 1 отметка, 2 отметки, 5 отметок.
        "waiting": [
            ngettext("Нет сети — %(num)d запись ждёт", "Нет сети — %(num)d записи ждут", n) for n in (1, 2, 5)
        ],
        "unanswered": _("Журнал не отвечает — записи ждут, ничего не пропадёт"),
        "signedOut": _("Войдите снова: набранное ждёт"),
        "signIn": _("Войти"),
        "unstored": _("Браузер не хранит набранное: не закрывайте страницу, пока не сохранено"),
        "refused": _("Не принято: %(why)s"),
        "takeBack": _("Вернуть как было"),
        "sendAgain": _("Отправить снова"),
        "ahead": _("Этот урок ещё впереди: отметки ставят в день урока или позже."),
        "cancelled": _("Этот урок отменён: записывать в него нечего."),
        "closed": _("Период закрыт. Ошибку в отметке исправляют по обращению."),
        "notYours": _("Этот урок ведёте не вы: его отметки ставит другой учитель."),
        "outside": _("В этот день ученик не числился в классе."),
        "notOnScale": _("Нет такой отметки: %(what)s. Можно: %(scale)s."),
        "theirs": _("Пока вы ставили «%(mine)s», здесь записали «%(theirs)s»."),
        "keepMine": _("Оставить моё: %(what)s"),
        "takeTheirs": _("Оставить записанное: %(what)s"),
        "empty": _("пусто"),
        "conflict": _("Есть расхождение: выберите, что оставить"),
        "stuck": _("Есть несохранённое"),
        "rearranged": _("Изменились уроки или список учеников: здесь показано прежнее."),
        "showAnew": _("Показать новое"),
        "lesson": _("урок %(number)s"),
        "history": _("История клетки"),
        "noHistory": _("Здесь ещё ничего не меняли."),
        "otherTopic": _("Пока вы писали, тему или задание изменили. Записано: «%(theirs)s»."),
        "otherSince": _("Оставлены клетки, где с тех пор записано другое: %(count)s."),
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
        "badWeight": _("Вес работы — целое число от 1 до 10; оставлен прежний."),
        "workTitle": _("Название работы"),
        "withdrawWork": _("Убрать работу"),
        "workMarked": _("Под этой работой стоят отметки: %(count)s. Сотрите их, и её можно будет убрать."),
        "notPasted": _("Не вставлено: %(what)s"),
        "awayLeft": _(
            "Отсутствовавшие пропущены: %(count)s. Кому отметка всё же нужна, впишите её в клетку."
        ),
        "row": _("строка %(number)s"),
        "corrected": _("Исправлено после дня урока: см. историю клетки"),
        "both": _("Отсутствовал, и есть отметка"),
        "monitoring": _("Внутренний мониторинг"),
        "monitoringShort": _("ВМ"),
        "counts": _("Учитывать в среднем"),
        "countsShort": _("в среднем"),
        "notCounted": _("не учитывается в среднем"),
        "comment": _("комментарий"),
        "due": _("срок работы"),
        "awaited": _("Ждём работу"),
        "awaitedUntil": _("Ждём работу до %(day)s"),
        "otherDue": _("Этот срок только что изменил коллега: показано записанное."),
        "otherComment": _("Этот комментарий только что изменил коллега: показано записанное."),
    }


def sheet_texts() -> dict[str, str]:
    """Return what the tables of curriculum and load say; %(name)s is filled in by their scripts."""
    return {
        "saved": _("Всё сохранено"),
        "saving": _("Сохраняю…"),
        "unanswered": _("Нет ответа. Набранное осталось на странице; пробую ещё."),
        "stuck": _("Есть несохранённое"),
        "rearranged": _("Изменились уроки или список учеников: здесь показано прежнее."),
        "showAnew": _("Показать новое"),
        "refused": _("«%(what)s» не сохранено: %(why)s"),
        "signedOut": _("Вы вышли из системы. Войдите в другой вкладке и обновите страницу."),
        "reload": _("Обновить страницу"),
        "readOnly": _("Эту клетку нельзя менять: план утверждён или такой группы нет."),
        "leftOut": _("Не поместилось или закрыто для правки клеток: %(count)s."),
        "badHours": _("«%(what)s» — не часы: пишите 3, 1,5 или 0,25."),
        "noTeacher": _("Нет учителя «%(what)s»."),
        "manyTeachers": _("Учителей «%(what)s» несколько: допишите имя."),
        "vacancy": _("вакансия"),
        "uncovered": _("не хватает %(hours)s ч"),
        "over": _("лишние %(hours)s ч"),
        "overLimit": _("больше нормы на %(hours)s"),
        "ofPlanned": _("%(hours)s из %(planned)s"),
        "yearSign": _("год"),
        "yearGiven": _("Часов в год, заданных вручную"),
    }


def finals_texts() -> dict[str, Any]:
    """Return what the script of the term-end marks says, beside what sheets and the grid say."""
    return {
        **grid_texts(),
        **sheet_texts(),
        "readOnly": _("Только просмотр"),
        "refused": _("Не принято: %(why)s"),
        "unanswered": _("Журнал не отвечает — записи ждут, ничего не пропадёт"),
        "signedOut": _("Войдите снова: набранное ждёт"),
        "recommended": _("Рекомендована %(value)s: %(why)s"),
        "recommendedHere": _("рекомендована"),
        "noRecommended": _("Рекомендации нет: %(why)s"),
        "apart": _("%(who)s: рекомендована %(recommended)s (%(why)s), ставится %(value)s."),
        "andMore": _("И ещё: %(count)s."),
        "becauseOf": _("Поставлена не рекомендованная: %(reason)s"),
        "early": _("Поставлена раньше последних дней периода"),
        "late": _("Поставлена после окончания периода"),
        "notThere": _("В этом периоде ученика не было в классе."),
        "broughtHere": _("Пришёл в середине года, на прежней странице за этот период: %(value)s"),
        "left": _("осталось: %(count)s"),
        "allSet": _("все поставлены"),
        "finalsClosed": _("Здесь нельзя: период ещё не начался, страница не ваша или ученика в нём не было."),
        "closedColumn": _("Период закрыт. Ошибку в отметке исправляют по обращению."),
        "nothingToAccept": _("Пустых клеток с рекомендованной отметкой здесь нет."),
        "stillEarly": _("Ещё не последние дни периода."),
        "warned": _("С предупреждением: %(count)s."),
        "acceptAll": _("Поставить рекомендованные отметки: %(count)s?"),
        "acceptNow": _("Поставить"),
    }


def plan_texts() -> dict[str, str]:
    """Return what the table of a thematic plan says besides what all tables say."""
    return {
        "readOnly": _("Этот план ведёт другой учитель: скопируйте его себе."),
        "badNumber": _("«%(what)s» — не число уроков: пишите от 1 до 60."),
        "noHours": _("У темы не бывает пустых часов: пишите от 1 до 60 или уберите всю строку."),
        "badDay": _("«%(what)s» — не дата: пишите 07.09 или 07.09.2026."),
        "hoursOf": _("Тем: %(topics)s, часов: %(hours)s"),
        "outOfOrder": _("Даты идут не по порядку в строках: %(rows)s. Проверьте их."),
    }
