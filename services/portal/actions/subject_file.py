"""All that the services hold of one person as a file: JSON for programs, a PDF for people."""

import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import orjson
from reportlab.platypus import Flowable

from shared import paper

HOLDERS = ("journal", "schedule", "notify")
"""The services asked besides identity; reporting holds nothing but copies of what these tell."""

WHOSE = {
    "identity": "Люди и доступ",
    "journal": "Журнал",
    "schedule": "Расписание",
    "notify": "Уведомления",
}
TABLES = {
    "accounts": "Учётная запись",
    "card": "Карточка",
    "card_changes": "Изменения карточки",
    "consents": "Согласия",
    "enrolments": "Классы и группы",
    "entries": "Отметки и посещаемость",
    "groups": "Классы и группы",
    "guardianships": "Представители",
    "letters": "Письма",
    "news": "Новости",
    "notices": "Уведомления",
    "people": "Имя",
    "read_by": "Кто обращался к данным",
    "revisions": "История отметок",
    "roles": "Роли",
    "sign_ins": "Входы",
    "subject_requests": "Обращения",
}
MOST_ROWS = 2_000  # On paper; the JSON has them all.


def subject_file(person_id: str, held: Mapping[str, Any], missing: Sequence[str], on: date) -> bytes:
    """Return a ZIP with what each service answered and all of it as one paper."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for service, told in held.items():
            archive.writestr(f"{service}.json", orjson.dumps(told, option=orjson.OPT_INDENT_2))
        archive.writestr("personal-data.pdf", _paper(person_id, held, missing, on))
    return file.getvalue()


def _paper(person_id: str, held: Mapping[str, Any], missing: Sequence[str], on: date) -> bytes:
    story: list[Flowable] = [
        paper.title("Сведения о персональных данных"),
        paper.text(f"Субъект № {person_id}. На {on:%d.%m.%Y}. Ст. 14 Федерального закона № 152-ФЗ."),
    ]
    for service, told in held.items():
        story.append(paper.heading(WHOSE.get(service, service)))
        story += _told(told)
    if missing:
        names = ", ".join(WHOSE.get(service, service) for service in missing)
        story.append(paper.text(f"Не ответили, запросите выгрузку позже: {names}."))
    return paper.draw(story, "Сведения о персональных данных")


def _told(told: Mapping[str, Any]) -> Iterator[Flowable]:
    flat = {**told, **told.get("held", {})}
    for name, value in flat.items():
        if name == "refused":
            yield paper.text(str(value.get("detail", "")))
        elif isinstance(value, Mapping) and name != "held" and value:
            yield paper.heading(TABLES.get(name, name))
            yield _table([{"Поле": key, "Значение": said(one)} for key, one in value.items()])
        elif isinstance(value, list) and value:
            yield paper.heading(TABLES.get(name, name))
            yield _table([{key: said(one) for key, one in row.items()} for row in value[:MOST_ROWS]])
            if len(value) > MOST_ROWS:
                yield paper.text(f"Ещё {len(value) - MOST_ROWS} строк — в файле JSON.", small=True)


def _table(rows: Sequence[Mapping[str, str]]) -> Flowable:
    """Return a table of what differs from row to row; columns that are always empty are left out."""
    columns = [name for name in rows[0] if any(row.get(name) for row in rows)][:8]
    return paper.table([columns, *([row.get(name, "") for name in columns] for row in rows)])


def said(value: object) -> str:
    """Write a value for people."""
    if value is None or value == []:
        return ""
    if isinstance(value, bool):
        return "да" if value else "нет"
    if isinstance(value, Mapping):
        return str(value.get("name") or ", ".join(f"{key}: {said(one)}" for key, one in value.items()))
    if isinstance(value, list):
        return "; ".join(said(one) for one in value)
    return str(value)
