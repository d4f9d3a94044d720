"""What stays when a person is erased, for how long and why; and how fast the school has to answer.

Kept are ids, days and numbers of orders: what the law and the regulation want to be found later.
Names stand on the printed volumes alone, which are kept for these years on paper (5.2, 5.3).
"""

from datetime import date, timedelta
from typing import NamedTuple

from shared.errors import Text

ACCESS, ERASURE = "access", "erasure"
WORKING_DAYS_TO_ANSWER = 10  # 152-ФЗ ст. 20 ч. 1
DAYS_TO_ERASE = 30  # 152-ФЗ ст. 21 ч. 4, 5

GROUNDS = {
    "request": Text(
        "обращение субъекта или его представителя", "request of the person or who answers for them"
    ),
    "purpose": Text("цель обработки достигнута", "the purpose of processing is reached"),
    "withdrawal": Text("отзыв согласия", "the consent was withdrawn"),
    "unlawful": Text("данные обрабатывались неправомерно", "the data was processed unlawfully"),
}

DESTROYED = (
    "фамилия, имя, отчество, дата рождения, пол, номер личного дела, должность, контакты",
    "адрес электронной почты, учётная запись, сеансы, вторые факторы, роли, связи с представителями",
    "ответы на задания, портфолио и файлы к ним, пояснения к отметкам, личные задания",
    "тексты замечаний и обращений, сведения о справках",
    "сведения о просмотрах дневника, уведомления и письма",
)


class Kept(NamedTuple):
    """Something that stays: what, for how many years, by which rule."""

    title: Text
    years: int
    rule: str


KEPT = {
    "marks": Kept(
        Text(
            "Отметки и посещаемость под номером, с причинами их изменений",
            "Marks and attendance, by an id, with the reasons of their changes",
        ),
        5,
        "п. 5.2 Положения",
    ),
    "summaries": Kept(Text("Сводные ведомости", "Summary sheets"), 25, "п. 5.3 Положения"),
    "movements": Kept(
        Text("Зачисление и движение с номерами приказов", "Stays and movements with their orders"),
        25,
        "п. 5.3 Положения",
    ),
    "consents": Kept(
        Text("Согласия: вид, даты, способ", "Consents: kind, days, way"),
        3,
        "152-ФЗ ст. 9 ч. 3; ГК РФ ст. 196",
    ),
    "access": Kept(
        Text("Журнал доступа: номера, без имён", "The access log: ids, no names"), 1, "152-ФЗ ст. 19"
    ),
}

# What erasing does with each table that names people. A test finds tables that are in neither.
KEPT_TABLES = {
    "approvals": "access",
    "enrolments": "movements",
    "movements": "movements",
    "leaderships": "marks",
    "confirmations": "marks",
    "consents": "consents",
    "subject_requests": "access",
    "erasures": "access",
}
DESTROYED_TABLES = frozenset(
    {
        "accounts", "activation_codes", "authorization_codes", "card_changes", "deputy_areas", "external_ids",
        "failed_sign_ins", "grants", "guardianships", "passkeys", "pending_sign_ins", "provider_links",
        "provider_visits", "recovery_codes", "refresh_families", "reset_requests", "roles", "sign_ins",
        "totp_seeds",
    }
)  # fmt: skip


def due_on(kind: str, asked_on: date) -> date:
    """Return the last day to answer; public holidays are not subtracted, so it is never too late."""
    if kind == ERASURE:
        return asked_on + timedelta(days=DAYS_TO_ERASE)
    day, left = asked_on, WORKING_DAYS_TO_ANSWER
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < 5
    return day
