"""The gate, the answers and the promises every service's HTTP API shares."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from flask.testing import FlaskClient
from joserfc.jwk import ECKey
from marshmallow import Schema, fields, validate, validates_schema
from sqlalchemy import Column, Integer, Table, Uuid, func, select

from shared import web
from shared.app import EndpointWithoutRule, create_app
from shared.bus import metadata as bus_tables
from shared.clock import now
from shared.db import Database, naming_metadata
from shared.errors import Conflict, Text
from shared.field_texts import BadField, in_russian
from shared.peers import Peers
from shared.policy import RULES, Rule
from shared.service import Runtime, Service
from shared.settings import Settings
from shared.web import etag, if_match
from shared.worker import prune
from tests.support.tokens import bearer, key_ring, token

toy_tables = naming_metadata()
toys = Table("toys", toy_tables, Column("id", Uuid, primary_key=True), Column("size", Integer))
SCHOOL = uuid4()


def unbroken(name: str) -> None:
    if " " in name:
        raise BadField(Text("Напишите без пробелов.", "Write it without spaces."))


class PartIn(Schema):
    name = fields.String(required=True, validate=[validate.Length(1, 20), unbroken])
    is_spare = fields.Boolean(load_default=False)

    @validates_schema(skip_on_field_errors=False)
    def kept(self, data: dict[str, Any], **_: Any) -> None:
        if data.get("is_spare"):
            raise BadField(Text("Скажите, где она.", "Say where it is."), "place")


class ToyIn(Schema):
    note = fields.String(validate=validate.Length(max=3))
    on = fields.Date()
    colour = fields.String(validate=validate.OneOf(("white", "blue")))
    code = fields.String(validate=validate.Regexp("[a-z]+$"))
    weight = fields.Integer(validate=validate.Range(1, 5))
    parts = fields.List(fields.Nested(PartIn))
    size = fields.Integer(required=True)


class TooBig(Conflict):
    title = Text("Велика", "Too big")
    detail = Text("Размер {size} не помещается.", "Size {size} does not fit.")


blp = web.blueprint("toys", "Toys.")


@blp.route("/toys", methods=["POST"])
@web.may("play")
@web.idempotent
@blp.arguments(ToyIn)
@blp.response(201)
def post_toy(toy: dict[str, int]) -> dict[str, Any]:
    with web.writing() as session:
        toy_id = uuid4()
        session.execute(toys.insert().values(id=toy_id, size=toy["size"]))
        if toy["size"] > 100:
            raise TooBig(size=toy["size"])
    etag(toy["size"])
    return {"id": str(toy_id)}


@blp.route("/toys", methods=["GET"])
@web.may("play")
@blp.response(200)
def get_toys() -> dict[str, Any]:
    etag(7)
    return {"items": []}


@blp.route("/toys", methods=["PUT"])
@web.may("play")
@blp.response(200)
def put_toys() -> dict[str, int]:
    return {"seen": if_match()}


@pytest.fixture
def runtime(tmp_path, monkeypatch) -> Iterator[Runtime]:
    played = Rule("toys", "play", {"teacher": "school"}, None, None)
    monkeypatch.setitem(RULES, ("toys", "play"), played)
    database = Database(f"sqlite:///{tmp_path}/toys.db")
    toy_tables.create_all(database.engine)
    bus_tables.create_all(database.engine)
    service = Service(name="toys", metadata=toy_tables, blueprints=[blp])
    yield Runtime(service, Settings("toys", ""), database, Peers({}), key_ring())
    database.close()


@pytest.fixture
def client(runtime) -> FlaskClient:
    return create_app(runtime).test_client()


def teacher(**given: Any) -> dict[str, str]:
    return bearer("toys", school_id=SCHOOL, roles=("teacher",), **given)


def count(runtime: Runtime) -> int:
    with runtime.database.reading(SCHOOL) as session:
        return session.scalar(select(func.count()).select_from(toys))


URL = "/api/toys/v1/toys"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Basic eDp5"},
        {"Authorization": "Bearer x.y.z"},
        bearer("journal", school_id=SCHOOL, roles=("teacher",)),
        bearer("toys", school_id=SCHOOL, roles=("teacher",), lives_seconds=-1),
        bearer("toys", school_id=SCHOOL, roles=("teacher",), iss="somebody"),
        bearer("toys", school_id=SCHOOL, roles=("teacher",), nbf=4102444800),
    ],
    ids=["none", "basic", "garbage", "for_another_service", "expired", "other_issuer", "not_yet"],
)
def test_a_request_without_a_good_token_is_asked_to_sign_in(client, headers):
    answer = client.get(URL, headers=headers)

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert answer.json["type"] == "urn:parta:problem:sign-in-needed"


def test_a_token_signed_by_another_key_is_refused(client):
    forged = token(
        "toys", school_id=SCHOOL, roles=("teacher",), key=ECKey.generate_key("P-256", auto_kid=True)
    )
    assert client.get(URL, headers={"Authorization": f"Bearer {forged}"}).status_code == 401


def test_a_role_that_is_not_named_is_denied(client):
    answer = client.get(URL, headers=bearer("toys", school_id=SCHOOL, roles=("parent",)))

    assert answer.status_code == 403
    assert answer.content_type == "application/problem+json"


def test_a_route_without_a_rule_keeps_the_service_from_starting(runtime):
    open_door = web.blueprint("open", "No rule.")
    open_door.route("/open", methods=["GET"])(lambda: {})  # noqa: PIE807 (a view has a name)
    guarded = Runtime(
        Service(name="toys", metadata=toy_tables, blueprints=[open_door]),
        runtime.settings, runtime.database, runtime.peers, runtime.keys,
    )  # fmt: skip

    with pytest.raises(EndpointWithoutRule):
        create_app(guarded)


def test_a_refusal_speaks_the_callers_language_and_changes_nothing(client, runtime):
    headers = {**teacher(), "Accept-Language": "en"}

    answer = client.post(URL, json={"size": 101}, headers=headers)

    assert (answer.status_code, answer.json["type"]) == (409, "urn:parta:problem:too-big")
    assert answer.json["detail"] == "Size 101 does not fit."
    assert client.post(URL, json={"size": 101}, headers=teacher()).json["title"] == "Велика"
    assert count(runtime) == 0


@pytest.mark.parametrize("body", [{}, {"size": "big"}, {"size": 1, "colour": "red"}])
def test_a_malformed_body_is_refused_by_field(client, body):
    answer = client.post(URL, json=body, headers=teacher())

    assert answer.status_code == 422
    assert answer.json["errors"]["json"]


WRONG = {
    "size": "x",
    "note": "abcd",
    "on": "вчера",
    "colour": "red",
    "code": "?",
    "weight": 0,
    "parts": [{"name": ""}, {"more": 1}, {"name": "left eye of the teddy", "is_spare": True}],
    "other": 1,
}


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "ru",
            {
                "size": ["Нужно целое число."],
                "note": ["Длиннее наибольшей длины: 3."],
                "on": ["Нужна дата вида 2026-09-01."],
                "colour": ["Одно из: white, blue."],
                "code": ["Значение не того вида."],
                "weight": ["Нужно не меньше 1 и не больше 5."],
                "parts": {
                    "0": {"name": ["Длина: от 1 до 20."]},
                    "1": {"name": ["Обязательное поле не заполнено."], "more": ["Такого поля нет."]},
                    "2": {
                        "name": ["Длина: от 1 до 20.", "Напишите без пробелов."],
                        "place": ["Скажите, где она."],
                    },
                },
                "other": ["Такого поля нет."],
            },
        ),
        (
            "en",
            {
                "size": ["Not a valid integer."],
                "note": ["Longer than maximum length 3."],
                "on": ["Not a valid date."],
                "colour": ["Must be one of: white, blue."],
                "code": ["String does not match expected pattern."],
                "weight": ["Must be greater than or equal to 1 and less than or equal to 5."],
                "parts": {
                    "0": {"name": ["Length must be between 1 and 20."]},
                    "1": {"name": ["Missing data for required field."], "more": ["Unknown field."]},
                    "2": {
                        "name": ["Length must be between 1 and 20.", "Write it without spaces."],
                        "place": ["Say where it is."],
                    },
                },
                "other": ["Unknown field."],
            },
        ),
    ],
)
def test_what_is_wrong_with_fields_is_said_in_the_callers_language(client, language, said):
    answer = client.post(URL, json=WRONG, headers={**teacher(), "Accept-Language": language})

    assert (answer.status_code, answer.json["errors"]["json"]) == (422, said)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Must be greater than 0.5.", "Нужно больше 0.5."),
        ("Must be less than or equal to 10.", "Нужно не больше 10."),
        ("Must be greater than -1 and less than 1.", "Нужно больше -1 и меньше 1."),
        ("Must be less than 2026-09-01 08:30:00.", "Нужно меньше 2026-09-01 08:30:00."),
        ("Length must be 5.", "Длина: ровно 5."),
        ("Not a valid aware datetime.", "Нужны дата и время вида 2026-09-01T08:30:00+03:00."),
        ("Урок будет позже.", "Урок будет позже."),
    ],
)
def test_texts_of_fields_keep_their_numbers(text, said):
    assert in_russian(text) == said


def test_marshmallow_says_nothing_that_has_no_russian():
    """All its own texts without facts, as of the version at hand, whose fields and validators we use."""
    own = [fields.String, fields.Integer, fields.Boolean, fields.Date, fields.UUID, fields.List, fields.Email,
           fields.Url, fields.Dict, fields.Nested, fields.Float, fields.Decimal, Schema]  # fmt: skip
    texts = {
        text
        for one in own
        for kind in one.__mro__
        for name in ("default_error_messages", "_default_error_messages")
        for text in vars(kind).get(name, {}).values()
        if "{" not in text
    }

    assert len(texts) > 10
    assert [text for text in texts if in_russian(text) == text] == []


def test_a_body_that_is_not_json_is_refused(client):
    answer = client.post(URL, data=b"{", content_type="application/json", headers=teacher())
    assert answer.status_code == 400


def test_an_oversized_body_is_refused(client):
    answer = client.post(URL, data=b" " * 2_000_000, content_type="application/json", headers=teacher())
    assert answer.status_code == 413


def test_a_repeated_key_gets_the_first_answer_and_changes_nothing(client, runtime):
    headers = {**teacher(person_id=uuid4()), "Idempotency-Key": "k1"}

    first = client.post(URL, json={"size": 5}, headers=headers)
    again = client.post(URL, json={"size": 5}, headers=headers)

    assert (again.status_code, again.json, again.headers["ETag"]) == (201, first.json, '"5"')
    assert count(runtime) == 1


def test_a_key_with_another_body_is_refused(client, runtime):
    headers = {**teacher(person_id=uuid4()), "Idempotency-Key": "k1"}
    client.post(URL, json={"size": 5}, headers=headers)

    assert client.post(URL, json={"size": 6}, headers=headers).status_code == 422
    assert count(runtime) == 1


def test_a_refused_request_leaves_its_key_free(client, runtime):
    headers = {**teacher(person_id=uuid4()), "Idempotency-Key": "k1"}
    assert client.post(URL, json={"size": 500}, headers=headers).status_code == 409

    assert client.post(URL, json={"size": 5}, headers=headers).status_code == 201
    assert count(runtime) == 1


def test_a_state_already_seen_is_not_sent_again(client):
    assert client.get(URL, headers=teacher()).headers["ETag"] == '"7"'
    assert client.get(URL, headers={**teacher(), "If-None-Match": '"7"'}).status_code == 304


def test_a_change_must_say_which_state_it_saw(client):
    assert client.put(URL, headers=teacher()).status_code == 428
    assert client.put(URL, headers={**teacher(), "If-Match": '"3"'}).json == {"seen": 3}
    for tag in ('""', "*", '"three"', f'"{"9" * 5_000}"'):
        assert client.put(URL, headers={**teacher(), "If-Match": tag}).status_code == 428, tag


def test_the_answer_to_a_wrong_method_names_the_right_ones(client):
    answer = client.delete(URL, headers=teacher())
    assert answer.status_code in (401, 405)
    assert "POST" in client.open(URL, method="PATCH", headers=teacher()).headers["Allow"]


def test_docs_need_no_inline_script(client):
    page = client.get("/api/toys/v1/docs").text
    assert "<script>" not in page
    with client.get("/api/toys/v1/docs/assets/swagger-ui.css") as asset:
        assert asset.status_code == 200
    assert client.get("/api/toys/v1/openapi.json").json["openapi"] == "3.1.0"


def test_the_headers_of_a_route_are_described(client):
    ways = client.get("/api/toys/v1/openapi.json").json["paths"][URL]

    described = {
        method: (
            [one.get("name") or one["$ref"].rpartition("/")[2] for one in way.get("parameters", ())],
            [status for status, answer in way["responses"].items() if "ETag" in answer.get("headers", {})],
        )
        for method, way in ways.items()
    }

    assert described == {
        "post": (["Idempotency-Key"], ["201"]),
        "get": (["IF_NONE_MATCH"], ["200"]),
        "put": (["IF_MATCH"], []),
    }
    assert {"412", "428"} <= set(ways["put"]["responses"])
    assert "304" in ways["get"]["responses"]


def test_metrics_count_by_route_and_never_by_id(client):
    client.get(URL, headers=teacher())
    assert 'parta_http_requests_total{method="GET",route="/api/toys/v1/toys"' in client.get("/metrics").text


def test_stored_answers_are_dropped_after_a_week(runtime, client):
    headers = teacher() | {"Idempotency-Key": "k"}
    client.post(URL, json={"size": 5}, headers=headers)

    made = []
    for hours in (7 * 24 - 1, 7 * 24 + 1):
        with time_machine.travel(now() + timedelta(hours=hours), tick=False):
            prune(runtime)
        client.post(URL, json={"size": 5}, headers=headers)
        made.append(count(runtime))

    assert made == [1, 2]


def test_made_up_methods_are_counted_as_one(client):
    for method in ("BREW", "WHEN"):
        assert client.open(URL, method=method).status_code == 405

    said = client.get("/metrics").text
    assert 'method="other"' in said
    assert "BREW" not in said
