"""How bodies and queries are read, so that whatever is wrong with them is said, and never our mistake."""

from typing import Any

import orjson
from flask import Request
from webargs import missing
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import UnsupportedMediaType

from shared.errors import Invalid, Text


class TextHoldsNul(Invalid):
    """A text holds the character NUL: SQLite keeps it, PostgreSQL does not."""

    title = Text("Недопустимый знак", "A character that cannot be kept")
    detail = Text(
        "В тексте есть невидимый знак NUL (код 0). Наберите текст заново и повторите.",
        "The text holds the invisible character NUL (code 0). Type the text anew and send it again.",
    )


class OrjsonParser(FlaskParser):
    """Reads bodies by orjson, to which what is nested too deep is no JSON, rather than our mistake."""

    def load_querystring(self, req: Request, schema: Any) -> Any:
        """Read the query."""
        if any("\0" in value for value in req.args.values()):
            raise TextHoldsNul
        return super().load_querystring(req, schema)

    def _raw_load_json(self, req: Request) -> Any:
        body = req.get_data(cache=True)
        if not body:
            return missing
        if not req.is_json:
            raise UnsupportedMediaType
        try:
            read = orjson.loads(body)
        except orjson.JSONDecodeError as wrong:
            # Here, for webargs takes an error that quotes nothing (bad UTF-8) for no body at all.
            return self._handle_invalid_json_error(wrong, req)
        if b"\\u0000" in body and _holds_nul(read):
            raise TextHoldsNul
        return read


def _holds_nul(read: Any) -> bool:
    waiting = [read]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str) and "\0" in one:
            return True
        if isinstance(one, dict):
            waiting += [*one, *one.values()]
        elif isinstance(one, list):
            waiting += one
    return False
