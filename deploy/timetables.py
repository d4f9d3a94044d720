"""A timetable brought in through the services' own APIs: names first, then lessons."""

import json
from typing import Any

from deploy.caller import Caller

CERTAIN = ("remembered", "same")
"""How the schedule may have understood a name, so that identity need not be asked."""


def import_fet(caller: Caller, name: str, file: bytes, *, dry_run: bool = False) -> dict[str, Any]:
    """Bring in a FET timetable; teachers and classes it names are found in the school or made.

    The schedule is asked first whether it would take the file, so that a bad one makes nobody.
    """
    return _bring(caller, "/imports/fet", {"file": (name, file)}, {}, dry_run=dry_run)


def import_timetable(
    caller: Caller,
    name: str,
    file: bytes,
    *,
    is_draft: bool = False,
    with_load: bool = True,
    dry_run: bool = False,
) -> dict[str, Any]:
    """Bring in a timetable of any program known; names understood before mean the same again."""
    form = {"is_draft": str(is_draft).lower(), "with_loads": str(with_load).lower()}
    report = _bring(caller, "/imports/timetables", {"file": (name, file)}, form, dry_run=dry_run)
    unlike = ("same", "unplaced")  # What stays as it is need not be read, and the rest is told apart.
    rows = [_line(row) for row in report.pop("rows") if row["verdict"] not in unlike]
    return report | {"rows": rows}


def _line(row: dict[str, Any]) -> dict[str, str]:
    listed = {name: ", ".join(row[name]) for name in ("groups", "teachers")}
    return {"verdict": row["verdict"], "place": row["place"], "subject": row["subject"], **listed}


def _bring(
    caller: Caller, path: str, files: dict[str, Any], form: dict[str, str], *, dry_run: bool
) -> dict[str, Any]:
    needs = caller.post("schedule", f"{path}/needs", files=files)
    meant = {(one["what"], one["name"]) for one in needs.get("names", ()) if one["how"] in CERTAIN}
    unknown = [name for name in needs["teachers"] if ("teachers", name) not in meant]
    named = {
        "teachers": [{"key": name, "name": name} for name in unknown],
        "groups": _with_parents(needs["groups"], meant),
    }
    rehearsal = caller.post("identity", "/imports/names", params={"dry_run": "true"}, json=named)
    first, again = {"dry_run": "true"}, {"dry_run": "false"}
    report = _take(caller, path, files, form | _ids(rehearsal, meant), first)
    if dry_run:
        return report
    made = caller.post("identity", "/imports/names", params=again, json=named)
    return _take(caller, path, files, form | _ids(made, meant), again) | {"people": made["created"]}


def _with_parents(groups: list[dict[str, Any]], meant: set[tuple[str, str]]) -> list[dict[str, Any]]:
    """Return the groups that are not understood, and those that they stand under."""
    by_key = {one["key"]: one for one in groups}
    wanted: dict[str, dict[str, Any]] = {}
    for one in groups:
        step = one if ("groups", one["name"]) not in meant else None
        while step and step["key"] not in wanted:
            wanted[step["key"]] = step
            step = by_key.get(step["parent_key"] or "")
    return list(wanted.values())


def _take(
    caller: Caller, path: str, files: dict[str, Any], form: dict[str, str], params: dict[str, str]
) -> dict[str, Any]:
    return caller.post("schedule", path, params=params, files=files, data=form)


def _ids(named: dict[str, Any], meant: set[tuple[str, str]]) -> dict[str, str]:
    """Return the ids that identity gave, but for names that the schedule understands by itself."""
    ids = {
        what: {name: id_ for name, id_ in named[what].items() if (what, name) not in meant}
        for what in ("teachers", "groups")
    }
    return {"ids": json.dumps(ids)}
