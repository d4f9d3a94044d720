"""3.7, 3.8: the deputy head and the director read everything and edit nothing."""

import pytest


@pytest.mark.parametrize("who", ["deputy", "director"])
def test_3_7_2_and_3_8_2_every_page_is_read_and_none_is_edited(school, who):
    asking = getattr(school, who)
    first = school.world.pupils[0]
    page = school.get(f"/pages/{school.page_id}", asking)

    assert page["page"]["can_edit"] is False
    assert [one["id"] for one in school.get("/pages", asking)["items"]] == [str(school.page_id)]
    school.put(school.world.today, {first: "5"}, asking, status=403)
    lesson, body = f"/lessons/{school.world.today}", {"topic": "Дроби", "homework": None}
    school.send("PUT", f"{lesson}/description", asking, 403, json=body)
    school.send("PUT", f"{lesson}/works/1", asking, 403, json={"type": "control"})
    column = f"/pages/{school.page_id}/finals/{school.world.quarters[0]}"
    entries = [{"pupil_id": str(first), "value": "5"}]
    school.send("POST", column, asking, 403, json={"entries": entries})
    assert school.seq == 0


@pytest.mark.parametrize("who", ["deputy", "director"])
def test_3_8_1_all_pages_diaries_and_reports_are_open_to_those_who_supervise(school, who):
    asking = getattr(school, who)

    assert str(school.world.today) in school.week(asking)
    assert school.get(f"/classes/{school.world.class_id}/report", asking)["group"]["name"] == "5А"
    assert school.get(f"/pages/{school.page_id}/revisions", asking)["items"] == []
    assert school.get(f"/pages/{school.page_id}/finals", asking)["pupils"]
