"""Imports as they are kept: a rehearsal, what was answered to its questions, and that it was done."""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select, update
from sqlalchemy.orm import defer

from services.identity.actions.importing.roster import Report
from services.identity.actions.importing.rosters import digest_of, plain
from services.identity.models import Import
from services.identity.models.imports import APPLIED, REFUSED, REHEARSED
from shared.clock import now
from shared.db import SchoolSession
from shared.errors import Conflict, Invalid, NotFound, Text

KEPT = timedelta(days=1)
"""How long a file and the names of its report are kept when nobody applies them."""


class RowsWrong(Conflict):
    """Some rows of the file are wrong; such a file is not taken over."""

    title = Text("В файле есть ошибки", "There are errors in the file")
    detail = Text(
        "Исправьте указанные строки и загрузите файл снова.",
        "Correct the rows named and bring the file again.",
    )


class ImportGone(Conflict):
    """The file is no longer kept: it was applied, or a day has passed."""

    title = Text("Файл больше не хранится", "The file is no longer kept")
    detail = Text(
        "Он уже загружен или лежал больше суток. Загрузите его снова.",
        "It was applied, or lay for more than a day. Bring it again.",
    )


class SchoolChanged(Conflict):
    """The school changed since the rehearsal, so that the import would do something else."""

    title = Text("Школа изменилась после проверки файла", "The school changed since the rehearsal")
    detail = Text(
        "Загрузка сделала бы уже не то, что было показано. Посмотрите новый список изменений и подтвердите.",
        "The import would no longer do what was shown. Look at the new list of changes and confirm it.",
    )


class UnknownAnswer(Invalid):
    """An answer names a row that was not asked about, or somebody who is no candidate."""

    title = Text("Ответ не подходит к вопросу", "The answer does not fit the question")
    detail = Text(
        "Строка «{key}»: выберите одного из предложенных людей или «новый человек».",
        "Row “{key}”: choose one of the people offered, or “new”.",
    )


def find_import(session: SchoolSession, import_id: UUID, *, lock: bool = False) -> Import:
    """Return an import of the session's school, or refuse."""
    found = session.get(Import, import_id, with_for_update=lock or None)
    if found is None:
        raise NotFound
    return found


def keep_import(
    session: SchoolSession,
    file: str,
    content: bytes,
    options: Mapping[str, Any],
    told: Mapping[str, Any],
    brought_by: str,
) -> Import:
    """Keep a rehearsal, or what is wrong in the file's rows."""
    kept = Import(
        school_id=UUID(session.info["school"]),
        file=file[-200:],
        sha256=hashlib.sha256(content).hexdigest(),
        content=content,
        options=dict(options),
        brought_by=brought_by,
        created_at=now(),
        **told,
    )
    session.add(kept)
    session.flush()
    return kept


def told_of(report: Report) -> dict[str, Any]:
    """Return what is kept of a rehearsal's report."""
    counts = {name: asdict(getattr(report, name)) for name in ("created", "changed", "unchanged", "closed")}
    details = {name: plain(getattr(report, name)) for name in ("changes", "questions", "ignored")}
    return {
        "state": REHEARSED,
        "digest": digest_of(report),
        "summary": {"format": report.format, "org": report.org, **counts},
        "details": {**details, "errors": []},
    }


def told_of_errors(rows: list[Any]) -> dict[str, Any]:
    """Return what is kept of a file with wrong rows."""
    details = {"changes": [], "questions": [], "ignored": [], "errors": plain(rows)}
    return {"state": REFUSED, "digest": None, "summary": {}, "details": details}


def kept_content(kept: Import) -> bytes:
    """Return the file of a rehearsal that may be gone on with, or say why not."""
    if kept.state == REFUSED:
        raise RowsWrong
    if kept.content is None or kept.state == APPLIED:
        raise ImportGone
    return kept.content


def check_answers(kept: Import, answers: Mapping[str, str]) -> None:
    """Refuse answers that were not asked for; those given before may be given again."""
    asked = {
        question["key"]: {"new", *(one["id"] for one in question["candidates"])}
        for question in kept.details.get("questions", ())
    }
    before = kept.options.get("decisions", {})
    for key, answer in answers.items():
        if before.get(key) != answer and answer not in asked.get(key, ()):
            raise UnknownAnswer(key=key[:80])


def mark_applied(kept: Import, report: Report) -> None:
    """Keep that it was done: the counts and what was left out; the file and the names go."""
    told = told_of(report)
    kept.summary, kept.state, kept.applied_at = told["summary"], APPLIED, now()
    kept.content, kept.details = None, {}


def forget_imports(session: SchoolSession, at: datetime) -> None:
    """Forget the files and names of rehearsals that nobody applied within a day."""
    stale = or_(Import.content.is_not(None), Import.state != APPLIED)
    session.execute(
        update(Import).where(Import.created_at < at - KEPT, stale).values(content=None, details={}),
        execution_options={"synchronize_session": False},
    )


def import_list(session: SchoolSession, limit: int) -> list[Import]:
    """Return the latest imports, the last first, without their files and names."""
    latest = select(Import).order_by(Import.created_at.desc(), Import.id.desc()).limit(limit)
    return list(session.scalars(latest.options(defer(Import.content), defer(Import.details))))
