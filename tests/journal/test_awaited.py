"""A work that is awaited («•», задолженность, DOMAIN 2.1): no mark, until a day, and then a mark."""

from datetime import date, timedelta

import pytest

from services.journal.actions.cells import EntriesRefused
from services.journal.actions.chains import broken_chains
from services.journal.actions.moving_dues import DueDayChanged, DueDayRefused, NothingAwaited, move_due
from services.journal.actions.pages import PageClosed
from services.journal.actions.periods import close_period
from services.journal.actions.works import work_of
from services.journal.queries.contradictions import contradiction_list
from services.journal.queries.diary import diary_week
from services.journal.queries.finals import page_finals
from services.journal.queries.lists import page_history
from shared.errors import NotFound
from shared.ids import new_id
from tests.journal.makers import FRIDAY, TODAY, make_enrolment, make_world, published, tell
from tests.journal.test_boards import board, signs, write
from tests.journal.test_marks import page_of, record
from tests.journal.test_parameters import told_to

SEPTEMBER = date(2026, 9, 1)
IN_A_WEEK = TODAY + timedelta(days=7)
CONTROL = work_of(1, "control", title="Дроби")


def awaited(database, world):
    return page_of(database, world)["awaited"]


def move(database, world, due_on, *, number=0, slot=1, seen=None, lesson=None, actor=None):
    if seen is None:
        seen = page_of(database, world)["page"]["seq"]
    with database.writing(world.school_id) as session:
        given = (actor or world.actor(), lesson or world.today, seen, world.pupils[number], slot)
        return move_due(session, *given, due_on)


def diary_of(database, world, number=0):
    with database.reading(world.school_id) as session:
        pupil = world.pupils[number]
        return diary_week(session, world.actor(pupil, "pupil"), pupil, TODAY)


@pytest.mark.parametrize(
    ("work", "told", "until"),
    [
        (CONTROL, {}, IN_A_WEEK),
        (CONTROL, {"written_work_days": 2}, date(2026, 10, 7)),
        (work_of(1, "control", is_monitoring=True), {}, date(2026, 10, 8)),
        (work_of(1, "homework"), {}, IN_A_WEEK),
        (work_of(1, "homework"), {"awaited_work_days": 3}, date(2026, 10, 8)),
    ],
    ids=["written", "as_the_school_decided", "of_monitoring", "not_written", "not_written_as_decided"],
)
def test_it_is_awaited_until_the_term_of_its_work(either_database, work, told, until):
    world = make_world(either_database)
    for name, value in told.items():
        told_to(either_database, world, name, (SEPTEMBER, value))

    record(either_database, world, {(0, 1): "•"}, given=[work])

    assert awaited(either_database, world) == [(1, 1, 1, until)]
    assert list(broken_chains_of(either_database, world)) == []


def broken_chains_of(database, world):
    with database.reading(world.school_id) as session:
        return list(broken_chains(session))


def test_put_after_its_term_it_is_awaited_as_long_again_from_that_day(database, world, clock):
    clock.move_to("2026-10-14T07:00:00+00:00")

    record(database, world, {(0, 1): "•"}, given=[CONTROL])

    assert [due for *_, due in awaited(database, world)] == [date(2026, 10, 21)]


def test_it_counts_nowhere_and_becomes_a_mark_that_is_no_correction(either_database, clock):
    world = make_world(either_database)
    record(either_database, world, {(0, 1): "4"}, lesson=world.lessons[0])
    record(either_database, world, {(0, 1): "•", (1, 1): "•"}, given=[CONTROL])
    assert page_of(either_database, world)["averages"] == [None, "4.00", None]

    clock.move_to("2026-10-09T07:00:00+00:00")
    record(either_database, world, {(0, 1): "5"})

    page = page_of(either_database, world)
    assert page["averages"][1] == "4.83"  # (4 + 5·5) / 6
    assert page["corrected"] == []
    assert [pupil for _, pupil, *_ in page["awaited"]] == [0]
    with either_database.reading(world.school_id) as session:
        asked = {"lesson_id": world.today, "pupil_id": world.pupils[0]}
        told = page_history(session, world.actor(), world.page_id(session), **asked)["items"]
    assert [(one["what"], one["was"], one["value"]) for one in told if one["what"] != "work"] == [
        ("mark", None, "•"),
        ("due", None, "2026-10-12"),
        ("mark", "•", "5"),
    ]
    assert broken_chains_of(either_database, world) == []


def test_a_mark_that_becomes_awaited_again_gets_a_new_day_and_a_true_chain(either_database, clock):
    world = make_world(either_database)
    for value, day in (("•", 5), ("4", 6), ("•", 20), (None, 21), ("•", 21)):
        clock.move_to(f"2026-10-{day:02}T07:00:00+00:00")
        record(either_database, world, {(0, 1): value})

    assert [due for *_, due in awaited(either_database, world)] == [date(2026, 10, 28)]
    assert broken_chains_of(either_database, world) == []


def test_it_is_told_with_its_day_and_its_new_day(database, world):
    record(database, world, {(0, 1): "•"}, given=[CONTROL])
    move(database, world, date(2026, 10, 9))

    told = [one.entries[0] for one in published(database, world, "journal.marks.recorded")]
    assert [(one.was, one.value, one.work, one.due_on) for one in told] == [
        (None, "•", "control", IN_A_WEEK),
        ("•", "•", "control", date(2026, 10, 9)),
    ]


def test_the_teacher_moves_the_day(either_database):
    world = make_world(either_database)
    record(either_database, world, {(0, 1): "•"})
    end = move(either_database, world, date(2026, 10, 20))

    assert awaited(either_database, world) == [(1, 1, 1, date(2026, 10, 20))]
    assert move(either_database, world, date(2026, 10, 20)) == end._replace(links=0)  # Again changes nothing.
    assert broken_chains_of(either_database, world) == []


def test_a_day_another_has_moved_is_not_moved_unseen(database, world):
    record(database, world, {(0, 1): "•"})
    seen = page_of(database, world)["page"]["seq"]
    move(database, world, date(2026, 10, 20))

    with pytest.raises(DueDayChanged) as refused:
        move(database, world, date(2026, 10, 21), seen=seen)

    assert refused.value.errors["due"]["due_on"] == date(2026, 10, 20)


@pytest.mark.parametrize("day", [date(2026, 10, 4), date(2027, 10, 7)], ids=["yesterday", "beyond_a_year"])
def test_a_day_in_the_past_or_far_away_is_refused(database, world, day):
    record(database, world, {(0, 1): "•"})

    with pytest.raises(DueDayRefused):
        move(database, world, day)


def test_a_day_is_of_a_sign_alone(database, world):
    record(database, world, {(0, 1): "5", (1, 0): "н"})

    for number, slot in ((0, 1), (1, 0), (2, 1)):
        with pytest.raises(NothingAwaited):
            move(database, world, IN_A_WEEK, number=number, slot=slot)


def test_only_who_writes_there_moves_the_day(database, world):
    record(database, world, {(0, 1): "•"})

    with pytest.raises(NotFound):
        move(database, world, IN_A_WEEK, actor=world.actor(new_id()))
    with pytest.raises(NotFound):
        move(database, world, IN_A_WEEK, actor=world.actor(world.parent_id, "parent"))


def test_whoever_was_absent_may_owe_the_work_and_that_is_no_contradiction(database, world):
    record(database, world, {(0, 0): "н", (0, 1): "•"})

    leader = world.actor(world.class_teacher_id, "class_teacher")
    with database.reading(world.school_id) as session:
        assert contradiction_list(session, leader, FRIDAY, TODAY)["items"] == []


def test_where_marks_are_not_put_nothing_is_awaited(database, world):
    told_to(database, world, "subject_scales", (SEPTEMBER, [{"subject": "Математика", "scale": "none"}]))

    with pytest.raises(EntriesRefused):
        record(database, world, {(0, 1): "•"})
    assert page_of(database, world)["scale"] == []


def test_the_family_sees_what_is_owed_until_it_is_marked(either_database):
    world = make_world(either_database)
    record(either_database, world, {(0, 1): "•", (1, 1): "•"}, given=[CONTROL])

    [owed] = diary_of(either_database, world)["awaited"]
    assert (owed["subject"], owed["title"], owed["due_on"], owed["on"]) == (
        "Математика",
        "Дроби",
        IN_A_WEEK,
        TODAY,
    )
    [cell] = diary_of(either_database, world)["days"][0]["lessons"][0]["entries"]
    assert (cell["value"], cell["due_on"]) == ("•", IN_A_WEEK)

    record(either_database, world, {(0, 1): "3"})
    assert diary_of(either_database, world)["awaited"] == []


def test_the_board_names_whose_works_are_awaited_whatever_the_days(either_database, clock):
    world = make_world(either_database)
    write(either_database, world, world.today)
    record(either_database, world, {(0, 1): "•", (2, 1): "•", (1, 1): "5"}, given=[CONTROL])
    owed = signs(either_database, world, world.today)[1]
    assert (owed["work", 1], owed["awaited", 1]) == ("ahead", "ahead")

    ahead = [one for one in board(either_database, world)["items"] if one["what"] == "awaited"]
    assert [(one["state"], len(one["pupils"])) for one in ahead] == [
        ("ahead", 2)
    ]  # Listed from the first day.

    clock.move_to("2026-10-14T07:00:00+00:00")
    later = {"starts_on": date(2026, 10, 14), "ends_on": date(2026, 10, 14)}
    [item] = board(either_database, world, **later)["items"]
    # The work itself, for who was there, is late on its own day's board.
    assert signs(either_database, world, world.today)[1]["work", 1] == "late"

    assert (item["rule"], item["state"], item["lesson_id"]) == ("D2.awaited", "late", world.today)
    assert [pupil["name"] for pupil in item["pupils"]] == ["Ёлкина Мария", "Жуков Мария"]
    leader = board(either_database, world, "class_teacher", person=world.class_teacher_id, **later)
    assert leader["items"] == [item]
    assert board(either_database, world, person=new_id(), **later)["items"] == []


@pytest.mark.parametrize(("day", "state"), [(12, "met"), (13, "late")], ids=["in_time", "a_day_later"])
def test_what_was_awaited_is_told_as_done_or_late_after_it_is_marked(either_database, clock, day, state):
    world = make_world(either_database)
    record(either_database, world, {(0, 0): "н", (0, 1): "•", (1, 1): "•"}, given=[CONTROL])
    record(either_database, world, {(1, 1): "4"})
    assert signs(either_database, world, world.today)[1]["awaited", 1] == "ahead"  # One of two is.

    clock.move_to(f"2026-10-{day:02}T07:00:00+00:00")
    record(either_database, world, {(0, 1): "4"})

    clock.move_to("2026-10-24T07:00:00+00:00")
    assert signs(either_database, world, world.today)[1]["awaited", 1] == state
    items = [one for one in board(either_database, world)["items"] if one["what"] == "awaited"]
    assert [(one["state"], one["done_at"] is not None) for one in items] == [("late", True)] * (day == 13)


def test_a_day_moved_far_away_moves_no_deadline_of_who_was_there(database, world, clock):
    record(database, world, {(number, 1): "•" for number in range(3)}, given=[CONTROL])
    for number in range(3):
        move(database, world, date(2027, 5, 1), number=number)
    clock.move_to("2026-10-24T07:00:00+00:00")
    assert signs(database, world, world.today)[1]["work", 1] == "late"

    record(database, world, {(number, 1): "4" for number in range(3)})

    owed = signs(database, world, world.today)[1]
    assert (owed["work", 1], owed["awaited", 1]) == ("late", "met")


def test_who_has_left_and_a_closed_period_await_nothing(database, world, clock):
    write(database, world, world.today)
    record(database, world, {(0, 1): "•", (1, 1): "•"})
    clock.move_to("2026-10-20T07:00:00+00:00")
    days = {"starts_on": date(2026, 10, 20), "ends_on": date(2026, 10, 20)}

    tell(database, world, make_enrolment(world.class_id, world.pupils[0], until_on=date(2026, 10, 10)))
    [item] = [one for one in board(database, world, **days)["items"] if one["what"] == "awaited"]
    assert [pupil["id"] for pupil in item["pupils"]] == [world.pupils[1]]

    with database.writing(world.school_id) as session:
        close_period(session, world.actor(new_id(), "deputy"), world.quarters[0], despite="так решили")
    assert {one["what"] for one in board(database, world, **days)["items"]} == {"final"}
    assert diary_of(database, world, 1)["awaited"] == []


def test_a_period_s_mark_is_warned_of(database, world):
    record(database, world, {(0, 1): "5", (1, 1): "•"})
    record(database, world, {(0, 1): "•"}, lesson=world.lessons[0])

    with database.reading(world.school_id) as session:
        told = page_finals(session, world.actor(), world.page_id(session))
    first, second, third = (cell["warning"] for cell in told["cells"] if cell["column"] == 0)
    assert first.ru.startswith("ещё ждём работ («•»): 1; слишком мало отметок: 0")
    assert second.ru.startswith("ещё ждём работ («•»): 1; слишком мало отметок: 1")
    assert third.ru.startswith("слишком мало отметок: 0")
    assert "•" not in told["signs"]


def test_the_api_moves_a_day(api, database, world):
    record(database, world, {(0, 1): "•"})
    page = page_of(database, world)
    path = f"/lessons/{world.today}/entries/1/{world.pupils[0]}/due"

    answer = api("PUT", path, json={"due_on": "2026-10-09"}, seen=page["page"]["seq"])

    assert (answer.status_code, answer.json["seq"]) == (200, page["page"]["seq"] + 1)
    seen = answer.json["seq"]
    assert api("PUT", path, json={"due_on": "soon"}, seen=seen).status_code == 422
    assert (
        api("PUT", path.replace("/1/", "/77/"), json={"due_on": "2026-10-09"}, seen=seen).status_code == 404
    )
    deputy = {"person": new_id(), "roles": ("deputy",)}
    assert api("PUT", path, json={"due_on": "2026-10-10"}, seen=seen, **deputy).status_code == 403


def test_in_a_closed_period_no_day_is_moved(database, world):
    record(database, world, {(0, 1): "•"})
    with database.writing(world.school_id) as session:
        close_period(session, world.actor(new_id(), "deputy"), world.quarters[0], despite="так решили")

    with pytest.raises(PageClosed):
        move(database, world, IN_A_WEEK + timedelta(days=1))
