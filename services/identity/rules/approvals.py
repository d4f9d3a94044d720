"""What needs two persons (SECURITY 30), who they may be, and how long they have."""

from datetime import timedelta

from shared.errors import Text

WAITING, APPROVED, DECLINED, EXPIRED = "waiting", "approved", "declined", "expired"

WAITS = timedelta(days=7)
USABLE = timedelta(days=1)
"""How long what was approved may be done by whoever proposed it."""

GRANT, EXPORT, CODE = "grant role", "export the school", "give out a code"
KINDS = {
    GRANT: Text("Дать роль", "Give a role"),
    EXPORT: Text("Выгрузить списки всей школы", "Export the lists of the whole school"),
    CODE: Text("Выдать код для входа", "Give out a code to sign in with"),
}

GRAVE_ROLES = frozenset({"operator", "director"})
"""Whoever has one of them can change everything, or see everything; and decides with the other."""
