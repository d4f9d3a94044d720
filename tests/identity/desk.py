"""The import desk as a browser uses it."""

import io
from typing import Any

NONE = {"people": 0, "roles": 0, "groups": 0, "enrolments": 0, "guardianships": 0}


def bring(api: Any, content: bytes, name: str = "список.xlsx", query: str = "", **given: Any) -> Any:
    """Bring a file to the desk."""
    return api("POST", f"/imports{query}", data={"file": (io.BytesIO(content), name)}, **given)


def apply(api: Any, rehearsed: Any) -> Any:
    """Do what a rehearsal showed."""
    path = f"/imports/{rehearsed['id']}/application"
    return api("POST", path, json={"digest": rehearsed["digest"]})


def changes(api: Any, rehearsed: Any, query: str = "") -> list[Any]:
    """Return what a rehearsal would change."""
    found: list[Any] = api("GET", f"/imports/{rehearsed['id']}/changes{query}").json["items"]
    return found
