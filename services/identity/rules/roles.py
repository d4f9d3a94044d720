"""Roles: which there are, and how they are come by. Who may do what is said in `shared.policy`."""

from shared.policy import ROLES as ROLES  # noqa: PLC0414  # A role of identity's is one of the policy's.
from shared.policy import STAFF as STAFF  # noqa: PLC0414

# Whoever sees or changes the whole school is made so by people who answer for it, not by a file.
NOT_BY_FILE = frozenset({"operator", "director", "deputy"})

# Of two who decide together neither may be gone by a mistake.
DECIDING = frozenset({"operator", "director"})

# Given with the class, not by hand: whoever leads a class has it.
RELATION_ROLES = frozenset({"class_teacher"})
