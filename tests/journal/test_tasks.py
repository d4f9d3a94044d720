"""Tasks beside plain homework (clauses 3.6.2, 3.6.3, 3.9.6): for whom, due when, and their history."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from services.journal.actions.chains import broken_chains
from services.journal.actions.contents import contents_at
from services.journal.actions.descriptions import describe_lesson
from services.journal.actions.files import hand_in
from services.journal.actions.homework_copies import HomeworkThere, OtherParallel, OtherSubject, copy_homework
from services.journal.actions.homework_of_day import homework_of_day
from services.journal.actions.pages import LessonCancelled, PageClosed
from services.journal.actions.periods import close_period
from services.journal.actions.tasks import (
    NotOfThisPage,
    TaskChanged,
    TaskFacts,
    TooManyTasks,
    change_task,
    set_task,
    withdraw_task,
)
from services.journal.models import Page, Revision, Task
from services.journal.queries.diary import diary_week
from services.journal.queries.homework import lesson_homework
from services.journal.queries.homework_load import homework_week
from services.journal.rules.homework import NOTHING_SET
from shared.errors import Denied, NotFound
from shared.events.identity import DatedValue, EnrolmentsChanged, GroupChanged, ParameterChanged
from shared.events.schedule import LessonsCancelled
from shared.ids import new_id
from tests.journal.documents import PDF
from tests.journal.makers import (
    FIRST,
    FRIDAY,
    TODAY,
    TOMORROW,
    Counted,
    make_enrolment,
    make_lessons,
    make_load,
    make_world,
    published,
    tell,
)

NEXT_WEEK = date(2026, 10, 12)


def give(database, world, *, lesson=None, actor=None, seen=0, **facts):
    with database.writing(world.school_id) as session:
        asked = TaskFacts(facts.pop("text", "№ 12"), **facts)
        return set_task(session, actor or world.actor(), lesson or world.today, seen, asked)


def diary(database, world, pupil=0, person=None, roles=("pupil",), week=None):
    who = world.actor(person or world.pupils[pupil], *roles)
    with database.reading(world.school_id) as session:
        days = diary_week(session, who, world.pupils[pupil], week)["days"]
    return {lesson["id"]: [t["text"] for t in lesson["tasks"]] for day in days for lesson in day["lessons"]}


def homework_of(database, world, actor=None, lesson=None):
    with database.reading(world.school_id) as session:
        return lesson_homework(session, actor or world.actor(), lesson or world.today)


def cancelled(world, number):
    ids = {"group_id": world.class_id, "subject_id": world.subject_id}
    return LessonsCancelled(**ids, lesson_ids=[world.lessons[number]])


def make_part(database, world, *pupils):
    part = new_id()
    group = {
        "group_id": part,
        "kind": "group",
        "name": "5А, англ. 1",
        "grade": 5,
        "parent_id": world.class_id,
    }
    told = [make_enrolment(part, pupil) for pupil in pupils]
    tell(database, world, GroupChanged(**group, class_teacher_id=None), *told)
    return part


def test_a_task_is_a_revision_of_its_page_and_told(either_database):
    world = make_world(either_database)
    task = give(either_database, world, minutes=30, links=["https://example.org/a"])

    with either_database.reading(world.school_id) as session:
        revision, plain = session.scalars(select(Revision).order_by(Revision.seq)).all()
        assert list(broken_chains(session)) == []
    assert (revision.what, revision.slot, revision.lesson_id) == ("task", 1, world.today)
    assert (revision.was, revision.value) == (None, "30 - - [] [https://example.org/a] № 12")
    assert (plain.what, plain.value) == ("homework", "№ 12")  # Printed, and due that day (3.6.3).
    [told] = published(either_database, world, "journal.task.set")
    assert (told.text, told.minutes, told.task_id, told.seq) == ("№ 12", 30, task.id, 1)
    assert (told.pupil_id, told.part_id, told.due_lesson_id, told.is_withdrawn) == (None, None, None, False)


def test_it_is_due_at_the_next_lesson_that_takes_place(either_database):
    """The diary shows it on the day it is due, whichever that becomes."""
    world = make_world(either_database, days=(FRIDAY, TODAY, TOMORROW, NEXT_WEEK))
    give(either_database, world, lesson=world.lessons[0])
    assert diary(either_database, world) == {world.lessons[1]: ["№ 12"], world.lessons[2]: []}

    tell(either_database, world, cancelled(world, 1))

    assert diary(either_database, world) == {world.lessons[1]: [], world.lessons[2]: ["№ 12"]}


def test_it_may_be_due_at_a_later_lesson(database):
    world = make_world(database, days=(FRIDAY, TODAY, TOMORROW, NEXT_WEEK))
    give(database, world, lesson=world.lessons[0], due_lesson_id=world.lessons[3])
    assert not any(diary(database, world).values())
    assert diary(database, world, week=NEXT_WEEK) == {world.lessons[3]: ["№ 12"]}


def test_cancelled_the_lesson_it_was_due_at_leaves_it_to_the_next_that_takes_place(either_database):
    world = make_world(either_database, days=(FRIDAY, TODAY, TOMORROW, NEXT_WEEK))
    give(either_database, world, lesson=world.lessons[0], due_lesson_id=world.lessons[2], minutes=30)
    assert week(either_database, world)[TOMORROW]["minutes"] == 30

    tell(either_database, world, cancelled(world, 2))

    assert not any(diary(either_database, world).values())
    assert diary(either_database, world, week=NEXT_WEEK) == {world.lessons[3]: ["№ 12"]}
    assert week(either_database, world)[TOMORROW]["items"] == []
    assert week(either_database, world, day=NEXT_WEEK)[NEXT_WEEK]["minutes"] == 30


def test_an_individual_task_is_that_pupils_alone(either_database):
    """Clause 3.9.6: visible to the pupil, the parents and the teachers concerned; told without its text."""
    world = make_world(either_database)
    give(either_database, world, pupil_id=world.pupils[0], text="Повторить дроби")

    due = world.lessons[2]
    assert diary(either_database, world)[due] == ["Повторить дроби"]
    assert diary(either_database, world, person=world.parent_id, roles=("parent",))[due] == [
        "Повторить дроби"
    ]
    assert diary(either_database, world, pupil=1)[due] == []
    [told] = published(either_database, world, "journal.task.set")
    assert (told.pupil_id, told.text) == (world.pupils[0], None)
    [shown] = homework_of(either_database, world)["tasks"]
    assert (shown["for"], shown["is_individual"]) == ("Ёлкина Мария", True)


def test_a_task_of_a_group_is_its_pupils(either_database):
    world = make_world(either_database)
    part = make_part(either_database, world, world.pupils[1])
    give(either_database, world, group_id=part)

    assert diary(either_database, world, pupil=0)[world.lessons[2]] == []
    assert diary(either_database, world, pupil=1)[world.lessons[2]] == ["№ 12"]


def test_a_task_of_a_group_without_members_is_the_whole_classs(either_database):
    world = make_world(either_database)
    give(either_database, world, group_id=make_part(either_database, world))

    assert diary(either_database, world, pupil=0)[world.lessons[2]] == ["№ 12"]


@pytest.mark.parametrize(
    ("from_on", "until_on", "is_theirs"),
    [
        (TODAY, None, True),
        (FIRST[0], TODAY, True),
        (FIRST[0], FRIDAY, False),  # Left before it was set.
        (TOMORROW, None, True),
        (TOMORROW + timedelta(days=1), None, False),  # Came after it was due.
    ],
)
def test_a_task_of_a_group_is_theirs_who_are_in_it_from_its_setting_to_its_day(
    database, world, from_on, until_on, is_theirs
):
    part = make_part(database, world, world.pupils[1])
    tell(database, world, make_enrolment(part, world.pupils[0], from_on, until_on))
    give(database, world, group_id=part)

    assert diary(database, world, pupil=0)[world.lessons[2]] == (["№ 12"] if is_theirs else [])


def test_a_task_names_only_what_is_of_the_page(database, world):
    other = make_world(database)
    left = new_id()
    tell(database, world, make_enrolment(world.class_id, left, until_on=FRIDAY))
    wrong = (
        {"pupil_id": other.pupils[0]},
        {"pupil_id": left},
        {"group_id": other.class_id},
        {"group_id": world.class_id},
        {"due_lesson_id": other.lessons[2]},
        {"due_lesson_id": world.lessons[0]},
        {"due_lesson_id": world.today},
        {"pupil_id": world.pupils[0], "group_id": make_part(database, world)},
    )
    for facts in wrong:
        with pytest.raises(NotOfThisPage):
            give(database, world, **facts)


def test_a_changed_and_a_withdrawn_task_keep_their_history(either_database):
    world = make_world(either_database)
    seen = give(either_database, world).end.seq
    with either_database.writing(world.school_id) as session:
        end = change_task(session, world.actor(), world.today, 1, seen, TaskFacts("№ 13", 20)).end
    with either_database.writing(world.school_id) as session:
        again = change_task(session, world.actor(), world.today, 1, end.seq, TaskFacts("№ 13", 20)).end
    assert again == end._replace(links=0)
    with pytest.raises(TaskChanged), either_database.writing(world.school_id) as session:
        withdraw_task(session, world.actor(), world.today, 1, seen)
    with either_database.writing(world.school_id) as session:
        withdraw_task(session, world.actor(), world.today, 1, end.seq)

    with either_database.reading(world.school_id) as session:
        of_task = select(Revision.value).where(Revision.what == "task")
        values = session.scalars(of_task.order_by(Revision.seq)).all()
        assert list(broken_chains(session)) == []
    assert values == ["- - - [] [] № 12", "20 - - [] [] № 13", None]
    assert homework_of(either_database, world)["tasks"] == []
    assert not any(diary(either_database, world).values())
    with pytest.raises(NotFound), either_database.writing(world.school_id) as session:
        withdraw_task(session, world.actor(), world.today, 1, end.seq + 1)
    assert give(either_database, world).slot == 2


def test_plain_homework_follows_a_task_for_everybody_unless_somebody_wrote_another(database, world):
    """What is printed and due on the day (3.6.3, 5.1) names the task; what a teacher wrote stays."""

    def homework(lesson=None):
        return homework_of(database, world, lesson=lesson)["homework"]

    seen = give(database, world).end.seq
    assert homework() == "№ 12"
    with database.writing(world.school_id) as session:
        seen = change_task(session, world.actor(), world.today, 1, seen, TaskFacts("№ 13")).end.seq
    assert homework() == "№ 13"
    with database.writing(world.school_id) as session:
        withdraw_task(session, world.actor(), world.today, 1, seen)
    assert homework() is None
    give(database, world, pupil_id=world.pupils[0])
    assert homework() is None  # It is for one pupil alone.
    with database.writing(world.school_id) as session:
        describe_lesson(session, world.actor(), world.lessons[0], 0, None, "§ 5")
    give(database, world, lesson=world.lessons[0])
    assert homework(world.lessons[0]) == "§ 5"
    with database.writing(world.school_id) as session:
        describe_lesson(session, world.actor(), world.lessons[2], 0, None, NOTHING_SET)
    give(database, world, lesson=world.lessons[2])
    assert homework(world.lessons[2]) == "№ 12"


def test_plain_homework_is_all_open_tasks_for_everybody_and_is_told_once(either_database):
    """Clauses 3.6.3 and 5.1: a second task is printed, too, and stays when the first is withdrawn."""
    world = make_world(either_database, days=(FRIDAY, TODAY, TOMORROW, NEXT_WEEK))

    def homework():
        return homework_of(either_database, world)["homework"]

    def told():
        with either_database.reading(world.school_id) as session:
            monday = diary_week(session, world.actor(world.pupils[0], "pupil"), world.pupils[0], TODAY)
            due = monday["days"][1]["lessons"][0]
            collected = homework_of_day(session, TODAY)[world.class_id][1]
        loaded = week(either_database, world)[TOMORROW]["items"]
        tasks, plain = ([one["text"] for one in due[what]] for what in ("tasks", "homework_due"))
        return tasks, plain, [one["text"] for one in loaded], [one.text for one in collected]

    seen = give(either_database, world, text="Первое").end.seq
    seen = give(either_database, world, text="Только тебе", pupil_id=world.pupils[0], seen=seen).end.seq
    seen = give(either_database, world, text="Второе", seen=seen).end.seq
    assert homework() == "Первое\nВторое"
    tasks, plain, loaded, collected = told()
    assert (tasks, plain) == (["Первое", "Только тебе", "Второе"], [])
    assert (loaded, collected) == (["Первое", None, "Второе"], ["Первое", "Второе"])

    with either_database.writing(world.school_id) as session:
        seen = change_task(session, world.actor(), world.today, 3, seen, TaskFacts("Третье")).end.seq
    with either_database.writing(world.school_id) as session:
        seen = withdraw_task(session, world.actor(), world.today, 1, seen).end.seq
    assert homework() == "Третье"
    assert told()[1:] == ([], [None, "Третье"], ["Третье"])
    with either_database.writing(world.school_id) as session:
        seen = describe_lesson(session, world.actor(), world.today, seen, None, "§ 5").seq
    give(either_database, world, text="Четвёртое", seen=seen)
    assert homework() == "§ 5"
    assert told()[1] == ["§ 5"]


def test_plain_homework_beyond_measure_is_cut_and_told_once(either_database):
    world = make_world(either_database)
    seen = 0
    for letter in "абв":
        seen = give(either_database, world, text=letter * 1999, seen=seen).end.seq

    assert homework_of(either_database, world)["homework"] == f"{'а' * 1999}\n{'б' * 1999}\n"
    assert len(week(either_database, world)[TOMORROW]["items"]) == 3


def test_who_may_set_tasks(database, world):
    stranger, substitute = new_id(), new_id()
    for role, refusal in (("deputy", Denied), ("teacher", NotFound)):
        with pytest.raises(refusal):
            give(database, world, actor=world.actor(stranger, role))
    give(database, world, actor=world.actor(world.class_teacher_id, "class_teacher"))
    lesson = new_id()
    given = {"teacher_id": substitute, "is_substituted": True}
    tell(database, world, make_lessons(world, world.class_id, [TODAY], [lesson], **given))
    give(database, world, lesson=lesson, actor=world.actor(substitute))
    with pytest.raises(Denied):
        give(database, world, actor=world.actor(substitute))


def test_no_task_is_set_on_a_cancelled_lesson_in_a_closed_period_or_beyond_measure(database, world):
    for _ in range(30):
        give(database, world, lesson=world.lessons[2])
    with pytest.raises(TooManyTasks):
        give(database, world, lesson=world.lessons[2])
    tell(database, world, cancelled(world, 0))
    with pytest.raises(LessonCancelled):
        give(database, world, lesson=world.lessons[0])
    with database.writing(world.school_id) as session:
        close_period(session, world.actor(new_id(), "deputy"), world.quarters[0])
    with pytest.raises(PageClosed):
        give(database, world)


@pytest.mark.parametrize("said", ["не задано", "Не задано.", " без задания ", "Нет!"])
def test_homework_not_set_is_a_value_of_its_own(database, world, said):
    """DOMAIN 1.0, D1: «не задано» is not «забыл»."""
    with database.writing(world.school_id) as session:
        describe_lesson(session, world.actor(), world.today, 0, "Дроби", said)
    assert homework_of(database, world)["homework"] == NOTHING_SET


def parallel(database, world, *, subject_id=None, grade=5):
    """Class 5Б, which the same teacher teaches."""
    group, lessons = new_id(), [new_id() for _ in world.days]
    told = {"group_id": group, "kind": "class", "name": f"{grade}Б", "grade": grade, "class_teacher_id": None}
    subject = subject_id or world.subject_id
    tell(
        database,
        world,
        GroupChanged(**told),
        make_load(world, group, world.teacher_id, subject_id=subject),
        make_lessons(world, group, world.days, lessons, subject_id=subject),
    )
    return lessons


def copy(database, world, *targets):
    with database.writing(world.school_id) as session:
        return copy_homework(session, world.actor(), world.today, targets)


def test_homework_is_copied_to_parallel_classes_in_one_action(either_database, tmp_path):
    world = make_world(either_database)
    lessons = parallel(either_database, world)
    contents = contents_at((tmp_path / "files").as_uri())
    file = hand_in(either_database, contents, world.actor(), "Образец.pdf", PDF)
    seen = give(either_database, world, text="С образцом", minutes=15, file_ids=[file.id]).end.seq
    seen = give(either_database, world, text="Только тебе", pupil_id=world.pupils[0], seen=seen).end.seq
    with either_database.writing(world.school_id) as session:
        describe_lesson(session, world.actor(), world.today, seen, "Дроби", "§ 5")
    offered = [one["id"] for one in homework_of(either_database, world)["parallel"]]
    assert offered == lessons

    assert copy(either_database, world, lessons[1]) == 1
    assert copy(either_database, world, lessons[1]) == 0  # Again, nothing is doubled.

    copied = homework_of(either_database, world, lesson=lessons[1])
    assert (copied["homework"], copied["lesson"]["topic"]) == ("§ 5", None)
    [task] = copied["tasks"]
    assert (task["text"], task["minutes"], [one["name"] for one in task["files"]]) == (
        "С образцом", 15, ["Образец.pdf"],
    )  # fmt: skip
    with either_database.reading(world.school_id) as session:
        assert list(broken_chains(session)) == []
        digests = {task.files for task in session.scalars(select(Task)) if task.files}
    assert digests == {file.digest[:16]}


def test_copied_again_homework_gets_what_was_added_meanwhile(either_database, tmp_path):
    world = make_world(either_database)
    target = parallel(either_database, world)[1]
    assert copy(either_database, world, target) == 0  # There is nothing to copy.
    seen = give(either_database, world, text="Лист").end.seq
    assert copy(either_database, world, target) == 1

    contents = contents_at((tmp_path / "files").as_uri())
    file = hand_in(either_database, contents, world.actor(), "Лист.pdf", PDF)
    added = TaskFacts("Лист", 10, links=["https://example.org/a"], file_ids=[file.id])
    with either_database.writing(world.school_id) as session:
        seen = change_task(session, world.actor(), world.today, 1, seen, added).end.seq
    give(either_database, world, text="Второй лист", seen=seen)
    assert [copy(either_database, world, target) for _ in range(2)] == [1, 0]

    copied = homework_of(either_database, world, lesson=target)
    assert copied["homework"] == "Лист\nВторой лист"
    assert [
        (task["text"], task["minutes"], task["links"], [one["name"] for one in task["files"]])
        for task in copied["tasks"]
    ] == [("Лист", 10, ["https://example.org/a"], ["Лист.pdf"]), ("Второй лист", None, [], [])]
    with either_database.reading(world.school_id) as session:
        assert list(broken_chains(session)) == []


def test_two_tasks_of_the_same_words_are_copied_once_each(database, world):
    target = parallel(database, world)[1]
    give(database, world, text="Лист", seen=give(database, world, text="Лист").end.seq)

    assert [copy(database, world, target) for _ in range(2)] == [1, 0]

    assert len(homework_of(database, world, lesson=target)["tasks"]) == 2


def test_a_copy_keeps_to_the_parallel(database, world):
    give(database, world)
    ninth = parallel(database, world, grade=9)

    with pytest.raises(OtherParallel):
        copy(database, world, parallel(database, world)[1], ninth[1])

    with database.reading(world.school_id) as session:
        assert len(session.scalars(select(Task)).all()) == 1  # All or none.


def test_a_copy_that_has_no_room_is_refused(database, world):
    target = parallel(database, world)[1]
    links = [f"https://example.org/{number}" for number in range(6)]
    give(database, world, lesson=target, links=links[:5])
    give(database, world, links=links[5:])

    with pytest.raises(HomeworkThere):
        copy(database, world, target)


def test_a_copy_replaces_no_other_homework_and_keeps_to_the_subject(database, world):
    lessons = parallel(database, world)
    others = parallel(database, world, subject_id=new_id())
    with database.writing(world.school_id) as session:
        describe_lesson(session, world.actor(), world.today, 0, None, "§ 5")
    with database.writing(world.school_id) as session:
        describe_lesson(session, world.actor(), lessons[1], 0, "Проценты", "§ 9")
    with pytest.raises(HomeworkThere):
        copy(database, world, lessons[0], lessons[1])
    assert homework_of(database, world, lesson=lessons[0])["homework"] is None  # All or none.
    with pytest.raises(OtherSubject):
        copy(database, world, others[0])
    for foreign in (new_id(), make_world(database).today):
        with pytest.raises(NotFound):
            copy(database, world, foreign)


def week(database, world, person=None, *roles, day=TODAY):
    who = world.actor(person or world.class_teacher_id, *(roles or ("class_teacher",)))
    with database.reading(world.school_id) as session:
        return {one["on"]: one for one in homework_week(session, who, world.class_id, day)["days"]}


def test_the_load_of_a_day_is_that_of_its_most_loaded_pupil_against_the_norm(either_database):
    """СанПиН, 5th form: two hours a day; for the class teacher to see and for a teacher to be warned."""
    world = make_world(either_database)
    part = make_part(either_database, world, world.pupils[1])
    give(either_database, world, minutes=70)
    give(either_database, world, minutes=40, group_id=part, seen=1)
    give(either_database, world, minutes=20, pupil_id=world.pupils[1], seen=2)
    with either_database.writing(world.school_id) as session:
        describe_lesson(session, world.actor(), world.today, 3, None, "§ 5")

    loads = week(either_database, world)
    tomorrow = loads[TOMORROW]
    assert (tomorrow["minutes"], tomorrow["norm"], tomorrow["is_over"], tomorrow["pupils_over"]) == (
        130, 120, True, 1,
    )  # fmt: skip
    assert [item["text"] for item in tomorrow["items"]] == ["№ 12", "№ 12", None, "§ 5"]
    assert (loads[TODAY]["minutes"], loads[TODAY]["is_over"], len(loads)) == (0, False, 6)
    load = homework_of(either_database, world)["load"]
    assert load == {"on": TOMORROW, "minutes": 130, "norm": 120, "is_over": True}


def test_a_cancelled_lesson_sets_no_load_and_hands_on_what_was_due_at_it(either_database):
    """As the diary shows it (3.9.2)."""
    world = make_world(either_database)
    with either_database.writing(world.school_id) as session:
        seen = describe_lesson(session, world.actor(), world.lessons[0], 0, None, "§ 4").seq
        seen = describe_lesson(session, world.actor(), world.today, seen, None, "§ 5").seq
    give(either_database, world, seen=seen, minutes=30)

    tell(either_database, world, cancelled(world, 1))

    assert not any(diary(either_database, world).values())
    loads = week(either_database, world)
    assert [[one["text"] for one in loads[day]["items"]] for day in (TODAY, TOMORROW)] == [[], ["§ 4"]]


def test_a_school_sets_its_own_norm(database, world):
    value = DatedValue(valid_from=date(2026, 9, 1), value='{"5": 45}')
    tell(
        database, world, ParameterChanged(school_id=world.school_id, name="homework_minutes", values=[value])
    )
    give(database, world, minutes=50)
    assert week(database, world)[TOMORROW]["norm"] == 45
    assert week(database, world)[TOMORROW]["is_over"]


def test_who_sees_the_load_of_a_class(database, world):
    for role in ("deputy", "director"):
        assert week(database, world, new_id(), role)
    for person, role in ((world.teacher_id, "teacher"), (new_id(), "class_teacher")):
        with pytest.raises(NotFound):
            week(database, world, person, role)


def test_the_statements_do_not_grow_with_tasks_and_pupils(either_database):
    world = make_world(either_database)

    def counts():
        with Counted(either_database) as one:
            homework_of(either_database, world)
        with Counted(either_database) as two:
            week(either_database, world)
        with Counted(either_database) as three:
            diary(either_database, world)
        return len(one), len(two), len(three)

    give(either_database, world, minutes=10)
    before = counts()
    for number in range(5):
        give(either_database, world, text=f"№ {number}", minutes=10, seen=number + 1)
    pupils = [new_id() for _ in range(20)]
    stays = [make_enrolment(world.class_id, pupil).enrolments[0] for pupil in pupils]
    tell(
        either_database, world, EnrolmentsChanged(group_id=world.class_id, pupil_ids=pupils, enrolments=stays)
    )
    assert counts() == before


def test_the_first_task_and_homework_of_a_lesson_leave_the_page_as_its_history_says(database, world):
    give(database, world, lesson=world.lessons[2])
    with database.reading(world.school_id) as session:
        assert session.scalars(select(Page.seq)).one() == 2
        assert list(broken_chains(session)) == []
    assert timedelta(days=1) == TOMORROW - TODAY
