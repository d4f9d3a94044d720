"""OneRoster archives of one's own, from rows."""

import csv
import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

HEADERS = {
    "orgs": "sourcedId,status,name,type,identifier,parentSourcedId",
    "users": "sourcedId,status,enabledUser,orgSourcedIds,role,username,givenName,familyName,middleName,"
    "email,agentSourcedIds",
    "classes": "sourcedId,status,title,grades,classType,schoolSourcedId",
    "enrollments": "sourcedId,status,classSourcedId,schoolSourcedId,userSourcedId,role,primary,"
    "beginDate,endDate",
}
SCHOOL = {"orgs": [{"sourcedId": "s1", "name": "Школа № 1", "type": "school"}]}


def archive(
    tables: Mapping[str, Sequence[Mapping[str, str]]], *, encoding: str = "utf-8", by: str = ","
) -> bytes:
    """Return a ZIP of the tables; those not given are there with headers alone."""
    return zipped(
        {
            f"{name}.csv": sheet(header.split(","), tables.get(name, ()), by).encode(encoding)
            for name, header in HEADERS.items()
        }
    )


def sheet(header: Sequence[str], rows: Sequence[Mapping[str, str]], by: str = ",") -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, header, delimiter=by)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def zipped(files: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in files.items():
            made.writestr(name, content)
    return buffer.getvalue()


def user(id_: str, role: str = "student", **given: str) -> dict[str, str]:
    names = {"familyName": f"Фамилия{id_}", "givenName": "Имя", "middleName": "Отчество"}
    return {"sourcedId": id_, "orgSourcedIds": "s1", "role": role} | names | given


def class_(id_: str, title: str = "5А", **given: str) -> dict[str, str]:
    return {
        "sourcedId": id_,
        "title": title,
        "classType": "homeroom",
        "schoolSourcedId": "s1",
    } | given


def place(class_id: str, user_id: str, role: str = "student", **given: str) -> dict[str, str]:
    return {
        "sourcedId": f"{class_id}-{user_id}",
        "classSourcedId": class_id,
        "schoolSourcedId": "s1",
        "userSourcedId": user_id,
        "role": role,
    } | given


def school_of(pupils: int) -> dict[str, list[dict[str, str]]]:
    """Return a school in which 25 pupils make a class, each with a teacher and two parents."""
    users, classes, places = [], [], []
    for number in range(pupils):
        form = f"c{number // 25}"
        if number % 25 == 0:
            classes.append(class_(form, f"{number // 100 + 1}{'АБВГ'[number // 25 % 4]}"))
            users.append(user(f"t{form}", "teacher"))
            places.append(place(form, f"t{form}", "teacher", primary="true"))
        users += [user(f"m{number}", "parent"), user(f"f{number}", "guardian")]
        users.append(user(f"p{number}", agentSourcedIds=f"m{number},f{number}"))
        places.append(place(form, f"p{number}"))
    return {**SCHOOL, "users": users, "classes": classes, "enrollments": places}


def upload(api: Any, content: bytes, query: str = "", **given: Any) -> Any:
    """Send an archive to the import, as a browser would."""
    file = {"file": (io.BytesIO(content), "school.zip")}
    return api("POST", f"/imports/oneroster{query}", data=file, **given)
