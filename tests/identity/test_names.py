"""Teachers and groups found by the names a timetable calls them."""

import pytest

from services.identity.actions.rosters.enrolments import enrol
from services.identity.actions.rosters.groups import open_group
from tests.identity.makers import FIRST_DAY, make_class, make_person, make_pupil, told


def ask(api, teachers=(), groups=(), query="", **given):
    body = {
        "teachers": [{"key": name, "name": name} for name in teachers],
        "groups": [{"key": group["name"]} | group for group in groups],
    }
    return api("POST", f"/imports/names{query}", json=body, **given)


def group(name, kind="class", **given):
    return {"name": name, "kind": kind} | given


PARALLEL = group("5 классы", "parallel", grade=5)
CLASS = group("5 «А»", grade=5, parent_key="5 классы")
HALF = group("5А англ. 1", "group", parent_key="5 «А»")


def test_names_are_found_or_made_and_stay_the_same_people(api, database):
    first = ask(api, ["Белова А. П.", "Peter"], [HALF, CLASS, PARALLEL])
    before = len(told(database))
    again = ask(api, ["Белова А. П.", "Peter"], [HALF, CLASS, PARALLEL])

    assert first.status_code == 200, first.text
    assert first.json["created"] == {"teachers": 2, "groups": 3}
    assert again.json["created"] == {"teachers": 0, "groups": 0}
    assert again.json["teachers"] == first.json["teachers"]
    assert again.json["groups"] == first.json["groups"]
    assert len(told(database)) == before
    half = api("GET", f"/groups/{first.json['groups']['5А англ. 1']}").json
    assert half["parent_id"] == first.json["groups"]["5 «А»"]


@pytest.mark.parametrize(
    "name", ["Белова Анна Петровна", "Белова А. П.", "Белова А.П.", "белова анна", "Анна Белова", "Белова АП"]
)
def test_staff_are_known_by_every_usual_way_to_write_a_name(api, database, school, name):
    with database.writing(school) as session:
        known = make_person(session, family="Белова", given="Анна", patronymic="Петровна", role="teacher").id

    answer = ask(api, [name])

    assert answer.json == {
        "teachers": {name: str(known)},
        "groups": {},
        "created": {"teachers": 0, "groups": 0},
    }


def test_a_name_that_two_share_is_nobodys(api, database, school):
    with database.writing(school) as session:
        for given in ("Анна", "Алла"):
            make_person(session, family="Белова", given=given, role="teacher")

    answer = ask(api, ["Белова А.", "Белова Алла"])

    assert answer.json["created"]["teachers"] == 1


def test_a_pupil_is_not_taken_for_a_teacher(api, database, school):
    with database.writing(school) as session:
        make_person(session, family="Белова", given="Анна")

    assert ask(api, ["Белова Анна"]).json["created"]["teachers"] == 1


@pytest.mark.parametrize("name", ["5А", "5 А", "5-а", "5 «А»", '5 "А"'])
def test_a_class_is_known_however_it_is_written(api, database, school, name):
    with database.writing(school) as session:
        known = make_class(session, name="5А").id

    answer = ask(api, groups=[group(name)])

    assert answer.json["groups"] == {name: str(known)}


def test_a_group_that_lies_nowhere_comes_into_the_class_the_timetable_divides(api, database, school):
    with database.writing(school) as session:
        five = make_class(session, name="5А")
        half, mixed = (open_group(session, kind="group", name=name) for name in ("5А англ. 1", "Хор"))
        ours, other = make_pupil(session, five), make_pupil(session, make_class(session, name="6А"))
        for pupil, where in ((ours, half), (ours, mixed), (other, mixed)):
            enrol(session, where.id, pupil.id, FIRST_DAY)
        ids = {"five": str(five.id), "half": str(half.id), "mixed": str(mixed.id)}
    named = [
        group("5А"),
        group("5А англ. 1", "group", parent_key="5А"),
        group("Хор", "group", parent_key="5А"),
    ]

    answers = [ask(api, groups=named), ask(api, groups=named)]

    assert [answer.json["groups"] for answer in answers] == [
        {"5А": ids["five"], "5А англ. 1": ids["half"], "Хор": ids["mixed"]}
    ] * 2
    assert api("GET", f"/groups/{ids['half']}").json["parent_id"] == ids["five"]
    assert api("GET", f"/groups/{ids['mixed']}").json["parent_id"] is None
    assert [one.name for one in told(database, "identity.group.changed") if one.parent_id] == ["5А англ. 1"]


def test_five_one_is_not_fifty_one(api, database, school):
    with database.writing(school) as session:
        make_class(session, name="51")

    assert ask(api, groups=[group("5-1")]).json["created"]["groups"] == 1


def test_a_name_met_before_means_the_same_group_after_it_was_renamed(api):
    made = ask(api, groups=[group("5А")]).json["groups"]["5А"]
    api("PUT", f"/groups/{made}", json={"name": "5 космос"}, headers={"If-Match": '"1"'})

    assert ask(api, groups=[group("5А")]).json["groups"]["5А"] == made


def test_a_key_is_answered_to_the_letter_though_the_name_is_tidied(api):
    told = ask(api, ["Белова  А. П. "], [group("Basic E1-  E3")])

    assert list(told.json["teachers"]) == ["Белова  А. П. "]
    assert list(told.json["groups"]) == ["Basic E1-  E3"]


def test_a_rehearsal_makes_nobody(api, database):
    before = len(told(database))

    answer = ask(api, ["Белова"], [PARALLEL, CLASS], "?dry_run=true")

    assert answer.json["created"] == {"teachers": 1, "groups": 2}
    assert len(answer.json["groups"]) == 2
    assert len(told(database)) == before
    assert api("GET", "/groups").json["items"] == []


@pytest.mark.parametrize(
    ("groups", "kind"),
    [
        ([CLASS], "unknown-parent"),
        ([PARALLEL, PARALLEL], "named-twice"),
        ([CLASS | {"parent_key": "6А"}, group("6А")], "wrong-parent"),
        ([group("5А", "кружок")], "invalid"),
        ([group("", "class")], "invalid"),
        ([group("5А", grade="пятый")], "invalid"),
    ],
    ids=["parent missing", "twice", "class in class", "kind", "empty", "grade"],
)
def test_groups_that_make_no_sense_are_refused_and_nothing_is_made(api, groups, kind):
    answer = ask(api, ["Белова"], groups)

    assert (answer.status_code, answer.json["type"]) == (422, f"urn:parta:problem:{kind}")
    assert api("GET", "/people?role=teacher").json["items"] == []


def test_an_importer_without_a_school_imports_nothing(api):
    assert ask(api, ["Белова"], roles=(), scope="import", school=None).status_code == 404
