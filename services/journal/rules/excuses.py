"""What papers excuse an absence, and for how long."""

from shared.errors import Text

PAPERS = {
    "certificate": Text("справка", "certificate"),
    "application": Text("заявление родителей", "parents' application"),
    "order": Text("приказ", "order"),
    "other": Text("иное", "other"),
}
UNEXCUSED = "нп"
"""Absent without a good reason (DOMAIN 2.6)."""

EXCUSING = ("certificate", "order")
"""The papers that are a good reason by themselves; what parents wrote may not be one."""

MAX_DAYS = 120
RESOLVE_DAYS = 3
"""How long an «н» may wait for its reason, unless the school says otherwise."""
