"""Who answers for whom by a roster: new guardians, and what they are to the pupil."""

from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select

from services.identity.actions.importing.roster import Fields, Report, Roster
from services.identity.actions.importing.roster_people import PeoplePlan, write_roles
from services.identity.models import Guardianship, Role, table
from services.identity.rules.people import REPRESENTATIVE
from shared.bulk import upsert_rows
from shared.db import SchoolSession
from shared.events.identity import GuardianshipEstablished
from shared.outbox import publish

Pair = tuple[UUID, UUID]  # guardian, pupil


@dataclass
class TiesPlan:
    """The guardianships to be written, and those of them that are told."""

    kinds: dict[Pair, str] = field(default_factory=dict)
    new: set[Pair] = field(default_factory=set)
    same: set[Pair] = field(default_factory=set)


def plan_ties(session: SchoolSession, roster: Roster, people: PeoplePlan, report: Report) -> TiesPlan:
    """Compare the roster's guardians with those there are; nothing is written.

    A list that says no more than «representative» does not undo what the school knows better.
    """
    held = {(g.guardian_id, g.pupil_id): g.kind for g in session.scalars(select(Guardianship))}
    plan = TiesPlan()
    for guardian, pupil in roster.guardianships:
        if guardian not in people.ids or pupil not in people.ids:
            continue
        pair = (people.ids[guardian], people.ids[pupil])
        kind, known = roster.kinds.get((guardian, pupil), REPRESENTATIVE), held.get(pair)
        if known is not None and kind in (known, REPRESENTATIVE):
            plan.same.add(pair)
        elif pair not in plan.kinds:
            plan.kinds[pair] = kind
            plan.new |= {pair} if known is None else set()
            _note(roster, people, pair, pupil, (known, kind), report)
    report.created.guardianships = len(plan.new)
    report.changed.guardianships = len(plan.kinds) - len(plan.new)
    report.unchanged.guardianships = len(plan.same)
    return plan


def _note(
    roster: Roster, people: PeoplePlan, pair: Pair, pupil: str, kinds: tuple[str | None, str], report: Report
) -> None:
    row = roster.people.get(pupil)
    fields: Fields = {"pupil": (None, people.names.get(pair[1])), "kind": kinds}
    action = "created" if kinds[0] is None else "changed"
    where = {"file": row.file, "line": row.line} if row else {}
    report.note(action, "guardianship", people.names.get(pair[0], ""), fields, **where)


def write_ties(session: SchoolSession, plan: TiesPlan) -> None:
    """Write the plan, tell of each new guardian once, and make them parents."""
    school_id = UUID(session.info["school"])
    rows = [
        {"guardian_id": guardian, "pupil_id": pupil, "school_id": school_id, "kind": kind}
        for (guardian, pupil), kind in sorted(plan.kinds.items())
    ]
    upsert_rows(session, table(Guardianship), rows, ("guardian_id", "pupil_id"))
    for guardian_id, pupil_id in sorted(plan.new):
        publish(session, GuardianshipEstablished(guardian_id=guardian_id, pupil_id=pupil_id))
    parents = set(session.scalars(select(Role.person_id).where(Role.role == "parent")))
    write_roles(session, [(id_, "parent") for id_ in sorted({g for g, _ in plan.new} - parents)])
