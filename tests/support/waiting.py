"""Patience instead of sleep."""

import sys
import threading
import time
import traceback
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

LONGEST_PAUSE = 0.2


def eventually(check: Callable[[], T], *, within: float = 10.0, every: float = 0.02) -> T:
    """Return the first true answer of the check, which may also fail an assertion until then.

    The longer it has to be waited for, the less often is it asked for: what is awaited needs the processor.
    When time is up the last failed assertion is raised, or one that shows the last answer.
    """
    deadline = time.monotonic() + within
    while True:
        began = time.monotonic()
        failure = None
        answer = None
        try:
            answer = check()
        except AssertionError as failed:
            failure = failed
        if answer:
            return answer
        if time.monotonic() > deadline:
            late = failure or AssertionError(f"Still {answer!r} after {within:g} s.")
            late.add_note(_threads())
            raise late
        time.sleep(max(every, time.monotonic() - began))
        every = max(every, min(1.5 * every, LONGEST_PAUSE))


def _threads() -> str:
    """Tell where the other threads are: one that waits for ever is seen there."""
    frames = sys._current_frames()
    told = ["The other threads:"]
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and thread.ident in frames:
            told += [f"{thread.name}:", *traceback.format_stack(frames[thread.ident])[-4:]]
    return "\n".join(told)
