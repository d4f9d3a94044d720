"""Class teachers confirm, once a month, that their class lists are right (3.5.2, 4.2.2)."""

from uuid import UUID

from services.identity.actions.rosters.groups import find_group
from services.identity.models import Confirmation, School
from shared.clock import now, today
from shared.db import SchoolSession
from shared.errors import NotFound


def confirm_list(session: SchoolSession, group_id: UUID, leader_id: UUID) -> Confirmation:
    """Keep that the class teacher finds the class list right today; again that day changes nothing.

    Refuses whoever does not lead the class: to them there is no such list.
    """
    group = find_group(session, group_id)
    if group.kind != "class" or group.class_teacher_id != leader_id:
        raise NotFound
    day = today(session.get_one(School, group.school_id).time_zone)
    known = session.get(Confirmation, (group_id, day))
    if known is None:
        known = Confirmation(
            group_id=group_id,
            confirmed_on=day,
            confirmed_by=leader_id,
            confirmed_at=now(),
            school_id=group.school_id,
        )
        session.add(known)
        session.flush()
    return known
