"""Calendars follow substitutions: what a stock parser reads of a moved lesson and of joined groups."""

from datetime import date, timedelta

import pytest
import time_machine
from icalendar import Calendar

from tests.schedule.test_substitutions import TUESDAY, deputy, lesson_at, post, wish


@pytest.fixture(autouse=True)
def _in_november():
    with time_machine.travel("2026-11-23T07:00:00+00:00"):
        yield


def events(api, kind, about, **who):
    given = api("POST", "/calendars", json={"kind": kind, "about_id": str(about)}, **who)
    assert given.status_code == 201, given.text
    read = Calendar.from_ical(api.client.get(given.json["path"]).data)
    return {str(one["UID"]): one for one in read.walk("VEVENT")}


def of_lesson(found, lesson):
    return found[f"{lesson.id}@parta"]


def test_a_moved_lesson_is_cancelled_where_it_was_and_stands_where_it_went(api, staff, database, school):
    lesson = lesson_at(database, school, staff)
    wednesday = TUESDAY + timedelta(days=1)
    [made] = post(api, staff, wish(lesson, "move", on=wednesday) | {"number": 2}).json["ids"]

    found = events(api, "group", staff["5А"], **deputy(staff))
    there = of_lesson(found, lesson_at(database, school, staff, on=wednesday, number=2))

    assert of_lesson(found, lesson)["STATUS"] == "CANCELLED"
    assert (there["STATUS"], there["SUMMARY"]) == ("CONFIRMED", "Алгебра")
    assert there.start.isoformat() == "2026-11-25T09:25:00+03:00"
    assert there.end - there.start == timedelta(minutes=45)

    api("DELETE", f"/substitutions/{made}", **deputy(staff))

    found = events(api, "group", staff["5А"], **deputy(staff))
    assert of_lesson(found, lesson)["STATUS"] == "CONFIRMED"
    standing = [one for one in found.values() if one.start.date() == date(2026, 11, 25)]
    assert [one["STATUS"] for one in standing] == ["CANCELLED"]


def test_joined_groups_are_both_in_the_calendar_of_the_one_who_leads_them(api, staff, database, school):
    joined, own = (lesson_at(database, school, staff, group=group) for group in ("5А", "5Б"))
    assert post(api, staff, wish(joined, "joint", stand_in_id=staff["busy"])).status_code == 201

    leaders = events(api, "teacher", staff["busy"], roles=("teacher",), person=staff["busy"])
    classes = events(api, "group", staff["5А"], **deputy(staff))
    absent = events(api, "teacher", staff["sick"], roles=("teacher",), person=staff["sick"])

    for lesson, summary in ((joined, "Алгебра, 5А"), (own, "Физика, 5Б")):
        event = of_lesson(leaders, lesson)
        assert (event["SUMMARY"], event["STATUS"]) == (summary, "CONFIRMED")
    assert "Занятая А. П." in of_lesson(classes, joined)["DESCRIPTION"]
    assert f"{joined.id}@parta" not in absent
