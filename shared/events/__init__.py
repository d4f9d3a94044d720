"""The contracts of what services tell each other, one module per publishing service.

A contract is a frozen dataclass under `@event`; its marshmallow schema, and from that JSON Schema
and AsyncAPI, follow from the annotations. Inside a type fields are only ever added, with a default.
"""

import builtins
import dataclasses
import types
import typing
from collections.abc import Callable, Iterable
from dataclasses import MISSING, dataclass
from datetime import date, datetime
from typing import Any, Literal, TypeVar, dataclass_transform, get_args, get_origin
from uuid import UUID

from marshmallow import EXCLUDE, Schema, ValidationError, fields

E = TypeVar("E")
Loader = Callable[[Any], Any]
DataClass = Literal["none", "personal"]

SCALARS: dict[type, type[fields.Field[Any]]] = {
    UUID: fields.UUID,
    str: fields.String,
    int: fields.Integer,
    bool: fields.Boolean,
    date: fields.Date,
    datetime: fields.AwareDateTime,
}


@dataclass(frozen=True)
class Contract:
    """What is known of one event type: its name, its class, what it is about, how it is read."""

    type: str
    cls: "builtins.type"
    subject: str  # "<entity>:<field>": events of one subject are ordered and parked together.
    dataclass: DataClass
    schema: Schema

    @property
    def log(self) -> str:
        """The log that carries it; the owner's name."""
        return self.type.split(".", 1)[0]

    def subject_of(self, told: Any) -> str:
        """Return the CloudEvents subject of one event, `<entity>/<uuid>`."""
        entity, field = self.subject.split(":")
        return f"{entity}/{getattr(told, field)}"


CONTRACTS: dict[str, Contract] = {}
_BY_CLASS: dict[type, Contract] = {}


@dataclass_transform(kw_only_default=True, frozen_default=True)
def event(type_: str, *, subject: str, personal: bool = False) -> Callable[[type[E]], type[E]]:
    """Make a class the contract of an event type; `subject` is `<entity>:<field>`."""

    def declare(cls: type[E]) -> type[E]:
        frozen = dataclass(frozen=True, kw_only=True)(cls)
        contract = Contract(type_, frozen, subject, "personal" if personal else "none", _schema_of(frozen))
        CONTRACTS[type_] = _BY_CLASS[frozen] = contract
        return frozen

    return declare


@dataclass_transform(kw_only_default=True, frozen_default=True)
def row(cls: type[E]) -> type[E]:
    """Make a class the row of a list inside an event: scalars only, read in one tight pass."""
    return dataclass(frozen=True, kw_only=True, slots=True)(cls)


def contract_of(told: Any) -> Contract:
    """Return the contract of an event or of its class."""
    return _BY_CLASS[told if isinstance(told, type) else type(told)]


def read(type_: str, data: Any) -> Any:
    """Build the event from parsed JSON; marshmallow's ValidationError says what is wrong with it."""
    contract = CONTRACTS[type_]
    return contract.cls(**contract.schema.load(data))


class Rows(fields.Field[Any]):
    """A list of flat objects. One loop instead of a nested schema: an event of 30 marks is read
    in a tenth of the time.
    """

    def __init__(self, cls: type, **given: Any) -> None:
        super().__init__(**given)
        self.cls = cls
        hints = typing.get_type_hints(cls)
        self.loaders = {f.name: _loader(hints[f.name]) for f in dataclasses.fields(cls)}
        self.defaults = {f.name: f.default for f in dataclasses.fields(cls) if f.default is not MISSING}

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> list[Any]:
        if not isinstance(value, list):
            raise ValidationError("Not a list.")
        return [self._read(number, item) for number, item in enumerate(value)]

    def _read(self, number: int, item: Any) -> Any:
        given = {}
        try:
            for name, load in self.loaders.items():
                given[name] = load(item[name]) if name in item else self.defaults[name]
        except (KeyError, ValueError, TypeError, AttributeError) as wrong:
            raise ValidationError({number: [f"{name}: {wrong}"]}) from wrong
        return self.cls(**given)


def _schema_of(cls: type) -> Schema:
    hints = typing.get_type_hints(cls)
    made = {f.name: _field(hints[f.name], f) for f in dataclasses.fields(cls)}
    schema = Schema.from_dict(made, name=cls.__name__)
    # A newer producer may have added fields; today's reader leaves them alone.
    return schema(unknown=EXCLUDE)


def _field(hint: Any, declared: dataclasses.Field[Any]) -> fields.Field[Any]:
    given: dict[str, Any] = {"required": True}
    if declared.default is not MISSING:
        given = {"load_default": declared.default}
    inner, optional = _unwrap(hint)
    if optional:
        given["allow_none"] = True
    if get_origin(inner) is list:
        (item,) = get_args(inner)
        if dataclasses.is_dataclass(item):
            return Rows(typing.cast("type", item), **given)
        return fields.List(SCALARS[item](), **given)
    return SCALARS[inner](**given)


def _unwrap(hint: Any) -> tuple[Any, bool]:
    if get_origin(hint) in (typing.Union, types.UnionType):
        return next(a for a in get_args(hint) if a is not type(None)), True
    return hint, False


def _loader(hint: Any) -> Loader:
    inner, optional = _unwrap(hint)
    if get_origin(inner) is list:
        (item,) = get_args(inner)
        load_item = _loader(item)
        load: Loader = lambda value: [load_item(one) for one in _listed(value)]  # noqa: E731
    else:
        load = _SCALAR_LOADERS[inner]
    return (lambda value: None if value is None else load(value)) if optional else load


def _listed(value: Any) -> Iterable[Any]:
    if not isinstance(value, list):
        raise TypeError("not a list")
    return value


def _exactly(kind: type) -> Loader:
    def load(value: Any) -> Any:
        if type(value) is not kind:
            raise TypeError(f"not {kind.__name__}")
        return value

    return load


_SCALAR_LOADERS: dict[type, Loader] = {
    UUID: UUID,
    str: _exactly(str),
    int: _exactly(int),
    bool: _exactly(bool),
    date: date.fromisoformat,
    datetime: datetime.fromisoformat,
}
