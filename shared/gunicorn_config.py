"""Gunicorn's hooks: the metrics of a process that ended are put away."""

from typing import Any

from prometheus_client import multiprocess


def child_exit(_: Any, worker: Any) -> None:
    """Forget the gauges of a process that ended."""
    multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]
