"""Who supervises."""

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
