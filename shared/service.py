"""The front door of a service: what it is made of, and what it runs with."""

import importlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar
from uuid import UUID

import click
from sqlalchemy import MetaData, Table

from shared import ended
from shared.auth import Actor, KeyRing
from shared.db import Database, SchoolSession
from shared.peers import Peers
from shared.settings import Settings

SERVICES = ("identity", "schedule", "journal", "reporting", "notify")
"""The services with an API of their own, each also a Python package `services.<name>`."""

E = TypeVar("E")


@dataclass(frozen=True, slots=True)
class Received(Generic[E]):
    """An event as a reaction gets it: what was told, and what the envelope says of it."""

    id: UUID
    stream: str
    position: int
    subject: str
    time: datetime
    actor: str | None
    told: E

    @property
    def school_id(self) -> UUID:
        """The school of the stream."""
        return UUID(self.stream.partition("/")[2])


Reaction = Callable[[SchoolSession, Sequence[Received[Any]]], None]
"""What a service does about a run of consecutive events of one type and stream, in order.

It runs in the consumer's transaction, opened for the stream's school, and never commits.
"""


@dataclass(frozen=True)
class Answered:
    """A request that was answered, as a service that keeps an access log is told of it."""

    endpoint: str
    action: str  # As the policy calls it; empty where anybody may call.
    is_read: bool
    status: int
    actor: Actor | None
    address: str
    request_id: str
    named: Mapping[str, Any]  # What the URL names.
    login: str | None = None  # Under which somebody yet unknown tried something.
    tried: tuple[str, str] | None = None  # By which other way, and under which name there.
    concerned: tuple[UUID, ...] = ()  # Whose data it was, as far as the URL does not say.
    group_id: UUID | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    person: tuple[UUID, UUID] | None = None  # School and person an open endpoint found out.


@dataclass
class Runtime:
    """A service at work: its settings, its database, and the ways to its peers."""

    service: "Service"
    settings: Settings
    database: Database
    peers: Peers
    keys: KeyRing


Witness = Callable[[Runtime, Answered], None]
"""What notes an answered request in the access log, in a transaction of its own."""


@dataclass(frozen=True)
class Job:
    """Something a worker does again and again; one worker at a time, under a lease."""

    name: str
    every: timedelta
    run: Callable[[Runtime], None]


@dataclass(frozen=True)
class Service:
    """A service's parts, put together in `services/<name>/service.py`."""

    name: str
    metadata: MetaData
    blueprints: Sequence[Any] = ()
    subscriptions: Mapping[type, Reaction] = field(default_factory=dict)
    # Tables rebuilt from a log and from nothing else: `{"identity": (pupils, …)}`; each has school_id.
    projections: Mapping[str, Sequence[Table]] = field(default_factory=dict)
    jobs: Sequence[Job] = ()
    commands: click.Group | None = None  # `parta <name of the group> …`
    witness: "Witness | None" = None  # Keeps the access log.


def find_service(name: str) -> Service:
    """Import a service by name; shared code knows services in no other way.

    Each hears which sessions have ended; identity, which ends them, knows without hearing.
    """
    found: Service = importlib.import_module(f"services.{name}.service").service
    if name not in SERVICES or name == ended.KNOWN_BY:
        return found
    return replace(found, subscriptions={**ended.SUBSCRIPTIONS, **found.subscriptions})
