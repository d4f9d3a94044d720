"""Who is who, once people entered twice were made one; kept by every service that copies people."""

from uuid import UUID

from sqlalchemy import Table, select, update

from shared.bulk import upsert_rows
from shared.db import SchoolSession


def note_merge(
    session: SchoolSession, merged_people: Table, school_id: UUID, merged_id: UUID, kept_id: UUID
) -> UUID:
    """Keep that one person is another now; return the id that stays, the last of all merges in a row.

    `merged_people` (school_id, merged_id, kept_id) never leads to somebody merged, in whichever order
    merges are heard: one that was parked comes after those made later. Heard again, nothing changes.
    """
    known = select(merged_people.c.kept_id).where(merged_people.c.merged_id == kept_id)
    last_id: UUID = session.scalar(known) or kept_id
    row = {"merged_id": merged_id, "kept_id": last_id, "school_id": school_id}
    upsert_rows(session, merged_people, [row], ("merged_id",))
    earlier = update(merged_people).where(merged_people.c.kept_id == merged_id)
    session.execute(earlier.values(kept_id=last_id))
    return last_id
