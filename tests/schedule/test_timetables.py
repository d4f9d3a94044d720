"""Versions of the timetable: drafts and the migration that makes the first version."""

from datetime import date

from sqlalchemy import func, select

from services.schedule.actions.calendar import all_years
from services.schedule.actions.directories import RoomFacts, name_rooms
from services.schedule.actions.versions.drafts import CardFacts, make_draft
from services.schedule.models import Card, Lesson
from shared.ids import new_id
from tests.schedule.makers import make_year, plan_group

SATURDAY = date(2026, 8, 29)


def test_a_draft_keeps_its_cards_and_makes_no_lesson(session):
    year = make_year(session)
    _, subject = _planned(session, year)
    lessons = session.scalar(select(func.count(Lesson.id)))
    group, teacher = new_id(), new_id()

    draft = make_draft(
        session, year, "Черновик", "manual",
        [CardFacts(subject, [group], [teacher], weekday=1, number=2), CardFacts(subject, [group], [teacher])],
    )  # fmt: skip

    kept = session.scalars(select(Card).where(Card.timetable_id == draft.id)).all()
    assert sorted((card.weekday or 0, card.number or 0) for card in kept) == [(0, 0), (1, 2)]
    assert (draft.status, draft.version, draft.group_ids) == ("draft", 1, [str(group)])
    assert session.scalar(select(func.count(Lesson.id))) == lessons


def test_the_list_tells_what_has_no_place_yet(api, house):
    made = api("POST", "/timetables", json={"name": "На весну", "copy_of": "current"})
    empty = api("POST", "/timetables", json={"name": "Пустой"})

    assert (made.status_code, made.headers["ETag"]) == (201, '"1"')
    assert made.json["placed"] > 0
    [newest, older, *_] = api("GET", "/timetables").json["items"]
    assert (newest["id"], newest["placed"], newest["unplaced"]) == (empty.json["id"], 0, 0)
    assert older == made.json | {"ends_on": None, "is_covered": False}


def test_a_copy_has_the_cards_of_its_original(api, house):
    first = api("POST", "/timetables", json={"name": "На весну", "copy_of": "current"}).json

    second = api("POST", "/timetables", json={"name": "Копия", "copy_of": first["id"]})

    assert second.json["placed"] == first["placed"]
    assert api("POST", "/timetables", json={"name": "х", "copy_of": str(new_id())}).status_code == 404
    assert api("POST", "/timetables", json={"name": "х", "copy_of": "nothing"}).status_code == 422


def test_only_the_operator_drafts(api, house):
    for roles, read in ((("deputy",), 200), (("director",), 200), (("teacher",), 403), (("parent",), 403)):
        assert api("GET", "/timetables", roles=roles, person=new_id()).status_code == read
        assert (
            api("POST", "/timetables", roles=roles, person=new_id(), json={"name": "Моё"}).status_code == 403
        )


def _planned(session, year):
    group = new_id()
    plan_group(session, year, group, {}, today=SATURDAY)
    return group, session.scalar(select(Lesson.subject_id))


def test_a_room_shows_what_is_held_in_it(api, house, database, school):
    with database.writing(school) as session:
        rooms, _ = name_rooms(session, [RoomFacts("Кабинет 12"), RoomFacts("Кабинет 13")])
        [year] = all_years(session)
        plan_group(session, year, new_id(), {"room_id": rooms["Кабинет 12"]}, today=SATURDAY)
    room, empty = rooms["Кабинет 12"], rooms["Кабинет 13"]

    [slot] = api("GET", f"/timetable?room_id={room}&on=2026-09-07").json["items"]
    [lesson] = api("GET", f"/lessons?room_id={room}&from=2026-09-07&until=2026-09-13").json["items"]

    assert (slot["room"], lesson["room"]) == ("Кабинет 12", "Кабинет 12")
    assert api("GET", f"/timetable?room_id={empty}").json["items"] == []
    assert api("GET", f"/lessons?room_id={empty}&from=2026-09-07&until=2026-09-13").json["items"] == []
