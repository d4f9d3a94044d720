"""Notify over HTTP: everybody sees the own notices and nobody else's."""

from datetime import date, datetime, timedelta

import pytest
from openapi_spec_validator import validate

from services.notify.service import service
from shared.events.journal_diary import AnswerReplied
from shared.peers import Peers
from shared.policy import ROLES
from shared.service import Runtime
from tests.notify.makers import (
    ANNA,
    LESSON,
    LEV,
    MOTHER,
    NOON,
    OTHER_SCHOOL,
    SCHOOL,
    STAND_IN,
    SUBJECT,
    UUID,
    decision,
    entry,
    family,
    hear,
    marks,
    person,
    received,
    settings,
    substituted,
    teachers,
)
from tests.support.apps import app_of
from tests.support.tokens import bearer, key_ring

API = "/api/notify/v1"


@pytest.fixture
def client(database, time_machine):
    time_machine.move_to(NOON)
    app = app_of(Runtime(service, settings(), database, Peers({}), key_ring()))
    return app.test_client()


def as_(person_id=MOTHER, role="parent", school_id=SCHOOL, language="ru"):
    token = bearer("notify", school_id=school_id, person_id=person_id, roles=(role,))
    return token | {"Accept-Language": language}


def items(client, query="", **who):
    return client.get(f"{API}/notices{query}", headers=as_(**who)).get_json()["items"]


def test_a_notice_says_what_happened(database, client):
    hear(database, *family(), marks(entry("4", was="3"), entry("н", slot=0)))

    (notice,) = items(client)

    assert notice["kind"] == "marks"
    assert notice["pupil"] == {"id": str(ANNA), "name": "Яшина Анна"}
    assert (notice["subject"], notice["lesson_on"], notice["read_at"]) == ("Алгебра", "2026-09-08", None)
    mark, absence = notice["entries"]
    assert mark == {
        "slot": 1,
        "value": "4",
        "was": "3",
        "due_on": None,
        "type": "control",
        "work": "контрольная работа",
        "text": "исправлена отметка за контрольную работу: было 3 — стало 4",
    }
    assert (absence["value"], absence["work"], absence["text"]) == ("н", "", "отсутствие на уроке")
    assert notice["text"].startswith("Алгебра, 8 сентября: исправлена отметка")


def test_a_notice_says_until_when_a_work_is_awaited(database, client):
    hear(database, *family(), marks(entry("•", due_on=date(2026, 9, 15))))

    (notice,) = items(client)

    assert notice["text"] == "Алгебра, 8 сентября: ждём работу до 15 сентября (контрольная работа)"
    assert notice["entries"][0]["due_on"] == "2026-09-15"


def test_a_notice_speaks_the_readers_language(database, client):
    hear(database, *family(), marks())

    (notice,) = items(client, language="en")

    assert notice["text"] == "Алгебра, 8 September: 5 for control work"


def test_everybody_sees_the_own_notices_only(database, client):
    hear(database, *family(), marks(entry("5"), entry("4", pupil_id=LEV)))

    assert {notice["pupil"]["name"] for notice in items(client)} == {"Яшина Анна", "Яшин Лев"}
    assert [notice["pupil"]["name"] for notice in items(client, person_id=LEV, role="pupil")] == ["Яшин Лев"]
    assert items(client, person_id=UUID(int=99), role="director") == []
    assert items(client, school_id=OTHER_SCHOOL) == []


def test_reading_is_counted(database, client):
    hear(database, *family(), marks(), marks(entry("4", was="5")), marks(entry("3", was="4")))
    newest, *_ = items(client)

    assert client.get(f"{API}/notices/unread", headers=as_()).get_json() == {"count": 3}
    for _ in range(2):
        assert client.post(f"{API}/notices/{newest['id']}/read", headers=as_()).status_code == 204
    assert client.get(f"{API}/notices/unread", headers=as_()).get_json() == {"count": 2}
    assert newest["id"] not in {notice["id"] for notice in items(client, "?unread=true")}
    assert items(client)[0]["read_at"] is not None
    assert client.post(f"{API}/notices/read", headers=as_()).status_code == 204
    assert items(client, "?unread=true") == []
    assert client.get(f"{API}/notices/unread", headers=as_(ANNA, "pupil")).get_json() == {"count": 3}


def test_nobody_reads_for_others(database, client):
    hear(database, *family(), marks())
    (notice,) = items(client)

    for stranger in (as_(ANNA, "pupil"), as_(UUID(int=99), "director"), as_(school_id=OTHER_SCHOOL)):
        assert client.post(f"{API}/notices/{notice['id']}/read", headers=stranger).status_code == 404
    assert items(client)[0]["read_at"] is None


def test_long_lists_come_in_pages(database, client):
    hear(database, *family(), *(marks(lesson_id=UUID(int=1000 + n)) for n in range(120)))
    seen, cursor = [], ""

    while cursor is not None:
        body = client.get(f"{API}/notices?cursor={cursor}" if cursor else f"{API}/notices", headers=as_())
        seen += [notice["id"] for notice in body.get_json()["items"]]
        cursor = body.get_json()["next"]

    assert len(seen) == len(set(seen)) == 120
    assert seen == sorted(seen, reverse=True)


@pytest.mark.parametrize("role", ROLES)
def test_every_role_has_notices(client, role):
    assert client.get(f"{API}/notices", headers=as_(role=role)).status_code == 200
    assert client.get(f"{API}/notices/unread", headers=as_(role=role)).status_code == 200


def test_strangers_and_clients_have_none(client):
    service_token = bearer("notify", scope="events:read", client_id="service-journal")

    assert client.get(f"{API}/notices").status_code == 401
    assert client.get(f"{API}/notices", headers=service_token).status_code == 403
    assert client.get(f"{API}/preferences", headers=service_token).status_code == 403


USUAL = {"email_enabled": True, "mail_substitutions": True, "mail_homework": False, "language": "ru"}


def test_wishes_are_kept(database, client):
    hear(database, person(MOTHER, language="en"))
    url = f"{API}/preferences"
    assert client.get(url, headers=as_()).get_json() == USUAL | {"language": "en"}

    wish = {"email_enabled": False, "mail_substitutions": False, "mail_homework": True, "language": "ru"}
    for _ in range(2):
        assert client.put(url, json=wish, headers=as_()).get_json() == wish

    assert client.get(url, headers=as_()).get_json() == wish
    assert client.get(url, headers=as_(ANNA, "pupil")).get_json() == USUAL


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"email_enabled": True},
        {"email_enabled": "yes", "language": "ru"},
        {"email_enabled": True, "mail_substitutions": "no", "language": "ru"},
        {"email_enabled": True, "mail_homework": "no", "language": "ru"},
        {"email_enabled": True, "language": "kk"},
        {"email_enabled": True, "language": "ru", "person_id": str(ANNA)},
        [],
    ],
)
def test_bad_wishes_change_nothing(client, body):
    url = f"{API}/preferences"

    answer = client.put(url, json=body, headers=as_())

    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"
    assert client.get(url, headers=as_()).get_json() == USUAL


def test_a_substitution_is_read_as_a_notice_of_its_own_kind(database, client):
    hear(database, *family(), *teachers(), substituted(decision()))

    (notice,) = items(client)

    line = "2 урок. Алгебра: ведёт Свободная А. П. (вместо: Больная А. П.)"
    assert (notice["kind"], notice["subject"], notice["lines"]) == ("substitutions", "7А", [line])
    assert notice["text"] == f"7А, 8 сентября: {line}"
    assert notice["pupil"]["name"] == "Яшина Анна"
    (own,) = items(client, person_id=STAND_IN, role="teacher", language="en")
    assert own["pupil"] is None
    assert own["lines"] == ["Lesson 2. Алгебра: given by Свободная А. П. (instead of Больная А. П.)"]


@pytest.mark.parametrize("query", ["?cursor=abc", "?unread=maybe"])
def test_bad_questions_are_refused(client, query):
    assert client.get(f"{API}/notices{query}", headers=as_()).status_code == 422


def test_the_api_describes_itself(client):
    validate(client.get(f"{API}/openapi.json").get_json())


def test_ones_own_matters_lead_to_what_they_are_about(database, client):
    hear(database, *family(), AnswerReplied(
        task_id=LESSON, answer_id=LESSON, reply_id=LESSON, page_id=LESSON, group_id=LESSON,
        subject_id=SUBJECT, pupil_id=ANNA, is_returned=True,
    ))  # fmt: skip

    (notice,) = items(client, person_id=ANNA, role="pupil")

    assert (notice["kind"], notice["about_id"], notice["pupil"]) == ("answers", str(LESSON), None)
    assert notice["text"] == "Алгебра: ответ на задание возвращён на доработку"
    assert items(client) == []


def test_a_notice_is_of_the_time_it_happened_and_not_of_when_it_was_heard(database, client):
    put, decided, replied = (NOON - timedelta(hours=hours) for hours in (3, 2, 1))
    reply = AnswerReplied(
        task_id=LESSON, answer_id=LESSON, reply_id=LESSON, page_id=LESSON, group_id=LESSON,
        subject_id=SUBJECT, pupil_id=ANNA, is_returned=False,
    )  # fmt: skip
    hear(
        database,
        *family(),
        received(marks(entry("5")), time=put),
        received(substituted(decision()), time=decided),
        received(reply, time=replied),
    )

    found = {one["kind"]: one["told_at"] for one in items(client, person_id=ANNA, role="pupil")}

    assert {kind: datetime.fromisoformat(at) for kind, at in found.items()} == {
        "marks": put,
        "substitutions": decided,
        "answers": replied,
    }
