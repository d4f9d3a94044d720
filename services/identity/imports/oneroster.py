"""OneRoster 1.1 and 1.2, and Microsoft SDS v2 and v2.1, which are built alike."""

from services.identity.imports.cells import (
    GUARDIAN_ROLES,
    NO,
    YES,
    day_in,
    grade_of,
    is_day_first,
    is_ended,
    listed,
    role_in,
)
from services.identity.imports.parsed import (
    NAME_LONGEST,
    Class,
    Org,
    Parsed,
    Place,
    Relation,
    User,
    fitting,
    is_new,
    needed,
)
from services.identity.imports.values import phone_of, sex_of
from shared.imports import Row
from shared.sheets import plain

REQUIRED = {
    "orgs": (("sourcedid",), ("name",)),
    "users": (("sourcedid",),),
    "classes": (("sourcedid",), ("title",), ("schoolsourcedid", "orgsourcedid")),
    "enrollments": (("classsourcedid",), ("usersourcedid",), ("role",)),
    "roles": (("usersourcedid",), ("orgsourcedid",), ("role",)),
    "relationships": (("usersourcedid",), ("relationshipusersourcedid",)),
}
OPTIONAL = ("roles", "relationships")


def read_oneroster(parsed: Parsed) -> None:
    """Read all rows of the tables into people, classes and places."""
    _read_orgs(parsed)
    _read_users(parsed)
    _read_roles(parsed)
    _read_births(parsed)
    _read_classes(parsed)
    _read_places(parsed)
    _read_relations(parsed)


def _read_orgs(parsed: Parsed) -> None:
    for row in parsed.rows("orgs"):
        external = needed(row, parsed.errors, "sourcedId")
        if is_new(parsed.orgs, row, parsed.errors, "sourcedId", external):
            name = needed(row, parsed.errors, "name")
            kind, identifier = row.get("type").casefold(), row.get("identifier")
            parsed.orgs[external] = Org(external, name, kind, identifier, row.get("parentSourcedId"), row)


def _read_users(parsed: Parsed) -> None:
    for row in parsed.rows("users"):
        external = needed(row, parsed.errors, "sourcedId")
        if not is_new(parsed.users, row, parsed.errors, "sourcedId", external):
            continue
        user = _user(parsed, row, external)
        user.orgs.update(listed(row.get("orgSourcedIds", "orgSourcedId", "primaryOrgSourcedId")))
        if role := row.get("role"):
            user.roles.update(filter(None, [role_in(row, parsed.errors, role)]))
        user.agents = listed(row.get("agentSourcedIds", "agents"))
        user.is_gone = (
            is_ended(row, parsed.errors) or _flag(parsed, row, "enabledUser", default=True) is False
        )
        parsed.users[external] = user


def _user(parsed: Parsed, row: Row, external: str) -> User:
    def text(column: str, longest: int = NAME_LONGEST) -> str:
        return fitting(row, parsed.errors, column, plain(row.get(column)), longest)

    login = text("username", 100)
    return User(
        id=external,
        row=row,
        family=text("familyName") or needed(row, parsed.errors, "familyName", "username"),
        given=text("givenName"),
        patronymic=text("middleName"),
        login=login,
        email=text("email", 254) or None,
        phones=tuple(phone for name in ("phone", "sms") if (phone := phone_of(plain(row.get(name))))),
    )


def _flag(parsed: Parsed, row: Row, column: str, *, default: bool) -> bool:
    text = row.get(column).casefold()
    if text and text not in YES | NO:
        parsed.errors.append(row.error(column, "Напишите true или false.", "Write true or false."))
    return text in YES if text else default


def _read_roles(parsed: Parsed) -> None:
    for row in parsed.rows("roles"):
        user = parsed.users.get(needed(row, parsed.errors, "userSourcedId"))
        role = role_in(row, parsed.errors, needed(row, parsed.errors, "role"))
        org = needed(row, parsed.errors, "orgSourcedId")
        if user is None:
            _unknown(parsed, row, "userSourcedId", "users.csv")
        elif not is_ended(row, parsed.errors):
            user.orgs.add(org)
            user.roles.update(filter(None, [role]))


def _unknown(parsed: Parsed, row: Row, column: str, file: str) -> None:
    if value := row.get(column):
        parsed.errors.append(
            row.error(
                column,
                f"«{value}» нет в {file}. Добавьте строку туда или исправьте идентификатор.",
                f"“{value}” is not in {file}. Add a row there or correct the id.",
            )
        )


def _read_births(parsed: Parsed) -> None:
    rows = parsed.rows("demographics")
    day_first = is_day_first(row.get("birthDate") for row in rows)
    for row in rows:
        user = parsed.users.get(row.get("userSourcedId", "sourcedId"))
        born = day_in(row, parsed.errors, "birthDate", day_first=day_first)
        if user is not None:
            user.birth_on = born
            user.sex = sex_of(row.get("sex"))


def _read_classes(parsed: Parsed) -> None:
    for row in parsed.rows("classes"):
        external = needed(row, parsed.errors, "sourcedId")
        if not is_new(parsed.classes, row, parsed.errors, "sourcedId", external):
            continue
        is_homeroom = row.get("classType").casefold() == "homeroom"
        name = fitting(row, parsed.errors, "title", needed(row, parsed.errors, "title"), NAME_LONGEST)
        parsed.classes[external] = Class(
            id=external,
            row=row,
            org=needed(row, parsed.errors, "schoolSourcedId", "orgSourcedId"),
            kind="class" if is_homeroom else "group",
            name=name,
            grade=grade_of(row.get("grades", "grade")) or (_leading(name) if is_homeroom else None),
            is_gone=is_ended(row, parsed.errors),
        )


def _leading(name: str) -> int | None:
    digits = name[: len(name) - len(name.lstrip("0123456789"))]
    return grade_of(digits)


def _read_places(parsed: Parsed) -> None:
    rows = parsed.rows("enrollments")
    day_first = is_day_first(row.get("beginDate", "endDate") for row in rows)
    for row in rows:
        from_on = day_in(row, parsed.errors, "beginDate", day_first=day_first)
        until_on = day_in(row, parsed.errors, "endDate", day_first=day_first)
        parsed.places.append(
            Place(
                row=row,
                class_id=needed(row, parsed.errors, "classSourcedId"),
                user_id=needed(row, parsed.errors, "userSourcedId"),
                role=role_in(row, parsed.errors, needed(row, parsed.errors, "role")),
                is_primary=_flag(parsed, row, "primary", default=False),
                from_on=from_on,
                until_on=until_on,
                is_gone=is_ended(row, parsed.errors),
            )
        )


def _read_relations(parsed: Parsed) -> None:
    for user in parsed.users.values():
        for other in user.agents:
            # A pupil's agents are the parents; a parent's, the children.
            pupil, guardian = (other, user.id) if "parent" in user.roles else (user.id, other)
            parsed.relations.append(Relation(user.row, pupil, guardian))
    for row in parsed.rows("relationships"):
        role = row.get("relationshipRole").casefold()
        if role not in GUARDIAN_ROLES:
            parsed.errors.append(
                row.error("relationshipRole", f"Неизвестное родство «{role}».", f"Unknown relation “{role}”.")
            )
        pupil = needed(row, parsed.errors, "userSourcedId")
        guardian = needed(row, parsed.errors, "relationshipUserSourcedId")
        if guardian in parsed.users:
            parsed.users[guardian].roles.add("parent")
        parsed.relations.append(Relation(row, pupil, guardian))
