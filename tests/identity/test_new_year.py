"""August: the whole school moves to its next year as previewed, and back while nothing stands on it."""

from datetime import date
from time import perf_counter, time
from uuid import UUID

import pytest
import time_machine
from sqlalchemy import event, func, select

from services.identity.actions.rosters.enrolments import enrol
from services.identity.actions.rosters.groups import open_group
from services.identity.models import Enrolment, Group, Person, Role, table
from shared.bulk import insert_rows
from shared.ids import new_id
from tests.identity.conftest import Api
from tests.identity.makers import make_class, make_person, make_pupil, make_school, told
from tests.support.tokens import bearer

STARTS = "2027-09-01"
AUGUST = "2027-08-20 09:00"


@pytest.fixture(autouse=True)
def _in_august():
    with time_machine.travel(AUGUST, tick=False):
        yield


@pytest.fixture
def classes(database, school):
    """5А (two pupils, an English group, a teacher), 6А (one), 9А (one), 11А (one)."""
    with database.writing(school) as session:
        teacher = make_person(session, family="Белова", given="Анна", role="teacher")
        fifth = make_class(session, teacher=teacher)
        english = open_group(session, kind="group", name="5А английский 1", parent_id=fifth.id)
        pupil, other = make_pupil(session, fifth), make_pupil(session, fifth, family="Сидоров")
        enrol(session, english.id, pupil.id, date(2026, 9, 1))
        ids = {
            "5А": fifth.id,
            "англ": english.id,
            "pupil": pupil.id,
            "other": other.id,
            "teacher": teacher.id,
        }
        for name, family in (("6А", "Шестаков"), ("9А", "Девятов"), ("11А", "Одинцов")):
            group = open_group(session, kind="class", name=name, grade=int(name[:-1]))
            ids[name], ids[family] = group.id, make_pupil(session, group, family=family).id
        return ids


def preview(api, **wishes):
    answer = api("POST", "/new-years/preview", json={"starts_on": STARTS} | wishes)
    assert answer.status_code == 200, answer.text
    return answer.json


def apply(api, seen=None, **wishes):
    seen = seen or preview(api, **wishes)["digest"]
    body = {"starts_on": STARTS, "seen": seen, "order_number": "61-у", "order_on": "2027-08-20"}
    return api("POST", "/new-years", json=body | wishes)


def undo(api, move):
    return api("POST", f"/new-years/{move}/undo")


def roster(api, group, on):
    return [one["name"] for one in api("GET", f"/groups/{group}/roster?on={on}").json["items"]]


def groups_on(api, on):
    return {one["name"]: one for one in api("GET", f"/groups?on={on}").json["items"]}


def test_by_the_rules_classes_go_on_and_the_last_ones_leave(api, classes):
    plan = preview(api)

    assert plan["is_ready"], plan["questions"]
    assert {one["name"]: (one["does"], one["into"]) for one in plan["classes"]} == {
        "5А": ("promote", "6А"),
        "6А": ("promote", "7А"),
        "9А": ("graduate", None),
        "11А": ("graduate", None),
    }
    sixth = next(one for one in plan["next_classes"] if one["name"] == "6А")
    assert (sixth["class_teacher"], sixth["groups"], sixth["pupils"]) == (
        "Белова Анна",
        ["6А английский 1"],
        2,
    )
    assert plan["totals"] == {"promotion": 3, "graduation": 2}
    assert groups_on(api, STARTS).keys() == {"5А", "5А английский 1", "6А", "9А", "11А"}  # Nothing is done.


def test_a_class_continues_as_a_new_group_and_the_old_one_keeps_its_name(api, database, classes):
    answer = apply(api)

    assert answer.status_code == 201, answer.text
    before, after = groups_on(api, "2027-05-20"), groups_on(api, STARTS)
    assert before["5А"]["id"] == str(classes["5А"])
    assert after["6А"]["continues_id"] == str(classes["5А"])
    assert after["6А"]["class_teacher"]["family_name"] == "Белова"
    assert "9А" not in after
    assert roster(api, classes["5А"], "2027-08-31") == ["Петров Иван", "Сидоров Иван"]
    assert roster(api, classes["5А"], STARTS) == []
    assert roster(api, after["6А"]["id"], STARTS) == ["Петров Иван", "Сидоров Иван"]
    assert roster(api, after["6А английский 1"]["id"], STARTS) == ["Петров Иван"]
    [last] = api("GET", f"/people/{classes['Одинцов']}/movements").json["items"]
    assert (last["kind"], last["moved_on"], last["order_number"]) == ("graduation", "2027-08-31", "61-у")
    old = [e for e in told(database, "identity.group.changed") if e.group_id == classes["5А"]][-1]
    assert (old.name, old.until_on) == ("5А", date(2027, 8, 31))


def test_repeaters_ninth_formers_who_go_on_and_first_classes(api, classes):
    wishes = {
        "opened": [{"name": "1А"}, {"name": "10А", "class_teacher_id": str(classes["teacher"])}],
        "pupils": [
            {"pupil_id": str(classes["Шестаков"]), "does": "repeat"},
            {"pupil_id": str(classes["Девятов"]), "does": "promote", "into": "10А"},
            {"pupil_id": str(classes["other"]), "does": "leave"},
        ],
        "leave_on": "2027-06-25",
    }

    assert apply(api, **wishes).status_code == 201

    after = groups_on(api, STARTS)
    assert after["1А"]["grade"] == 1
    assert roster(api, after["6А"]["id"], STARTS) == ["Петров Иван", "Шестаков Иван"]
    assert roster(api, after["10А"]["id"], STARTS) == ["Девятов Иван"]
    assert roster(api, classes["11А"], "2027-06-26") == []
    kinds = {
        name: api("GET", f"/people/{classes[name]}/movements").json["items"][0]["kind"]
        for name in ("pupil", "other", "Шестаков", "Девятов", "Одинцов")
    }
    assert kinds == {
        "pupil": "promotion",
        "other": "departure",
        "Шестаков": "repeat",
        "Девятов": "promotion",
        "Одинцов": "graduation",
    }


@pytest.mark.parametrize(
    ("wishes", "codes"),
    [
        ({"classes": [{"of": "5А", "name": "7А"}]}, ["same-name", "which-teacher"]),
        ({"opened": [{"name": "6 «а»"}]}, ["opened-twice"]),
        ({"pupils": [{"of": "Девятов", "does": "promote"}]}, ["which-class"]),
        ({"pupils": [{"of": "pupil", "does": "repeat"}]}, ["which-class"]),
        ({"pupils": [{"of": "teacher", "does": "repeat"}]}, ["pupil-in-no-class"]),
        ({"classes": [{"of": "5А", "name": "7А"}, {"of": "6А", "name": "7А"}]}, ["which-teacher"]),
    ],
)
def test_what_is_ambiguous_is_asked_and_not_done(api, classes, wishes, codes):
    for name, key in (("classes", "group_id"), ("pupils", "pupil_id")):
        for one in wishes.get(name, ()):
            if "of" in one:
                one[key] = str(classes[one.pop("of")])

    plan = preview(api, **wishes)

    assert [one["code"] for one in plan["questions"]] == codes
    assert not plan["is_ready"]
    refused = apply(api, seen=plan["digest"], **wishes)
    assert (refused.status_code, refused.json["type"]) == (422, "urn:parta:problem:unanswered")


def test_a_class_without_a_number_is_asked_about(api, database, school, classes):
    with database.writing(school) as session:
        make_pupil(session, open_group(session, kind="class", name="Лицейский"), family="Лицеист")

    assert [one["code"] for one in preview(api)["questions"]] == ["what-becomes-of"]


def test_two_classes_merge_when_both_are_given_the_name(api, classes):
    wish = [
        {"group_id": str(classes["5А"]), "name": "7К", "class_teacher_id": str(classes["teacher"])},
        {"group_id": str(classes["6А"]), "name": "7К"},
    ]

    assert apply(api, classes=wish).status_code == 201

    merged = groups_on(api, STARTS)["7К"]
    assert roster(api, merged["id"], STARTS) == ["Петров Иван", "Сидоров Иван", "Шестаков Иван"]


def test_what_changed_since_the_preview_is_not_done_unseen(api, classes):
    seen = preview(api)["digest"]
    body = {"moved_on": "2027-08-25", "order_number": "60-у", "order_on": "2027-08-19"}
    left = api("POST", f"/people/{classes['pupil']}/movements/departure", json=body)

    answer = apply(api, seen=seen)

    assert left.status_code == 201
    assert (answer.status_code, answer.json["type"]) == (409, "urn:parta:problem:plan-changed")
    assert apply(api).status_code == 201


def test_who_has_not_shown_lately_who_they_are_moves_nobody(api, classes):
    body = {"starts_on": STARTS, "seen": "x", "order_number": "61-у", "order_on": "2027-08-20"}

    given = {"school_id": api.school, "roles": ("operator",), "auth_time": int(time()) - 600}
    answer = api("POST", "/new-years", json=body, headers=bearer("identity", **given))

    assert (answer.status_code, answer.json["type"]) == (403, "urn:parta:problem:proof-needed")


def test_the_school_moves_once(api, classes):
    apply(api)

    for day in (STARTS, "2027-09-02"):
        again = api("POST", "/new-years/preview", json={"starts_on": day})
        assert (again.status_code, again.json["type"]) == (409, "urn:parta:problem:already-moved")


def test_undone_everything_is_as_before_and_can_be_done_again(api, database, school, classes):
    before = facts(database, school)
    opened = apply(api, opened=[{"name": "1А"}]).json

    undone = undo(api, opened["id"])
    twice = undo(api, opened["id"])
    after = facts(database, school)
    again = apply(api, opened=[{"name": "1А"}])

    assert (undone.status_code, twice.status_code) == (200, 409), undone.text
    assert after == before
    assert again.status_code == 201
    sixth = [e.group_id for e in told(database, "identity.group.changed") if e.name == "6А"]
    assert len(set(sixth)) == 2  # The old 6А, and one new one for both attempts.
    assert "1А" in groups_on(api, STARTS)
    shown = api("GET", "/new-years").json["items"]
    assert [(one["may_be_undone"], one["undone_at"] is None) for one in shown] == [
        (True, True),
        (False, False),
    ]


def facts(database, school):
    """Return who is where when, which groups there are, and who leads and has which role."""
    with database.reading(school) as session:
        stays = select(Enrolment.group_id, Enrolment.pupil_id, Enrolment.from_on, Enrolment.until_on)
        live = select(Group.id, Group.name, Group.class_teacher_id, Group.until_on).where(
            Group.until_on.is_(None)
        )
        roles = select(Role.person_id, Role.role)
        return [sorted(map(tuple, session.execute(q)), key=str) for q in (stays, live, roles)]


def test_undo_is_refused_once_something_stands_on_the_move(api, database, school, classes):
    move = apply(api).json["id"]
    sixth = groups_on(api, STARTS)["6А"]["id"]
    body = {"moved_on": "2027-09-10", "order_number": "65-у", "order_on": "2027-09-09"}
    left = api("POST", f"/people/{classes['pupil']}/movements/departure", json=body).json["id"]

    moved = undo(api, move)
    api("POST", f"/people/{classes['pupil']}/movements/{left}/reversal", json={"reason": "Остался"})
    with database.writing(school) as session:
        newcomer = make_person(session, family="Новиков").id
        enrol(session, UUID(sixth), newcomer, date(2027, 9, 1))
    used = undo(api, move)

    assert (moved.status_code, moved.json["type"]) == (409, "urn:parta:problem:moved-since")
    assert "Петров Иван" in moved.json["detail"]
    assert (used.status_code, used.json["type"]) == (409, "urn:parta:problem:new-classes-in-use")
    with time_machine.travel("2027-09-16 09:00"):
        late = undo(api, move)
    assert (late.status_code, late.json["type"]) == (409, "urn:parta:problem:too-late-to-undo")


def test_a_pupil_corrected_alone_is_left_out_of_the_undo(api, classes):
    move = apply(api).json["id"]
    pupil = classes["pupil"]
    [own, *_] = api("GET", f"/people/{pupil}/movements").json["items"]
    api("POST", f"/people/{pupil}/movements/{own['id']}/reversal", json={"reason": "Уезжает"})
    body = {"moved_on": "2027-08-25", "order_number": "60-у", "order_on": "2027-08-24"}
    assert api("POST", f"/people/{pupil}/movements/departure", json=body).status_code == 201

    assert undo(api, move).status_code == 200
    assert roster(api, classes["5А"], STARTS) == ["Сидоров Иван"]


def test_the_next_import_finds_this_years_class_by_its_name(api, classes):
    apply(api)
    names = {"teachers": [], "groups": [{"key": "g", "name": "6 «А»", "kind": "class", "parent_key": None}]}

    found = api("POST", "/imports/names", json=names).json["groups"]["g"]

    assert found == groups_on(api, STARTS)["6А"]["id"]


def test_a_thousand_pupils_move_in_seconds_with_few_events(either_database, app_of):
    school = make_school(either_database)
    with either_database.writing(school) as session:
        for grade in range(1, 12):
            for letter in "АБВ":
                _fill(session, open_group(session, kind="class", name=f"{grade}{letter}", grade=grade), 31)
    start = len(told(either_database))
    statements = []
    event.listen(either_database.engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    api = Api(app_of(either_database), school)
    seen = preview(api)["digest"]
    statements.clear()

    began = perf_counter()
    answer = apply(api, seen=seen)
    seconds = perf_counter() - began

    assert answer.status_code == 201, answer.text
    events = told(either_database)[start:]
    assert len(events) <= 4 * 33  # Each class's end, each one's beginning, and their pupils.
    assert len(statements) < 80
    assert seconds < 8
    with either_database.reading(school) as session:
        open_ = select(func.count()).where(Enrolment.until_on.is_(None))
        assert session.scalar(open_) == 27 * 31


def _fill(session, group, count):
    ids = [new_id() for _ in range(count)]
    school_id = group.school_id
    person = {"version": 1, "given_name": "Иван", "patronymic": "", "language": "ru"}
    rows = [
        {"id": id_, "school_id": school_id, "family_name": f"Имярек{n}", "sorted_by": f"имярек{n}"} | person
        for n, id_ in enumerate(ids)
    ]
    insert_rows(session, table(Person), rows)
    roles = [{"person_id": id_, "role": "pupil", "school_id": school_id} for id_ in ids]
    insert_rows(session, table(Role), roles)
    stay = {"school_id": school_id, "group_id": group.id, "from_on": date(2026, 9, 1), "until_on": None}
    insert_rows(session, table(Enrolment), [stay | {"id": new_id(), "pupil_id": id_} for id_ in ids])
