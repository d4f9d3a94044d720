"""Logs: one JSON object a line, constant texts, ids instead of names."""

import logging
import sys

import orjson
import structlog


def set_up_logs(level: int = logging.INFO) -> None:
    """Send every log line, our own and the libraries', to standard error as JSON."""
    common: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
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


def _dumps(value: object, **_: object) -> str:
    return orjson.dumps(value, default=str).decode()
