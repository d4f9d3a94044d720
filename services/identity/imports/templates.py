"""The empty lists a school fills in, with an example and hints on sheets of their own."""

from services.identity.imports.tables import (
    FATHER,
    MOTHER,
    PUPIL_COLUMNS,
    SHEETS,
    STAFF_COLUMNS,
    as_xlsx,
    parent_columns,
)
from services.identity.rules.lists import PUPILS, STAFF

COLUMNS = {
    PUPILS: [
        *PUPIL_COLUMNS,
        *parent_columns(MOTHER[0]),
        *parent_columns(FATHER[0]),
        *parent_columns("представителя"),
    ],
    STAFF: list(STAFF_COLUMNS),
}

EXAMPLES = {
    PUPILS: [
        (
            "Иванова|Мария|Сергеевна|14.03.2014|ж|5А|А-12|||г. Омск, ул. Мира, д. 5||Иванова Ольга Петровна"
            "|+7 912 345-67-89|ivanova@example.org|Иванов Сергей Павлович|+7 912 345-67-80||||"
        ),
        "Мамедов|Али|Гасан оглы|02.11.2013|м|5А|М-7||||||||||||Мамедова Лейла Рашидовна|+7 913 111-22-33|",
    ],
    STAFF: [
        "Щукина|Анна|Петровна|01.05.1980|ж|учитель математики|учитель|5А|+7 914 222-33-44|anna@example.org|",
        "Орлов|Пётр|Ильич||м|заместитель директора по УВР|завуч||||",
    ],
}

HINTS = {
    "Фамилия": "Обязательно. Вместо трёх столбцов можно один: «ФИО».",
    "Имя": "Обязательно.",
    "Отчество": "Если есть.",
    "Дата рождения": "31.12.2012. По ней узнают переведённых и сменивших фамилию.",
    "Пол": "м или ж.",
    "Класс": "5А, 5-А и 5 «А» — один класс. Нового класса нет — он будет создан.",
    "№ личного дела": "По нему ученика узнают всегда.",
    "Телефон": "Любая запись; несколько — через запятую.",
    "E-mail": "На него приходят уведомления и письма о пароле.",
    "Адрес": "Одной строкой.",
    "Дата выбытия": "Только для тех, кто выбыл из класса: последний день в нём.",
    "Должность": "Как в штатном расписании.",
    "Роль": "учитель, воспитатель, завуч. Директора и оператора назначает оператор в карточке.",
    "Классное руководство": "Класс, который ведёт сотрудник.",
}
PARENTS_HINT = "Братья и сёстры: пишите родителя одинаково у каждого — он будет заведён один раз."


def template(who: str) -> bytes:
    """Return the empty list of pupils or of staff."""
    columns = COLUMNS[who]
    hints = [["Столбец", "Что писать"], *([title, HINTS.get(title, PARENTS_HINT)] for title in columns)]
    sheets = {
        SHEETS[who]: [columns],
        "Пример": [columns, *(row.split("|") for row in EXAMPLES[who])],
        "Подсказки": hints,
    }
    return as_xlsx(sheets)
