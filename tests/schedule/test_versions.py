"""Publication of versions: which days follow which, what is withdrawn, what is never rewritten."""

from datetime import timedelta
from itertools import combinations
from uuid import UUID

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, select

from services.schedule.actions.calendar import all_years
from services.schedule.actions.conflicts import Decision
from services.schedule.actions.directories import name_subjects
from services.schedule.actions.lessons import plan_lessons
from services.schedule.actions.substitutions import decide, withdraw
from services.schedule.actions.versions.checking import look
from services.schedule.actions.versions.drafts import CardFacts, make_draft
from services.schedule.actions.versions.in_force import Layer, runs_of
from services.schedule.actions.versions.publishing import (
    HasConflicts,
    publish_timetable,
    withdraw_timetable,
)
from services.schedule.models import Group, Lesson, Person
from shared.auth import Actor
from shared.db import Database
from shared.ids import new_id
from tests.schedule.makers import MONDAY, days_of, short_year
from tests.support.databases import sqlite_url

CLASS, OTHER = new_id(), new_id()
TEACHER, SECOND = new_id(), new_id()
WEEKS = 4
LAST = MONDAY + timedelta(weeks=WEEKS, days=-3)
BEFORE = MONDAY - timedelta(days=3)


@pytest.fixture(autouse=True)
def _in_november():
    with time_machine.travel("2026-11-23T07:00:00+00:00"):
        yield


def weekdays_of(session, group_id):
    """Return the lessons of a group as (week, weekday), from the first week on."""
    return [((day - MONDAY).days // 7, day.isoweekday()) for day in days_of(session, group_id)]


def make_version(session, *weekdays, groups=(CLASS,), teacher=TEACHER, number=1):
    [year] = all_years(session, for_change=True)
    subjects, _ = name_subjects(session, ["Алгебра"])
    cards = [
        CardFacts(subjects["Алгебра"], [group], [teacher], weekday=weekday, number=number)
        for weekday in weekdays
        for group in groups
    ]
    return make_draft(session, year, "Версия", "manual", cards, groups=groups)


def publish(session, version, from_on, until_on=None, *, today=BEFORE):
    [year] = all_years(session, for_change=True)
    return publish_timetable(session, year, version, from_on=from_on, until_on=until_on, today=today)


def held(session):
    own = (Lesson.id, Lesson.group_id, Lesson.lesson_on, Lesson.number, Lesson.teacher_ids, Lesson.room_id)
    found = session.execute(select(*own, Lesson.is_substituted).where(~Lesson.is_cancelled))
    return {tuple(map(str, row)) for row in found}


@pytest.fixture
def year(session):
    return short_year(session, first=MONDAY, last=LAST)


def test_a_later_version_goes_before_an_earlier_one_from_its_first_day_on(session, year):
    publish(session, make_version(session, 1), MONDAY)

    tally = publish(session, make_version(session, 2), MONDAY + timedelta(weeks=2))

    assert weekdays_of(session, CLASS) == [(0, 1), (1, 1), (2, 2), (3, 2)]
    assert (tally.created, tally.cancelled, tally.unchanged) == (2, 2, 2)


def test_after_a_version_for_a_week_the_usual_one_is_in_force_again(session, year):
    publish(session, make_version(session, 1), MONDAY)

    publish(
        session, make_version(session, 3), MONDAY + timedelta(weeks=1), MONDAY + timedelta(weeks=1, days=6)
    )

    assert weekdays_of(session, CLASS) == [(0, 1), (1, 3), (2, 1), (3, 1)]


def test_groups_that_a_version_does_not_hold_keep_theirs(session, year):
    publish(session, make_version(session, 1, groups=(CLASS, OTHER)), MONDAY)

    publish(session, make_version(session, 2, groups=(OTHER,)), MONDAY)

    assert {weekday for _, weekday in weekdays_of(session, CLASS)} == {1}
    assert {weekday for _, weekday in weekdays_of(session, OTHER)} == {2}


def test_a_group_that_a_version_holds_without_cards_has_no_lessons(session, year):
    publish(session, make_version(session, 1), MONDAY)

    publish(session, make_version(session), MONDAY + timedelta(weeks=1))

    assert weekdays_of(session, CLASS) == [(0, 1)]


def test_a_change_of_the_calendar_keeps_each_day_its_version(session, year):
    publish(session, make_version(session, 1), MONDAY)
    publish(session, make_version(session, 2), MONDAY + timedelta(weeks=2))
    before = held(session)

    [again] = all_years(session, for_change=True)
    tally = plan_lessons(session, again, today=BEFORE)

    assert (tally.created, tally.changed, tally.cancelled) == (0, 0, 0)
    assert held(session) == before


def test_the_past_is_not_rewritten_even_when_the_version_is_dated_back(session, year):
    publish(session, make_version(session, 1), MONDAY)
    today = MONDAY + timedelta(weeks=1)

    publish(session, make_version(session, 2), MONDAY, today=today)

    assert weekdays_of(session, CLASS) == [(0, 1), (1, 1), (1, 2), (2, 2), (3, 2)]


def test_a_class_that_would_lose_all_its_lessons_is_an_error(session, year):
    publish(session, make_version(session, 1, groups=(CLASS, OTHER)), MONDAY)
    later = {"from_on": MONDAY + timedelta(weeks=1), "until_on": None, "today": BEFORE}
    draft = make_version(session, 2)
    assert look(session, year, draft, MONDAY).conflicts == []
    draft.group_ids = sorted([*draft.group_ids, str(OTHER)])  # As a card put there and moved on leaves it.

    with pytest.raises(HasConflicts):
        publish_timetable(session, year, draft, **later, accept_conflicts=False)

    [found] = look(session, year, draft, MONDAY).conflicts
    assert (found.kind, found.about) == ("class_emptied", (OTHER,))
    publish_timetable(session, year, draft, **later)
    assert weekdays_of(session, OTHER) == [(0, 1)]


def test_a_lesson_may_move_to_before_its_timetable_begins_and_back(session, year):
    publish(session, make_version(session, 2), MONDAY + timedelta(weeks=1))
    before = held(session)
    lesson_id = session.scalars(select(Lesson.id).where(Lesson.lesson_on == MONDAY + timedelta(days=8))).one()
    move = Decision(lesson_id, "move", on=MONDAY + timedelta(days=3), number=2)

    [made] = decide(session, Actor("deputy", None, new_id(), frozenset({"deputy"})), [move])
    assert weekdays_of(session, CLASS) == [(0, 4), (2, 2), (3, 2)]
    [again] = all_years(session, for_change=True)
    assert plan_lessons(session, again, today=BEFORE).unchanged == WEEKS - 1
    withdraw(session, made.id)

    assert held(session) == before


def test_days_gone_by_are_filled_in_after_a_version_to_come_was_taken_back(session, year):
    today = MONDAY + timedelta(weeks=1)
    early = make_version(session, 1)
    publish(session, early, MONDAY + timedelta(weeks=2), today=today)
    withdraw_timetable(session, early.id, today=today)

    publish(session, make_version(session, 1), MONDAY, today=today)

    assert weekdays_of(session, CLASS) == [(0, 1), (1, 1), (2, 1), (3, 1)]


def test_published_twice_lessons_are_made_once(session, year):
    version = make_version(session, 1, 2)
    publish(session, version, MONDAY)
    before, state = held(session), version.version

    tally = publish(session, version, MONDAY)

    assert (tally.created, tally.changed, tally.cancelled, tally.unchanged) == (0, 0, 0, 2 * WEEKS)
    assert (held(session), version.version) == (before, state)


def test_two_cards_of_a_class_in_one_hour_are_one_lesson_of_both_teachers(session, year):
    subjects, _ = name_subjects(session, ["Английский"])
    cards = [
        CardFacts(subjects["Английский"], [CLASS], [who], weekday=1, number=1) for who in (TEACHER, SECOND)
    ]

    publish(session, make_draft(session, year, "Версия", "manual", cards), MONDAY)

    teachers = session.scalars(select(Lesson.teacher_ids)).all()
    assert teachers == [sorted([str(TEACHER), str(SECOND)])] * WEEKS


def test_what_is_known_to_be_wrong_is_kept_with_the_version(session, year):
    version = make_version(session, 1, groups=(CLASS, OTHER))

    publish(session, version, MONDAY)

    assert version.report["errors"] == 1
    assert [one["kind"] for one in version.report["items"]] == ["teacher_twice"]


weekday_sets = st.sets(st.integers(1, 5), max_size=5)


@given(
    first=weekday_sets.filter(bool),
    second=weekday_sets,
    begins=st.integers(1, WEEKS * 7 - 9),
    lasts=st.one_of(st.none(), st.integers(0, 6)),
    who=st.sampled_from([TEACHER, SECOND]),
)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_version_withdrawn_before_it_begins_leaves_the_lessons_as_they_were(
    session_of_a_year, first, second, begins, lasts, who
):
    with session_of_a_year() as session:
        publish(session, make_version(session, *first, groups=(CLASS, OTHER)), MONDAY)
        before = held(session)
        from_on = MONDAY + timedelta(days=begins)
        until_on = None if lasts is None else from_on + timedelta(days=lasts)

        version = make_version(session, *second, teacher=who)
        publish(session, version, from_on, until_on)
        withdraw_timetable(session, version.id, today=BEFORE)

        assert held(session) == before


@pytest.fixture(scope="module")
def session_of_a_year(tmp_path_factory):
    """Open a fresh school with a year each time; the database is one."""
    database = Database(sqlite_url("schedule", tmp_path_factory.mktemp("versions")))

    class Opened:
        def __enter__(self):
            self.context = database.writing(new_id())
            session = self.context.__enter__()
            short_year(session, first=MONDAY, last=LAST)
            return session

        def __exit__(self, *raised):
            return self.context.__exit__(*raised)

    yield Opened
    database.close()


days = st.integers(0, 30).map(lambda n: MONDAY + timedelta(days=n))


@given(st.lists(st.tuples(days, st.integers(0, 20), days), max_size=6))
def test_on_each_day_the_last_published_version_for_it_is_in_force(told):
    layers = [
        Layer(
            new_id(), from_on, from_on + timedelta(days=lasts), min(published_on, from_on) - timedelta(days=1)
        )
        for from_on, lasts, published_on in told
    ]

    runs = runs_of(layers)

    for number in range(60):
        day = MONDAY + timedelta(days=number)
        wanted = [one.timetable_id for one in layers if one.from_on <= day <= one.until_on]
        assert [run.timetable_id for run in runs if run.from_on <= day <= run.until_on] == wanted[-1:]


# The API: as an operator meets it, in November.


@pytest.fixture
def draft(api, house, database, school):
    """A draft copied of what is in force: 5-class and 5-other have algebra on Monday at the first lesson."""
    with database.writing(school) as session:
        names = {"family_name": "Петрова", "given_name": "Анна", "patronymic": ""}
        session.add(Person(id=SECOND, school_id=school, **names))
    return api("POST", "/timetables", json={"name": "На декабрь", "copy_of": "current"}).json["id"]


def card_of(api, draft, *, group):
    told = api("GET", f"/timetables/{draft}").json
    return next(one for one in told["cards"] if str(group) in one["group_ids"]), told


def body_of(card, **given):
    return {name: value for name, value in card.items() if name != "id"} | given


def seen(state):
    return {"headers": {"If-Match": f'"{state}"'}}


def test_a_card_is_moved_and_what_is_wrong_with_it_is_told_at_once(api, house, draft):
    card, _ = card_of(api, draft, group=house["class"])
    alone = body_of(card, group_ids=[str(house["class"])])
    changed = api("PUT", f"/timetables/{draft}/cards/{card['id']}", json=alone, **seen(1)).json
    assert (changed["version"], changed["conflicts"]) == (2, [])
    assert changed["errors"] == 1  # The other class has lost its only lesson.

    other = body_of(card, group_ids=[str(house["other"])])
    added = api("POST", f"/timetables/{draft}/cards", json=other, **seen(2))

    assert (added.status_code, added.headers["ETag"]) == (201, '"3"')
    [conflict] = added.json["conflicts"]
    assert (conflict["kind"], conflict["severity"]) == ("teacher_twice", "error")
    assert set(conflict["card_ids"]) == {card["id"], added.json["card"]["id"]}
    assert "Иванова М. П." in conflict["text"]
    assert "two lessons at once" in api(
        "GET", f"/timetables/{draft}/conflicts", headers={"Accept-Language": "en"}
    ).json["items"][0]["text"]  # fmt: skip

    gone = api("DELETE", f"/timetables/{draft}/cards/{added.json['card']['id']}", **seen(3)).json
    assert (gone["card"], gone["version"], gone["errors"]) == (None, 4, 1)
    [lost] = api("GET", f"/timetables/{draft}/conflicts", headers={"Accept-Language": "en"}).json["items"]
    assert (lost["kind"], lost["card_ids"]) == ("class_emptied", [])
    assert "would lose them all" in lost["text"]


def test_a_draft_that_has_moved_on_takes_no_change(api, house, draft):
    card, told = card_of(api, draft, group=house["class"])
    path = f"/timetables/{draft}/cards/{card['id']}"

    assert api("PUT", path, json=body_of(card, week=1), **seen(0)).status_code == 412
    assert api("PUT", path, json=body_of(card)).status_code == 428
    assert api("PUT", path, json=body_of(card, weekday=None), **seen(1)).status_code == 422
    assert api("PUT", path, json=body_of(card, subject_id=str(new_id())), **seen(1)).status_code == 404
    assert (
        api("PUT", f"/timetables/{draft}/cards/{new_id()}", json=body_of(card), **seen(1)).status_code == 404
    )
    assert api("GET", f"/timetables/{draft}").json == told


def test_nobody_publishes_or_deletes_a_draft_that_is_not_as_they_saw_it(api, house, draft):
    """The conflicts that are accepted are those that were seen."""
    card, _ = card_of(api, draft, group=house["class"])
    assert api("POST", f"/timetables/{draft}/cards", json=body_of(card), **seen(1)).status_code == 201
    path, body = f"/timetables/{draft}/publication", {"from_on": "2026-12-01", "accept_conflicts": True}

    for state, status in ({}, 428), (seen(1), 412), (seen(9), 412):
        assert api("POST", path, json=body, **state).status_code == status
        assert api("DELETE", f"/timetables/{draft}", **state).status_code == status
    assert api("GET", f"/timetables/{draft}").json["status"] == "draft"

    assert api("POST", path, json=body, **seen(2)).status_code == 200
    again = api("POST", path, json=body, **seen(2))
    assert (again.status_code, again.json["created"]) == (200, 0)


def test_places_tell_what_would_be_wrong_there(api, house, draft):
    card, _ = card_of(api, draft, group=house["class"])
    second = {"group_ids": [str(house["class"])], "teacher_ids": [str(SECOND)], "weekday": 2, "number": 2}
    api("POST", f"/timetables/{draft}/cards", json=body_of(card, **second), **seen(1))

    items = api("GET", f"/timetables/{draft}/cards/{card['id']}/places").json["items"]

    found = {(one["weekday"], one["number"]): [each["kind"] for each in one["conflicts"]] for one in items}
    assert len(found) == 5 * 2
    assert found[2, 2] == ["class_twice"]
    assert found[3, 1] == found[2, 1] == []


def test_a_draft_with_errors_is_published_only_when_they_are_accepted(api, house, draft):
    card, _ = card_of(api, draft, group=house["class"])
    api("POST", f"/timetables/{draft}/cards", json=body_of(card), **seen(1))
    path, body = f"/timetables/{draft}/publication", {"from_on": "2026-12-01"}

    refused = api("POST", path, json=body, **seen(2))
    assert (refused.status_code, refused.json["type"]) == (409, "urn:parta:problem:has-conflicts")
    assert api("GET", f"/timetables/{draft}").json["status"] == "draft"

    assert api("POST", path, json=body | {"accept_conflicts": True}, **seen(2)).status_code == 200
    [listed] = [one for one in api("GET", "/timetables").json["items"] if one["id"] == draft]
    assert (listed["status"], listed["from_on"], listed["errors"] > 0) == ("published", "2026-12-01", True)


def test_a_published_version_is_shown_on_its_days_and_can_be_withdrawn_before_them(api, house, draft):
    def on(day):
        found = api("GET", f"/timetable?group_id={house['class']}&on={day}").json["items"]
        return [(one["weekday"], one["number"]) for one in found]

    card, told = card_of(api, draft, group=house["class"])
    groups = [str(house["class"]), str(house["other"]), str(house["parallel"])]
    for version, one in enumerate(told["cards"], 1):
        api("DELETE", f"/timetables/{draft}/cards/{one['id']}", **seen(version))
    body = body_of(card, group_ids=groups, weekday=4, number=2)
    added = api("POST", f"/timetables/{draft}/cards", json=body, **seen(len(told["cards"]) + 1))
    assert added.status_code == 201, added.json
    path = f"/timetables/{draft}/publication"
    body = {"from_on": "2026-12-07", "accept_conflicts": True}
    published = api("POST", path, json=body, **seen(len(told["cards"]) + 2))

    assert published.json["created"] > 0
    assert (on("2026-12-06"), on("2026-12-07")) == ([(1, 1)], [(4, 2)])
    assert api("PUT", f"/timetables/{draft}", json={"name": "Иное"}, **seen(9)).status_code == 409
    assert api("DELETE", f"/timetables/{draft}", **seen(9)).status_code == 409

    assert api("DELETE", path).status_code == 200
    assert on("2026-12-07") == [(1, 1)]
    assert api("DELETE", path).status_code == 409


def test_the_list_says_until_when_a_version_is_really_in_force(api, house, draft):
    def publish(from_on):
        made = api("POST", "/timetables", json={"name": f"С {from_on}", "copy_of": draft}).json["id"]
        body = {"from_on": from_on, "accept_conflicts": True}
        assert api("POST", f"/timetables/{made}/publication", json=body, **seen(1)).status_code == 200
        return made

    first = publish("2026-12-07")
    second = publish("2026-12-14")
    third = publish("2026-12-14")

    ends = {one["id"]: (one["ends_on"], one["is_covered"]) for one in api("GET", "/timetables").json["items"]}

    assert ends[first] == ("2026-12-13", False)
    assert ends[second] == (None, True)
    assert ends[third] == (None, False)
    assert ends[draft] == (None, False)


def test_what_has_begun_is_not_withdrawn(api, house, draft):
    path = f"/timetables/{draft}/publication"
    begun = {"from_on": "2026-11-20", "accept_conflicts": True}
    assert api("POST", path, json=begun, **seen(1)).status_code == 200

    assert api("DELETE", path).status_code == 409
    outside = {"from_on": "2026-12-01", "until_on": "2026-11-30"}
    copied = api("POST", "/timetables", json={"name": "Копия", "copy_of": draft}).json["id"]
    for days in (outside, {"from_on": "2030-01-01"}):
        assert api("POST", f"/timetables/{copied}/publication", json=days, **seen(1)).status_code == 422


def test_limits_are_the_norms_until_the_school_decides_otherwise(api, house):
    norms = api("GET", "/timetables/limits")
    assert norms.headers["ETag"] == '"0"'
    assert norms.json["grades"][4] == {
        "grade": 5,
        "per_day": 6,
        "longer_days": 0,
        "five_days": 29,
        "six_days": 32,
    }

    own = {"grade": 5, "per_day": 5, "longer_days": 1, "five_days": 28, "six_days": 30}
    body = {"from_on": "2026-09-01", "grades": [own], "severities": {"teacher_gap": "off"}}
    decided = api("PUT", "/timetables/limits", json=body, **seen(0))

    assert (decided.json["grades"][4], decided.json["severities"]["teacher_gap"]) == (own, "off")
    assert decided.json["severities"]["class_gap"] == "error"
    assert api("PUT", "/timetables/limits", json=body, **seen(0)).status_code == 412
    assert (
        api("PUT", "/timetables/limits", json=body | {"severities": {"x": "off"}}, **seen(1)).status_code
        == 422
    )
    assert (
        api("PUT", "/timetables/limits", json=body, roles=("deputy",), person=new_id(), **seen(1)).status_code
        == 403
    )


def _of_the_request(asked):
    """Count the statements, but for what the service asks of itself from time to time."""
    return sum(any(name in one for name in ("cards", "slots", "groups", "rooms", "years")) for one in asked)


def test_a_change_of_a_card_takes_as_many_statements_in_a_large_draft(api, house, draft, database, school):
    card, _ = card_of(api, draft, group=house["class"])

    def statements(version):
        asked = []
        event.listen(database.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
        path = f"/timetables/{draft}/cards/{card['id']}"
        assert api("PUT", path, json=body_of(card), **seen(version)).status_code == 200
        return _of_the_request(asked)

    few = statements(1)
    with database.writing(school) as session:
        session.add(Group(id=new_id(), school_id=school, kind="class", name="6А", grade=6, parent_id=None))
    for version in range(2, 12):
        api("POST", f"/timetables/{draft}/cards", json=body_of(card, weekday=2), **seen(version))

    assert statements(12) == few


@given(st.permutations(["publish", "decide"]), st.permutations(["withdraw version", "withdraw decision"]))
@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_version_and_a_decision_leave_the_lessons_as_they_were_in_whatever_order(
    session_of_a_year, first, then
):
    deputy = Actor("deputy", None, new_id(), frozenset({"deputy"}))
    second = new_id()
    with session_of_a_year() as session:
        names = {"family_name": "Вторая", "given_name": "Анна", "patronymic": ""}
        session.add(Person(id=second, school_id=UUID(session.info["school"]), **names))
        publish(session, make_version(session, 1, 2), MONDAY)
        before = held(session)
        tuesday = select(Lesson.id).where(Lesson.lesson_on == MONDAY + timedelta(days=8))
        lesson_id, made = session.scalars(tuesday).one(), {}

        for step in (*first, *then):
            if step == "publish":
                made[step] = make_version(session, 2, 4, teacher=second)
                publish(session, made[step], MONDAY + timedelta(weeks=2))
            elif step == "decide":
                [made[step]] = decide(session, deputy, [Decision(lesson_id, "teacher", stand_in_id=second)])
                assert str(second) in session.get_one(Lesson, lesson_id, populate_existing=True).teacher_ids
            elif step == "withdraw version":
                withdraw_timetable(session, made["publish"].id, today=BEFORE)
            else:
                withdraw(session, made["decide"].id)

        assert held(session) == before


def test_the_list_takes_as_many_statements_for_any_number_of_drafts(api, house, draft, database):
    asked = []
    event.listen(database.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))

    def statements():
        asked.clear()
        assert api("GET", "/timetables").status_code == 200
        return _of_the_request(asked)

    few = statements()
    for number in range(3):
        api("POST", "/timetables", json={"name": f"Черновик {number}", "copy_of": draft})

    assert statements() == few


@given(
    st.lists(
        st.tuples(
            st.sampled_from([CLASS, OTHER]),
            st.sampled_from([TEACHER, SECOND]),
            st.integers(1, 2),
            st.integers(1, 2),
        ),
        max_size=6,
    )
)
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_published_version_has_a_clash_that_was_not_reported(session_of_a_year, told):
    with session_of_a_year() as session:
        [year] = all_years(session, for_change=True)
        subjects, _ = name_subjects(session, ["Алгебра"])
        cards = [
            CardFacts(subjects["Алгебра"], [group], [teacher], weekday=weekday, number=number)
            for group, teacher, weekday, number in told
        ]
        version = make_draft(session, year, "Версия", "manual", cards)

        publish(session, version, MONDAY)

        pairs = [(a, b) for a, b in combinations(told, 2) if a[2:] == b[2:]]
        reported = [one["kind"] for one in version.report["items"]]
        assert reported.count("teacher_twice") == sum(a[1] == b[1] for a, b in pairs)
        assert reported.count("class_twice") == sum(a[0] == b[0] for a, b in pairs)
