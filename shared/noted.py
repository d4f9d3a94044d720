"""Which requests belong in the access log, and about whom they are (SECURITY 47)."""

import hashlib
from collections.abc import Collection
from uuid import UUID

from shared.service import Answered

PERSONS = ("person_id", "pupil_id", "guardian_id")
"""How routes name people."""

FEED = "events.get_events"


def concerned(answered: Answered) -> list[UUID]:
    """Return whom a request was about: whom its URL names, and whom its route said."""
    named = [answered.named[name] for name in PERSONS if isinstance(answered.named.get(name), UUID)]
    return list(dict.fromkeys([*named, *answered.concerned]))


def is_noted(answered: Answered, people: Collection[UUID], *, aside: Collection[str] = ()) -> bool:
    """Whether a request belongs in the log: each change, each refusal, each look at others' data.

    What shows people nothing but themselves is left out, or a page's own calls would flood it; so
    are the deployment's own reading of events, and the endpoints set `aside` when they succeed.
    """
    actor = answered.actor
    if answered.status >= 400:
        return True
    if answered.endpoint in aside:
        return False
    if answered.endpoint == FEED:
        return actor is not None and actor.school_id is not None
    is_own = not people or (actor is not None and list(people) == [actor.person_id])
    return not answered.is_read or not is_own


def circle_of(people: Collection[UUID]) -> UUID:
    """Return the id under which several people are noted together: a digest of who they are."""
    digest = hashlib.sha256(b"".join(sorted(person.bytes for person in people))).digest()
    return UUID(bytes=digest[:16])
