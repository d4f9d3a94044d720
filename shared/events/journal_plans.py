"""What journal tells of thematic plans (КТП) and of the pages that follow them."""

from uuid import UUID

from shared.events import event, row


@row
class PlannedTopic:
    """A topic of a thematic plan: so many lessons."""

    topic_id: UUID
    hours: int


@event("journal.plan.set", subject="plan:plan_id")
class PlanSet:
    """A thematic plan (КТП) was made, or its topics changed; it is told with all of them, in order."""

    plan_id: UUID
    year_id: UUID
    subject_id: UUID
    grade: int
    owner_id: UUID | None  # None: the school's own skeleton.
    version: int
    topics: list[PlannedTopic]


@event("journal.plan.removed", subject="plan:plan_id")
class PlanRemoved:
    """A thematic plan that no page follows was taken away."""

    plan_id: UUID


@event("journal.plan.followed", subject="page:page_id")
class PlanFollowed:
    """A page follows another thematic plan from now on, or none."""

    page_id: UUID
    plan_id: UUID | None


@event("journal.plan.adjusted", subject="page:page_id")
class PlanAdjusted:
    """A topic of the plan gets another number of lessons on one page, or is merged or skipped there."""

    page_id: UUID
    topic_id: UUID
    how: str  # usual | hours | merged | skipped
    hours: int
