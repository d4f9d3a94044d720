"""3.5: the class teacher."""

from shared.events.identity import GroupChanged
from shared.ids import new_id
from tests.journal.makers import TODAY, make_lessons, make_load
from tests.journal.several_classes import make_several


def test_3_5_1_the_class_teacher_edits_every_page_of_the_own_class_and_no_other(school):
    first = school.world.pupils[0]
    school.put(school.world.today, {first: "4"}, school.class_teacher)
    history = school.get(f"/pages/{school.page_id}/revisions", school.class_teacher)["items"]
    assert history[-1]["actor_id"] == str(school.world.class_teacher_id)

    other, lesson = new_id(), new_id()
    school.hear(
        GroupChanged(group_id=other, kind="class", name="5Б", grade=5),
        make_load(school.world, other, school.world.teacher_id),
        make_lessons(school.world, other, [TODAY], [lesson]),
    )
    school.put(lesson, {first: "4"}, school.class_teacher, status=404)
    own = school.get("/pages", school.class_teacher)["items"]
    assert {one["group"]["name"] for one in own} == {"5А"}


def test_3_5_1_of_pages_of_several_classes_the_class_teacher_has_the_own_pupils(school):
    several = make_several(school.database, school.world)
    page_id, _ = several.page()
    both, own = {several.own: "н", several.stranger: "н"}, str(several.own)
    teacher = {"person": several.teacher_id, "roles": ("teacher",)}
    school.put(several.today, both, teacher, slot=0)

    page = school.get(f"/pages/{page_id}", school.class_teacher)
    assert [pupil["id"] for pupil in page["pupils"]] == [own]
    excused = {"entries": [{"pupil_id": own, "slot": 0, "value": "б"}]}
    path, seen = f"/lessons/{several.today}", {"seen": page["page"]["seq"]}
    school.send("POST", f"{path}/entries", school.class_teacher, json=excused, **seen)
    foreign = {"entries": [{"pupil_id": str(several.stranger), "slot": 0, "value": "б"}]}
    school.send("POST", f"{path}/entries", school.class_teacher, 422, json=foreign, **seen)
    topic = {"topic": "Дроби", "homework": None}
    school.send("PUT", f"{path}/description", school.class_teacher, 403, json=topic, **seen)
    report = school.get(f"/classes/{school.world.class_id}/report", school.class_teacher)
    assert report["absences"]["total"]["by_sign"] == {"б": 1}


def test_3_5_6_the_class_teacher_watches_who_succeeds_and_who_is_at_risk(school):
    first, second, third = school.world.pupils
    school.put(school.world.today, {first: "5", second: "4", third: "2"})

    report = school.get(f"/classes/{school.world.class_id}/report", school.class_teacher)

    groups = {name: [one["id"] for one in its] for name, its in report["whole"]["groups"].items() if its}
    assert groups == {
        "excellent": [str(first)],
        "good": [str(second)],
        "failing": [str(third)],
        "one_four": [str(second)],
    }
    assert [one["id"] for one in report["at_risk"]] == [str(third)]
    assert (report["whole"]["quality"], report["whole"]["success"]) == ("66.7", "66.7")


def test_3_5_9_attendance_and_quality_of_the_class_are_analysed_by_period(school):
    first, second, _ = school.world.pupils
    school.put(school.world.today, {first: "б", second: "нп"}, slot=0)

    report = school.get(f"/classes/{school.world.class_id}/report", school.class_teacher)

    assert report["period"]["name"] == "I четверть"
    assert report["absences"]["total"]["by_sign"] == {"б": 1, "нп": 1}
    assert report["absences"]["total"]["unexcused"] == 1
    school.get(f"/classes/{school.world.class_id}/report", school.teacher, 403)


def test_3_5_10_an_achievement_in_the_portfolio_is_verified_and_seen_by_the_own_family_alone(school):
    first, other = school.world.pupils[0], {"person": school.world.pupils[1], "roles": ("pupil",)}
    body = {"pupil_id": str(first), "section": "olympiad", "level": "municipal", "title": "Математика"}
    body |= {"result": "призёр", "held_on": "2026-10-01"}
    made = school.send("POST", "/portfolio", school.parent, 201, json=body)
    decision = f"/portfolio/{made['id']}/decision"
    seen = {"seen": made["version"], "json": {"is_verified": True}}

    school.send("POST", decision, school.parent, 403, **seen)
    school.send("POST", decision, school.class_teacher, 200, **seen)

    told = school.get(f"/portfolio?pupil_id={first}", school.pupil)
    [entry] = [entry for section in told["sections"] for entry in section["entries"]]
    assert (entry["title"], entry["result"], entry["state"]) == ("Математика", "призёр", "verified")
    school.get(f"/portfolio?pupil_id={first}", other, 404)
