"""How gunicorn works for us: connections shared out evenly, lean workers, metrics added up in a folder."""

import gc
import os
import shutil
import time
from typing import Any

from gunicorn.workers.gthread import ThreadWorker
from prometheus_client import multiprocess

HESITATION = 0.0002  # seconds for each connection held; to wake takes a worker less
MOST_HESITATION = 0.008


class EvenWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn ships no types
    """A worker that leaves a new connection to another that holds fewer.

    Other services and proxies keep their connections. All workers wake for a new one, and in a quiet
    hour it may be the same that takes each of them: under load it works alone, and the others idle.
    """

    def accept(self, listener: Any) -> None:
        """Take a connection, if nobody who hesitates less has taken it by then."""
        if self.cfg.workers > 1:
            time.sleep(min(HESITATION * self.nr_conns, MOST_HESITATION))
        super().accept(listener)


worker_class = EvenWorker


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
