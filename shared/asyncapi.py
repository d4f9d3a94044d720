"""The event contracts as one AsyncAPI 3 document, made from the dataclasses that are the contracts."""

import dataclasses
import importlib
import inspect
import pkgutil
import re
import types
import typing
from dataclasses import MISSING
from datetime import date, datetime
from typing import Any, get_args, get_origin
from uuid import UUID

from shared import envelope, events
from shared.events import CONTRACTS, Contract
from shared.relay import EXCHANGE

SCALARS: dict[type, dict[str, str]] = {
    UUID: {"type": "string", "format": "uuid"},
    str: {"type": "string"},
    int: {"type": "integer"},
    bool: {"type": "boolean"},
    date: {"type": "string", "format": "date"},
    datetime: {"type": "string", "format": "date-time"},
}

_UUID, _TEXT = SCALARS[UUID], SCALARS[str]
ENVELOPE: dict[str, Any] = {
    "type": "object",
    "description": "CloudEvents 1.0 in structured JSON, at most 64 KiB.",
    "required": ["specversion", "id", "source", "type", "subject", "time", "sequence", "epoch", "dataclass"],
    "properties": {
        "specversion": {"const": "1.0"},
        "id": _UUID,
        "source": {"type": "string", "description": "/<log>/<school>: the stream."},
        "type": _TEXT,
        "subject": {"type": "string", "description": "<entity>/<uuid>; the key of order and of parking."},
        "time": SCALARS[datetime],
        "datacontenttype": {"const": "application/json"},
        "sequence": {"type": "string", "pattern": "^[0-9]{20}$", "description": "The position, gapless."},
        "previd": _UUID | {"description": "The id of the event before it; none in the first."},
        "epoch": _UUID | {"description": "The incarnation of the log; a label for operators."},
        "traceparent": _TEXT,
        "correlationid": _TEXT,
        "actor": _TEXT,
        "dataclass": {"enum": ["none", "personal"]},
        "redacted": {"const": True, "description": "Its data was erased."},
        "withheld": {"const": True, "description": "Its data is not for this reader."},
    },
}


def document(version: str = "1.0.0") -> dict[str, Any]:
    """Return the document: a channel per log, an operation to receive it, a message per event type."""
    for module in pkgutil.iter_modules(events.__path__):
        importlib.import_module(f"shared.events.{module.name}")
    by_log: dict[str, list[Contract]] = {}
    for contract in sorted(CONTRACTS.values(), key=lambda one: one.type):
        by_log.setdefault(contract.log, []).append(contract)
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Parta: events",
            "version": version,
            "description": "What the services tell one another. Bind to whole logs, never to a type.",
        },
        "defaultContentType": envelope.CONTENT_TYPE,
        "channels": {_name(log): _channel(log, contracts) for log, contracts in by_log.items()},
        "operations": {f"hear_{_name(log)}": _operation(log, contracts) for log, contracts in by_log.items()},
        "components": {
            "messages": {key(one): _message(one) for of in by_log.values() for one in of},
            "schemas": {"Envelope": ENVELOPE}
            | {key(one): data_schema(one.cls) for one in CONTRACTS.values()},
        },
    }


def key(contract: Contract) -> str:
    """Return the name of a contract's parts in the document; it has letters and underscores only."""
    return _name(contract.type)


def _name(told: str) -> str:
    return told.replace(".", "_").replace("-", "_")


def data_schema(cls: type) -> dict[str, Any]:
    """Return the JSON Schema of an event's data, or of a row in it."""
    hints = typing.get_type_hints(cls)
    declared = dataclasses.fields(cls)
    return {
        "type": "object",
        "description": re.sub(r"\s+", " ", inspect.getdoc(cls) or ""),
        "required": [one.name for one in declared if one.default is MISSING],
        "properties": {one.name: _schema(hints[one.name]) for one in declared},
    }


def _schema(hint: Any) -> dict[str, Any]:
    if get_origin(hint) in (typing.Union, types.UnionType):
        return {"oneOf": [_schema(one) for one in get_args(hint)]}
    if hint is type(None):
        return {"type": "null"}
    if get_origin(hint) is list:
        (item,) = get_args(hint)
        return {"type": "array", "items": _schema(item)}
    return data_schema(hint) if dataclasses.is_dataclass(hint) else dict(SCALARS[hint])  # type: ignore[arg-type]


def _channel(log: str, contracts: list[Contract]) -> dict[str, Any]:
    return {
        "address": f"{log}.{{school}}.#",
        "description": f"The log of {log}: one stream per school, each in order.",
        "parameters": {"school": {"description": "The school's UUID; _ for what belongs to none."}},
        "messages": {key(one): {"$ref": f"#/components/messages/{key(one)}"} for one in contracts},
        "bindings": {
            "amqp": {"is": "routingKey", "exchange": {"name": EXCHANGE, "type": "topic", "durable": True}}
        },
    }


def _operation(log: str, contracts: list[Contract]) -> dict[str, Any]:
    return {
        "action": "receive",
        "summary": f"Hear what {log} tells.",
        "channel": {"$ref": f"#/channels/{_name(log)}"},
        "messages": [{"$ref": f"#/channels/{_name(log)}/messages/{key(one)}"} for one in contracts],
    }


def _message(contract: Contract) -> dict[str, Any]:
    told = {"type": {"const": contract.type}, "data": {"$ref": f"#/components/schemas/{key(contract)}"}}
    return {
        "name": contract.type,
        "title": contract.cls.__name__,
        "summary": (inspect.getdoc(contract.cls) or "").partition("\n")[0],
        "contentType": envelope.CONTENT_TYPE,
        "payload": {
            "allOf": [{"$ref": "#/components/schemas/Envelope"}, {"type": "object", "properties": told}]
        },
    }
