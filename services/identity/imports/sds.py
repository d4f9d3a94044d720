"""Microsoft School Data Sync v1, and its British twin, which differ in the names of columns."""

from services.identity.imports.cells import day_in, grade_of, is_day_first, is_ended
from services.identity.imports.parsed import (
    NAME_LONGEST,
    Class,
    Org,
    Parsed,
    Place,
    User,
    fitting,
    is_new,
    needed,
)
from shared.imports import Row

ID = ("SIS ID", "ID")
SCHOOL = ("School SIS ID", "School DfE Number")
SECTION = ("Section SIS ID", "Section ID")
ORG = ("SIS ID", "DfE Number")

REQUIRED = {
    "school": (ORG, ("Name",)),
    "section": (ID, SCHOOL, ("Section Name",)),
    "student": (ID, SCHOOL, ("Username",)),
    "teacher": (ID, SCHOOL, ("Username",)),
    "studentenrollment": (SECTION, ID),
    "teacherroster": (SECTION, ID),
}


def read_sds(parsed: Parsed) -> None:
    """Read all rows of the tables into people, classes and places."""
    _read_schools(parsed)
    for name, role in (("student", "pupil"), ("teacher", "teacher")):
        _read_people(parsed, name, role)
    _read_sections(parsed)
    for name, role in (("studentenrollment", "pupil"), ("teacherroster", "teacher")):
        _read_places(parsed, name, role)


def _read_schools(parsed: Parsed) -> None:
    for row in parsed.rows("school"):
        external = needed(row, parsed.errors, *ORG)
        if is_new(parsed.orgs, row, parsed.errors, ORG[0], external):
            name = needed(row, parsed.errors, "Name")
            parsed.orgs[external] = Org(external, name, "school", row.get("School Number"), "", row)


def _read_people(parsed: Parsed, name: str, role: str) -> None:
    rows = parsed.rows(name)
    day_first = is_day_first(row.get("Birthdate") for row in rows)
    for row in rows:
        external = needed(row, parsed.errors, *ID)
        if not is_new(parsed.users, row, parsed.errors, ID[0], external):
            continue
        user = _user(parsed, row, external)
        user.birth_on = day_in(row, parsed.errors, "Birthdate", day_first=day_first)
        user.orgs.add(needed(row, parsed.errors, *SCHOOL))
        user.roles.add(role)
        user.is_gone = is_ended(row, parsed.errors)
        parsed.users[external] = user


def _user(parsed: Parsed, row: Row, external: str) -> User:
    def text(column: str, longest: int = NAME_LONGEST) -> str:
        return fitting(row, parsed.errors, column, row.get(column), longest)

    return User(
        id=external,
        row=row,
        family=text("Last Name") or needed(row, parsed.errors, "Username"),
        given=text("First Name"),
        patronymic=text("Middle Name"),
        login=text("Username", 100),
        email=text("Secondary Email", 254) or None,
    )


def _read_sections(parsed: Parsed) -> None:
    for row in parsed.rows("section"):
        external = needed(row, parsed.errors, *ID)
        if is_new(parsed.classes, row, parsed.errors, ID[0], external):
            name = needed(row, parsed.errors, "Section Name")
            parsed.classes[external] = Class(
                id=external,
                row=row,
                org=needed(row, parsed.errors, *SCHOOL),
                kind="group",
                name=fitting(row, parsed.errors, "Section Name", name, NAME_LONGEST),
                grade=grade_of(row.get("Grade")),
                is_gone=is_ended(row, parsed.errors),
            )


def _read_places(parsed: Parsed, name: str, role: str) -> None:
    for row in parsed.rows(name):
        parsed.places.append(
            Place(
                row=row,
                class_id=needed(row, parsed.errors, *SECTION),
                user_id=needed(row, parsed.errors, *ID),
                role=role,
                is_primary=False,
                from_on=None,
                until_on=None,
                is_gone=is_ended(row, parsed.errors),
            )
        )
