"""The applications of services, built once a process: to build one takes longer than most tests."""

from flask import Flask

from shared.app import create_app
from shared.ended import EndedSessions
from shared.service import Runtime

_built: dict[int, Flask] = {}


def app_of(runtime: Runtime) -> Flask:
    """Return the application of the runtime's service, which from now on works for this runtime alone."""
    service = runtime.service
    app = _built.get(id(service))
    if app is None:
        app = _built[id(service)] = create_app(runtime)
    app.extensions |= {"parta": runtime, "ended": EndedSessions(runtime.database)}
    return app
