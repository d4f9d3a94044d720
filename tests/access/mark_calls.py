"""Valid requests about marks and absences, and an excuse in every class to ask about."""

import io
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import update

from services.journal.models import Entry, Excuse
from services.journal.rules.marks import AWAITED
from shared.clock import now, today
from shared.ids import new_id
from tests.access.stage import Stage, Things

Given = dict[str, Any]

NEXT_YEAR = date(2199, 9, 1)
EXCUSE = {"from_on": "2199-10-01", "until_on": "2199-10-05", "sign": "б", "paper": "certificate"}


def excuse_somebody(stage: Stage, things: Things) -> UUID:
    """Let the class teacher have excused a pupil ahead."""
    excuse = Excuse(
        id=new_id(),
        school_id=things.school.id,
        pupil_id=things.pupil_id,
        from_on=NEXT_YEAR,
        until_on=NEXT_YEAR,
        sign="б",
        paper="certificate",
        number="12",
        note=things.school.text("Примечание"),
        made_by=things.of.teacher_id,
        made_at=now(),
    )
    with stage.world.runtimes["journal"].database.writing(things.school.id) as session:
        session.add(excuse)
        session.flush()
        return excuse.id


def _comment(_stage: Stage, _caller: str, things: Things) -> Given:
    return {"json": {"comment": "Хорошо, но без проверки"}, "headers": {"If-Match": f'"{things.seq}"'}}


def await_work(stage: Stage, things: Things) -> None:
    """Let the pupil's mark be one that is awaited."""
    cell = update(Entry).where(
        Entry.lesson_id == things.lesson_id, Entry.pupil_id == things.pupil_id, Entry.slot == things.slot
    )
    with stage.world.runtimes["journal"].database.writing(things.school.id) as session:
        session.execute(cell.values(value=AWAITED))


def empty_work(stage: Stage, things: Things) -> None:
    """Let no mark stand under the work."""
    cells = update(Entry).where(Entry.lesson_id == things.lesson_id, Entry.slot == things.slot)
    with stage.world.runtimes["journal"].database.writing(things.school.id) as session:
        session.execute(cells.values(value=None))


def _due(_stage: Stage, _caller: str, things: Things) -> Given:
    due_on = today("Europe/Moscow") + timedelta(days=5)
    return {"json": {"due_on": due_on.isoformat()}, "headers": {"If-Match": f'"{things.seq}"'}}


DUE = "/lessons/<uuid:lesson_id>/entries/<int:slot>/<uuid:pupil_id>/due"
COMMENT = "/lessons/<uuid:lesson_id>/entries/<int:slot>/<uuid:pupil_id>/comment"


def _table(_stage: Stage, _caller: str, things: Things) -> Given:
    text = f"ID;{things.of.lesson_on:%d.%m.%Y}\n{things.pupil_id};4\n"
    return {
        "data": {"file": (io.BytesIO(text.encode()), "marks.csv")},
        "headers": {"If-Match": f'"{things.seq}"'},
    }


def _form_with_table(stage: Stage, caller: str, things: Things) -> Given:
    seen = {"seen": str(things.seq), "dry_run": "1"}
    return {"data": _table(stage, caller, things)["data"] | seen}


OF_MARKS = {
    "journal POST /pages/<uuid:page_id>/table": _table,
    "portal POST /journal/<uuid:page_id>/table": _form_with_table,
    f"journal PUT {COMMENT}": _comment,
    f"portal PUT /journal/<uuid:page_id>{COMMENT}": _comment,
    f"journal PUT {DUE}": _due,
    f"portal PUT /journal/<uuid:page_id>{DUE}": _due,
    "journal POST /pupils/<uuid:pupil_id>/excuses": lambda *_: {"json": EXCUSE},
    "portal POST /attendance/<uuid:group_id>/excuses": lambda _, __, things: {
        "data": EXCUSE | {"pupil_id": str(things.pupil_id)}
    },
    "journal PUT /excuses/<uuid:excuse_id>": lambda *_: {"json": EXCUSE},
    "journal DELETE /excuses/<uuid:excuse_id>": lambda *_: {"json": {"reason": "Чужая справка"}},
    "portal POST /attendance/<uuid:group_id>/excuses/<uuid:excuse_id>": lambda *_: {"data": EXCUSE},
    "portal POST /attendance/<uuid:group_id>/excuses/<uuid:excuse_id>/withdrawal": lambda *_: {
        "data": {"reason": "Чужая справка"}
    },
}
