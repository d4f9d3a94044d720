"""Requests about codes, slips, blocking and forgotten passwords."""

from collections.abc import Callable
from typing import Any

from services.identity.actions.signing_in.codes import issue_codes
from tests.access.stage import Stage, Things

Given = dict[str, Any]

NEW_PASSWORD = "берёза шумит 23 ночи"


def issue_code(stage: Stage, things: Things) -> None:
    """Let the pupil have a code that nobody has handed over yet."""
    database = stage.world.runtimes["identity"].database
    with database.writing(things.school.id) as session:
        issue_codes(session, [things.pupil_id])


def _slips(_stage: Stage, _caller: str, things: Things) -> Given:
    return {"json": {"person_ids": [str(things.pupil_id)]}}


def _slips_form(_stage: Stage, _caller: str, things: Things) -> Given:
    return {"data": {"person_id": [str(things.pupil_id)], "here": "/access"}}


def _fixed(**given: Any) -> Callable[[Stage, str, Things], Given]:
    return lambda *_: dict(given)


OF_CREDENTIALS: dict[str, Callable[[Stage, str, Things], Given]] = {
    "identity POST /slips": _slips,
    "identity PUT /people/<uuid:person_id>/credentials/hand-over": _fixed(json={}),
    "identity PUT /people/<uuid:person_id>/block": _fixed(json={"reason": "Потерян телефон"}),
    "identity POST /password-resets": _fixed(json={"login": "nobody"}),
    "identity POST /password-resets/completion": _fixed(
        json={"token": "nobodys", "new_password": NEW_PASSWORD}
    ),
    "portal POST /access/slips": _slips_form,
    "portal POST /access/people/<uuid:person_id>/hand-over": _fixed(data={"here": "/access"}),
    "portal POST /access/people/<uuid:person_id>/block": _fixed(
        data={"reason": "Потерян телефон", "here": "/access"}
    ),
    "portal POST /access/people/<uuid:person_id>/unblock": _fixed(data={"here": "/access"}),
    "portal POST /reset": _fixed(data={"login": "nobody"}),
    "portal POST /reset/new": _fixed(
        data={"token": "nobodys", "new_password": NEW_PASSWORD, "again": NEW_PASSWORD}
    ),
}
