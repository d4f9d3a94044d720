"""3.7.8, 3.9.5: an error that a family reports is put right within a day, and the family sees it."""

import pytest


def report(school):
    """A parent reports today's mark of the own child; returns the request."""
    first = school.world.pupils[0]
    school.put(school.world.today, {first: "3"})
    body = {
        "lesson_id": str(school.world.today),
        "what": "mark",
        "slot": 1,
        "pupil_id": str(first),
        "text": "В тетради стоит 4",
    }
    return school.send("POST", "/corrections", school.parent, 201, json=body)["id"]


@pytest.mark.parametrize(("at", "state"), [("2026-10-06T03:00", "met"), ("2026-10-06T08:00", "late")])
def test_3_7_8_a_reported_error_is_corrected_within_a_day(school, clock, at, state):
    """In twenty hours it is in time, in twenty-five a breach; the deputy organises and does not write."""
    first, request_id = school.world.pupils[0], report(school)
    school.put(school.world.today, {first: "4"}, school.deputy, status=403, request_id=request_id)
    clock.move_to(f"{at}:00+00:00")

    school.put(school.world.today, {first: "4"}, request_id=request_id, reason="Ошибся строкой")

    told = school.get(f"/corrections/{request_id}", school.deputy)
    assert told["due"]["state"] == state
    history = school.get(f"/pages/{school.page_id}/revisions", school.deputy)["items"]
    assert (history[-1]["value"], history[-1]["was"], history[-1]["reason"]) == ("4", "3", "Ошибся строкой")


def test_3_9_5_a_family_turns_to_the_administration_and_sees_what_came_of_it(school):
    first, request_id = school.world.pupils[0], report(school)

    waiting = school.get(f"/corrections/{request_id}", school.parent)
    handled = [one["id"] for one in school.get("/corrections", school.deputy)["items"]]
    school.put(school.world.today, {first: "4"}, request_id=request_id)
    settled = school.get(f"/corrections/{request_id}", school.parent)

    assert (waiting["number"], waiting["settled_at"]) == (1, None)
    assert handled == [request_id]
    assert settled["settled_at"] is not None
    assert settled["state"] != waiting["state"]
    other = {"person": school.world.pupils[1], "roles": ("pupil",)}
    school.get(f"/corrections/{request_id}", other, 404)
