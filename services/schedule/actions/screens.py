"""Screens of the staff-room: addresses given out for them, and taken back."""

from uuid import UUID

from services.schedule.actions.addresses import new_token
from services.schedule.models import Screen
from shared.auth import Actor
from shared.clock import now
from shared.db import SchoolSession
from shared.errors import NotFound


def put_up(session: SchoolSession, actor: Actor, name: str) -> tuple[Screen, str]:
    """Give out an address for a screen; return it with its token, which is told but this once."""
    token, digest = new_token()
    assert actor.person_id is not None  # noqa: S101  # The policy lets people alone do it.
    screen = Screen(
        school_id=UUID(session.info["school"]), name=name, token_sha256=digest,
        made_by=actor.person_id, made_at=now(), read_at=None,
    )  # fmt: skip
    session.add(screen)
    session.flush()
    return screen, token


def take_down(session: SchoolSession, screen_id: UUID) -> None:
    """End a screen's address: it shows nothing from its next look on."""
    screen = session.get(Screen, screen_id)
    if screen is None:
        raise NotFound
    session.delete(screen)
