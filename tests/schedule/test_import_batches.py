"""The import desk of timetables: shown, understood, rehearsed, taken over, undone to the last row."""

import orjson
import pytest
import time_machine
from sqlalchemy import select

from services.schedule.actions.directories import RoomFacts, name_rooms, name_subjects
from services.schedule.imports.desk.batches import bring as bring_file
from services.schedule.imports.desk.batches import take_batch
from services.schedule.imports.desk.batches import undo as undo_batch
from services.schedule.imports.kinds import read_timetable
from services.schedule.imports.taking_over import Wish
from services.schedule.models import (
    Bell,
    Card,
    Group,
    ImportName,
    Lesson,
    Load,
    Person,
    Room,
    Slot,
    Subject,
    Timetable,
    table,
)
from shared.ids import new_id
from tests.identity.statements import statements_of
from tests.schedule.makers import make_year
from tests.schedule.timetable_files import (
    CLASSES,
    LIST_HEAD,
    TEACHERS,
    asc_file,
    list_rows,
    nika_data,
    nika_file,
    school,
    table_rows,
    untis_zip,
    workbook,
)

BATCHES = "/imports/timetables/batches"
FILES = {
    "asc": lambda: asc_file(school(1, weeks=True, unplaced=True)),
    "untis": lambda: untis_zip(school(2, unplaced=True)),
    "nika": lambda: nika_file(nika_data(school(3))),
    "xlsx": lambda: workbook(table_rows(school(4))),
}


@pytest.fixture
def ids(database, api):
    """The school's own classes and teachers, and a year."""
    parts = [f"{name} {part} подгруппа" for name in CLASSES for part in (1, 2)]
    found = {
        "teachers": {name: new_id() for name in TEACHERS},
        "groups": {name: new_id() for name in (*CLASSES, *parts)},
    }
    with database.writing(api.school) as session:
        make_year(session)
        for name, id_ in found["groups"].items():
            row = {"kind": "class", "name": name, "grade": int(name.split("А")[0].split("Б")[0])}
            session.add(Group(id=id_, school_id=api.school, parent_id=None, **row))
        for name, id_ in found["teachers"].items():
            family, given, patronymic = name.replace(".", "").split()
            named = {"family_name": family, "given_name": given, "patronymic": patronymic}
            session.add(Person(id=id_, school_id=api.school, **named))
    return found


def bring(api, content, name="timetable.bin"):
    answer = api.upload(BATCHES, content, name)
    assert answer.status_code == 201, answer.get_json()
    return answer.get_json()


def new_names(card):
    """Return ids for teachers and groups that the school does not have, as identity would give them."""
    wanted = {"teachers": {}, "groups": {}}
    for one in card["needs"]["names"]:
        if one["what"] in wanted and one["id"] is None:
            wanted[one["what"]][one["name"]] = str(new_id())
    return wanted


def take(api, card, **wish):
    body = {"ids": new_names(card), **wish}
    return api("POST", f"{BATCHES}/{card['id']}/application", json=body)


def undo(api, batch_id):
    return api("POST", f"{BATCHES}/{batch_id}/withdrawal")


def state(database, school_id):
    """Return all that an import may touch, but for what is remembered of it."""
    models = (Subject, Room, Bell, Timetable, Card, Slot, Lesson)
    with database.reading(school_id) as session:
        rows = {
            model.__tablename__: sorted(map(repr, session.execute(select(table(model))).all()))
            for model in models
        }
        loads = session.execute(select(table(Load))).all()
        return rows | {"loads": sorted(repr(tuple(row)[2:]) for row in loads)}


def test_a_file_is_shown_with_what_its_names_mean(api, ids):
    card = bring(api, FILES["asc"](), "школа.xml")

    assert (card["kind"], card["file"], card["state"], card["is_kept"]) == (
        "asc",
        "школа.xml",
        "brought",
        True,
    )
    found = {(one["what"], one["name"]): one for one in card["needs"]["names"]}
    ivanova = found["teachers", "Иванова М. П."]
    assert (ivanova["how"], ivanova["id"]) == ("same", str(ids["teachers"]["Иванова М. П."]))
    assert found["groups", "10 А"]["id"] == str(ids["groups"]["10 А"])
    assert (found["subjects", "Алгебра"]["how"], found["subjects", "Алгебра"]["id"]) == ("new", None)
    assert found["groups", "5А 1 подгруппа"]["how"] == "same"
    assert len(card["things"]["teachers"]) == 4


@pytest.mark.parametrize("kind", FILES)
def test_a_draft_is_taken_again_without_change_and_undone_to_the_last_row(api, database, ids, kind):
    before = state(database, api.school)
    card = bring(api, FILES[kind]())

    rehearsal = api("POST", f"{BATCHES}/{card['id']}/rehearsal", json={}).get_json()
    assert state(database, api.school) == before
    taken = take(api, card).get_json()

    assert taken["batch_id"] == card["id"]
    assert taken["verdicts"] == rehearsal["verdicts"]
    assert taken["verdicts"]["created"] > 20
    assert taken["verdicts"]["unplaced"] == (kind in ("asc", "untis"))
    with database.reading(api.school) as session:
        [draft] = session.scalars(select(Timetable))
        assert (str(draft.id), draft.status) == (taken["timetable_id"], "draft")
        assert session.scalar(select(Slot.group_id).limit(1)) is None

    middle = state(database, api.school)
    again = take(api, bring(api, FILES[kind]())).get_json()
    assert (again["batch_id"], again["timetable_id"]) == (None, None)
    assert state(database, api.school) == middle

    assert undo(api, card["id"]).get_json()["state"] == "undone"
    assert state(database, api.school) == before
    assert undo(api, card["id"]).status_code == 200


def test_a_timetable_published_for_later_is_undone_with_its_lessons(api, database, ids):
    take(api, bring(api, FILES["xlsx"]()), is_draft=False)
    lessons = visible_lessons(database, api.school)
    other = bring(api, workbook(table_rows(school(5))))

    taken = take(api, other, is_draft=False, starts_on="2027-01-11").get_json()
    assert visible_lessons(database, api.school) != lessons
    assert {"created", "changed", "same"} >= {name for name, count in taken["verdicts"].items() if count}

    assert undo(api, taken["batch_id"]).status_code == 200
    assert visible_lessons(database, api.school) == lessons


def visible_lessons(database, school_id):
    names = ("group_id", "subject_id", "lesson_on", "number", "starts", "room_id", "teacher_ids")
    with database.reading(school_id) as session:
        found = session.execute(select(table(Lesson)).where(~Lesson.is_cancelled))
        return sorted(str([getattr(row, name) for name in names]) for row in found)


def test_what_pupils_have_learned_by_is_not_undone(api, ids):
    taken = take(api, bring(api, FILES["nika"]()), is_draft=False).get_json()

    answer = undo(api, taken["batch_id"])

    assert (answer.status_code, answer.get_json()["type"]) == (409, "urn:parta:problem:lessons-held")


def test_a_draft_somebody_works_on_is_not_undone(api, database, ids):
    taken = take(api, bring(api, FILES["nika"]())).get_json()
    with database.writing(api.school) as session:
        session.scalars(select(Timetable)).one().version += 1

    answer = undo(api, taken["batch_id"])

    assert answer.get_json()["type"] == "urn:parta:problem:changed-since"
    assert "черновик правили" in answer.get_json()["detail"]


def test_an_import_that_a_later_one_relies_on_is_not_undone_before_it(api, database, ids):
    before = state(database, api.school)
    first, later = (take(api, bring(api, FILES[kind]())).get_json() for kind in ("nika", "xlsx"))

    answer = undo(api, first["batch_id"])

    assert answer.get_json()["type"] == "urn:parta:problem:changed-since"
    assert "более позднюю" in answer.get_json()["detail"]
    assert [undo(api, one["batch_id"]).status_code for one in (later, first)] == [200, 200]
    assert state(database, api.school) == before


@time_machine.travel("2026-11-23T07:00:00+00:00")
def test_lessons_ring_as_before_when_bells_are_put_back(api, database, ids):
    def brought(time):
        rows = f"Класс;День;Урок;Предмет;Учитель;Время\n5А;Пн;1;Алгебра;{TEACHERS[0]};{time}\n"
        return take(api, bring(api, rows.encode()), is_draft=False, starts_on="2026-12-01").get_json()

    brought("08:00-08:45")
    before = visible_lessons(database, api.school)
    later = brought("09:00-09:45")
    assert (later["timetable_id"], visible_lessons(database, api.school) != before) == (None, True)

    assert undo(api, later["batch_id"]).status_code == 200

    assert visible_lessons(database, api.school) == before


def test_a_load_changed_since_is_not_undone(api, database, ids):
    taken = take(api, bring(api, FILES["nika"]())).get_json()
    with database.writing(api.school) as session:
        session.scalars(select(Load)).first().hours_per_week += 1
    before = state(database, api.school)

    answer = undo(api, taken["batch_id"])

    assert "нагрузка" in answer.get_json()["detail"]
    assert state(database, api.school) == before


def test_subjects_and_rooms_in_use_by_others_stay(api, database, ids):
    taken = take(api, bring(api, FILES["nika"]())).get_json()
    with database.writing(api.school) as session:
        subject = session.scalars(select(Subject).where(Subject.name == "Алгебра")).one()
        year = session.scalar(select(Timetable.year_id))
        draft = Timetable(
            school_id=api.school, year_id=year, name="Своё", status="draft", source="manual", group_ids=[],
            version=1, made_at=session.scalar(select(Timetable.made_at)),
        )  # fmt: skip
        session.add(draft)
        session.flush()
        row = {"group_ids": [], "teacher_ids": [], "week": 0, "is_locked": False}
        session.add(Card(school_id=api.school, timetable_id=draft.id, subject_id=subject.id, **row))

    assert undo(api, taken["batch_id"]).status_code == 200

    with database.reading(api.school) as session:
        assert session.scalars(select(Subject.name)).all() == ["Алгебра"]
        assert session.scalars(select(Room.name)).all() == []


def test_what_was_chosen_is_remembered_and_may_be_changed(api, database, ids):
    with database.writing(api.school) as session:
        subjects, _ = name_subjects(session, ["Математика"])
        rooms, _ = name_rooms(session, [RoomFacts("Большой зал")])
    card = bring(api, FILES["asc"]())
    chosen = {
        "subjects": {"Алгебра": str(subjects["Математика"])},
        "rooms": {"спортзал": str(rooms["Большой зал"])},
    }

    shown = api("PUT", f"{BATCHES}/{card['id']}/names", json={"ids": chosen}).get_json()
    assert shown["chosen"] == {"teachers": {}, "groups": {}, **chosen}
    taken = take(api, card).get_json()

    with database.reading(api.school) as session:
        assert "Алгебра" not in session.scalars(select(Subject.name)).all()
        assert taken["subjects"]["created"] == 3
    names = {(one["what"], one["name"]): one for one in bring(api, FILES["asc"]())["needs"]["names"]}
    assert (
        names["subjects", "Алгебра"] | {"how": "remembered", "means": "Математика"}
        == names["subjects", "Алгебра"]
    )
    other = {(one["what"], one["name"]): one for one in bring(api, FILES["nika"]())["needs"]["names"]}
    assert other["subjects", "Алгебра"]["how"] == "new", "Of another kind of file nothing is known."


def test_a_guess_needs_an_answer(api, database, ids):
    rows = [LIST_HEAD, ("Пн", 1, "", "5A", "", "", "Алгебра", "Ивановва М. П.", "")]

    card = bring(api, workbook(rows))

    names = {one["what"]: one for one in card["needs"]["names"]}
    assert (names["groups"]["how"], names["groups"]["means"]) == ("same", "5А")
    assert (names["teachers"]["how"], names["teachers"]["means"]) == ("alike", "Иванова М П")
    answer = api("POST", f"{BATCHES}/{card['id']}/application", json={})
    assert answer.get_json()["errors"] == {"ids.teachers": ["Ивановва М. П."]}
    with database.reading(api.school) as session:
        assert session.scalars(select(ImportName)).all() == []


def test_pupils_and_parents_are_no_teachers(api, house):
    things = bring(api, FILES["nika"]())["things"]

    assert [one["name"] for one in things["teachers"]] == ["Иванова Мария Петровна"]


def test_what_is_not_of_the_school_is_refused(api, ids):
    card = bring(api, FILES["nika"]())
    wrong = {"subjects": {"Алгебра": str(new_id())}}

    api("PUT", f"{BATCHES}/{card['id']}/names", json={"ids": wrong})
    answer = api("POST", f"{BATCHES}/{card['id']}/rehearsal", json={})

    assert answer.get_json()["type"] == "urn:parta:problem:not-here"


def test_a_batch_of_another_school_is_not_found(api, ids):
    card = bring(api, FILES["nika"]())
    stranger = {"school": new_id()}

    for method, path, body in (
        ("GET", "", None), ("PUT", "/names", {"ids": {}}), ("POST", "/rehearsal", {}),
        ("POST", "/application", {}), ("POST", "/withdrawal", None),
    ):  # fmt: skip
        answer = api(method, f"{BATCHES}/{card['id']}{path}", json=body, **stranger)
        assert answer.status_code == 404
    assert api("GET", BATCHES, **stranger).get_json()["items"] == []


def test_what_was_not_taken_cannot_be_undone_and_what_was_taken_not_rehearsed(api, ids):
    card = bring(api, FILES["nika"]())
    assert undo(api, card["id"]).get_json()["type"] == "urn:parta:problem:not-taken"

    take(api, card)

    rehearsal = api("POST", f"{BATCHES}/{card['id']}/rehearsal", json={})
    assert rehearsal.get_json()["type"] == "urn:parta:problem:file-gone"
    assert take(api, {**card, "needs": {"names": []}}).get_json()["batch_id"] == card["id"]


def test_a_bad_file_makes_no_batch(api, ids):
    answer = api.upload(BATCHES, b"hello", "привет.fet")

    assert answer.status_code == 422
    assert "Это не расписание" in answer.get_json()["errors"]["rows"][0]["reason"]
    assert api("GET", BATCHES).get_json()["items"] == []


def test_a_program_takes_a_file_at_once(api, ids):
    content = FILES["untis"]()
    needs = api.upload("/imports/timetables/needs", content, roles=(), scope="import").get_json()
    sent = {
        "ids": orjson.dumps(new_names({"needs": needs})).decode(),
        "is_draft": "true",
        "with_loads": "false",
    }

    rehearsal = api.upload("/imports/timetables?dry_run=true", content, form=sent, roles=(), scope="import")
    taken = api.upload("/imports/timetables", content, form=sent, roles=(), scope="import").get_json()

    assert rehearsal.get_json()["verdicts"] == taken["verdicts"]
    assert taken["loads"]["created"] == 0
    [batch] = api("GET", BATCHES).get_json()["items"]
    assert (batch["kind"], batch["state"], batch["id"]) == ("untis", "taken", taken["batch_id"])


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"ids": "{"}, {"ids": ["Нужен правильный JSON."]}),
        ({"starts_on": "вчера"}, {"starts_on": ["Нужна дата вида 2026-09-01."]}),
        ({"with_loads": "perhaps"}, {"with_loads": ["Нужно да или нет (true или false)."]}),
    ],
)
def test_a_form_beside_a_file_is_refused_by_field_in_russian(api, form, said):
    refused = api.upload("/imports/timetables", FILES["untis"](), form=form, roles=(), scope="import")

    assert (refused.status_code, refused.get_json()["errors"]) == (422, said)


def test_a_verdict_tells_what_is_the_same_what_moved_and_why_not(api, ids):
    rows = [
        ("Пн", 1, "", "5А", "", "", "Алгебра", TEACHERS[0], "12"),
        ("Пн", 2, "", "5А", "", "", "Алгебра", TEACHERS[0], "12"),
        ("Вт", 1, "", "5А", "", "", "Русский язык", TEACHERS[1], "12"),
    ]
    take(api, bring(api, workbook([LIST_HEAD, *rows])), is_draft=False)
    moved = [
        rows[0],
        ("Ср", 4, "", "5А", "", "", "Алгебра", TEACHERS[0], "12"),
        ("Вт", 1, "", "5А", "", "", "Русский язык", TEACHERS[2], "12"),
        ("Пт", 1, "", "5А", "", "", "Информатика", TEACHERS[2], "12"),
        ("", "", "", "5А", "", "", "Информатика", TEACHERS[2], ""),
    ]
    card = bring(api, workbook([LIST_HEAD, *moved]))

    told = api("POST", f"{BATCHES}/{card['id']}/rehearsal", json={}).get_json()

    assert [(row["place"], row["verdict"]) for row in told["rows"]] == [
        ("Пн 1", "same"), ("Ср 4", "changed"), ("Вт 1", "changed"), ("Пт 1", "created"), ("", "unplaced"),
    ]  # fmt: skip
    assert "нет места" in told["rows"][-1]["why"]
    assert told["verdicts"] == {"created": 1, "changed": 2, "same": 1, "unplaced": 1, "ignored": 0}


def test_a_list_and_its_table_are_the_same_timetable(api, ids):
    lessons = school(6)
    take(api, bring(api, workbook(list_rows(lessons))), is_draft=False)

    card = bring(api, workbook(table_rows(lessons)))
    told = api("POST", f"{BATCHES}/{card['id']}/rehearsal", json={"is_draft": False}).get_json()

    assert told["verdicts"]["same"] == len(told["rows"])


def test_on_either_database_an_import_is_taken_and_undone(either_database):
    school_id = new_id()
    upload = read_timetable(FILES["asc"](), "школа.xml")
    choices = {
        "teachers": {name: new_id() for name in upload.timetable.teachers},
        "groups": {one.name: new_id() for one in upload.timetable.needed_sets()},
    }
    with either_database.writing(school_id) as session:
        make_year(session)
    before = state(either_database, school_id)
    with either_database.writing(school_id) as session:
        batch = bring_file(session, FILES["asc"](), "школа.xml", upload, None).id
    with either_database.writing(school_id) as session:
        assert take_batch(session, batch, choices, Wish(is_draft=True))["batch_id"] == batch
    assert state(either_database, school_id) != before

    with either_database.writing(school_id) as session:
        undo_batch(session, batch)

    assert state(either_database, school_id) == before


def test_rooms_and_bells_are_put_back_as_they_were(api, database, ids):
    with database.writing(api.school) as session:
        name_rooms(session, [RoomFacts("12", None, "Флигель")])
    before = facts_of_rooms_and_bells(database, api.school)
    taken = take(api, bring(api, FILES["asc"]())).get_json()
    assert taken["rooms"] == {"created": 3, "changed": 1, "unchanged": 0, "cancelled": 0}
    assert facts_of_rooms_and_bells(database, api.school) != before

    undo(api, taken["batch_id"])

    assert facts_of_rooms_and_bells(database, api.school) == before


def facts_of_rooms_and_bells(database, school_id):
    with database.reading(school_id) as session:
        rooms = session.execute(select(Room.name, Room.capacity, Room.building)).all()
        return sorted(rooms), sorted(session.execute(select(Bell.number, Bell.starts, Bell.ends)).all())


def test_the_desk_takes_as_many_statements_for_any_timetable(api, database, ids):
    counts = []
    for lessons in (school(1)[:5], school(1)):
        card = bring(api, workbook(list_rows(lessons)))
        with statements_of(database) as made:
            api("GET", f"{BATCHES}/{card['id']}")
            api("POST", f"{BATCHES}/{card['id']}/rehearsal", json={})
        counts.append(len(made))

    assert counts[0] == counts[1]
