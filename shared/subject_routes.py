"""The route by which each service tells all it holds of one person (152-ФЗ ст. 14)."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

import flask_smorest
from flask import Response, jsonify
from sqlalchemy import MetaData, select

from shared import policy
from shared.auth import Actor
from shared.db import SchoolSession
from shared.errors import NotFound
from shared.subject import rows_about
from shared.web import actor, blueprint, concerns, may, reading, runtime

More = Callable[[SchoolSession, UUID, Actor], Mapping[str, list[dict[str, Any]]]]
"""What a service says better in its own words, and for who asks, than by bare rows: `{table: rows}`."""

ACTION = "take out personal data"


def subject_data(metadata: MetaData, more: More | None = None) -> flask_smorest.Blueprint:
    """Return the route by which a service tells all it holds of somebody."""
    subject = blueprint("subject", "Всё, что хранится о человеке · All that is held of a person")

    @subject.route("/people/<uuid:person_id>/data", methods=["GET"])
    @may(ACTION)
    @subject.response(200)
    def get_personal_data(person_id: UUID) -> Response:
        """Return the rows of every table that are about oneself, the own child, or anybody (director)."""
        with reading() as session:
            if not _is_answered(session, metadata, actor(), person_id):
                raise NotFound
            own = dict(more(session, person_id, actor())) if more else {}
            held = own | rows_about(session, metadata, person_id, skip=own)
        if not any(held.values()):
            raise NotFound
        concerns(person_id)
        return jsonify({"held": held})

    return subject


def _is_answered(session: SchoolSession, metadata: MetaData, asker: Actor, person_id: UUID) -> bool:
    reach = policy.reach(runtime().service.name, ACTION, asker.roles)
    if "school" in reach or asker.person_id == person_id:
        return True
    if "child" not in reach or "guardianships" not in metadata.tables:
        return False
    ties = metadata.tables["guardianships"].c
    mine = select(ties.pupil_id).where(
        ties.guardian_id == asker.person_id,
        ties.pupil_id == person_id,
        ties.school_id == UUID(session.info["school"]),
    )
    return session.execute(mine).first() is not None
