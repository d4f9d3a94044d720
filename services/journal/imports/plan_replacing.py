"""What a table takes out of a plan that is in use: topics taught, fitted to a class, or still to come."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import exists, func, select

from services.journal.actions.plans import TopicFacts
from services.journal.imports.plan_matching import words
from services.journal.models import Description, PagePlan, PageTopic
from shared.db import SchoolSession
from shared.errors import Conflict, Text

Json = dict[str, Any]
MAX_NAMED = 100
"""So many of the topics are named one by one; the rest are counted."""


class TopicsReplaced(Conflict):
    """The table takes topics in use out of plans, or words them anew: more than the caller agreed to."""

    title = Text(
        "Таблица заменит темы, по которым идут классы", "The table replaces topics that classes follow"
    )
    detail = Text(
        "Будет убрано или заменено тем: {count}. Ничего не загружено: проверьте и подтвердите замену.",
        "Topics to be taken out or replaced: {count}. Nothing was imported: check the table and agree.",
    )


@dataclass
class Replaced:
    """The topics that a table takes out or words anew."""

    topics: list[Json] = field(default_factory=list)

    def add(
        self,
        session: SchoolSession,
        plan_id: UUID,
        name: str,
        was: Sequence[TopicFacts],
        now: Sequence[TopicFacts],
    ) -> None:
        """Take in those of a plan: of one that is followed all that go, of any those lessons are bound to.

        A topic that keeps its place and says something else may be another one: whose lessons were
        given or fitted is named, too.
        """
        kept = {one.id: one for one in now}
        anew = [one for one in was if one.id not in kept or words(one) != words(kept[one.id])]
        if not anew:
            return
        ids = [one.id for one in anew]
        lessons = dict(
            session.execute(
                select(Description.topic_id, func.count())
                .where(Description.topic_id.in_(ids))
                .group_by(Description.topic_id)
            ).all()
        )
        adjusted = set(session.scalars(select(PageTopic.topic_id).where(PageTopic.topic_id.in_(ids))))
        is_followed = session.scalar(select(exists().where(PagePlan.plan_id == plan_id)))
        self.topics += [
            {
                "plan": name,
                "section": one.section,
                "topic": one.topic,
                "becomes": kept[one.id].topic if one.id in kept else None,
                "lessons": lessons.get(one.id, 0),
                "is_adjusted": one.id in adjusted,
            }
            for one in anew
            if one.id in lessons or one.id in adjusted or (is_followed and one.id not in kept)
        ]

    def refuse_more_than(self, agreed: int | None) -> None:
        """Raise TopicsReplaced when more are replaced than was agreed to; None is any number."""
        if agreed is not None and len(self.topics) > agreed:
            raise TopicsReplaced(count=len(self.topics))
