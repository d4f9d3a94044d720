"""The school's parameters: dated, versioned, and never a change of the past."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.identity.actions.school.parameters import let_take_effect, set_parameter
from services.identity.queries.parameters import parameters
from services.identity.rules.parameters import PARAMETERS, TABLE, Setting
from services.journal.rules.marks import ATTENDANCE as JOURNAL_REASONS
from services.journal.rules.marks import WORK_TYPES as JOURNAL_WORKS
from shared.events.identity import DatedValue, ParameterChanged, SchoolChanged
from tests.identity.makers import make_school, told

DAY = date(2026, 11, 10)
HOURS = "correction_hours"


@pytest.fixture
def clock():
    with time_machine.travel(datetime(2026, 11, 10, 9, tzinfo=UTC), tick=False) as clock:
        yield clock


def put(api, name, value, valid_from=DAY, seen=0, **given):
    body = {"value": value, "valid_from": valid_from.isoformat()} | given
    return api("PUT", f"/school/parameters/{name}", json=body, headers={"If-Match": f'"{seen}"'})


def value_of(api, name, on):
    items = api("GET", f"/school/parameters?on={on}").json["items"]
    return next(item["value"] for item in items if item["name"] == name)


def test_a_new_school_follows_the_regulation(api):
    items = {item["name"]: item for item in api("GET", "/school/parameters").json["items"]}

    assert list(items) == [parameter.name for parameter in TABLE]
    assert all(item["value"] == item["default"] for item in items.values())
    assert (items["written_work_days"]["value"], items["written_work_days"]["clause"]) == (7, "3.6.4")
    assert (items["monitoring_work_days"]["value"], items["monitoring_work_counts"]["value"]) == (
        3,
        "calendar",
    )
    assert (items["print_until"]["value"], items["backup_copies"]["value"]) == ("06-30", 2)
    assert (items["journals_kept_years"]["value"], items["summaries_kept_years"]["value"]) == (5, 25)
    assert [items["periods"]["value"][grade] for grade in ("9", "10")] == ["quarter", "half_year"]
    assert items[HOURS]["title"] == "Исправление ошибки: часов после сообщения о ней"


def test_a_change_says_who_when_why_and_by_which_act(api, clock):
    act = {"act_number": "12-од", "act_on": "2026-11-01"}

    answer = put(api, HOURS, 48, reason="Решение педсовета", **act)

    assert (answer.status_code, answer.headers["ETag"], answer.json["value"]) == (200, '"1"', 48)
    [change] = answer.json["history"]
    assert (change["reason"], change["act_number"], change["act_on"]) == (
        "Решение педсовета",
        "12-од",
        "2026-11-01",
    )
    assert change["set_at"].startswith("2026-11-10T09:00")


def test_what_was_before_the_change_stays(api, clock):
    put(api, HOURS, 48, DAY + timedelta(days=5))

    assert value_of(api, HOURS, "2026-11-14") == 24
    assert value_of(api, HOURS, "2026-11-15") == 48
    assert api("GET", f"/school/parameters/{HOURS}").json["changes_on"] == "2026-11-15"


def test_nothing_is_changed_for_days_gone_by(api, clock):
    answer = put(api, HOURS, 48, DAY - timedelta(days=1))

    assert answer.status_code == 422
    assert "10.11.2026" in answer.json["detail"]
    assert value_of(api, HOURS, DAY) == 24


def test_a_change_needs_the_state_seen(api, clock):
    assert put(api, HOURS, 48).status_code == 200

    assert put(api, HOURS, 72).status_code == 412
    assert (
        api("PUT", f"/school/parameters/{HOURS}", json={"value": 1, "valid_from": "2026-11-10"}).status_code
        == 428
    )
    assert put(api, HOURS, 72, seen=1).json["value"] == 72


def test_what_is_so_already_is_kept_and_told_once(api, database, clock):
    put(api, HOURS, 48)
    again = put(api, HOURS, 48, seen=1)

    assert (again.status_code, again.headers["ETag"]) == (200, '"1"')
    [event] = told(database, "identity.parameter.changed")
    assert event == ParameterChanged(
        school_id=event.school_id, name=HOURS, values=[DatedValue(valid_from=DAY, value="48")]
    )


def test_a_planned_change_may_be_replaced_or_taken_back(api, clock):
    later = DAY + timedelta(days=20)
    put(api, HOURS, 48, later)
    put(api, HOURS, 24, later, seen=1)

    assert value_of(api, HOURS, later) == 24
    assert len(api("GET", f"/school/parameters/{HOURS}").json["history"]) == 2


WRONG = [
    (HOURS, 0),
    (HOURS, "24"),
    (HOURS, True),
    (HOURS, None),
    ("journals_kept_years", 4),
    ("monitoring_work_counts", "lunar"),
    ("monitoring_work_counts", ["calendar"]),
    ("final_average", "both"),  # Two averages can be shown, but one recommends.
    ("print_until", "06-31"),
    ("print_until", 630),
    ("time_zone", "Moscow"),
    ("time_zone", "../zone.tab"),
    ("time_zone", {}),
    ("scale", []),
    ("scale", ["5", "5"]),
    ("scale", ["5", 4]),
    ("scale", "54321"),
    ("periods", {"1": "quarter"}),
    ("periods", {**PARAMETERS["periods"].default, "1": "month"}),
    ("periods", {**PARAMETERS["periods"].default, "1": ["quarter"]}),
    ("work_types", []),
    ("work_types", [{"type": "control", "ru": "контрольная", "en": "control", "weight": 5}]),
    ("work_types", [{"type": "answer", "ru": "ответ", "en": "answer", "weight": 11}]),
    ("work_types", [{"type": "answer", "ru": "ответ", "en": "answer"}]),
    ("work_types", [{"type": "answer", "ru": "", "en": "answer", "weight": 1}]),
    ("work_types", [{"type": "answer", "ru": "ответ", "en": "answer", "weight": 1, "written": "yes"}]),
    ("attendance", [{"sign": "б", "ru": "болел", "en": "ill"}]),
    ("attendance", [{"sign": "н", "ru": "нет", "en": "no"}] * 2),
    ("attendance", {"н": "нет"}),
]


@pytest.mark.parametrize(("name", "value"), WRONG, ids=str)
def test_a_value_that_will_not_do_is_refused_with_advice(api, database, clock, name, value):
    seen = 1 if name in ("time_zone", "scale") else 0

    answer = put(api, name, value, seen=seen)

    assert answer.status_code == 422
    assert str(PARAMETERS[name].title.ru) in answer.json["detail"]
    assert told(database, "identity.parameter.changed") == []


def test_an_unknown_parameter_is_not_found(api, clock):
    assert put(api, "phase_of_the_moon", 1).status_code == 404
    assert api("GET", "/school/parameters/phase_of_the_moon").status_code == 404


def test_zone_and_scale_take_effect_on_their_day(api, database, school, clock):
    put(api, "scale", ["A", "B"], DAY + timedelta(days=2), seen=1)
    let_take_effect(database)
    assert api("GET", "/school").json["scale"][0] == "5"

    clock.move_to(datetime(2026, 11, 12, 0, 30, tzinfo=UTC))
    for _ in range(2):
        let_take_effect(database)

    assert api("GET", "/school").json["scale"] == ["A", "B"]
    assert [event.scale[0] for event in told(database, "identity.school.changed")] == ["5", "A"]


def test_the_schools_card_sets_zone_and_scale_from_today(api, database, clock):
    card = api("GET", "/school").json
    body = {"name": card["name"], "time_zone": "Asia/Omsk", "scale": card["scale"], "short_name": "СОШ № 1"}

    answer = api("PUT", "/school", json=body, headers={"If-Match": '"1"'})

    assert (answer.status_code, answer.json["time_zone"], answer.json["short_name"]) == (
        200,
        "Asia/Omsk",
        "СОШ № 1",
    )
    assert value_of(api, "time_zone", "2026-11-09") == "Europe/Moscow"
    assert value_of(api, "time_zone", "2026-11-10") == "Asia/Omsk"
    event = told(database, "identity.school.changed")[-1]
    assert isinstance(event, SchoolChanged)
    assert (event.time_zone, event.short_name) == ("Asia/Omsk", "СОШ № 1")
    assert len(told(database, "identity.school.changed")) == 2


def test_the_journal_begins_with_the_same_works_and_reasons():
    works = {
        one["type"]: ((one["ru"], one["en"]), one["weight"], one["written"])
        for one in PARAMETERS["work_types"].default
    }
    reasons = {one["sign"]: (one["ru"], one["en"]) for one in PARAMETERS["attendance"].default}

    assert works == {
        name: (tuple(kind.title), kind.weight, kind.is_written) for name, kind in JOURNAL_WORKS.items()
    }
    assert reasons == {sign: tuple(title) for sign, title in JOURNAL_REASONS.items()}


STEP = st.tuples(st.integers(0, 3), st.integers(0, 6), st.integers(1, 240))


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=st.lists(STEP, max_size=8))
def test_any_past_day_has_the_value_it_had_when_it_was_today(database, history):
    """A naive replay: each change overwrites a calendar from its day to the next planned one."""
    with time_machine.travel(datetime(2026, 11, 1, 9, tzinfo=UTC), tick=False) as clock:
        school = make_school(database)
        today, seen, planned = date(2026, 11, 1), {}, {}
        for number, (days, ahead, hours) in enumerate([*history, (30, 0, 5)]):
            for _ in range(days):
                seen[today] = value_on(database, school, today)
                assert seen[today] == naive(planned, today)
                today += timedelta(days=1)
                clock.shift(timedelta(days=1))
            day = today + timedelta(days=ahead)
            change(database, school, Setting(hours, day))
            if naive(planned, day) != hours:  # What is so already is not written down again.
                planned[day] = (number, hours)

        for day, value in seen.items():
            assert value_on(database, school, day) == value


def naive(planned, day):
    calendar = 24
    for from_on in sorted(planned):
        if from_on <= day:
            calendar = planned[from_on][1]
    return calendar


def value_on(database, school, day):
    with database.reading(school) as session:
        return next(item["value"] for item in parameters(session, day) if item["name"] == HOURS)


def change(database, school, setting):
    with database.writing(school) as session:
        seen = next(item["version"] for item in parameters(session, None) if item["name"] == HOURS)
        set_parameter(session, HOURS, seen, setting, None)
