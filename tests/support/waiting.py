"""Patience instead of sleep."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def eventually(check: Callable[[], T], *, within: float = 10.0, every: float = 0.02) -> T:
    """Return the first true answer of the check, which may also fail an assertion until then.

    When time is up the last failed assertion is raised, or one that shows the last answer.
    """
    deadline = time.monotonic() + within
    while True:
        failure = None
        answer = None
        try:
            answer = check()
        except AssertionError as failed:
            failure = failed
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise failure or AssertionError(f"Still {answer!r} after {within:g} s.")
        time.sleep(every)
