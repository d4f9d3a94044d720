"""Which school of a file is meant, and what of the file belongs to it."""

from collections import Counter
from collections.abc import Iterator

from services.identity.actions.importing.roster import Ignored, Roster, RosterGroup, RosterPerson, RosterStay
from services.identity.imports.parsed import Class, Org, Parsed, Place, User
from shared.errors import Invalid, Text

ALL = "*"
# Parts of a school, whose people and classes are the school's.
PARTS = ("department", "division", "faculty", "grade")

Orgs = dict[str, Org]


class SeveralSchools(Invalid):
    """The file holds several schools, and none was chosen."""

    title = Text("В файле несколько школ", "The file holds several schools")
    detail = Text(
        "Назовите одну: {schools}; или «*», чтобы загрузить всех в одну школу.",
        "Name one: {schools}; or “*” to import all into one school.",
    )


class NoSuchSchool(Invalid):
    """The school chosen is not in the file."""

    title = Text("Такой школы в файле нет", "The file holds no such school")
    detail = Text("Есть такие: {schools}.", "It holds these: {schools}.")


def choose_org(parsed: Parsed, wanted: str | None) -> Org | None:
    """Return the school meant; None for all. A file of one school needs no choice."""
    if wanted == ALL or not parsed.orgs:
        return None
    if wanted:
        plain = wanted.strip().casefold()
        for org in parsed.orgs.values():
            if plain in (org.id.casefold(), org.name.casefold(), org.identifier.casefold()):
                return org
        raise NoSuchSchool(schools=_listed(parsed.orgs.values()))
    schools = _schools(parsed)
    if len(schools) > 1:
        raise SeveralSchools(schools=_listed(schools))
    return schools[0] if schools else None


def _listed(orgs: object) -> str:
    return "; ".join(f"{org.name} ({org.id})" for org in orgs)  # type: ignore[attr-defined]


def _schools(parsed: Parsed) -> list[Org]:
    """Return the schools that have pupils; where none has, those that have classes."""
    pupils = {org for user in parsed.users.values() if "pupil" in user.roles for org in user.orgs}
    found = pupils or {class_.org for class_ in parsed.classes.values()}
    schools = {_whole(parsed, org).id for org in found if org in parsed.orgs}
    return [parsed.orgs[org] for org in sorted(schools)]


def _whole(parsed: Parsed, org: str) -> Org:
    """Return the school a department lies in."""
    seen = set()
    while parsed.orgs[org].type in PARTS and parsed.orgs[org].parent in parsed.orgs and org not in seen:
        seen.add(org)
        org = parsed.orgs[org].parent
    return parsed.orgs[org]


def roster_of(parsed: Parsed, school: Org | None, *, is_complete: bool = False) -> Roster:
    """Return what belongs to the school; the rest is listed as ignored."""
    classes = {id_: c for id_, c in parsed.classes.items() if _is_in(parsed, {c.org}, school)}
    places = [place for place in parsed.places if _counts(parsed, place, classes)]
    people, leaders = _people(parsed, school, places), _leaders(classes, places)
    return Roster(
        format=parsed.format,
        source=parsed.source,
        org=school.name if school else None,
        people={id_: _person(user) for id_, user in people.items()},
        groups={
            id_: RosterGroup(class_.kind, class_.name, class_.grade, leaders.get(id_))
            for id_, class_ in classes.items()
            if not class_.is_gone
        },
        stays=list(_stays(parsed, places, people)),
        guardianships=sorted(
            {
                (relation.guardian_id, relation.pupil_id)
                for relation in parsed.relations
                if relation.pupil_id in people or relation.pupil_id not in parsed.users
            }
        ),
        ignored=[*parsed.ignored, *_ignored(parsed, people, classes, places)],
        is_complete=is_complete,
        kinds={(one.guardian_id, one.pupil_id): one.kind for one in parsed.relations if one.kind},
    )


def _is_in(parsed: Parsed, orgs: set[str], school: Org | None) -> bool:
    return school is None or any(_whole(parsed, org) == school or org == school.id for org in orgs)


def _counts(parsed: Parsed, place: Place, classes: dict[str, Class]) -> bool:
    return place.class_id in classes or place.class_id not in parsed.classes


def _people(parsed: Parsed, school: Org | None, places: list[Place]) -> dict[str, User]:
    """Return the school's own people, whoever is in its classes, and its pupils' guardians."""
    inside = {place.user_id for place in places}
    found = {id_ for id_, user in parsed.users.items() if id_ in inside or _is_in(parsed, user.orgs, school)}
    guardians = {relation.guardian_id for relation in parsed.relations if relation.pupil_id in found}
    return {id_: user for id_, user in parsed.users.items() if id_ in found | guardians}


def _person(user: User) -> RosterPerson:
    return RosterPerson(
        family=user.family,
        given=user.given,
        patronymic=user.patronymic,
        email=user.email if user.email and "@" in user.email else None,
        birth_on=user.birth_on,
        login=user.login,
        roles=frozenset(user.roles),
        is_gone=user.is_gone,
        file=user.row.file,
        line=user.row.line,
        is_whole_name=user.is_whole_name,
        code=user.code,
        sex=user.sex,
        file_number=user.file_number,
        position=user.position,
        phones=user.phones,
        addresses=user.addresses,
    )


def _leaders(classes: dict[str, Class], places: list[Place]) -> dict[str, str]:
    """Return who leads each class: its teacher marked as primary, else the first one named."""
    found: dict[str, Place] = {}
    for place in places:
        class_ = classes.get(place.class_id)
        if class_ is None or class_.kind != "class" or place.is_gone or place.role == "pupil":
            continue
        leader = found.setdefault(place.class_id, place)
        if place.is_primary and not leader.is_primary:
            found[place.class_id] = place
    return {class_id: place.user_id for class_id, place in found.items()}


def _stays(parsed: Parsed, places: list[Place], people: dict[str, User]) -> Iterator[RosterStay]:
    for place in places:
        user = people.get(place.user_id)
        if place.role == "pupil" and (user is None or "pupil" in user.roles):
            class_ = parsed.classes.get(place.class_id)
            is_gone = place.is_gone or bool(class_ and class_.is_gone) or bool(user and user.is_gone)
            yield RosterStay(place.class_id, place.user_id, place.from_on, place.until_on, is_gone)


def _ignored(
    parsed: Parsed, people: dict[str, User], classes: dict[str, Class], places: list[Place]
) -> Iterator[Ignored]:
    foreign = Text("относится к другой школе файла", "belongs to another school of the file")
    for user in parsed.users.values():
        what = f"{user.family} {user.given}".strip()
        if user.id not in people:
            yield Ignored(user.row.file, what, foreign)
            continue
        if not user.roles:
            yield Ignored(user.row.file, what, Text("загружен без роли", "entered without a role"))
        if user.email and "@" not in user.email:
            yield Ignored(user.row.file, user.email, Text("не адрес e-mail", "no e-mail address"))
    for class_ in parsed.classes.values():
        if class_.id not in classes:
            yield Ignored(class_.row.file, class_.name, foreign)
    outside = [place for place in parsed.places if not _counts(parsed, place, classes)]
    for file, count in Counter(place.row.file for place in outside).items():
        yield Ignored(file, f"{count}", foreign)
    yield from _ignored_teachers(classes, places)


def _ignored_teachers(classes: dict[str, Class], places: list[Place]) -> Iterator[Ignored]:
    why = Text("кто что ведёт, берётся из расписания", "who teaches what is taken from the timetable")
    teaching = [p for p in places if p.role != "pupil" and p.class_id in classes]
    found = Counter(p.row.file for p in teaching if classes[p.class_id].kind != "class")
    for file, count in found.items():
        yield Ignored(file, f"{count}", why)
