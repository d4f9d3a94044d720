"""The statement by which matters are read, for the portal and for letters."""

from typing import Any

from sqlalchemy import func, select

from services.notify.models import Matter, Notice, Subject


def told_matters() -> Any:
    """Select notices of matters, as `rules.matters.MatterFacts` has them."""
    return (
        select(
            Notice.id,
            Matter.what,
            Matter.about_id,
            Matter.number,
            func.coalesce(Subject.name, "").label("subject"),
            func.coalesce(Matter.told_at, Notice.created_at),
            Notice.read_at,
        )
        .join(Matter, Matter.event_id == Notice.event_id)
        .outerjoin(Subject, Subject.id == Matter.subject_id)
    )
