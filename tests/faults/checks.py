"""What must hold when a fault is over: the invariants I1–I4 of the fault catalogue.

Nothing here asks the services; it reads their databases and compares them with what the teachers
were promised.
"""

import json
from collections import Counter, namedtuple
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.exc import InternalError, OperationalError

from tests.faults.load import Load
from tests.faults.world import World

CONSUMERS = {"journal": ("identity", "schedule")} | dict.fromkeys(
    ("reporting", "notify"), ("identity", "schedule", "journal")
)


def all_is_well(world: World, load: Load) -> bool:
    """Assert every invariant; to be waited for, since consumers may still be catching up."""
    assert not load.refusals, load.refusals[:3]
    assert load.promises, "Nothing was saved: the fault was thrown at an idle system."
    nobody_lags(world)
    logs_are_whole(world)
    promises_are_kept(world, load)
    reporting_shows_the_journal(world)
    guardians_were_told_once(world)
    return True


def rows(world: World, service: str, sql: str) -> list[Any]:
    """Return the rows of a query across schools."""
    try:
        return _read(world, service, sql)
    except (OperationalError, InternalError) as gone:  # The server was killed, or kept waiting too long.
        raise AssertionError(f"{service}: {gone}") from gone


def _read(world: World, service: str, sql: str) -> list[Any]:
    with world.deployment.database(service).reading("*") as session:
        found = session.execute(text(sql))
        names, fetched = list(found.keys()), found.all()
    # Only now: under load it may take longer than a transaction may idle.
    row = namedtuple("row", names)  # type: ignore[misc]  # noqa: PYI024  (of any query)
    return [row(*map(_as_id, one)) for one in fetched]


def _as_id(value: Any) -> Any:
    """Return an id as such; SQLite keeps it as 32 letters."""
    return UUID(value) if isinstance(value, str) and len(value) == 32 else value


def nobody_lags(world: World) -> None:
    """Every cursor stands at the head of its stream, by position and by id, and nothing is parked."""
    for consumer, producers in CONSUMERS.items():
        cursors = {
            c.stream: (c.position, c.last_id, c.state)
            for c in rows(world, consumer, "SELECT stream, position, last_id, state FROM event_cursor")
        }
        for producer in producers:
            for head in rows(world, producer, "SELECT stream, head, head_id FROM event_stream"):
                if not head.stream.startswith(f"{producer}/"):
                    continue  # Its notes of access, which identity alone hears.
                at = cursors.get(head.stream)
                assert at == (head.head, head.head_id, "live"), (consumer, head.stream, head.head, at)
        assert rows(world, consumer, "SELECT stream, position, error FROM event_parked") == [], consumer


def logs_are_whole(world: World) -> None:
    """Positions run from 1 to the head without gaps, each event naming the one before it."""
    for producer in ("identity", "schedule", "journal"):
        before: dict[str, tuple[int, UUID | None]] = {}
        log = rows(world, producer, "SELECT stream, position, id, prev_id FROM event_log ORDER BY 1, 2")
        for event in log:
            position, last = before.get(event.stream, (0, None))
            assert (event.position, event.prev_id) == (position + 1, last), (producer, event)
            before[event.stream] = (event.position, event.id)
        heads = {h.stream: (h.head, h.head_id) for h in rows(world, producer, "SELECT * FROM event_stream")}
        assert before == heads, producer


def promises_are_kept(world: World, load: Load) -> None:
    """Each acknowledged save is in the journal, with one event if it changed anything; no other is."""
    kept = rows(
        world,
        "journal",
        "SELECT r.lesson_id, r.seq, r.pupil_id, r.value FROM revisions r WHERE r.what = 'mark'",
    )
    revisions = {(r.lesson_id, r.seq, r.pupil_id): r.value for r in kept}
    made = [p for p in load.promises if p.changed]
    promised = {
        (promise.lesson_id, promise.seq - len(promise.changed) + place, UUID(entry["pupil_id"])): entry[
            "value"
        ]
        for promise in made
        for place, entry in enumerate(promise.changed, 1)
    }
    assert not promised.items() - revisions.items(), "An acknowledged mark is lost."
    assert not revisions.items() - promised.items(), "A mark was recorded that nobody was promised."
    told = Counter((UUID(e["lesson_id"]), e["seq"]) for e in _marks_told(world))
    assert told == Counter((promise.lesson_id, promise.seq) for promise in made)


def _marks_told(world: World) -> list[dict[str, Any]]:
    sql = "SELECT data FROM event_log WHERE type = 'journal.marks.recorded'"
    return [json.loads(row.data) for row in rows(world, "journal", sql)]


def reporting_shows_the_journal(world: World) -> None:
    """Reporting's cells are the journal's, and it knows every state each page had."""
    sql = "SELECT page_id, lesson_id, pupil_id, slot, value FROM entries WHERE value IS NOT NULL"
    assert set(rows(world, "reporting", sql)) == set(rows(world, "journal", sql))
    states = Counter((h.page_id, h.seq) for h in rows(world, "reporting", "SELECT * FROM page_heads"))
    told = {(UUID(e["page_id"]), e["seq"]) for e in _marks_told(world)}
    assert told <= set(states)


def guardians_were_told_once(world: World) -> None:
    """Each event is one notice to the guardian of each pupil it names: not two, not none."""
    log = rows(world, "journal", "SELECT id, data FROM event_log WHERE type = 'journal.marks.recorded'")
    due = {
        (event.id, UUID(entry["pupil_id"])) for event in log for entry in json.loads(event.data)["entries"]
    }
    guardians = {g.guardian_id: g.pupil_id for g in rows(world, "notify", "SELECT * FROM guardianships")}
    notices = rows(world, "notify", "SELECT event_id, pupil_id, recipient_id FROM notices")
    to_guardians = Counter((n.event_id, n.pupil_id) for n in notices if n.recipient_id in guardians)
    assert to_guardians == Counter(due)
    assert all(guardians.get(n.recipient_id, n.pupil_id) == n.pupil_id for n in notices)
