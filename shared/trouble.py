"""Whose fault a failure is: the world's, then it is tried again later, or the event's, then it is parked."""

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

# Connection, rollback to be repeated, out of resources, lock not got, operator's intervention, system.
_PASSING_CLASSES = ("08", "40", "53", "55", "57", "58")
_STATEMENT_TIMEOUT = "57014"  # A reaction that never finishes is no trouble of the world.
_SQLITE_PASSING = ("locked", "busy", "disk", "full", "unable to open", "readonly", "i/o")


def is_of_the_environment(error: BaseException) -> bool:
    """Whether the same event may well succeed when the world has recovered."""
    if isinstance(error, PoolTimeout | OSError | MemoryError):
        return True
    if not isinstance(error, DBAPIError):
        return False
    if error.connection_invalidated or isinstance(error, InterfaceError):
        return True
    state = getattr(error.orig, "sqlstate", None)
    if state is not None:
        return str(state).startswith(_PASSING_CLASSES) and state != _STATEMENT_TIMEOUT
    if type(error.orig).__module__.startswith("sqlite3"):
        said = str(error.orig).lower()
        return isinstance(error, OperationalError) and any(word in said for word in _SQLITE_PASSING)
    return isinstance(error, OperationalError)
