"""The demonstration school's people and classes as a school would bring them: OneRoster 1.1 in a ZIP."""

import csv
import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from deploy.demo.curriculum import HOURS, class_names
from deploy.demo.people import Person
from deploy.demo.school import NAME, School

Rows = Iterator[Mapping[str, object]]

ORG, YEAR, HOMEROOM = "school", "year", "course-homeroom"
FILES = ("academicSessions", "classes", "courses", "demographics", "enrollments", "orgs", "users")


def oneroster_zip(school: School) -> bytes:
    """Write people, classes and groups as a OneRoster 1.1 CSV set."""
    made = io.BytesIO()
    writers = {
        "orgs": _orgs(),
        "academicSessions": _sessions(school.year),
        "courses": _courses(),
        "classes": _classes(school),
        "users": _users(school),
        "enrollments": _enrolments(school),
        "demographics": _demographics(school),
    }
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("manifest.csv", _csv(_manifest()))
        for name, rows in writers.items():
            archive.writestr(f"{name}.csv", _csv(rows))
    return made.getvalue()


def _csv(rows: Rows) -> str:
    written = io.StringIO(newline="")
    first = next(rows)
    table = csv.DictWriter(written, list(first))
    table.writeheader()
    table.writerow(first)
    table.writerows(rows)
    return written.getvalue()


def _manifest() -> Rows:
    given = {
        "manifest.version": "1.0",
        "oneroster.version": "1.1",
        **{f"file.{name}": "bulk" for name in FILES},
        **{f"file.{name}": "absent" for name in ("categories", "classResources", "courseResources")},
        **{f"file.{name}": "absent" for name in ("lineItems", "resources", "results")},
        "source.systemName": NAME,
        "source.systemCode": "demo",
    }
    for name, value in given.items():
        yield {"propertyName": name, "value": value}


def _record(key: str, **given: object) -> dict[str, object]:
    return {"sourcedId": key, "status": "active", "dateLastModified": "", **given}


def _orgs() -> Rows:
    yield _record(ORG, name=NAME, type="school", identifier="", parentSourcedId="")


def _sessions(year: int) -> Rows:
    spans = [
        (YEAR, f"{year}/{year + 1} учебный год", "schoolYear", date(year, 9, 1), date(year + 1, 5, 26), ""),
        ("quarter-1", "I четверть", "gradingPeriod", date(year, 9, 1), date(year, 10, 25), YEAR),
        ("quarter-2", "II четверть", "gradingPeriod", date(year, 11, 2), date(year, 12, 29), YEAR),
        ("quarter-3", "III четверть", "gradingPeriod", date(year + 1, 1, 11), date(year + 1, 3, 21), YEAR),
        ("quarter-4", "IV четверть", "gradingPeriod", date(year + 1, 3, 29), date(year + 1, 5, 26), YEAR),
    ]
    for key, title, kind, starts, ends, parent in spans:
        yield _record(
            key,
            title=title,
            type=kind,
            startDate=starts,
            endDate=ends,
            parentSourcedId=parent,
            schoolYear=year + 1,  # OneRoster names a year by its end.
        )


def _courses() -> Rows:
    for key, title in [(HOMEROOM, "Класс"), *((_course(subject), subject) for subject in HOURS)]:
        yield _record(
            key,
            schoolYearSourcedId=YEAR,
            title=title,
            courseCode="",
            grades="",
            orgSourcedId=ORG,
            subjects="" if key == HOMEROOM else title,
            subjectCodes="",
        )


def _course(subject: str) -> str:
    return f"course-{list(HOURS).index(subject) + 1:02}"


def _class(key: str, title: str, grade: int, course: str, kind: str, subject: str = "") -> dict[str, object]:
    return _record(
        key,
        title=title,
        grades=f"{grade:02}",
        courseSourcedId=course,
        classCode=title,
        classType=kind,
        location="",
        schoolSourcedId=ORG,
        termSourcedIds=YEAR,
        subjects=subject,
        subjectCodes="",
        periods="",
    )


def _classes(school: School) -> Rows:
    for name, grade in class_names():
        yield _class(_key_of(name), name, grade, HOMEROOM, "homeroom")
    for load in school.loads:
        for part in load.parts:
            if part.group != load.class_name:
                key, course = _key_of(part.group), _course(load.subject)
                yield _class(key, part.group, load.grade, course, "scheduled", load.subject)


def _key_of(group: str) -> str:
    return "class-" + group.replace(" ", "-")


def _users(school: School) -> Rows:
    people = school.people
    for person in people.office.values():
        yield _user(person, "administrator")
    for teacher in people.teachers:
        yield _user(teacher, "teacher")
    for parent in people.parents:
        yield _user(parent, "parent")
    for pupil in people.pupils:
        yield _user(pupil, "student", pupil.parents, f"{pupil.grade:02}")


def _user(person: Person, role: str, agents: Sequence[str] = (), grade: str = "") -> dict[str, object]:
    return _record(
        person.key,
        enabledUser="true",
        orgSourcedIds=ORG,
        role=role,
        username=person.login,
        userIds="",
        givenName=person.given,
        familyName=person.family,
        middleName=person.patronymic,
        identifier="",
        email=person.email or "",
        sms="",
        phone="",
        agentSourcedIds=",".join(agents),
        grades=grade,
        password="",
    )


def _enrolments(school: School) -> Rows:
    begins = date(school.year, 9, 1)
    seats = [
        (name, pupil.key, "student", "") for name, pupils in school.classes().items() for pupil in pupils
    ]
    seats += [
        (name, pupil.key, "student", "") for name, pupils in school.halves().items() for pupil in pupils
    ]
    seats += [(name, teacher.key, "teacher", "true") for name, teacher in school.leaders.items()]
    halves = {p.group: p.teacher for load in school.loads for p in load.parts if p.group != load.class_name}
    seats += [(name, teacher.key, "teacher", "true") for name, teacher in halves.items()]
    for number, (group, person, role, primary) in enumerate(seats, 1):
        yield _record(
            f"enrolment-{number:05}",
            classSourcedId=_key_of(group),
            schoolSourcedId=ORG,
            userSourcedId=person,
            role=role,
            primary=primary,
            beginDate=begins,
            endDate="",
        )


def _demographics(school: School) -> Rows:
    for pupil in school.people.pupils:
        yield _record(pupil.key, birthDate=pupil.birth_on, sex=pupil.sex)
