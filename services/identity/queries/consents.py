"""Consents as cards and lists show them: who has given which, and who has not handed one in (3.5.5)."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from services.identity.models import Consent, Enrolment, Group, Guardianship, Person, Role
from services.identity.models.relations import stays_on
from services.identity.queries.people import own_school
from services.identity.rules.consents import ASKED, FORM_VERSION, PURPOSES, form_text, is_of_age, text_sha256
from shared.clock import today
from shared.db import SchoolSession
from shared.names import full_name, group_key, list_name

Json = dict[str, Any]


def purposes() -> list[Json]:
    """Return what may be consented to, with the words of each form."""
    return [
        {
            "kind": kind,
            "title": purpose.title,
            "about": purpose.about,
            "asked": kind in ASKED,
            "form_version": FORM_VERSION,
            "text": form_text(kind),
            "text_sha256": text_sha256(kind),
        }
        for kind, purpose in PURPOSES.items()
    ]


def consents_of(session: SchoolSession, person_id: UUID) -> list[Json]:
    """Return all consents of a person, those withdrawn among them, the latest first."""
    found = select(Consent).where(Consent.person_id == person_id)
    rows = session.scalars(found.order_by(Consent.recorded_at.desc(), Consent.id.desc())).all()
    names = _names(session, {id_ for row in rows for id_ in (row.given_by, row.recorded_by) if id_})
    return [shown(row, names) for row in rows]


def shown(consent: Consent, names: dict[UUID, str]) -> Json:
    """Return a consent as it is shown."""
    plain = (
        "id", "person_id", "kind", "form_version", "text_sha256", "scope", "given_on", "method",
        "recorded_at", "withdrawn_on", "withdrawn_at",
    )  # fmt: skip
    return {name: getattr(consent, name) for name in plain} | {
        "given_by": {"id": consent.given_by, "name": names.get(consent.given_by)},
    }


def signer_names(session: SchoolSession, consent: Consent) -> dict[UUID, str]:
    """Return the name of whoever signed a consent."""
    return _names(session, {consent.given_by})


def group_consents(session: SchoolSession, group_id: UUID) -> list[Json]:
    """Return the pupils of a group today with their consents and their guardians' own, and what lacks."""
    on = today(own_school(session).time_zone)
    pupils = _pupils(session, group_id, on)
    guardians = _guardians(session, [pupil.id for pupil in pupils])
    everybody = {pupil.id for pupil in pupils} | {g.id for some in guardians.values() for g in some}
    given = _given(session, everybody)
    return [_row(pupil, guardians[pupil.id], given) for pupil in pupils]


def _pupils(session: SchoolSession, group_id: UUID, on: date) -> Sequence[Person]:
    found = (
        select(Person)
        .join(Enrolment, Enrolment.pupil_id == Person.id)
        .where(Enrolment.group_id == group_id, stays_on(on))
        .order_by(Person.sorted_by, Person.id)
    )
    return session.scalars(found).all()


def _guardians(session: SchoolSession, pupil_ids: Iterable[UUID]) -> dict[UUID, list[Person]]:
    found = (
        select(Guardianship.pupil_id, Person)
        .join(Person, Person.id == Guardianship.guardian_id)
        .where(Guardianship.pupil_id.in_(list(pupil_ids)))
        .order_by(Person.sorted_by, Person.id)
    )
    guardians: dict[UUID, list[Person]] = defaultdict(list)
    for pupil_id, person in session.execute(found):
        guardians[pupil_id].append(person)
    return guardians


def _given(session: SchoolSession, people: Iterable[UUID]) -> dict[UUID, dict[str, date]]:
    found = select(Consent.person_id, Consent.kind, Consent.given_on).where(
        Consent.person_id.in_(list(people)), Consent.withdrawn_at.is_(None)
    )
    given: dict[UUID, dict[str, date]] = defaultdict(dict)
    for person_id, kind, given_on in session.execute(found):
        given[person_id][kind] = given_on
    return given


def _row(pupil: Person, guardians: Sequence[Person], given: dict[UUID, dict[str, date]]) -> Json:
    adults: list[Json] = [
        {"id": one.id, "name": list_name(one.family_name, one.given_name), "given": given.get(one.id, {})}
        for one in guardians
    ]
    return {
        "id": pupil.id,
        "name": list_name(pupil.family_name, pupil.given_name),
        "given": given.get(pupil.id, {}),
        "guardians": adults,
        "missing": _missing(given.get(pupil.id, {}), [one["given"] for one in adults]),
    }


def _missing(own: dict[str, date], adults: Sequence[dict[str, date]]) -> list[str]:
    """Return the kinds a family was asked for and has not given: one parent's word is enough for theirs."""
    lacks_pupil = [kind for kind in ASKED if PURPOSES[kind].about == "pupil" and kind not in own]
    parents = [kind for kind in ASKED if PURPOSES[kind].about == "parent"]
    return lacks_pupil + [kind for kind in parents if not any(kind in theirs for theirs in adults)]


def forms_of(session: SchoolSession, person_id: UUID, kind: str) -> list[Json]:
    """Return the blank of one person: a pupil's is signed by a representative, an adult's by themselves."""
    on = today(own_school(session).time_zone)
    person = session.get_one(Person, person_id)
    is_pupil = session.get(Role, (person_id, "pupil")) is not None
    by_representative = is_pupil and not is_of_age(person.birth_on, on)
    return [_form(kind, person, "", by_representative=by_representative)]


def group_forms(session: SchoolSession, pupil_ids: Sequence[UUID], kind: str, group: str) -> list[Json]:
    """Return the blanks of these pupils, or of their guardians where the consent is the guardian's own."""
    on = today(own_school(session).time_zone)
    found = select(Person).where(Person.id.in_(pupil_ids)).order_by(Person.sorted_by, Person.id)
    pupils = session.scalars(found).all()
    if PURPOSES[kind].about == "pupil":
        return [_form(kind, one, group, by_representative=not is_of_age(one.birth_on, on)) for one in pupils]
    guardians = _guardians(session, pupil_ids)
    return [
        _form(kind, guardian, "", by_representative=False)
        for pupil in pupils
        for guardian in guardians[pupil.id]
    ]


def _form(kind: str, person: Person, group: str, *, by_representative: bool) -> Json:
    name = full_name(person.family_name, person.given_name, person.patronymic)
    return {
        "kind": kind,
        "person": name,
        "signer": "" if by_representative else name,
        "birth_on": person.birth_on,
        "group": group,
        "by_representative": by_representative,
    }


def completeness(session: SchoolSession) -> list[Json]:
    """Return how many consents of each kind every class has, of how many pupils; in four statements."""
    on = today(own_school(session).time_zone)
    classes = session.execute(select(Group.id, Group.name).where(Group.kind == "class")).all()
    stays = session.execute(
        select(Enrolment.group_id, Enrolment.pupil_id).where(
            stays_on(on), Enrolment.group_id.in_([row.id for row in classes])
        )
    ).all()
    counted = _counted(session)
    pupils: dict[UUID, list[UUID]] = defaultdict(list)
    for group_id, pupil_id in stays:
        pupils[group_id].append(pupil_id)
    return [
        {
            "group": {"id": row.id, "name": row.name},
            "pupils": len(pupils[row.id]),
            "given": {kind: sum(pupil in counted[kind] for pupil in pupils[row.id]) for kind in ASKED},
        }
        for row in sorted(classes, key=lambda row: group_key(row.name))
        if pupils[row.id]
    ]


def _counted(session: SchoolSession) -> dict[str, set[UUID]]:
    """Return by kind the pupils whose family has given it."""
    pupil = func.coalesce(Guardianship.pupil_id, Consent.person_id)
    found = (
        select(Consent.kind, Consent.person_id, pupil)
        .outerjoin(Guardianship, Guardianship.guardian_id == Consent.person_id)
        .where(Consent.withdrawn_at.is_(None))
    )
    counted: dict[str, set[UUID]] = defaultdict(set)
    for kind, person_id, pupil_id in session.execute(found):
        counted[kind].add(pupil_id if PURPOSES[kind].about == "parent" else person_id)
    return counted


def _names(session: SchoolSession, ids: Iterable[UUID]) -> dict[UUID, str]:
    found = select(Person.id, Person.family_name, Person.given_name, Person.patronymic)
    rows = session.execute(found.where(Person.id.in_(list(ids))))
    return {row.id: full_name(*row[1:]) for row in rows}
