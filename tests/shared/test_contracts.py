"""Every event ever told must still be read: a stored sample per type, and one document of them all."""

from pathlib import Path

import jsonschema
import orjson
import pytest

from shared import asyncapi, envelope, events, heard
from tests.support.home import CHECKOUT

SAMPLES = {file.stem: file for file in sorted((CHECKOUT / "tests" / "contracts").glob("*.json"))}
DOCUMENT = asyncapi.document()  # Reads every module of contracts.


def test_no_contract_lacks_a_sample_and_no_sample_a_contract():
    assert set(SAMPLES) == set(events.CONTRACTS)


@pytest.fixture(params=SAMPLES.values(), ids=SAMPLES.keys())
def sample(request):
    found: Path = request.param
    return found.read_text()


def test_todays_code_reads_the_sample_and_writes_it_back(sample):
    stored = orjson.loads(sample)

    read = envelope.read(sample)
    received = heard.received(read)

    written = orjson.loads(orjson.dumps(received.told))
    assert stored["data"].items() <= written.items()  # A field added since then has its default.
    assert events.contract_of(received.told).subject_of(received.told) == stored["subject"]
    assert events.contract_of(received.told).dataclass == stored["dataclass"]
    assert str(received.school_id) in stored["source"]


def test_a_reader_of_yesterday_leaves_a_new_field_alone(sample):
    stored = orjson.loads(sample)

    told = events.read(stored["type"], stored["data"] | {"added_tomorrow": [1, 2]})

    assert told == events.read(stored["type"], stored["data"])


def test_the_document_describes_the_sample(sample):
    stored = orjson.loads(sample)
    message = DOCUMENT["components"]["messages"][asyncapi.key(events.CONTRACTS[stored["type"]])]

    jsonschema.validate(stored, message["payload"] | {"components": DOCUMENT["components"]})

    for broken in ({"sequence": "7"}, {"type": "journal.marks.guessed"}, {"data": {}}):
        with pytest.raises(jsonschema.ValidationError):
            wrong = stored | broken
            jsonschema.validate(wrong, message["payload"] | {"components": DOCUMENT["components"]})


def test_the_document_is_whole():
    assert DOCUMENT["asyncapi"] == "3.0.0"
    messages = DOCUMENT["components"]["messages"]
    assert {one["name"] for one in messages.values()} == set(events.CONTRACTS)
    for reference in references(DOCUMENT):
        found = DOCUMENT
        for part in reference.removeprefix("#/").split("/"):
            found = found[part]  # A KeyError names what is missing.
    for operation in DOCUMENT["operations"].values():
        channel = operation["channel"]["$ref"]
        assert all(one["$ref"].startswith(f"{channel}/messages/") for one in operation["messages"])
    # The rules of AsyncAPI 3 for the names of things.
    assert all(name.replace("_", "").isalnum() for name in (*messages, *DOCUMENT["channels"]))


def references(part):
    if isinstance(part, dict):
        if "$ref" in part:
            yield part["$ref"]
        for one in part.values():
            yield from references(one)
    elif isinstance(part, list):
        for one in part:
            yield from references(one)
