from uuid import uuid4

import pytest
from openapi_spec_validator import validate
from prometheus_client import REGISTRY
from sqlalchemy import select

from services.journal.models import Entry, Page, Revision
from services.journal.rules.sentinel import KINDS
from services.journal.schemas.contradictions import AcceptanceIn
from services.journal.schemas.corrections import ReportErrorIn
from services.journal.schemas.homework import TaskIn
from services.journal.schemas.incoming import CommentIn, RecordEntriesIn, RecordFinalsIn, ReopenPeriodIn
from services.journal.schemas.portfolio import AchievementDecisionIn, AchievementIn, AchievementRemovalIn
from services.journal.schemas.remarks import RemarkIn, WithdrawRemarkIn
from shared.events.schedule import LessonsCancelled
from shared.ids import new_id
from tests.journal.conftest import api_of
from tests.journal.makers import FIRST, FRIDAY, make_enrolment, make_world, published, tell

ENTRIES = "/lessons/{}/entries"


def cell(world, number=0, slot=1, value="5"):
    return {"pupil_id": str(world.pupils[number]), "slot": slot, "value": value}


def post(api, body, *, lesson=None, seen=0, **given):
    return api("POST", ENTRIES.format(lesson or api.world.today), seen=seen, json=body, **given)


def page_id(api):
    return api("GET", "/pages?mine=true").json["items"][0]["id"]


@pytest.fixture
def nothing_changes(database, world):
    """Holds that the journal is, after the test, what it was before it."""

    def state():
        with database.reading(world.school_id) as session:
            pages = session.execute(select(Page.id, Page.seq, Page.head)).all()
            return pages, session.scalars(select(Entry)).all(), session.scalars(select(Revision)).all()

    before = state()
    yield
    assert state() == before


def is_problem(answer, status, kind):
    assert (answer.status_code, answer.json["type"]) == (status, f"urn:parta:problem:{kind}"), answer.text
    assert answer.content_type == "application/problem+json"
    assert answer.json["title"]
    assert answer.json["detail"]
    return True


def test_marks_are_saved_and_shown(api, world):
    saved = post(api, {"entries": [cell(world), cell(world, 1, 0, "н")]})

    assert saved.status_code == 200
    assert saved.json["changed"][0] == {**cell(world), "was": None}
    assert (saved.headers["ETag"], saved.json["seq"]) == ('"3"', 3)
    page = api("GET", f"/pages/{page_id(api)}")
    assert page.headers["ETag"].startswith('"3.')
    assert sorted(page.json["entries"]) == [[1, 0, 0, "н"], [1, 1, 1, "5"]]
    assert page.json["work_types"][0] == {
        "type": "answer",
        "title": "ответ",
        "weight": 1,
        "is_written": False,
    }


def test_a_page_the_caller_has_is_not_sent_again(api, world):
    etag = api("GET", f"/pages/{page_id(api)}").headers["ETag"]

    assert api("GET", f"/pages/{page_id(api)}", headers={"If-None-Match": etag}).status_code == 304
    saved = post(api, {"entries": [cell(world)]}, seen=None, headers={"If-Match": etag})
    assert saved.status_code == 200
    assert api("GET", f"/pages/{page_id(api)}", headers={"If-None-Match": etag}).status_code == 200


def test_a_page_is_sent_again_when_its_period_was_closed_though_nothing_was_written(api, world):
    page = api("GET", f"/pages/{page_id(api)}")
    etag, period = page.headers["ETag"], page.json["period"]["id"]

    reason = {"reason": "Остальное допишут."}
    closed = api("POST", f"/periods/{period}/closing", roles=("deputy",), json=reason)
    assert closed.status_code == 204

    again = api("GET", f"/pages/{page_id(api)}", headers={"If-None-Match": etag})
    assert (again.status_code, again.json["period"]["closed"]) == (200, True)


def test_titles_come_in_the_callers_language(api):
    page = api("GET", f"/pages/{page_id(api)}", headers={"Accept-Language": "en"})

    assert page.json["work_types"][1]["title"] == "homework"


def test_works_and_reason_come_with_the_marks(api, world):
    body = {
        "entries": [cell(world, slot=2)],
        "works": [{"slot": 2, "type": "control", "title": "Дроби"}],
        "reason": "контрольная",
    }
    assert post(api, body).status_code == 200

    revisions = api("GET", f"/pages/{page_id(api)}/revisions").json["items"]
    assert [(r["what"], r["value"], r["reason"]) for r in revisions] == [
        ("work", "control 5 Дроби", "контрольная"),
        ("mark", "5", "контрольная"),
    ]


def test_a_repeated_save_gets_the_first_answer(api, database, world):
    key = {"headers": {"Idempotency-Key": "k1"}}
    first = post(api, {"entries": [cell(world)]}, **key)
    again = post(api, {"entries": [cell(world)]}, **key)

    assert (again.json, again.headers["ETag"]) == (first.json, first.headers["ETag"])
    assert len(published(database, world, "journal.marks.recorded")) == 1
    other = post(api, {"entries": [cell(world, value="4")]}, **key)
    assert is_problem(other, 422, "key-used-otherwise")


def test_marks_saved_are_counted(api, world):
    before = REGISTRY.get_sample_value("parta_marks_recorded_total")
    post(api, {"entries": [cell(world), cell(world, 1)]})

    assert REGISTRY.get_sample_value("parta_marks_recorded_total") == before + 2


def test_description_and_work_are_put(api, world):
    described = api(
        "PUT", f"/lessons/{world.today}/description", seen=0, json={"topic": "Дроби", "homework": None}
    )
    sent = {"type": "test", "weight": 2, "is_monitoring": True, "counts": False}
    work = api("PUT", f"/lessons/{world.today}/works/1", seen=1, json=sent)

    assert (described.status_code, described.json["seq"], described.headers["ETag"]) == (200, 1, '"1"')
    assert (work.status_code, work.json["seq"]) == (200, 2)
    lesson = api("GET", f"/pages/{page_id(api)}").json["lessons"][1]
    assert (lesson["topic"], lesson["homework"]) == ("Дроби", None)
    [kept] = lesson["works"]
    assert (kept["type"], kept["weight"], kept["title"]) == ("test", 2, "")
    assert (kept["is_written"], kept["is_monitoring"], kept["counts"]) == (True, True, False)


def test_each_save_says_how_many_links_it_made(api, world):
    described = {"topic": "Дроби", "homework": "№ 5"}
    lesson = f"/lessons/{world.today}"

    def links(method, path, body, seen):
        answer = api(method, path, seen=seen, json=body)
        assert answer.status_code == 200, answer.text
        return answer.json["links"]

    assert post(api, {"entries": [cell(world)]}).json["links"] == 2  # The mark, and the work it is for.
    assert post(api, {"entries": [cell(world)]}, seen=2).json["links"] == 0
    assert links("PUT", f"{lesson}/description", described, 2) == 2
    assert links("PUT", f"{lesson}/description", described, 4) == 0
    comment = f"{lesson}/entries/1/{world.pupils[0]}/comment"
    assert links("PUT", comment, {"comment": "Хорошо"}, 4) == 1
    assert links("PUT", f"{lesson}/works/2", {"type": "control"}, 5) == 1
    assert links("DELETE", f"{lesson}/works/2", {}, 6) == 1
    final = {"entries": [{"pupil_id": str(world.pupils[0]), "value": "5"}]}
    column = f"/pages/{page_id(api)}/finals/{world.quarters[0]}"
    assert links("POST", column, final, 7) == 1


def test_a_cell_changed_meanwhile_is_refused_with_what_stands_there(api, world):
    post(api, {"entries": [cell(world, value="4")]})

    refused = post(api, {"entries": [cell(world, value="5")]})

    assert is_problem(refused, 412, "cells-changed")
    assert refused.json["errors"] == {"cells": [{**cell(world, value="4"), "seq": 2}]}


@pytest.mark.usefixtures("nothing_changes")
@pytest.mark.parametrize(
    "wrong",
    [
        {},
        [],
        "text",
        {"entries": None},
        {"entries": {}},
        {"entries": "5"},
        {"entries": [5]},
        {"entries": [{}]},
        {"entries": [[]]},
        {"entries": [{"pupil_id": 5}]},
        {"entries": [], "entry": []},
        {"entries": [], "works": [{"slot": 1, "type": ""}]},
        {"entries": [], "works": [{"slot": 0, "type": "test"}]},
        {"entries": [], "works": [{"slot": 1, "type": "test", "weight": 0}]},
        {"entries": [], "works": [{"slot": 1, "type": "test", "weight": "5"}]},
        {"entries": [], "works": [{"slot": 1, "type": "test", "title": "x" * 201}]},
        {"entries": [], "works": [{"slot": 1, "type": "test", "title": "\x07"}]},
        {"entries": [], "works": 1},
        {"entries": [], "reason": 5},
        {"entries": [], "reason": "x" * 501},
    ],
)
def test_a_malformed_save_is_refused(api, wrong):
    assert is_problem(post(api, wrong), 422, "invalid")


@pytest.mark.usefixtures("nothing_changes")
@pytest.mark.parametrize(
    ("body", "status", "kind"),
    [
        (b"", 422, "invalid"),
        (b"{", 400, "bad-request"),
        (b'{"entries": [], "reason": "\\ud800"}', 400, "bad-request"),
        (b"\xff", 400, "bad-request"),
    ],
)
def test_what_is_no_text_is_refused(api, world, body, status, kind):
    path = ENTRIES.format(world.today)
    refused = api("POST", path, seen=0, data=body, content_type="application/json")

    assert is_problem(refused, status, kind)


@pytest.mark.usefixtures("nothing_changes")
@pytest.mark.parametrize(
    "wrong",
    [
        {"pupil_id": "nobody"},
        {"pupil_id": None},
        {"pupil_id": 5},
        {"slot": -1},
        {"slot": 10},
        {"slot": "1"},
        {"slot": True},
        {"slot": 1.0},
        {"slot": None},
        {"value": 5},
        {"value": ""},
        {"value": "12345678901"},
        {"value": ["5"]},
        {"weight": 5},
    ],
)
def test_a_malformed_cell_is_refused_by_its_number(api, world, wrong):
    refused = post(api, {"entries": [cell(world), cell(world, 1) | wrong]})

    assert is_problem(refused, 422, "invalid")
    assert list(refused.json["errors"]["json"]["entries"]) == ["1"]


@pytest.mark.usefixtures("nothing_changes")
@pytest.mark.parametrize(
    ("language", "said"),
    [("ru", "Целое число от 0 до 9."), ("en", "A whole number from 0 to 9.")],
)
def test_what_is_wrong_with_a_cell_is_said_in_the_callers_language(api, world, language, said):
    refused = post(api, {"entries": [cell(world, slot=10)]}, headers={"Accept-Language": language})

    assert refused.json["errors"]["json"]["entries"] == {"0": {"slot": [said]}}


@pytest.mark.usefixtures("nothing_changes")
@pytest.mark.parametrize(
    "wrong",
    [
        {"pupil_id": "nobody"},
        {"pupil_id": 5},
        {"value": 5},
        {"value": ""},
        {"value": "12345678901"},
        {"slot": 1},
    ],
)
def test_a_malformed_term_end_mark_is_refused_by_its_number(api, world, wrong):
    right = {"pupil_id": str(world.pupils[0]), "value": "5"}
    path = f"/pages/{page_id(api)}/finals/{world.quarters[0]}"

    refused = api("POST", path, seen=0, json={"entries": [right, right | wrong, right]})

    assert is_problem(refused, 422, "invalid")
    assert list(refused.json["errors"]["json"]["entries"]) == ["1"]


@pytest.mark.usefixtures("nothing_changes")
def test_marks_off_the_scale_and_pupils_of_others_are_refused(api, database, world):
    stranger = make_world(database)
    off_scale = post(api, {"entries": [cell(world, value="6")]})
    foreign = post(api, {"entries": [cell(stranger)]})
    unknown = post(api, {"entries": [cell(world) | {"pupil_id": str(uuid4())}]})

    assert is_problem(off_scale, 422, "entries-refused")
    assert "5, 4, 3, 2, 1" in off_scale.json["errors"]["entries.0.value"][0]
    for answer in (foreign, unknown):
        assert is_problem(answer, 422, "entries-refused")
        assert list(answer.json["errors"]) == ["entries.0.pupil_id"]


@pytest.mark.usefixtures("nothing_changes")
def test_a_departed_pupil_takes_no_marks(api, database, world):
    tell(database, world, make_enrolment(world.class_id, world.pupils[0], FIRST[0], FRIDAY))

    assert is_problem(post(api, {"entries": [cell(world)]}), 422, "entries-refused")


@pytest.mark.usefixtures("nothing_changes")
def test_a_lesson_ahead_or_cancelled_takes_no_marks(api, database, world):
    ids = {"group_id": world.class_id, "subject_id": world.subject_id}
    tell(database, world, LessonsCancelled(**ids, lesson_ids=[world.lessons[0]]))

    ahead = post(api, {"entries": [cell(world)]}, lesson=world.lessons[2])
    cancelled = post(api, {"entries": [cell(world)]}, lesson=world.lessons[0])

    assert is_problem(ahead, 409, "lesson-ahead")
    assert is_problem(cancelled, 409, "lesson-cancelled")
    assert f"Урок {FRIDAY:%d.%m.%Y} отменён" in cancelled.json["detail"]


@pytest.mark.usefixtures("nothing_changes")
def test_other_schools_lessons_pages_and_pupils_are_not_found(api, database, world):
    other = make_world(database)
    with database.reading(other.school_id) as session:
        page = other.page_id(session)
    deputy = {"person": new_id(), "roles": ("deputy",)}
    body = {"topic": "x", "homework": None}
    answers = [
        post(api, {"entries": []}, lesson=other.today),
        post(api, {"entries": []}, lesson=other.today, person=other.teacher_id),
        api("PUT", f"/lessons/{other.today}/description", seen=0, json=body),
        api("PUT", f"/lessons/{other.today}/works/1", seen=0, json={"type": "test"}),
        api("GET", f"/pages/{page}"),
        api("GET", f"/pages/{page}", **deputy),
        api("GET", f"/pages/{page}/revisions", **deputy),
        api("GET", f"/diary?pupil_id={other.pupils[0]}", **deputy),
        api("POST", f"/periods/{other.quarters[0]}/closing", **deputy),
        api("DELETE", f"/periods/{other.quarters[0]}/closing", json={"reason": "x"}, **deputy),
    ]
    for answer in answers:
        assert is_problem(answer, 404, "not-found")


@pytest.mark.usefixtures("nothing_changes")
@pytest.mark.parametrize("role", ["pupil", "parent", "deputy", "director", "operator"])
def test_only_teachers_write(api, world, role):
    who = {"roles": (role,)}
    answers = [
        post(api, {"entries": [cell(world)]}, **who),
        api("PUT", f"/lessons/{world.today}/description", seen=0, json={}, **who),
        api("PUT", f"/lessons/{world.today}/works/1", seen=0, json={}, **who),
    ]
    for answer in answers:
        assert is_problem(answer, 403, "denied")


@pytest.mark.usefixtures("nothing_changes")
def test_without_a_token_or_with_anothers_nothing_opens(api, world):
    path = f"/api/journal/v1/lessons/{world.today}/entries"

    assert is_problem(api.client.post(path, json={}), 401, "sign-in-needed")
    forged = api.client.post(path, json={}, headers={"Authorization": "Bearer x.y.z"})
    assert is_problem(forged, 401, "sign-in-needed")


@pytest.mark.usefixtures("nothing_changes")
@pytest.mark.parametrize("tag", ["", "*", '"x"', '"-1"', "\u00b2", '"\u00b2"'])
def test_a_save_that_does_not_say_what_was_seen_is_refused(api, world, tag):
    path = f"/lessons/{world.today}/entries"
    refused = api("POST", path, json={"entries": [cell(world)]}, headers={"If-Match": tag} if tag else {})

    assert is_problem(refused, 428, "precondition-needed")


@pytest.mark.usefixtures("nothing_changes")
def test_a_state_of_the_future_was_not_seen(api, world):
    assert is_problem(post(api, {"entries": [cell(world)]}, seen=10**17), 412, "stale")


@pytest.mark.usefixtures("nothing_changes")
def test_oversized_bodies_are_refused(api, world):
    many = post(api, {"entries": [cell(world)] * 301})
    huge = post(api, {"entries": [], "reason": "x" * 1024 * 1024})

    assert is_problem(many, 422, "invalid")
    assert is_problem(huge, 413, "too-large")


def test_a_topic_is_one_line_and_homework_keeps_its_lines(api, world):
    body = {"topic": " Дроби\r\n\tи\u00a0 доли ", "homework": "§ 1\n№ 2"}

    assert api("PUT", f"/lessons/{world.today}/description", seen=0, json=body).status_code == 200

    lesson = api("GET", f"/pages/{page_id(api)}").json["lessons"][1]
    assert (lesson["topic"], lesson["homework"]) == ("Дроби и доли", "§ 1\n№ 2")


@pytest.mark.usefixtures("nothing_changes")
@pytest.mark.parametrize("nothing", ["   ", "\n\t", "\u00a0"])
def test_a_topic_and_homework_of_spaces_say_nothing(api, world, nothing):
    body = {"topic": nothing, "homework": nothing}

    assert api("PUT", f"/lessons/{world.today}/description", seen=0, json=body).status_code == 200


@pytest.mark.parametrize(
    ("schema", "body", "name"),
    [
        (CommentIn, {}, "comment"),
        (ReopenPeriodIn, {}, "reason"),
        (TaskIn, {}, "text"),
        (ReportErrorIn, {"what": "topic"}, "text"),
        (
            AcceptanceIn,
            {"kind": next(iter(KINDS)), "lesson_id": str(uuid4()), "pupil_id": str(uuid4())},
            "note",
        ),
        (RemarkIn, {"kind": "praise"}, "text"),
        (WithdrawRemarkIn, {}, "reason"),
        (AchievementIn, {"section": "sport", "level": "school", "held_on": "2026-04-01"}, "title"),
        (AchievementDecisionIn, {"is_verified": False}, "reason"),
        (AchievementRemovalIn, {}, "reason"),
    ],
)
def test_a_text_of_spaces_is_no_text(schema, body, name):
    assert schema().validate(body | {name: "  \n "}).keys() == {name}
    assert schema().load(body | {name: "  Так "})


@pytest.mark.parametrize("schema", [RecordEntriesIn, RecordFinalsIn])
def test_a_reason_of_spaces_is_none(schema):
    assert schema().load({"entries": [], "reason": "   "})["reason"] == ""


def test_lines_within_a_text_are_kept():
    assert TaskIn().load({"text": " № 1\n\n  № 2 \n"})["text"] == "№ 1\n\n  № 2"


@pytest.mark.usefixtures("nothing_changes")
@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "/lessons/{today}/description", {}),
        ("PUT", "/lessons/{today}/description", {"topic_id": None}),
        ("PUT", "/lessons/{today}/description", {"topic": 5, "homework": None}),
        ("PUT", "/lessons/{today}/description", {"topic": "x" * 1001, "homework": None}),
        ("PUT", "/lessons/{today}/description", {"topic": "\x07", "homework": None}),
        ("PUT", "/lessons/{today}/description", {"topic": "x", "homework": "x", "marks": 5}),
        ("PUT", "/lessons/{today}/works/1", {}),
        ("PUT", "/lessons/{today}/works/1", {"type": "x" * 31}),
        ("PUT", "/lessons/{today}/works/1", {"type": "test", "weight": 11}),
        ("GET", "/pages?mine=perhaps", None),
        ("GET", "/pages/{page}?period_id=5", None),
        ("GET", "/pages/{page}/revisions?lesson_id=5", None),
        ("GET", "/pages/{page}/revisions?cursor=-1", None),
        ("GET", "/pages/{page}/revisions?cursor=99999999999", None),
        ("GET", "/pages/{page}/revisions?cursor=x", None),
    ],
)
def test_malformed_requests_are_refused(api, world, method, path, body):
    address = path.format(today=world.today, page=page_id(api))

    assert is_problem(api(method, address, seen=0, json=body), 422, "invalid")


@pytest.mark.usefixtures("nothing_changes")
def test_a_type_of_work_the_school_does_not_have_is_refused(api, world):
    saved = post(api, {"entries": [], "works": [{"slot": 1, "type": "exam"}]})
    put = api("PUT", f"/lessons/{world.today}/works/1", seen=0, json={"type": "exam"})

    for answer in (saved, put):
        assert is_problem(answer, 422, "unknown-work")
        assert "контрольная работа" in answer.json["detail"]


@pytest.mark.usefixtures("nothing_changes")
@pytest.mark.parametrize("query", ["", "?pupil_id=5", "?week=2026-10-05"])
@pytest.mark.parametrize("week", ["", "&week=tomorrow", "&week=9999-12-31", "&week=0001-01-01"])
def test_a_malformed_diary_is_refused(api, world, query, week):
    asked = f"/diary{query or f'?pupil_id={world.pupils[0]}'}{week}"
    answer = api("GET", asked, person=world.pupils[0], roles=("pupil",))

    if query or week:
        assert is_problem(answer, 422, "invalid")
    else:
        assert answer.status_code == 200


@pytest.mark.usefixtures("nothing_changes")
@pytest.mark.parametrize("method", ["PUT", "DELETE"])
@pytest.mark.parametrize("path", ["/lessons/{today}/works/0", "/lessons/{today}/works/10", "/nothing"])
def test_what_is_not_there_is_not_found(api, world, method, path):
    answer = api(method, path.format(today=world.today), seen=0, json={"type": "test"})

    assert is_problem(answer, 404, "not-found")


def test_the_deputy_closes_and_opens_a_period(api, world):
    deputy = {"person": new_id(), "roles": ("deputy",)}
    path = f"/periods/{world.quarters[0]}/closing"
    assert is_problem(api("POST", path, **deputy), 409, "period-incomplete")
    assert is_problem(api("POST", path, json={"reason": "   "}, **deputy), 409, "period-incomplete")
    assert api("POST", path, json={"reason": "Остальное допишут."}, **deputy).status_code == 204
    assert api("GET", "/periods").json["items"][0]["closed"] is True
    refused = post(api, {"entries": [cell(world)]})
    assert is_problem(refused, 409, "page-closed")

    assert is_problem(api("DELETE", path, json={}, **deputy), 422, "invalid")
    for reason in ("", "   "):
        assert is_problem(api("DELETE", path, json={"reason": reason}, **deputy), 422, "invalid")
    assert api("DELETE", path, json={"reason": "Ошибка"}, **deputy).status_code == 204
    assert is_problem(api("DELETE", path, json={"reason": "Ошибка"}, **deputy), 409, "period-open")
    assert post(api, {"entries": [cell(world)]}).status_code == 200


@pytest.mark.parametrize("role", ["teacher", "class_teacher", "director", "operator", "parent", "pupil"])
def test_nobody_but_the_deputy_closes_a_period(api, world, role):
    path = f"/periods/{world.quarters[0]}/closing"

    assert is_problem(api("POST", path, roles=(role,)), 403, "denied")
    assert is_problem(api("DELETE", path, roles=(role,), json={"reason": "x"}), 403, "denied")


def test_the_diary_speaks_the_callers_language(api, world):
    post(api, {"entries": [cell(world)]})
    who = {"person": world.pupils[0], "roles": ("pupil",)}

    asked = f"/diary?pupil_id={world.pupils[0]}&week=2026-10-05"
    week = api("GET", asked, headers={"Accept-Language": "en"}, **who).json

    assert week["days"][0]["lessons"][0]["entries"] == [
        {"slot": 1, "value": "5", "work": "answer", "title": None, "weight": 1}
        | {"counts": True, "comment": None, "due_on": None}
    ]


def test_the_interface_describes_itself(api):
    described = api.client.get("/api/journal/v1/openapi.json").json

    validate(described)
    entry = described["components"]["schemas"]["EntryIn"]["properties"]
    assert entry["value"]["type"] == ["string", "null"]
    assert described["paths"]["/api/journal/v1/lessons/{lesson_id}/entries"]["post"]["summary"]


def test_the_api_works_on_either_database(either_database):
    world = make_world(either_database)
    api = api_of(either_database, world)
    assert post(api, {"entries": [cell(world)]}).status_code == 200

    page = api("GET", f"/pages/{page_id(api)}").json
    assert page["averages"] == [None, "5.00", None]
    week = api("GET", f"/diary?pupil_id={world.pupils[0]}", person=world.parent_id, roles=("parent",))
    assert week.json["days"][0]["lessons"][0]["entries"][0]["value"] == "5"


@pytest.mark.parametrize(
    "asked",
    [
        "/deadlines?from={}&until={}",
        "/pages/{page}/deadlines?from={}&until={}",
        "/attendance/{group}/totals?starts_on={}&ends_on={}",
        "/corrections/figures?from={}&until={}",
        "/contradictions?from={}&until={}",
    ],
)
def test_a_span_that_ends_before_it_begins_is_refused_and_a_day_is_a_span(api, world, asked):
    deputy = {"person": new_id(), "roles": ("deputy",)}
    named = {"page": page_id(api), "group": world.class_id}

    reversed_ = api("GET", asked.format("2026-10-06", "2026-10-05", **named), **deputy)

    assert is_problem(reversed_, 422, "last-day-first")
    assert reversed_.json["title"] == "Первый день позже последнего"
    assert api("GET", asked.format("2026-10-05", "2026-10-05", **named), **deputy).status_code == 200
