"""Calendars to subscribe to: addresses given out, found again by their secret, taken back."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, select

from services.schedule.actions.addresses import find_by_token, new_token
from services.schedule.models import CalendarFeed, Group, Guardianship, Room
from shared import policy
from shared.auth import Actor
from shared.clock import now
from shared.db import Database, SchoolSession
from shared.errors import NotFound
from shared.events.identity import RoleRevoked
from shared.service import Received


def give_out(session: SchoolSession, actor: Actor, kind: str, about_id: UUID) -> tuple[CalendarFeed, str]:
    """Give somebody an address of lessons; return it with its token, which is told but this once.

    Of a calendar they have already the address changes, and the old one ends: so one that got
    into wrong hands is taken back. Refuses as not found what is not theirs to see.
    """
    owner_id = _own(actor)
    is_for_staff = _check_sight(session, actor, kind, about_id)
    same = select(CalendarFeed).where(
        CalendarFeed.owner_id == owner_id, CalendarFeed.kind == kind, CalendarFeed.about_id == about_id
    )
    feed = session.scalars(same.with_for_update()).first()
    if feed is None:
        feed = CalendarFeed(owner_id=owner_id, kind=kind, about_id=about_id)
        feed.school_id = UUID(session.info["school"])
        session.add(feed)
    token, feed.token_sha256 = new_token()
    feed.is_for_staff = is_for_staff
    feed.made_at, feed.read_at = now(), None
    session.flush()
    return feed, token


def take_back(session: SchoolSession, actor: Actor, feed_id: UUID) -> None:
    """End an address of one's own."""
    feed = session.get(CalendarFeed, feed_id)
    if feed is None or feed.owner_id != _own(actor):
        raise NotFound
    session.delete(feed)


def find_feed(database: Database, token: str) -> CalendarFeed:
    """Return what an address stands for, and note once an hour that it is read."""
    return find_by_token(database, CalendarFeed, token)


def end_staff_feeds(session: SchoolSession, received: Sequence[Received[RoleRevoked]]) -> None:
    """End what somebody was given as one of the staff, when such a role is taken from them.

    Whoever has another such role may subscribe anew; an old event heard again ends nothing newer.
    """
    for one in received:
        if one.told.role in policy.STAFF:
            given = delete(CalendarFeed).where(
                CalendarFeed.owner_id == one.told.person_id,
                CalendarFeed.is_for_staff,
                CalendarFeed.made_at < one.time,
            )
            session.execute(given, execution_options={"synchronize_session": False})


def _check_sight(session: SchoolSession, actor: Actor, kind: str, about_id: UUID) -> bool:
    """Refuse what is not the actor's to see; tell whether it is as one of the staff that they see it."""
    is_staff = policy.sees_all("schedule", "keep a calendar", actor.roles)
    own_child = session.get(Guardianship, (actor.person_id, about_id)) is not None
    model = {"group": Group, "room": Room}.get(kind)
    allowed = {
        "teacher": is_staff and about_id == actor.person_id,
        "pupil": own_child or (about_id == actor.person_id and actor.has("pupil")),
        "group": is_staff,
        "room": is_staff,
    }[kind]
    if not allowed or (model is not None and session.get(model, about_id) is None):
        raise NotFound
    return kind != "pupil"


def _own(actor: Actor) -> UUID:
    if actor.person_id is None:
        raise NotFound
    return actor.person_id
