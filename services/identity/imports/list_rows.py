"""One row of a list: a pupil with the parents named beside, or one of the staff."""

import re
from collections.abc import Iterator
from datetime import date

from services.identity.imports.list_cells import NONE, Cells, Reader
from services.identity.imports.list_parents import enter_parents
from services.identity.imports.parsed import NAME_LONGEST, Class, Parsed, Place, User
from services.identity.imports.values import roles_of
from services.identity.rules.class_names import class_name, grade_in, is_of_no_grade, plain_name
from shared.names import collated


def enter_pupil(parsed: Parsed, cells: Cells, today: date) -> None:
    """Enter the pupil of a row, the class, and the parents named beside."""
    reader = Reader(parsed, cells, today)
    user = _user(reader, "pupil")
    if user is None:
        return
    user.file_number = reader.text("file_number", 30) or None
    class_id = _class(reader, cells.get("class") or cells.get("grade") + cells.get("letter"))
    if class_id:
        place = Place(
            cells.row, class_id, user.id, "pupil", False, reader.day("from"), reader.day("until"), False
        )
        parsed.places.append(place)
    elif user.code is None:
        reader.left_out(f"{user.family} {user.given}", "загружен без класса", "entered without a class")
    enter_parents(reader, user)


def enter_staff(parsed: Parsed, cells: Cells, today: date) -> None:
    """Enter one of the staff, the roles that the position or the role means, and the class led."""
    reader = Reader(parsed, cells, today)
    user = _user(reader, "")
    if user is None:
        return
    user.position = reader.text("position", NAME_LONGEST) or None
    user.roles, strange = roles_of(cells.get("role") or cells.get("position"))
    for text in strange if cells.get("role") else ():
        reader.wrong(
            "role",
            f"Неизвестная роль «{text[:40]}». Допустимы: учитель, воспитатель, завуч.",
            f"Unknown role “{text[:40]}”. Known are: teacher, educator, deputy.",
        )
    led = cells.get("led") or cells.get("class")
    for text in _each(led):
        if class_id := _class(reader, text):
            parsed.places.append(Place(cells.row, class_id, user.id, "teacher", True, None, None, False))
    user.roles.discard("class_teacher")  # It comes with the class.
    if led and not user.roles:
        user.roles.add("teacher")


def _each(text: str) -> Iterator[str]:
    return (part.strip() for part in re.split(r"[,;]", text) if collated(part) not in NONE)


def _user(reader: Reader, role: str) -> User | None:
    """Return the person of the row with what every list says; None where the row is wrong."""
    names, row = reader.names(), reader.cells.row
    if names is None:
        field = "family" if reader.cells.title("family") else "name"
        if not any(error.line == row.line and error.file == row.file for error in reader.parsed.errors):
            reader.wrong(field, "Ячейка пуста; заполните её.", "The cell is empty; fill it in.")
        return None
    family, given, patronymic, is_whole = names
    if not given:
        reader.left_out(family, "имя не указано", "no given name")
    user = User(
        id=f"{row.file}:{row.line}",
        row=row,
        family=family,
        given=given,
        patronymic=patronymic,
        login=reader.text("login", 100),
        email=reader.email(),
        birth_on=reader.birth(),
        roles={role} if role else set(),
        is_whole_name=is_whole,
        code=reader.code(),
        sex=reader.sex(),
        phones=reader.phones(),
        addresses=(address,) if (address := reader.text("address", 500)) else (),
    )
    reader.parsed.users[user.id] = user
    return user


def _class(reader: Reader, text: str) -> str:
    """Return the id of the class a cell names, or the sheet's own; nothing where there is none."""
    if collated(text) in NONE:
        text = reader.cells.class_text
    name = class_name(text)
    if not name:
        return ""
    if len(name) > NAME_LONGEST or not any(sign.isalnum() for sign in name) or not name.isprintable():
        reader.wrong("class", "Это не класс. Запишите его как 5А.", "This is no class. Write it as 5А.")
        return ""
    if is_of_no_grade(name):
        reader.wrong("class", "Такой параллели нет. Запишите класс как 5А.", "No such grade. Write it as 5А.")
        return ""
    found = f"class:{plain_name(name)}"
    if found not in reader.parsed.classes:
        row = reader.cells.row
        reader.parsed.classes[found] = Class(found, row, "", "class", name, grade_in(name), False)
    return found
