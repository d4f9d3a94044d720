"""Gunicorn's hooks: workers that start lean, and metrics of several processes, added up in a folder."""

import gc
import os
import shutil
from typing import Any

from prometheus_client import multiprocess


def post_worker_init(_: Any) -> None:
    """Never look again for garbage in what a worker was built of: it took a request a tenth of a second."""
    gc.collect()
    gc.freeze()


def child_exit(_: Any, worker: Any) -> None:
    """Forget the gauges of a process that ended."""
    multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]


def on_exit(_: Any) -> None:
    """Leave no folder behind."""
    shutil.rmtree(os.environ["PROMETHEUS_MULTIPROC_DIR"], ignore_errors=True)
