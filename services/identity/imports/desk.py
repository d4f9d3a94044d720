"""The import desk: a file is rehearsed, questions are answered, and exactly what was shown is done."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from services.identity.actions.importing.keeping_imports import (
    check_answers,
    find_import,
    kept_content,
    mark_applied,
    told_of,
    told_of_errors,
)
from services.identity.actions.importing.roster import Roster
from services.identity.actions.importing.rosters import digest_of, ids_known_by, take_over
from services.identity.imports.checks import Known
from services.identity.imports.reading import Wanted, read_file
from services.identity.models import Import
from services.identity.models.imports import APPLIED
from services.identity.rules.lists import AUTO
from shared.db import SchoolSession, take_time
from shared.imports import BadRows


def rehearse(session: SchoolSession, content: bytes, file: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a file would do, or the rows that are wrong, as it is kept; writes nothing."""
    take_time(session)
    try:
        roster = _roster(session, content, file, options)
    except BadRows as bad:
        return told_of_errors(bad.rows)
    on, decisions = date.fromisoformat(options["on"]), options.get("decisions", {})
    return told_of(take_over(session, roster, on, dry_run=True, decisions=decisions))


def answer(session: SchoolSession, import_id: UUID, answers: Mapping[str, str]) -> Import:
    """Answer questions of a rehearsal, which is then rehearsed anew; more may be asked."""
    kept = find_import(session, import_id, lock=True)
    content = kept_content(kept)
    check_answers(kept, answers)
    options = {**kept.options, "decisions": {**kept.options.get("decisions", {}), **answers}}
    told = rehearse(session, content, kept.file, options)
    return _keep(session, import_id, {**told, "options": options})


def carry_out(session: SchoolSession, import_id: UUID, digest: str) -> tuple[Import, frozenset[UUID] | None]:
    """Do what a rehearsal showed, and return of whom the file spoke; done once, it stays done.

    It is not done (None) where the school has changed so that it would do something else; the
    import then shows that.
    """
    take_time(session)
    kept = find_import(session, import_id, lock=True)
    if kept.state == APPLIED:
        return kept, frozenset()
    content, file, options = kept_content(kept), kept.file, kept.options
    roster = _roster(session, content, file, options)
    on, decisions = date.fromisoformat(options["on"]), options.get("decisions", {})
    report = take_over(session, roster, on, decisions=decisions, expected=digest)
    if digest_of(report) != digest:
        return _keep(session, import_id, told_of(report)), None
    kept = find_import(session, import_id)
    mark_applied(kept, report)
    return kept, report.people


def _keep(session: SchoolSession, import_id: UUID, told: Mapping[str, Any]) -> Import:
    session.expunge_all()  # Of people as they would be.
    kept = find_import(session, import_id)
    for name, value in told.items():
        setattr(kept, name, value)
    session.flush()
    return kept


def _roster(session: SchoolSession, content: bytes, file: str, options: Mapping[str, Any]) -> Roster:
    wanted = Wanted(
        on=date.fromisoformat(options["on"]),
        org=options.get("org"),
        who=options.get("who", AUTO),
        is_complete=options.get("is_complete", False),
    )

    def known(source: str) -> Known:
        people, groups = ids_known_by(session, source)
        return Known(frozenset(people), frozenset(groups))

    return read_file(content, file, wanted, known)
