"""The school as a OneRoster 1.2 archive: CSV files any other program of schools reads."""

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from datetime import timedelta

from services.identity.actions.importing.roster import PARTA
from services.identity.models import Enrolment, Group, Person
from services.identity.queries.exports import Everybody
from services.identity.rules.school import first_school_day
from shared.sheets import inert

ROLES = {
    "pupil": "student",
    "parent": "parent",
    "teacher": "teacher",
    "educator": "aide",
    "deputy": "siteAdministrator",
    "director": "principal",
    "operator": "systemAdministrator",
}
SEXES = {"m": "male", "f": "female", None: ""}
HEADERS = {
    "orgs": "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId",
    "academicSessions": "sourcedId,status,dateLastModified,title,type,startDate,endDate,parentSourcedId,"
    "schoolYear",
    "courses": "sourcedId,status,dateLastModified,schoolYearSourcedId,title,courseCode,grades,orgSourcedId,"
    "subjects,subjectCodes",
    "classes": "sourcedId,status,dateLastModified,title,grades,courseSourcedId,classCode,classType,location,"
    "schoolSourcedId,termSourcedIds,subjects,subjectCodes,periods",
    "users": "sourcedId,status,dateLastModified,enabledUser,username,userIds,givenName,familyName,middleName,"
    "identifier,email,sms,phone,agentSourcedIds,grades,password,userMasterIdentifier,resourceSourcedIds,"
    "preferredGivenName,preferredMiddleName,preferredFamilyName,primaryOrgSourcedId,pronouns",
    "roles": "sourcedId,status,dateLastModified,userSourcedId,roleType,role,beginDate,endDate,orgSourcedId,"
    "userProfileSourcedId",
    "enrollments": "sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role,"
    "primary,"
    "beginDate,endDate",
    "demographics": "sourcedId,status,dateLastModified,birthDate,sex",
}
ABSENT = (
    "categories",
    "classResources",
    "courseResources",
    "lineItems",
    "resources",
    "results",
    "userProfiles",
)

Row = dict[str, object]


def oneroster_archive(school: Everybody) -> bytes:
    """Return the archive; our own import of it changes nothing."""
    tables = {
        "orgs": [{"sourcedId": school.school.id, "name": school.school.name, "type": "school"}],
        "academicSessions": [_year(school)],
        "courses": [_course(school, grade) for grade in sorted({_grade(one) for one in _groups(school)})],
        "classes": [_class(school, group) for group in _groups(school)],
        "users": [_user(school, person) for person in _people(school)],
        "roles": [row for person in _people(school) for row in _roles(school, person)],
        "enrollments": [
            *_leaders(school),
            *(_place(school, stay) for stay in school.stays if _is_told(school, stay)),
        ],
        "demographics": [
            _demographics(person) for person in _people(school) if person.birth_on or person.sex
        ],
    }
    files = {f"{name}.csv": _file(HEADERS[name].split(","), rows) for name, rows in tables.items()}
    return _packed({"manifest.csv": _file(("propertyName", "value"), _manifest()), **files})


def _manifest() -> Iterable[Row]:
    told = {
        "manifest.version": "1.0",
        "oneroster.version": "1.2",
        **{f"file.{name}": "bulk" for name in HEADERS},
        **{f"file.{name}": "absent" for name in ABSENT},
        "source.systemName": "Парта",
        "source.systemCode": PARTA,
    }
    return ({"propertyName": name, "value": value} for name, value in told.items())


def _year(school: Everybody) -> Row:
    begins = first_school_day(school.on)
    ends = begins.replace(year=begins.year + 1) - timedelta(days=1)
    return {
        "sourcedId": f"year-{begins.year}",
        "title": f"{begins.year}/{ends.year}",
        "type": "schoolYear",
        "startDate": begins,
        "endDate": ends,
        "schoolYear": ends.year,
    }


def _course(school: Everybody, grade: str) -> Row:
    year = f"year-{first_school_day(school.on).year}"
    title = f"{grade} класс" if grade else "Группы"
    return {
        "sourcedId": f"course-{grade or 'none'}",
        "schoolYearSourcedId": year,
        "title": title,
        "grades": grade,
        "orgSourcedId": school.school.id,
    }


def _grade(group: Group) -> str:
    return f"{group.grade:02}" if group.grade is not None else ""


def _groups(school: Everybody) -> list[Group]:
    return sorted((one for one in school.groups.values() if one.kind != "parallel"), key=lambda one: one.id)


def _people(school: Everybody) -> list[Person]:
    return sorted(
        (one for one in school.people.values() if one.id not in school.left), key=lambda one: one.id
    )


def _class(school: Everybody, group: Group) -> Row:
    return {
        "sourcedId": group.id,
        "title": group.name,
        "grades": _grade(group),
        "courseSourcedId": f"course-{_grade(group) or 'none'}",
        "classType": "homeroom" if group.kind == "class" else "scheduled",
        "schoolSourcedId": school.school.id,
        "termSourcedIds": f"year-{first_school_day(school.on).year}",
    }


def _user(school: Everybody, person: Person) -> Row:
    agents = [str(tie.guardian_id) for tie in school.guardians[person.id]]
    phones = [one["value"] for one in person.contacts if one["kind"] == "phone"]
    return {
        "sourcedId": person.id,
        "enabledUser": "true",
        "username": school.logins.get(person.id, ""),
        "givenName": person.given_name,
        "familyName": person.family_name,
        "middleName": person.patronymic,
        "email": person.email or "",
        "phone": phones[0] if phones else "",
        "agentSourcedIds": ",".join(agents),
        "primaryOrgSourcedId": school.school.id,
    }


def _roles(school: Everybody, person: Person) -> Iterable[Row]:
    held = [ROLES[role] for role in ROLES if role in school.roles[person.id]]
    for number, role in enumerate(held):
        yield {
            "sourcedId": f"{person.id}-{role}",
            "userSourcedId": person.id,
            "roleType": "secondary" if number else "primary",
            "role": role,
            "orgSourcedId": school.school.id,
        }


def _leaders(school: Everybody) -> Iterable[Row]:
    for group in _groups(school):
        if group.class_teacher_id:
            yield {
                "sourcedId": f"{group.id}-leader",
                "classSourcedId": group.id,
                "schoolSourcedId": school.school.id,
                "userSourcedId": group.class_teacher_id,
                "role": "teacher",
                "primary": "true",
            }


def _is_told(school: Everybody, stay: Enrolment) -> bool:
    return school.groups[stay.group_id].kind != "parallel" and stay.pupil_id not in school.left


def _place(school: Everybody, stay: Enrolment) -> Row:
    return {
        "sourcedId": stay.id,
        "classSourcedId": stay.group_id,
        "schoolSourcedId": school.school.id,
        "userSourcedId": stay.pupil_id,
        "role": "student",
        "primary": "false",
        "beginDate": stay.from_on,
        "endDate": stay.until_on or "",
    }


def _demographics(person: Person) -> Row:
    return {"sourcedId": person.id, "birthDate": person.birth_on or "", "sex": SEXES[person.sex]}


def _file(header: Sequence[str], rows: Iterable[Row]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(header)
    bulk = {"status": "", "dateLastModified": ""}  # Bulk files leave both empty (OneRoster 1.2, 4.3).
    writer.writerows([inert(str({**bulk, **row}.get(name, ""))) for name in header] for row in rows)
    return text.getvalue()


def _packed(files: dict[str, str]) -> bytes:
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text.encode())
    return output.getvalue()
