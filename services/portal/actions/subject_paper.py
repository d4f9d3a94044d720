"""What is held of a person as a paper to be read: in words, without what only programs need."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from reportlab.platypus import Flowable

from shared import paper

WHOSE = {
    "identity": "Люди и доступ",
    "journal": "Журнал",
    "schedule": "Расписание",
    "notify": "Уведомления",
}
TABLES = {
    "absences": "Дни отсутствия на работе",
    "accepted_contradictions": "Пояснения к записям журнала",
    "accounts": "Учётная запись",
    "activation_codes": "Выданные одноразовые пароли",
    "answers": "Ответы на задания",
    "approvals": "Решения двух человек",
    "authorization_codes": "Входы в программы",
    "cards": "Часы в составляемых расписаниях",
    "calendar_feeds": "Подписки на календарь",
    "card": "Карточка",
    "card_changes": "Изменения карточки",
    "confirmations": "Сверки списков классов",
    "consents": "Согласия",
    "correction_steps": "Ход обращений об ошибках",
    "corrections": "Обращения об ошибках",
    "deputies": "Обязанности завуча",
    "deputy_areas": "Участок завуча",
    "diary_views": "Просмотры дневника",
    "enrolments": "Классы и группы по датам",
    "entries": "Отметки и посещаемость",
    "erasures": "Уничтожение данных",
    "excuses": "Уважительные причины отсутствия",
    "failed_sign_ins": "Неудачные входы",
    "final_corrections": "Исправления итоговых отметок",
    "final_marks": "Итоговые отметки: пояснения",
    "finals": "Итоговые отметки",
    "grants": "Доступ, данный программам",
    "groups": "Классы и группы",
    "guardianships": "Представители",
    "leaderships": "Классное руководство",
    "lesson_corrections": "Исправления после закрытия периода",
    "lesson_teachers": "Уроки в журнале",
    "lessons": "Уроки по расписанию",
    "letters": "Письма",
    "loads": "Нагрузка",
    "logout_notices": "Извещения программ о выходе",
    "mail_consents": "Согласие на письма",
    "matters": "Извещения по обращениям и ответам",
    "movements": "Движение: зачисление, перевод, выбытие",
    "news": "Новости дневника",
    "notices": "Уведомления",
    "page_teachers": "Страницы журнала",
    "passkeys": "Ключи входа",
    "pending_sign_ins": "Незавершённые входы",
    "people": "Имя",
    "plans": "Тематические планы",
    "portfolio_entries": "Портфолио",
    "portfolio_versions": "Изменения портфолио",
    "preferences": "Настройки уведомлений",
    "provider_links": "Вход через других",
    "provider_visits": "Входы через других",
    "pupil_homework": "О каких заданиях сообщено",
    "read_by": "Кто обращался к данным",
    "recovery_codes": "Запасные коды",
    "refresh_families": "Сеансы программ",
    "remark_readings": "Ознакомление с замечаниями",
    "remark_versions": "Тексты замечаний, рекомендаций, благодарностей",
    "remarks": "Замечания, рекомендации, благодарности",
    "replies": "Отзывы учителей на ответы",
    "reset_requests": "Просьбы сменить пароль",
    "revisions": "История отметок",
    "roles": "Роли",
    "sign_ins": "Входы",
    "slots": "Часы в расписании",
    "stored_files": "Файлы",
    "substitutions": "Замены",
    "subject_requests": "Обращения о персональных данных",
    "tasks": "Личные задания",
    "totp_seeds": "Приложение с кодами",
    "warnings": "Предупреждения о входе",
    "year_changes": "Изменения учебного года",
}
FIELDS = {
    "on": "День", "at": "Когда", "year": "Год", "period": "Период", "subject": "Предмет", "what": "Что",
    "kind": "Вид", "section": "Раздел", "level": "Уровень", "title": "Название", "name": "Название",
    "value": "Значение", "was": "Было", "recommended": "Рекомендовано", "comment": "Пояснение",
    "family_name": "Фамилия", "given_name": "Имя", "patronymic": "Отчество", "birth_on": "Дата рождения",
    "sex": "Пол", "email": "Адрес почты", "contacts": "Контакты", "file_number": "Личное дело",
    "position": "Должность", "language": "Язык", "tied": "Связи", "guardians": "Представители",
    "children": "Дети", "roles": "Роли", "login": "Логин", "role": "Роль", "from_on": "С", "until_on": "По",
    "held_on": "День события", "made_on": "День записи", "number": "№", "order_number": "Приказ",
    "order_on": "От", "place": "Откуда или куда", "text": "Текст", "description": "Описание",
    "result": "Результат", "note": "Примечание", "reason": "Причина", "state": "Состояние", "step": "Шаг",
    "audience": "Для кого", "sign": "Знак", "paper": "Документ", "method": "Способ", "scope": "На что",
    "given_on": "Дано", "withdrawn_on": "Отозвано", "asked_on": "Подано", "due_on": "Срок",
    "done_on": "Исполнено", "outcome": "Итог", "changes": "Изменено", "actor": "Кто", "action": "Действие",
    "facts": "Подробности", "address": "Адрес сети", "device": "Устройство", "started_at": "Начат",
    "ended_at": "Завершён", "failed_at": "Когда", "asked_at": "Подано", "given_at": "Сдано",
    "kept_at": "Загружен", "made_at": "Создано", "changed_at": "Изменено", "created_at": "Создано",
    "read_at": "Прочитано", "sent_at": "Отправлено", "happened_at": "Когда", "issued_at": "Выдан",
    "used_at": "Использован", "handed_at": "Передан", "settled_at": "Решено", "confirmed_on": "Сверено",
    "links": "Ссылки", "size": "Байт", "is_late": "С опозданием", "is_returned": "На доработку",
    "email_enabled": "Письма", "is_given": "Дано", "blocked_at": "Закрыт",
    "blocked_reason": "Почему закрыт", "grades": "Параллели", "subjects": "Предметы",
    "scopes": "Что разрешено", "lesson_on": "Урок",
    "hours_per_week": "Часов в неделю", "weekday": "День недели", "starts": "Начало",
}  # fmt: skip
MOST_ROWS = 2_000  # On paper; the JSON has them all.
MOST_COLUMNS = 7
LONGEST = 250
"""Letters of one cell: a row has to fit a page."""

DAY = re.compile(r"\d{4}-\d\d-\d\d")
INSTANT = re.compile(rf"{DAY.pattern}T\d\d:\d\d:\d\d.*")


@dataclass(frozen=True)
class Gathered:
    """What the services told of a person, and which of them did not answer."""

    person_id: str
    on: date
    zone: ZoneInfo
    held: Mapping[str, Any]
    missing: Sequence[str] = ()
    words: Mapping[str, str] = field(default_factory=dict)
    """What codes of the services are called: actions, roles."""
    files: Iterable[tuple[str, Iterable[bytes] | None]] = ()
    """Names with contents, read one after another; None: the file could not be had."""

    def said(self, value: object) -> str:
        """Write a value for people."""
        if value is None or value == []:
            return ""
        if isinstance(value, bool):
            return "да" if value else "нет"
        if isinstance(value, Mapping):
            parts = ((FIELDS.get(key, key), self.said(one)) for key, one in value.items())
            return str(value.get("name") or ", ".join(f"{key}: {one}" for key, one in parts if one))
        if isinstance(value, list):
            return "; ".join(self.said(one) for one in value)
        text = str(value)
        if INSTANT.fullmatch(text):
            return f"{datetime.fromisoformat(text).astimezone(self.zone):%d.%m.%Y %H:%M}"
        if DAY.fullmatch(text):
            return f"{date.fromisoformat(text):%d.%m.%Y}"
        return self.words.get(text, text)


def subject_paper(gathered: Gathered, absent: Sequence[str]) -> bytes:
    """Return the paper; `absent` files could not be had."""
    story: list[Flowable] = [
        paper.title("Сведения о персональных данных"),
        paper.text(
            f"Субъект № {gathered.person_id}. На {gathered.on:%d.%m.%Y}. Ст. 14 Федерального закона № 152-ФЗ."
        ),
        paper.text("Полностью, с номерами и служебными полями, — в файлах JSON рядом.", small=True),
    ]
    for service, told in gathered.held.items():
        story.append(paper.heading(WHOSE.get(service, service)))
        story += _told(gathered, told)
    if gathered.missing:
        names = ", ".join(WHOSE.get(service, service) for service in gathered.missing)
        story.append(paper.text(f"Не ответили, запросите выгрузку позже: {names}."))
    if absent:
        story.append(paper.text(f"Файлы, которых нет в архиве: {', '.join(absent)}."))
    return paper.draw(story, "Сведения о персональных данных")


def _told(gathered: Gathered, told: Mapping[str, Any]) -> Iterator[Flowable]:
    for name, value in {**told, **told.get("held", {})}.items():
        if name == "refused":
            yield paper.text(str(value.get("detail", "")))
        elif name != "held" and value:
            yield paper.heading(TABLES.get(name, name))
            yield from _card(gathered, value) if isinstance(value, Mapping) else _rows(gathered, value)


def _card(gathered: Gathered, card: Mapping[str, Any]) -> Iterator[Flowable]:
    rows = [(FIELDS[name], _short(gathered, card[name])) for name in FIELDS if card.get(name)]
    yield paper.table([("Поле", "Значение"), *rows], (0.3, 0.7))


def _rows(gathered: Gathered, rows: Sequence[Mapping[str, Any]]) -> Iterator[Flowable]:
    """Return a table of what people can read; columns that are always empty are left out."""
    shown = rows[:MOST_ROWS]
    filled = {name for row in shown for name, value in row.items() if name in FIELDS and gathered.said(value)}
    columns = [name for name in FIELDS if name in filled][:MOST_COLUMNS]
    if not columns:
        yield paper.text(f"Записей: {len(rows)}.")
        return
    yield paper.table(
        [
            [FIELDS[name] for name in columns],
            *([_short(gathered, row.get(name)) for name in columns] for row in shown),
        ]
    )
    if len(rows) > len(shown):
        yield paper.text(f"Ещё {len(rows) - len(shown)} строк — в файле JSON.", small=True)


def _short(gathered: Gathered, value: object) -> str:
    text = gathered.said(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
