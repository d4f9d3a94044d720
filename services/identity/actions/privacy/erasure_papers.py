"""The act of destruction and the extract of the log that goes with it (приказ Роскомнадзора № 179)."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from reportlab.platypus import Flowable

from services.identity.rules.retention import DESTROYED
from shared import paper

Json = dict[str, Any]

SYSTEM = "информационная система «Парта»: базы данных служб identity, schedule, journal, reporting, notify"
HOW = (
    "записи удалены; сведения в карточке и в журнале событий заменены пустыми; копии служб удалены по "
    "событию об уничтожении; восстановление средствами системы невозможно"
)
STEPS = {
    "privacy.post_erasure": "предложено уничтожить",
    "privacy.post_erasure_approval": "подтверждено и выполнено",
    "privacy.post_erasure_refusal": "отклонено",
    "privacy.get_erasure_act": "напечатан акт",
}


def draw_act(school: Json, erasure: Json, extract: Sequence[Json]) -> bytes:
    """Draw the act, to be signed and kept for three years, and the extract behind it.

    After the erasure it names the person by id alone; who wants the name on paper prints it before.
    """
    zone = ZoneInfo(school["time_zone"])
    story = [*_act(school, erasure, zone), paper.new_page(), *_extract(school, erasure, extract, zone)]
    return paper.draw(story, "Акт об уничтожении персональных данных")


def _act(school: Json, erasure: Json, zone: ZoneInfo) -> Iterator[Flowable]:
    done = erasure["done_at"]
    yield paper.title("Акт об уничтожении персональных данных")
    yield paper.text(f"{'' if done else 'Проект: уничтожение ещё не подтверждено. '}№ {erasure['id']}")
    yield paper.table(
        [
            ("Сведение", "Содержание"),
            ("Оператор", school["name"]),
            ("Адрес оператора", school["address"] or "—"),
            ("Субъект персональных данных", _subject(erasure)),
            ("Категории уничтоженных данных", "; ".join(DESTROYED)),
            ("Информационная система", SYSTEM),
            ("Уничтожено записей", _counts(erasure["destroyed"])),
            ("Способ уничтожения", HOW),
            ("Причина", erasure["ground"]["title"].ru),
            ("Дата уничтожения", _moment(done, zone)),
            ("Предложил", _name(erasure["proposed_by"])),
            ("Уничтожил", _name(erasure["done_by"])),
        ],
        (0.32, 0.68),
    )
    yield paper.heading("Сохраняется по закону, без имени")
    yield paper.table(
        [
            ("Что", "Срок, лет", "Основание"),
            *((kept["title"].ru, str(kept["years"]), kept["rule"]) for kept in erasure["kept"]),
        ],
        (0.5, 0.15, 0.35),
    )
    yield paper.gap(18)
    yield paper.blank("Предложил, подпись", _name(erasure["proposed_by"], ""))
    yield paper.blank("Уничтожил, подпись", _name(erasure["done_by"], ""))


def _extract(school: Json, erasure: Json, extract: Sequence[Json], zone: ZoneInfo) -> Iterator[Flowable]:
    yield paper.title("Выгрузка из журнала регистрации событий")
    yield paper.text(f"{school['name']}. Субъект: {_subject(erasure)}. {SYSTEM}.")
    rows = [
        (
            _moment(line["at"], zone),
            STEPS.get(line["endpoint"], str(line["endpoint"])),
            str(line["actor"] or "—"),
            str(line["address"]),
            str(line["status"]),
            str(line["request_id"]),
        )
        for line in extract
    ]
    yield paper.table(
        [("Время", "Событие", "Кто", "Адрес", "Итог", "Запрос"), *rows], (0.16, 0.2, 0.2, 0.14, 0.08, 0.22)
    )
    yield paper.text(f"Категории уничтоженных данных: {'; '.join(DESTROYED)}.", small=True)


def _subject(erasure: Json) -> str:
    person = erasure["person"]
    named = person["name"] if not erasure["done_at"] and person["name"] else ""
    return f"{named} № {person['id']}".strip()


def _counts(destroyed: Json) -> str:
    return ", ".join(f"{name}: {count}" for name, count in destroyed.items()) or "—"


def _moment(at: datetime | None, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%d.%m.%Y %H:%M:%S}" if at else "—"


def _name(person: Json | None, nobody: str = "—") -> str:
    return str(person["name"]) if person and person["name"] else nobody
