"""Whose data a request is about, as its route says it for the access log."""

from typing import Any
from uuid import UUID

from flask import g


def concerns(*person_ids: UUID, group_id: UUID | None = None, **facts: object) -> None:
    """Say for the access log whose data the request is about, beyond whom the URL names.

    `facts` are noted with it: plain values, never names or secrets. Calls add up.
    """
    told = g.setdefault("concerns", {"concerned": (), "group_id": None, "facts": {}})
    told["concerned"] += person_ids
    told["group_id"] = group_id or told["group_id"]
    told["facts"] |= facts


def turned_out(school_id: UUID, person_id: UUID) -> None:
    """Say for the access log who the caller of an open endpoint turned out to be."""
    g.turned_out = (school_id, person_id)


def tried(way: str, name: str) -> None:
    """Say for the access log how somebody yet unknown tries to get in, and under which name.

    Noted when it is refused. The service that keeps the log knows the ways.
    """
    g.tried = (way, name)


def told_concerns() -> dict[str, Any]:
    """Return what the route said of whom it is about."""
    return {**g.get("concerns", {}), "person": g.get("turned_out"), "tried": g.get("tried")}
