"""Cells of a school's list: names, days, sexes, classes, telephones, roles, as people really write them."""

import re
from datetime import date, timedelta

from services.identity.imports.cells import read_day
from shared.names import collated, split_name

SEXES = {
    "m": ["м", "муж", "мужской", "мужчина", "мальчик", "юноша", "m", "male", "man", "boy"],
    "f": ["ж", "жен", "женский", "женщина", "девочка", "девушка", "f", "female", "woman", "girl"],
}
_SEXES = {word: sex for sex, words in SEXES.items() for word in words}

PHONE = re.compile(r"\+?[\d\s()\-–.]{5,40}(?:\s*(?:доб|доп|ext|вн)\.?\s*\d{1,6})?$")
EXCEL_BEGINS = date(1899, 12, 30)

# What the staff are in the register, by words of a post or a role; the first that fits counts.
POSTS = (
    (("операт", "operator"), "operator"),
    (("заместител", "завуч", "зам дир", "замдир", "deputy"), "deputy"),
    (("директор", "director", "principal", "headmaster"), "director"),
    (("воспитател", "педагог психолог", "социальн", "тьютор", "вожат", "логопед", "educator"), "educator"),
    (("классн", "class teacher", "class_teacher"), "class_teacher"),
    (("учител", "педагог", "преподавател", "препод", "мастер п", "teacher"), "teacher"),
)


def name_parts(text: str) -> tuple[str, str, str]:
    """Read «Фамилия Имя Отчество» into its parts; a name all in capitals is written as names are."""
    return split_name(written(text))


def written(text: str) -> str:
    """Return a name in capitals as it is written in a register: ИВАНОВ-ПЕТРОВ is Иванов-Петров."""
    letters = [letter for letter in text if letter.isalpha()]
    return text.title() if len(letters) > 1 and all(letter.isupper() for letter in letters) else text


def day_of(text: str, today: date) -> date:
    """Read a day as lists have it: 12.05.2014, 12.5.14, 2014-05-12, «12.05.2014 г.», Excel's 41771."""
    short = re.sub(r"\s*(?:г|год|года)\.?$", "", text.strip()).replace("/", ".").replace(",", ".")
    if re.fullmatch(r"\d{5}", short):
        return EXCEL_BEGINS + timedelta(days=int(short))
    found = re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.(\d{2})", short)
    if found:
        year = 2000 + int(found[3])
        return date(year if year <= today.year else year - 100, int(found[2]), int(found[1]))
    return read_day(short)


def sex_of(text: str) -> str | None:
    """Return m or f; None for anything else."""
    return _SEXES.get(collated(text).strip(" ."))


def phone_of(text: str) -> str | None:
    """Return a telephone in one form, +7 912 345-67-89; others as they are, and None for none at all."""
    if not PHONE.match(text):
        return None
    digits = re.sub(r"\D", "", text)
    if len(digits) == 11 and digits[0] in "78":
        digits = digits[1:]
    elif len(digits) != 10 or text.startswith("+") or digits[0] not in "3489":
        return text
    return f"+7 {digits[:3]} {digits[3:6]}-{digits[6:8]}-{digits[8:]}"


def digits_of(phone: str) -> str:
    """Return what makes two telephones the same, however they are written."""
    return re.sub(r"\D", "", phone)[-10:]


def roles_of(text: str) -> tuple[set[str], list[str]]:
    """Return the roles a cell names, and the parts of it that name none."""
    roles: set[str] = set()
    strange: list[str] = []
    for part in re.split(r"[,;/]| и ", text):
        words = re.sub(r"[\W]+", " ", collated(part)).strip()
        if words:
            found = next((role for marks, role in POSTS if any(mark in words for mark in marks)), None)
            roles.update([found] if found else [])
            strange += [] if found else [part.strip()]
    return roles, strange
