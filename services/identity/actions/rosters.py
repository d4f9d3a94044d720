"""Take over a whole roster in one transaction, or rehearse it."""

from datetime import date
from uuid import UUID

from sqlalchemy import select

from services.identity.actions.roster import Ids, Report, Roster, known_ids, lock_school
from services.identity.actions.roster_groups import plan_groups, write_groups
from services.identity.actions.roster_people import plan_people, write_people, write_roles
from services.identity.actions.roster_stays import plan_stays, write_stays
from services.identity.models import Guardianship, Role, table
from shared.bulk import insert_rows
from shared.db import SchoolSession
from shared.events.identity import GuardianshipEstablished
from shared.outbox import publish

Pairs = list[tuple[UUID, UUID]]


def take_over(session: SchoolSession, roster: Roster, on: date, *, dry_run: bool = False) -> Report:
    """Make the school be as the roster says; `on` is the day on which moves take effect.

    Nothing is taken away that the roster does not end in so many words. The same roster again
    changes nothing and tells nobody. A rehearsal counts and writes nothing.
    """
    if not dry_run:
        lock_school(session)
    report = Report(roster.format, roster.org, ignored=list(roster.ignored))
    with session.no_autoflush:
        people = plan_people(session, roster, report)
        groups = plan_groups(session, roster, people.ids, report)
        stays = plan_stays(session, roster, people.ids, groups.ids, on, report)
        pairs = _new_guardianships(session, roster, people.ids, report)
    if dry_run:
        session.expunge_all()
        return report
    write_people(session, roster, people)
    write_groups(session, roster, groups)
    write_stays(session, stays)
    _write_guardianships(session, pairs)
    return report


def ids_known_by(session: SchoolSession, source: str) -> tuple[Ids, Ids]:
    """Return the people and the groups a program's ids were seen for."""
    return known_ids(session, source, "person"), known_ids(session, source, "group")


def _new_guardianships(session: SchoolSession, roster: Roster, people: Ids, report: Report) -> Pairs:
    held = {(g.guardian_id, g.pupil_id) for g in session.scalars(select(Guardianship))}
    named = {
        (people[guardian], people[pupil])
        for guardian, pupil in roster.guardianships
        if guardian in people and pupil in people
    }
    report.created.guardianships = len(named - held)
    report.unchanged.guardianships = len(named & held)
    return sorted(named - held)


def _write_guardianships(session: SchoolSession, pairs: Pairs) -> None:
    school_id = UUID(session.info["school"])
    rows = [{"guardian_id": g, "pupil_id": p, "school_id": school_id} for g, p in pairs]
    insert_rows(session, table(Guardianship), rows)
    for guardian_id, pupil_id in pairs:
        publish(session, GuardianshipEstablished(guardian_id=guardian_id, pupil_id=pupil_id))
    parents = set(session.scalars(select(Role.person_id).where(Role.role == "parent")))
    write_roles(session, [(id_, "parent") for id_ in sorted({g for g, _ in pairs} - parents)])
