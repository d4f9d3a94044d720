"""Gunicorn's hooks: metrics of several processes are added up in a folder, and put away with them."""

import os
import shutil
from typing import Any

from prometheus_client import multiprocess


def child_exit(_: Any, worker: Any) -> None:
    """Forget the gauges of a process that ended."""
    multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]


def on_exit(_: Any) -> None:
    """Leave no folder behind."""
    shutil.rmtree(os.environ["PROMETHEUS_MULTIPROC_DIR"], ignore_errors=True)
