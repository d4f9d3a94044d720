"""4.2.1: the journal is filled every day, and what it says can be so."""

from shared.events.schedule import LessonsCancelled
from tests.journal.makers import TODAY, YESTERDAY, make_enrolment


def test_4_2_1_an_unfilled_day_is_owed_and_what_cannot_be_is_refused(school):
    first, second, _ = school.world.pupils
    friday, today, tomorrow = school.world.lessons
    assert set(school.owed(friday).values()) == {"late"}
    assert set(school.owed(today).values()) == {"near"}

    school.put(tomorrow, {first: "5"}, status=409)  # The lesson is still ahead.
    school.hear(make_enrolment(school.world.class_id, second, from_on=TODAY))
    school.hear(make_enrolment(school.world.class_id, second, until_on=YESTERDAY))
    school.put(today, {second: "5"}, status=422)  # The pupil was not on the list.
    ids = {"group_id": school.world.class_id, "subject_id": school.world.subject_id}
    school.hear(LessonsCancelled(**ids, lesson_ids=[friday]))
    school.put(friday, {first: "5"}, status=409)  # The lesson did not take place.
    assert school.seq == 0
