"""Who supervises."""

from typing import Any

from shared import policy
from shared.auth import Actor


def reads_all(actor: Actor) -> bool:
    """Whether the caller supervises the whole school: reads every page and edits none."""
    return policy.sees_all("journal", "read pages", actor.roles)


def reads_all_plans(actor: Actor) -> bool:
    """Whether the caller reads the thematic plans of every subject."""
    return policy.sees_all("journal", "read plans", actor.roles)


def keeps_all_plans(actor: Actor) -> bool:
    """Whether the caller enters plans in the school's name (clause 3.4.1), rather than own ones."""
    return policy.sees_all("journal", "keep plans", actor.roles)


def follows_all(actor: Actor) -> bool:
    """Whether the caller watches how every class gets on with its programmes (clause 2.2.10)."""
    return policy.sees_all("journal", "follow programmes", actor.roles)


def reads_whole(actor: Actor, page: Any) -> bool:
    """Whether the caller reads all that stands on a page: its teachers, its class teacher, who supervises."""
    return bool(page.teaches_page or page.leads_class or page.gives_any_lesson or reads_all(actor))


def writes_whole(lesson: Any) -> bool:
    """Whether the caller writes of everybody in a lesson: who gives it, teaches the page or leads the class.

    While another stands in, the lesson is not the absent teacher's (clause 3.7.3).
    """
    is_own = lesson.teaches_page and not lesson.is_substituted
    return bool(lesson.gives_lesson or is_own or lesson.leads_class)
