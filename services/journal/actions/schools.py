"""Timed work in every school."""

from collections.abc import Callable, Iterable
from uuid import UUID

import structlog

from shared.db import Database, SchoolSession
from shared.trouble import is_of_the_environment

log = structlog.get_logger()


def in_each_school(
    database: Database, school_ids: Iterable[UUID], act: Callable[[SchoolSession, UUID], object]
) -> None:
    """Do something in one transaction of each school; a school where it fails keeps no other waiting.

    The last such failure is raised at the end. Trouble of the environment is raised at once: the next
    school would meet it as well.
    """
    failed: Exception | None = None
    for school_id in school_ids:
        try:
            with database.writing(school_id) as session:
                act(session, school_id)
        except Exception as wrong:
            if is_of_the_environment(wrong):
                raise
            log.exception("schools.passed_over", school=str(school_id))
            failed = wrong
    if failed is not None:
        raise failed
