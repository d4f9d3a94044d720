"""Whatever services are asked by those who may, the access log has it, and about whom (SECURITY 47)."""

from uuid import UUID

import orjson
import pytest
from prometheus_client import REGISTRY

from shared.noting import NOTING_JOBS
from shared.service import SERVICES, find_service
from shared.witness import UNNOTED
from tests.access.calls import call, path_of, set_state
from tests.access.table import ANYBODY, CALLERS, CLIENTS, ROWS
from tests.access.test_table import UUIDS, read

NOTING = [name for name in SERVICES if name != "identity"]
FAMILY = ("parent", "pupil")


def unnoted(service):
    UNNOTED.labels(service)  # So that it is counted from the start.
    return REGISTRY.get_sample_value("parta_access_unnoted_total", {"service": service})


@pytest.mark.parametrize("row", [row for row in ROWS if row.program == "identity"], ids=str)
def test_no_request_goes_by_unnoted(row, stage):
    caller = next((one for one in CALLERS if row.signs(one).get("own") == "+"), "operator")
    own, before = stage.things["own"], unnoted("identity")
    set_state(stage, row, own)
    given = call(stage, row, caller, own)

    stage.ask(caller, row.program, row.method, path_of(row, caller, own), **given)

    assert unnoted("identity") == before


def notes(stage, service):
    """Return what a service has noted since the curtain rose."""
    rows = stage.live[service].execute("SELECT note FROM access_note ORDER BY at, id").fetchall()
    return [orjson.loads(row[0]) for row in rows]


def pupils_and_parents(stage):
    """Return people by what an answer calls them: an id, or a name nobody else has."""
    named = {}
    for letter, own in zip("аб", stage.world.first.classes, strict=True):
        named |= {f"ученик-{letter}{number}": pupil for number, pupil in enumerate(own.pupils)}
        named[f"родитель-{letter}"] = own.guardian_id
    return named | {str(id_): id_ for id_ in named.values()}


def told_of(stage, row, caller, given, answer):
    """Return the pupils and parents whom a request or its answer speaks of.

    The caller aside, and in all that is held of a pupil whose child it is: that is the pupil's data.
    """
    text = f"{read(answer)} {answer.request.full_path} {given}"
    known = pupils_and_parents(stage)
    ids = set(UUIDS.findall(text))
    spoken = {id_ for name, id_ in known.items() if (name in ids if "-" in name[8:] else name in text)}
    aside = {stage.world.first.people.get(caller)}
    if row.rule.endswith("/data"):
        aside.add(stage.things["own"].guardian_id)
    return spoken - aside


@pytest.mark.parametrize(
    "row", [row for row in ROWS if row.program in NOTING and row.action != ANYBODY], ids=str
)
def test_a_service_says_about_whom_it_answers(row, stage):
    own = stage.things["own"]
    able = [one for one in CALLERS if one not in CLIENTS and row.signs(one).get("own") == "+"]
    for caller in {*able[:1], *able[-1:], *(one for one in able if one in FAMILY)}:
        set_state(stage, row, own)
        given, before = call(stage, row, caller, own), notes(stage, row.program)
        answer = stage.ask(caller, row.program, row.method, path_of(row, caller, own), **given)

        new = notes(stage, row.program)[len(before) :]
        noted = {UUID(person) for one in new for person in one["people"]}
        missing = told_of(stage, row, caller, given, answer) - noted
        assert not missing, f"{caller} of {len(missing)} people"
        stage.restore()


def test_the_test_finds_who_is_spoken_of(stage):
    """The proof of the proof: names and ids are found in pages and in their print."""
    page = stage.things["own"].page_id
    for service, path in (("journal", f"/pages/{page}"), ("reporting", f"/pages/{page}/spread.pdf")):
        answer = stage.ask("teacher", service, "GET", path)
        row = next(one for one in ROWS if one.program == service)

        assert told_of(stage, row, "teacher", {}, answer) == set(stage.things["own"].of.pupils)


@pytest.mark.parametrize("service", NOTING)
def test_each_service_notes_and_its_worker_tells(service):
    found = find_service(service)

    assert found.witness is not None
    assert set(NOTING_JOBS) <= set(found.jobs)


@pytest.mark.parametrize(
    ("caller", "service", "path", "status"),
    [
        ("teacher", "journal", "/pages/{foreign}", 404),
        ("teacher", "journal", "/diary?pupil_id={pupil}", 403),
        ("parent", "journal", "/diary?pupil_id={stranger}", 404),
        ("teacher", "reporting", "/pages/{foreign}/spread.pdf", 404),
        ("parent", "schedule", "/lessons?pupil_id={stranger}&from=2026-11-02&until=2026-11-03", 404),
    ],
)
def test_a_refusal_is_noted_with_the_ids_asked_for(stage, caller, service, path, status):
    foreign = stage.things["foreign"]
    ids = {"foreign": foreign.page_id, "pupil": foreign.pupil_id, "stranger": foreign.pupil_id}

    answer = stage.ask(caller, service, "GET", path.format(**ids))

    assert answer.status_code == status, answer.text
    note = notes(stage, service)[-1]
    asked = foreign.page_id if "foreign" in path else foreign.pupil_id
    assert note["status"] == status
    assert str(asked) in (*note["people"], *orjson.loads(note["facts"]).values())


@pytest.mark.parametrize("asked", ["read", "entered"])
def test_why_a_teacher_is_away_is_noted_as_the_teachers_own_data(stage, asked):
    teacher = stage.things["own"].teacher_id
    days = {"from_on": "2026-11-02", "until_on": "2026-11-03"}
    body = {"teacher_id": str(teacher), **days, "reason": "illness", "note": "Справка"}

    entered = stage.ask("deputy", "schedule", "POST", "/absences", json=body)
    assert entered.status_code == 201, entered.text
    if asked == "read":
        stage.ask("deputy", "schedule", "GET", "/absences?from=2026-11-02&until=2026-11-03")

    note = notes(stage, "schedule")[-1]
    assert note["endpoint"] == f"substitutions.{'get_absences' if asked == 'read' else 'post_absence'}"
    assert str(teacher) in note["people"]
    assert "Справка" not in str(note)


def test_marks_are_noted_by_whose_they_are_and_not_by_what_they_are(stage):
    own = stage.things["own"]
    row = next(one for one in ROWS if one.program == "journal" and one.rule.endswith("/entries"))
    given = call(stage, row, "teacher", own)

    assert stage.ask("teacher", "journal", "POST", path_of(row, "teacher", own), **given).status_code == 200

    note = notes(stage, "journal")[-1]
    assert note["people"]
    assert orjson.loads(note["facts"]) == {"lesson_id": str(own.lesson_id)}
    assert note["actor_id"] == str(stage.world.first.people["teacher"])
