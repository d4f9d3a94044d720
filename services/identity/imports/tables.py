"""The school's own tables: what an import reads, as XLSX or CSV, and the empty template of it."""

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

import xlsxwriter

from services.identity.actions.importing.roster_facts import shown_contacts
from services.identity.imports.values import PHONE
from services.identity.models import Guardianship, Person
from services.identity.queries.exports import Everybody
from services.identity.rules.lists import PUPILS, STAFF
from shared.names import full_name
from shared.sheets import inert

CODE = "Код в Парте"
PARENT = ("ФИО {}", "Телефон {}", "E-mail {}")
MOTHER, FATHER = ("матери", "mother"), ("отца", "father")
REPRESENTATIVE = "представителя {}"

OWN = ("Фамилия", "Имя", "Отчество", "Дата рождения", "Пол")
PUPIL_COLUMNS = (*OWN, "Класс", "№ личного дела", "Телефон", "E-mail", "Адрес", "Дата выбытия")
STAFF_COLUMNS = (*OWN, "Должность", "Роль", "Классное руководство", "Телефон", "E-mail", "Адрес")
SHEETS = {PUPILS: "Ученики", STAFF: "Сотрудники"}

ROLE_TITLES = {
    "teacher": "учитель",
    "educator": "воспитатель",
    "deputy": "завуч",
    "director": "директор",
    "operator": "оператор",
}
SEXES = {"m": "м", "f": "ж", None: ""}

Rows = Iterator[list[str]]


def parent_columns(whose: str) -> list[str]:
    """Return the headings of one parent's columns."""
    return [title.format(whose) for title in PARENT]


def pupil_rows(school: Everybody) -> Rows:
    """Return the headings and a row for each pupil, with as many representatives as any has."""
    most = max((len(_others(school.guardians[one.id])) for one in school.pupils()), default=0)
    sides = [MOTHER[0], FATHER[0], *(REPRESENTATIVE.format(number + 1) for number in range(most))]
    yield [*PUPIL_COLUMNS, *(title for side in sides for title in parent_columns(side)), CODE]
    stays = school.class_stays()
    for pupil in school.pupils():
        stay = stays.get(pupil.id)
        ties = school.guardians[pupil.id]
        named = [_first(ties, MOTHER[1]), _first(ties, FATHER[1]), *_others(ties)]
        named += [None] * (2 + most - len(named))
        yield [
            *_own(pupil),
            school.groups[stay.group_id].name if stay else "",
            pupil.file_number or "",
            *_reached(pupil),
            f"{stay.until_on:%d.%m.%Y}" if stay and stay.until_on else "",
            *(text for tie in named for text in _parent(school, tie)),
            str(pupil.id),
        ]


def _first(ties: Sequence[Guardianship], kind: str) -> Guardianship | None:
    return next((tie for tie in ties if tie.kind == kind), None)


def _others(ties: Sequence[Guardianship]) -> list[Guardianship]:
    shown = {id(_first(ties, kind)) for kind in (MOTHER[1], FATHER[1])}
    return [tie for tie in ties if id(tie) not in shown]


def _own(person: Person) -> list[str]:
    born = f"{person.birth_on:%d.%m.%Y}" if person.birth_on else ""
    return [person.family_name, person.given_name, person.patronymic, born, SEXES[person.sex]]


def _reached(person: Person) -> list[str]:
    phones = shown_contacts(person.contacts, "phone").replace("; ", ", ")
    return [phones, person.email or "", shown_contacts(person.contacts, "address")]


def _parent(school: Everybody, tie: Guardianship | None) -> list[str]:
    if tie is None:
        return ["", "", ""]
    person = school.people[tie.guardian_id]
    name = full_name(person.family_name, person.given_name, person.patronymic)
    return [name, *_reached(person)[:2]]


def staff_rows(school: Everybody) -> Rows:
    """Return the headings and a row for each of the staff."""
    led: dict[UUID, list[str]] = {}
    for group in school.groups.values():
        if group.kind == "class" and group.class_teacher_id:
            led.setdefault(group.class_teacher_id, []).append(group.name)
    yield [*STAFF_COLUMNS, CODE]
    for person in school.staff():
        roles = [title for role, title in ROLE_TITLES.items() if role in school.roles[person.id]]
        classes = ", ".join(sorted(led.get(person.id, ())))
        yield [
            *_own(person),
            person.position or "",
            ", ".join(roles),
            classes,
            *_reached(person),
            str(person.id),
        ]


def as_xlsx(sheets: Mapping[str, Iterable[Sequence[str]]]) -> bytes:
    """Return tables as sheets of a workbook; every cell is a text, so that none is a formula."""
    output = io.BytesIO()
    with xlsxwriter.Workbook(output, {"in_memory": True}) as book:
        head = book.add_format({"bold": True, "bg_color": "#E6F0EC", "text_wrap": True, "valign": "top"})
        text = book.add_format({"num_format": "@"})
        for name, rows in sheets.items():
            _write_sheet(book.add_worksheet(name), rows, head, text)
    return output.getvalue()


def _write_sheet(sheet: Any, rows: Iterable[Sequence[str]], head: Any, text: Any) -> None:
    widths: dict[int, int] = {}
    for number, row in enumerate(rows):
        for column, cell in enumerate(row):
            sheet.write_string(
                number, column, cell if PHONE.match(cell) else inert(cell), head if number == 0 else text
            )
            widths[column] = min(44, max(widths.get(column, 9), len(cell) + 2))
    for column, width in widths.items():
        sheet.set_column(column, column, width, text)
    sheet.freeze_panes(1, 0)
