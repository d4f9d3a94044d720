"""Logs: one JSON object a line, constant texts, ids instead of names."""

import logging
import re
import sys

import orjson
import structlog

DETAIL = re.compile(r"(DETAIL:|CONTEXT:)(?:[^\n\\]|\\(?!n))*")
"""What PostgreSQL adds to its errors: the row that failed, with the names in it."""


def set_up_logs(level: int = logging.INFO) -> None:
    """Send every log line, our own and the libraries', to standard error as JSON."""
    common: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _hide_rows,
    ]
    structlog.configure(
        processors=[*common, structlog.processors.JSONRenderer(serializer=_dumps)],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=common, processor=structlog.processors.JSONRenderer(serializer=_dumps)
        )
    )
    logging.basicConfig(level=max(level, logging.WARNING), handlers=[handler], force=True)


def _hide_rows(_: object, __: str, line: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Take rows of tables out of the texts of errors (SECURITY 49)."""
    for name, value in line.items():
        if isinstance(value, str) and ("DETAIL:" in value or "CONTEXT:" in value):
            line[name] = DETAIL.sub(r"\1 hidden", value)
    return line


def _dumps(value: object, **_: object) -> str:
    return orjson.dumps(value, default=str).decode()
