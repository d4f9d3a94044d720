"""What papers excuse an absence, and for how long."""

from shared.errors import Text

PAPERS = {
    "certificate": Text("справка", "certificate"),
    "application": Text("заявление родителей", "parents' application"),
    "order": Text("приказ", "order"),
    "other": Text("иное", "other"),
}
MAX_DAYS = 120
RESOLVE_DAYS = 3
"""How long an «н» may wait for its reason, unless the school says otherwise."""
