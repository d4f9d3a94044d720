"""Consents: what a school may not do with a person's data unless it is asked (152-ФЗ ст. 6, 9).

Register, timetable, marks and parents' right to know them need none: the law on education orders
them (ст. 6 ч. 1 п. 2). What goes beyond needs one, each purpose on a paper of its own (since
01.09.2025), in the words of `form_text`, whose digest is kept with the consent.
"""

import hashlib
from datetime import date
from typing import NamedTuple

from shared.errors import Text

FORM_VERSION = "2026-1"
PAPER, ELECTRONIC = "paper", "electronic"
METHODS = (PAPER, ELECTRONIC)
OF_AGE = 18  # Before that a lawful representative signs.

EMAIL = "email"


class Purpose(NamedTuple):
    """Something a consent may be given to; `about` says whose consent every family is asked for."""

    title: Text
    about: str  # pupil | parent
    data: str
    actions: str
    term: str


ACTIONS = (
    "сбор, запись, систематизация, хранение, уточнение, использование, блокирование, удаление, уничтожение"
)
SHOWN = f"{ACTIONS}, распространение неопределённому кругу лиц"
STUDIES = "на время обучения в школе"

PURPOSES = {
    "extended": Purpose(
        Text("Сведения сверх обязательных", "Data beyond what is obligatory"),
        "pupil",
        "интересы, участие в кружках и секциях, сведения о семье и здоровье, сообщённые родителями",
        ACTIONS,
        STUDIES,
    ),
    "photo": Purpose(
        Text("Фото- и видеосъёмка", "Photographs and video"),
        "pupil",
        "изображение, фамилия, имя, класс",
        ACTIONS,
        STUDIES,
    ),
    "publication": Purpose(
        Text("Публикация на сайте и в соцсетях школы", "Publication on the school's site and pages"),
        "pupil",
        "изображение, фамилия, имя, класс, результаты конкурсов и олимпиад, работы",
        SHOWN,
        f"{STUDIES} и три года после",
    ),
    "portfolio": Purpose(
        Text("Портфолио достижений", "Portfolio of achievements"),
        "pupil",
        "фамилия, имя, класс, достижения, грамоты, работы",
        ACTIONS,
        STUDIES,
    ),
    EMAIL: Purpose(
        Text("Письма на электронную почту", "Letters by e-mail"),
        "parent",
        "фамилия, имя, адрес электронной почты; в письмах — отметки и посещаемость ребёнка",
        f"{ACTIONS}, передача через оператора связи",
        STUDIES,
    ),
    "messenger": Purpose(
        Text("Сообщения в мессенджере", "Messages by messenger"),
        "parent",
        "фамилия, имя, номер телефона; в сообщениях — отметки и посещаемость ребёнка",
        f"{ACTIONS}, передача через оператора мессенджера",
        STUDIES,
    ),
}

ASKED = ("extended", "photo", "publication", "portfolio", EMAIL)
"""What every family is asked for: who has not answered is in the class teacher's list (3.5.5)."""

WITHDRAWAL = (
    "Согласие можно отозвать в любое время: в личном кабинете («Мои данные») или письменным заявлением "
    "на имя директора. Обработка прекращается не позднее рабочего дня, следующего за отзывом."
)
VOLUNTARY = (
    "Согласие даётся добровольно; отказ не влияет на обучение и на доступ к журналу и дневнику. "
    "Обязательные сведения школа обрабатывает по закону «Об образовании в РФ», согласие на это не нужно."
)


def form_text(kind: str) -> str:
    """Return the words of a form, without its blanks: what is consented to."""
    purpose = PURPOSES[kind]
    return "\n".join(
        (
            f"Цель обработки: {purpose.title.ru}.",
            f"Перечень персональных данных: {purpose.data}.",
            f"Перечень действий: {purpose.actions}; с использованием средств автоматизации и без них.",
            f"Срок действия: {purpose.term} либо до отзыва.",
            f"Порядок отзыва. {WITHDRAWAL}",
            VOLUNTARY,
        )
    )


def text_sha256(kind: str) -> str:
    """Return the digest of a form's words."""
    return hashlib.sha256(form_text(kind).encode()).hexdigest()


def is_of_age(birth_on: date | None, on: date) -> bool:
    """Whether somebody signs for themselves on a day; a pupil of unknown age does not."""
    if birth_on is None:
        return False
    return on.year - birth_on.year - ((on.month, on.day) < (birth_on.month, birth_on.day)) >= OF_AGE
