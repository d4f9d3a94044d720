"""Divisions of a class, class teachers' times and confirmed lists."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from services.identity.actions.rosters.divisions import Part, divide
from services.identity.actions.rosters.enrolments import end_enrolment, enrol
from services.identity.actions.rosters.groups import open_group
from services.identity.models import Enrolment
from shared.errors import Refusal
from tests.identity.makers import (
    FIRST_DAY,
    make_class,
    make_person,
    make_pupil,
    make_school,
    told,
)

FAMILIES = {"Абрамов": "m", "Белова": "f", "Власов": "m", "Гусева": "f", "Демидов": None}
DAY = "2026-11-10"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(datetime(2026, 11, 10, 9, tzinfo=UTC), tick=False) as clock:
        yield clock


@pytest.fixture
def five(database, school):
    """The class 5А with its pupils by family name."""
    with database.writing(school) as session:
        group = make_class(session)
        pupils = {}
        for family, sex in FAMILIES.items():
            pupil = make_pupil(session, group, family=family)
            pupil.sex = sex
            pupils[family] = str(pupil.id)
        return str(group.id), pupils


def propose(api, group, way, **given):
    query = "&".join(
        f"{name}={value}" for name, value in ({"division": "английский", "way": way} | given).items()
    )
    return api("GET", f"/groups/{group}/divisions/proposal?{query}").json


def names(part):
    return [pupil["name"].split()[0] for pupil in part]


def apply(api, group, *parts, from_on=DAY):
    body = {"division": "английский", "from_on": from_on}
    body["parts"] = [
        {"name": f"английский {number}", "pupil_ids": list(pupils)} for number, pupils in enumerate(parts, 1)
    ]
    return api("POST", f"/groups/{group}/divisions", json=body)


def test_a_class_is_divided_by_alphabet_by_sex_or_by_hand(api, five):
    group, _ = five

    halves = propose(api, group, "alphabet")
    thirds = propose(api, group, "alphabet", parts=3)
    sexes = propose(api, group, "sex")
    empty = propose(api, group, "hand")

    assert [names(part["pupils"]) for part in halves["parts"]] == [
        ["Абрамов", "Белова", "Власов"],
        ["Гусева", "Демидов"],
    ]
    assert [len(part["pupils"]) for part in thirds["parts"]] == [2, 2, 1]
    assert [(part["name"], names(part["pupils"])) for part in sexes["parts"]] == [
        ("английский (мальчики)", ["Абрамов", "Власов"]),
        ("английский (девочки)", ["Белова", "Гусева"]),
    ]
    assert names(sexes["left_out"]) == ["Демидов"]
    assert names(empty["left_out"]) == list(FAMILIES)
    assert api("GET", f"/groups/{group}/divisions").json["items"] == []


def test_a_proposal_is_applied_in_one_request(api, database, five):
    group, pupils = five
    first, second = list(pupils.values())[:3], list(pupils.values())[3:]

    [division] = apply(api, group, first, second).json["items"]

    assert [(part["name"], len(part["pupils"])) for part in division["groups"]] == [
        ("английский 1", 3),
        ("английский 2", 2),
    ]
    assert division["left_out"] == []
    event = told(database, "identity.group.changed")[-1]
    assert (event.kind, str(event.parent_id), event.grade) == ("group", group, 5)
    stays = told(database, "identity.enrolments.changed")[-2:]
    assert {str(id_) for event in stays for id_ in event.pupil_ids} == set(pupils.values())
    card = api("GET", f"/groups/{division['groups'][0]['id']}").json
    assert card["division"] == "английский"


def test_the_same_division_again_changes_nothing(api, database, five):
    group, pupils = five
    ids = list(pupils.values())
    apply(api, group, ids[:3], ids[3:])
    before = told(database)

    assert apply(api, group, ids[:3], ids[3:]).status_code == 200
    assert told(database) == before


def test_who_changes_the_group_leaves_the_other_the_day_before(api, five, clock):
    group, pupils = five
    ids = list(pupils.values())
    apply(api, group, ids[:3], ids[3:])
    clock.move_to(datetime(2026, 12, 1, 9, tzinfo=UTC))

    apply(api, group, ids[:2], ids[2:4], from_on="2026-12-01")

    def on(day):
        [division] = api("GET", f"/groups/{group}/divisions?on={day}").json["items"]
        return [names(part["pupils"]) for part in division["groups"]], names(division["left_out"])

    assert on("2026-11-30") == ([["Абрамов", "Белова", "Власов"], ["Гусева", "Демидов"]], [])
    assert on("2026-12-01") == ([["Абрамов", "Белова"], ["Власов", "Гусева"]], ["Демидов"])


def test_what_is_no_division_is_refused(api, database, school, five):
    group, pupils = five
    ids = list(pupils.values())
    with database.writing(school) as session:
        stranger = str(make_person(session).id)

    assert apply(api, group, ids[:3], ids[2:]).status_code == 422
    assert apply(api, group, ids[:2], [stranger]).status_code == 409
    assert apply(api, group, ids[:2]).status_code == 422
    [division] = apply(api, group, ids[:2], ids[2:]).json["items"]
    inside = division["groups"][0]["id"]
    assert apply(api, inside, ids[:1], ids[1:2]).status_code == 409


def test_a_pupil_is_enrolled_into_one_group_of_a_division_at_a_time(api, five):
    group, pupils = five
    ids = list(pupils.values())
    [division] = apply(api, group, ids[:3], ids[3:]).json["items"]
    second = division["groups"][1]["id"]

    answer = api("POST", f"/groups/{second}/enrolments", json={"pupil_id": ids[0], "from_on": "2026-12-01"})

    assert answer.status_code == 409
    assert "английский 1" in answer.json["detail"]


def test_groups_of_different_divisions_share_pupils(api, database, school, five):
    group, pupils = five
    ids = list(pupils.values())
    apply(api, group, ids[:3], ids[3:])
    sports = api(
        "POST", "/groups", json={"kind": "group", "name": "хор", "parent_id": group, "grade": 5}
    ).json

    joined = api("POST", f"/groups/{sports['id']}/enrolments", json={"pupil_id": ids[0], "from_on": DAY})

    assert joined.status_code == 201


def test_a_group_joins_a_division_only_if_it_shares_nobody(api, five):
    group, pupils = five
    ids = list(pupils.values())
    apply(api, group, ids[:3], ids[3:])
    body = {"kind": "group", "name": "английский 3", "parent_id": group, "grade": 5}
    third = api("POST", "/groups", json=body).json["id"]
    api("POST", f"/groups/{third}/enrolments", json={"pupil_id": ids[0], "from_on": DAY})
    del body["kind"]

    def join():
        headers = {"If-Match": api("GET", f"/groups/{third}").headers["ETag"]}
        return api("PUT", f"/groups/{third}", json=body | {"division": "английский"}, headers=headers)

    refused = join()
    api("POST", f"/groups/{third}/enrolments/end", json={"pupil_id": ids[0], "until_on": DAY})
    still = join()
    apply(api, group, ids[1:3], ids[3:])

    assert (refused.status_code, still.status_code) == (409, 409)
    assert "английский 1" in refused.json["detail"]
    assert join().status_code == 200


@pytest.mark.parametrize("kind", ["class", "parallel"])
def test_only_groups_within_something_have_a_division(api, kind):
    body = {"kind": kind, "name": "5Б", "grade": 5, "division": "английский"}

    assert api("POST", "/groups", json=body).status_code == 422
    assert api("POST", "/groups", json=body | {"kind": "group"}).status_code == 422


def test_a_parallel_is_divided_across_its_classes(api, database, school):
    with database.writing(school) as session:
        parallel = open_group(session, kind="parallel", name="5 классы", grade=5)
        ids = []
        for letter in "АБ":
            own = open_group(session, kind="class", name=f"5{letter}", grade=5, parent_id=parallel.id)
            ids += [str(make_pupil(session, own, family=f"Ученик-{letter}{n}").id) for n in range(2)]
        parallel = str(parallel.id)

    [division] = apply(api, parallel, ids[::2], ids[1::2]).json["items"]

    assert [names(part["pupils"]) for part in division["groups"]] == [
        ["Ученик-А0", "Ученик-Б0"],
        ["Ученик-А1", "Ученик-Б1"],
    ]


STEP = st.tuples(
    st.sampled_from(["divide", "enrol", "end"]),
    st.integers(0, 12),
    st.lists(st.integers(0, 2), min_size=3, max_size=3),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=st.lists(STEP, max_size=10))
def test_no_history_puts_a_pupil_into_two_groups_of_a_division(database, history):
    """Pupils choose a part each, 0 being none; every day is as a naive replay of the divisions has it."""
    school = make_school(database)
    with database.writing(school) as session:
        five = make_class(session)
        pupils, group = [make_pupil(session, five).id for _ in range(3)], five.id
        parts = divide(session, group, "д", FIRST_DAY, [Part("1", []), Part("2", [])])
        groups = [part.id for part in parts]
    calendar = {}
    for what, day, choice in history:
        on = FIRST_DAY + timedelta(days=day)
        try:
            with database.writing(school) as session:
                if what == "divide":
                    named = [
                        Part(name, [pupils[n] for n in range(3) if choice[n] == number])
                        for number, name in ((1, "1"), (2, "2"))
                    ]
                    divide(session, group, "д", on, named)
                elif what == "enrol":
                    enrol(session, groups[choice[0] % 2], pupils[choice[1]], on)
                else:
                    end_enrolment(session, groups[choice[0] % 2], pupils[choice[1]], on)
        except Refusal:
            continue
        replay(calendar, what, day, choice)

    with database.reading(school) as session:
        stays = list(session.scalars(select(Enrolment).where(Enrolment.group_id.in_(groups))))
    for day in range(30):
        on = FIRST_DAY + timedelta(days=day)
        held = [(stay.pupil_id, groups.index(stay.group_id)) for stay in stays if holds(stay, on)]
        assert len({pupil for pupil, _ in held}) == len(held)
        assert dict(held) == {pupils[n]: part for n, part in calendar.get(day, {}).items()}


def replay(calendar, what, day, choice):
    for later in range(day + (what == "end"), 30):
        inside = calendar.setdefault(later, {})
        if what == "divide":
            inside.clear()
            inside |= {n: choice[n] - 1 for n in range(3) if choice[n]}
        elif what == "enrol":
            inside[choice[1]] = choice[0] % 2
        elif inside.get(choice[1]) == choice[0] % 2:
            del inside[choice[1]]


def holds(stay, on):
    return stay.from_on <= on <= (stay.until_on or date.max)


@pytest.fixture
def led(database, school):
    """A class with its teacher, and another teacher."""
    with database.writing(school) as session:
        first = make_person(session, family="Первая", role="teacher")
        second = make_person(session, family="Вторая", role="teacher")
        return str(make_class(session, teacher=first).id), str(first.id), str(second.id)


def give(api, group, teacher, **given):
    body = {"name": "5А", "grade": 5, "class_teacher_id": teacher} | given
    tag = api("GET", f"/groups/{group}").headers["ETag"]
    return api("PUT", f"/groups/{group}", json=body, headers={"If-Match": tag})


def leaders(api, group):
    listed = api("GET", f"/groups/{group}/class-teachers").json["items"]
    return [(one["person"]["family_name"], one["from_on"], one["until_on"]) for one in listed]


def test_who_led_the_class_when_is_kept(api, led, clock):
    group, _, second = led
    clock.move_to(datetime(2026, 12, 1, 9, tzinfo=UTC))
    give(api, group, second)
    clock.move_to(datetime(2027, 1, 15, 9, tzinfo=UTC))
    give(api, group, None)

    assert leaders(api, group) == [
        ("Вторая", "2026-12-01", "2027-01-14"),
        ("Первая", "2026-11-10", "2026-11-30"),
    ]


def test_a_class_teacher_may_have_begun_earlier_but_not_before_the_last(api, led, clock):
    group, first, second = led
    clock.move_to(datetime(2026, 12, 1, 9, tzinfo=UTC))

    assert give(api, group, second, class_teacher_from="2026-12-02").status_code == 422
    assert give(api, group, second, class_teacher_from="2026-11-09").status_code == 422
    assert give(api, group, second, class_teacher_from="2026-11-20").status_code == 200
    assert leaders(api, group)[1:] == [("Первая", "2026-11-10", "2026-11-19")]
    assert give(api, group, first, class_teacher_from="2026-11-20").status_code == 200
    assert [who for who, *_ in leaders(api, group)] == ["Первая", "Первая"]


def confirm(api, group, person):
    return api("POST", f"/groups/{group}/confirmation", roles=("class_teacher",), person=person)


def test_a_class_teacher_confirms_the_own_list_each_month(api, led, clock):
    group, first, second = led

    assert confirm(api, group, second).status_code == 404
    assert [confirm(api, group, first).json["confirmed_on"] for _ in range(2)] == [DAY, DAY]

    def confirmed(query="", **by):
        return [one["confirmed_on"] for one in api("GET", f"/confirmations{query}", **by).json["items"]]

    assert confirmed() == [DAY]
    assert confirmed("?month=2026-12-31") == [None]
    assert confirmed("?mine=true", roles=("deputy",)) == [DAY]
    assert confirmed(roles=("class_teacher",), person=first) == [DAY]
    assert confirmed(roles=("class_teacher",), person=second) == []
    clock.move_to(datetime(2026, 12, 1, 9, tzinfo=UTC))
    assert confirmed() == [None]
