"""Blueprints whose routes are described with the headers they read and give.

Nobody writes these headers down: they are found in the code of the routes, so that the description
and the routes cannot part.
"""

from collections.abc import Callable, Iterator
from inspect import unwrap
from types import FunctionType
from typing import Any

import flask_smorest

from shared.bodies import OrjsonParser

IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "Your name for the request; sent again under it, it is done once, answered the same.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200},
}
PRECONDITIONS = {412: "PRECONDITION_FAILED", 428: "PRECONDITION_REQUIRED"}


class Blueprint(flask_smorest.Blueprint):  # type: ignore[misc]
    """flask-smorest's, with our bodies, ETags and keys."""

    ARGUMENTS_PARSER = OrjsonParser()

    def arguments(self, schema: Any, **given: Any) -> Any:
        """Read what a schema says; made once, and not for each request."""
        return super().arguments(schema() if isinstance(schema, type) else schema, **given)

    def add_url_rule(
        self, rule: str, endpoint: str | None = None, view_func: Any = None, *args: Any, **options: Any
    ) -> None:
        """Register a route, and remember its view for the description."""
        view_func._apidoc = getattr(view_func, "_apidoc", {}) | {"view": view_func}  # noqa: SLF001
        super().add_url_rule(rule, endpoint, view_func, *args, **options)

    def _prepare_etag_doc(
        self, doc: dict[str, Any], doc_info: dict[str, Any], *, method: str, **_: Any
    ) -> dict[str, Any]:
        view = doc_info["view"]
        used = set(_used_by(unwrap(view)))
        parameters: list[Any] = []
        if "if_match" in used:
            parameters.append("IF_MATCH")
            doc["responses"] |= PRECONDITIONS
        if "etag" in used:
            for status in doc_info["success_status_codes"]:
                doc["responses"][status].setdefault("headers", {})["ETag"] = "ETAG"
            if method == "get":
                parameters.append("IF_NONE_MATCH")
                doc["responses"][304] = "NOT_MODIFIED"
        if getattr(view, "is_idempotent", False):
            parameters.append(IDEMPOTENCY_KEY)
        if parameters:
            doc["parameters"] = [*doc.get("parameters", ()), *parameters]
        return doc


def _used_by(function: Callable[..., Any]) -> Iterator[str]:
    """Yield what a view uses of `shared.web`, itself or by helpers of its module."""
    code, known = function.__code__, function.__globals__
    if {"add_etag", "set_etag"} & {*code.co_names}:  # Of the response, where there is no number to name.
        yield "etag"
    for named in map(known.get, code.co_names):
        if not isinstance(named, FunctionType) or named is function:
            continue
        if named.__module__ == "shared.web":
            yield named.__name__
        elif named.__module__ == function.__module__:
            yield from _used_by(unwrap(named))
