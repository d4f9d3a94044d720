"""3.9: pupils and parents."""

import pytest

from tests.journal.makers import TODAY


@pytest.mark.parametrize("who", ["parent", "pupil"])
def test_3_9_1_a_family_sees_the_own_data_and_changes_nothing(school, who):
    asking, stranger = getattr(school, who), school.world.pupils[1]
    first = school.world.pupils[0]
    school.put(school.world.today, {first: "5", stranger: "2"})

    assert school.week(asking)[str(school.world.today)]["entries"][0]["value"] == "5"
    for path in ("/diary", "/diary/period", f"/diary/subjects/{school.world.subject_id}"):
        school.get(f"{path}?pupil_id={stranger}", asking, 404)
    mark = f"/diary/lessons/{school.world.today}/marks/1?pupil_id={stranger}"
    school.get(mark, asking, 404)
    school.get(f"/pages/{school.page_id}", asking, 403)
    school.put(school.world.today, {first: "5"}, asking, status=403)
    body = {"topic": "Дроби", "homework": None}
    school.send("PUT", f"/lessons/{school.world.today}/description", asking, 403, json=body)


def test_3_9_2_the_diary_shows_marks_homework_topics_and_recommendations(school):
    first = school.world.pupils[0]
    works = [{"slot": 1, "type": "control", "weight": 5, "title": "Дроби"}]
    school.put(school.world.today, {first: "4"}, works=works)
    school.describe(school.world.today, "Сложение дробей", "№ 312")

    lesson = school.week(school.parent)[str(school.world.today)]

    assert (lesson["topic"], lesson["homework"]) == ("Сложение дробей", "№ 312")
    [mark] = lesson["entries"]
    assert (mark["value"], mark["title"], mark["weight"]) == ("4", "Дроби", 5)
    body = {"kind": "recommendation", "text": "Повторить § 3", "pupil_id": str(first)}
    school.send("POST", f"/pages/{school.page_id}/remarks", school.teacher, 201, json=body)
    [said] = school.get(f"/diary/remarks?pupil_id={first}", school.parent)["items"]
    assert (said["text"], said["by"]) == ("Повторить § 3", "Иванова М. П.")


def test_3_9_4_a_parent_sees_for_what_by_whom_and_when_each_mark_was_put_and_corrected(school):
    first = school.world.pupils[0]
    school.put(school.world.today, {first: "3"})
    school.put(school.world.today, {first: "4"}, reason="Пересчитал баллы")

    told = school.get(f"/diary/lessons/{school.world.today}/marks/1?pupil_id={first}", school.parent)

    # The newest first.
    assert sorted((one["was"] or "", one["value"], one["reason"] or "") for one in told["changes"]) == [
        ("", "3", ""),
        ("3", "4", "Пересчитал баллы"),
    ]
    assert all(one["by"].startswith("Иванова") and one["at"][:10] == str(TODAY) for one in told["changes"])


def test_3_9_6_an_individual_task_is_seen_by_that_pupil_alone_and_answered_from_afar(school):
    first, second, _ = school.world.pupils
    body = {"text": "Повторить § 3", "pupil_id": str(first)}
    task = school.send("POST", f"/lessons/{school.world.today}/tasks", school.teacher, 201, json=body)
    tomorrow = str(school.world.lessons[2])

    assert [one["text"] for one in school.week(school.pupil)[tomorrow]["tasks"]] == ["Повторить § 3"]
    other = {"person": second, "roles": ("pupil",)}
    assert school.week(other, second)[tomorrow]["tasks"] == []

    answers = f"/tasks/{task['id']}/answers"
    school.send("POST", answers, other, 404, json={"text": "Не моё"})
    given = school.send("POST", answers, school.pupil, 201, json={"text": "Готово"})
    school.send("POST", f"/answers/{given['id']}/replies", school.teacher, 201, json={"text": "Принято"})

    told = school.get(f"/tasks/{task['id']}?pupil_id={first}", school.parent)
    [version] = told["versions"]
    assert (version["text"], [reply["text"] for reply in version["replies"]]) == ("Готово", ["Принято"])
