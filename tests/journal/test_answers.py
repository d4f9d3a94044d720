"""Answers to tasks (clause 3.9.6): handing in, versions, replies, and who sees them."""

import io
from datetime import timedelta

import pytest
from sqlalchemy import select

from services.journal.actions.answers import (
    AnswerEmpty,
    AnswerFacts,
    NewerVersion,
    TaskWithdrawn,
    TooManyVersions,
    give_answer,
    reply_to_answer,
)
from services.journal.actions.contents import contents_at
from services.journal.actions.files import hand_in
from services.journal.actions.tasks import TaskFacts, set_task, withdraw_task
from services.journal.models import Answer, Reply, StoredFile
from services.journal.queries.answers_waiting import answers_waiting
from services.journal.queries.homework import lesson_homework
from services.journal.queries.tasks import may_see_answer, may_see_task, own_task, task_answers
from services.journal.service import service
from shared.app import create_app
from shared.errors import Denied, NotFound
from shared.events.identity import PersonErased, PersonMerged
from shared.events.schedule import LessonsCancelled
from shared.ids import new_id
from shared.peers import Peers
from shared.service import Runtime
from shared.settings import Settings
from tests.journal.documents import GOOD, PDF
from tests.journal.makers import (
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
from tests.support.tokens import bearer, key_ring


def task_in(database, world, lesson=None, **facts):
    with database.writing(world.school_id) as session:
        asked = TaskFacts(facts.pop("text", "№ 12"), **facts)
        return set_task(session, world.actor(), lesson or world.today, 0, asked).id


def answer(database, world, task, text="Готово", *, pupil=0, **facts):
    who = world.actor(world.pupils[pupil], "pupil")
    with database.writing(world.school_id) as session:
        given = give_answer(session, who, task, AnswerFacts(text, **facts))
        session.flush()
        session.expunge(given)
        return given


def reply(database, world, given, text="Хорошо", *, actor=None, is_returned=False):
    with database.writing(world.school_id) as session:
        reply_to_answer(session, actor or world.actor(), given.id, text, is_returned=is_returned)


def seen_by(database, world, task, person, *roles, pupil=0):
    with database.reading(world.school_id) as session:
        return own_task(session, world.actor(person, *roles), task, world.pupils[pupil])


def answers_of(database, world, task, actor=None):
    with database.reading(world.school_id) as session:
        return task_answers(session, actor or world.actor(), task)


def test_a_pupil_hands_in_versions_and_the_teacher_answers_back(either_database, clock):
    world = make_world(either_database)
    task = task_in(either_database, world)
    first = answer(either_database, world, task, "Один", links=["https://example.org/x"])
    reply(either_database, world, first, "Переделайте № 3", is_returned=True)
    clock.shift(timedelta(minutes=1))
    second = answer(either_database, world, task, "Два")
    reply(either_database, world, second, "Верно")

    told = answers_of(either_database, world, task)
    assert [pupil["name"] for pupil in told["pupils"]] == ["Абрамов Мария", "Ёлкина Мария", "Жуков Мария"]
    latest, before = told["pupils"][1]["versions"]
    assert (latest["number"], latest["text"], latest["is_late"]) == (2, "Два", False)
    assert [(one["text"], one["is_returned"], one["teacher"]) for one in latest["replies"]] == [
        ("Верно", False, "Иванова М. П.")
    ]
    assert (before["number"], before["links"], before["replies"][0]["is_returned"]) == (
        1, ["https://example.org/x"], True,
    )  # fmt: skip
    assert told["can_reply"]
    mine = seen_by(either_database, world, task, world.pupils[0], "pupil")
    assert (mine["versions"], mine["can_answer"]) == (told["pupils"][1]["versions"], True)
    given = [event.number for event in published(either_database, world, "journal.answer.given")]
    replied = [event.is_returned for event in published(either_database, world, "journal.answer.replied")]
    assert (given, replied) == ([1, 2], [True, False])


def test_an_answer_after_its_day_is_late(database, clock):
    world = make_world(database)
    task = task_in(database, world)
    clock.shift(timedelta(days=1))  # Tuesday, in which it is due.
    assert not answer(database, world, task, pupil=0).is_late
    clock.shift(timedelta(days=1))
    assert answer(database, world, task, pupil=1).is_late


def test_the_day_ends_in_the_schools_own_time_zone(database, clock):
    world = make_world(database, time_zone="Asia/Kamchatka")
    task = task_in(database, world)
    clock.move_to("2026-10-06T11:59:59+00:00")
    assert not answer(database, world, task, pupil=0).is_late
    clock.move_to("2026-10-06T12:00:00+00:00")
    assert answer(database, world, task, pupil=1).is_late


def test_only_whose_task_it_is_hands_in(either_database):
    world = make_world(either_database)
    task = task_in(either_database, world, pupil_id=world.pupils[0])
    everybodys = task_in(either_database, world)
    newcomer = new_id()
    answer(either_database, world, task)
    for person in (world.pupils[1], world.parent_id, world.teacher_id, newcomer):
        with pytest.raises(NotFound), either_database.writing(world.school_id) as session:
            give_answer(session, world.actor(person, "pupil"), task, AnswerFacts("x"))
    left = new_id()
    tell(either_database, world, make_enrolment(world.class_id, left, until_on=FRIDAY))
    with pytest.raises(NotFound), either_database.writing(world.school_id) as session:
        give_answer(session, world.actor(left, "pupil"), everybodys, AnswerFacts("x"))


def test_nothing_and_too_much_are_refused_and_so_is_what_is_withdrawn(database, world):
    task = task_in(database, world)
    with pytest.raises(AnswerEmpty):
        answer(database, world, task, "")
    for number in range(20):
        answer(database, world, task, str(number))
    with pytest.raises(TooManyVersions):
        answer(database, world, task)
    with database.writing(world.school_id) as session:
        withdraw_task(session, world.actor(), world.today, 1, 1)
    with pytest.raises(TaskWithdrawn):
        answer(database, world, task, pupil=1)
    assert len(answers_of(database, world, task)["pupils"][1]["versions"]) == 20


def test_who_may_reply_and_only_to_the_latest_version(database, world):
    task = task_in(database, world)
    first = answer(database, world, task)
    for actor, refusal in (
        (world.actor(new_id(), "deputy"), Denied),
        (world.actor(new_id()), NotFound),
        (world.actor(world.pupils[0], "pupil"), NotFound),
    ):
        with pytest.raises(refusal):
            reply(database, world, first, actor=actor)
    reply(database, world, first, actor=world.actor(world.class_teacher_id, "class_teacher"))
    answer(database, world, task, "Снова")
    with pytest.raises(NewerVersion):
        reply(database, world, first)


def test_who_sees_a_task_and_its_answers(database, world):
    task = task_in(database, world, pupil_id=world.pupils[0])
    answer(database, world, task)
    for person, role in (
        (world.pupils[0], "pupil"),
        (world.parent_id, "parent"),
        (world.teacher_id, "teacher"),
        (world.class_teacher_id, "class_teacher"),
        (new_id(), "deputy"),
    ):
        assert seen_by(database, world, task, person, role)["versions"]
    assert not seen_by(database, world, task, world.parent_id, "parent")["can_answer"]
    with pytest.raises(NotFound):  # Nor does a teacher learn by a task of pupils it is not for.
        seen_by(database, world, task, world.teacher_id, "teacher", pupil=1)
    strangers = [(world.pupils[1], "pupil"), (new_id(), "parent"), (new_id(), "teacher")]
    for person, role in strangers:
        with pytest.raises(NotFound):
            seen_by(database, world, task, person, role)
        with pytest.raises(NotFound):
            answers_of(database, world, task, world.actor(person, role))
    with pytest.raises(NotFound):  # A parent of one pupil reads nothing of another.
        seen_by(database, world, task_in(database, world), world.parent_id, "parent", pupil=1)


def test_what_was_handed_in_stays_with_who_did_when_the_task_is_withdrawn(ask, database, world):
    pupil, parent, classmate = world.pupils[0], world.parent_id, world.pupils[1]
    files = {"task": uploaded(ask, world.teacher_id, "teacher"), "answer": uploaded(ask, pupil, "pupil")}
    body = {"text": "№ 1", "file_ids": [files["task"]]}
    given = ask("POST", f"/lessons/{world.today}/tasks", world.teacher_id, "teacher", seen=0, json=body).json
    sent = {"text": "Вот", "file_ids": [files["answer"]]}
    version = ask("POST", f"/tasks/{given['id']}/answers", pupil, json=sent).json["id"]
    path = f"/answers/{version}/replies"
    said = ask("POST", path, world.teacher_id, "teacher", json={"text": "Верно"})
    assert said.status_code == 201

    path = f"/lessons/{world.today}/tasks/{given['slot']}"
    assert ask("DELETE", path, world.teacher_id, "teacher", seen=given["seq"]).status_code == 200

    for person, role in ((pupil, "pupil"), (parent, "parent")):
        shown = ask("GET", f"/tasks/{given['id']}?pupil_id={pupil}", person, role).json
        assert (shown["is_withdrawn"], shown["can_answer"]) == (True, False)
        assert [len(one["replies"]) for one in shown["versions"]] == [1]
        assert [ask("GET", f"/files/{id_}", person, role).status_code for id_ in files.values()] == [200, 200]
    for person, role, of in (
        (classmate, "pupil", classmate),
        (classmate, "pupil", pupil),
        (parent, "parent", classmate),
        (new_id(), "parent", pupil),
        (new_id(), "teacher", pupil),
    ):
        assert ask("GET", f"/tasks/{given['id']}?pupil_id={of}", person, role).status_code == 404
        if person != parent:
            gone = [ask("GET", f"/files/{id_}", person, role).status_code for id_ in files.values()]
            assert gone == [404, 404]


def test_who_came_after_a_task_was_set_keeps_what_was_handed_in_when_it_is_due_no_more(database, world):
    task, came, idle = task_in(database, world), new_id(), new_id()
    tell(
        database, world, *(make_enrolment(world.class_id, pupil, from_on=TOMORROW) for pupil in (came, idle))
    )
    with database.writing(world.school_id) as session:
        given = give_answer(session, world.actor(came, "pupil"), task, AnswerFacts("Вот")).id
    place = {"group_id": world.class_id, "subject_id": world.subject_id}
    tell(database, world, LessonsCancelled(**place, lesson_ids=[world.lessons[2]]))

    with database.reading(world.school_id) as session:
        for person, may in ((came, True), (idle, False)):
            who = world.actor(person, "pupil")
            assert (may_see_task(session, who, task), may_see_answer(session, who, given)) == (may, may)
        shown = own_task(session, world.actor(came, "pupil"), task, came)
        assert (len(shown["versions"]), shown["can_answer"]) == (1, False)
        with pytest.raises(NotFound):
            own_task(session, world.actor(idle, "pupil"), task, idle)


def test_who_stands_in_reads_what_is_handed_in_for_that_lesson_alone(database, world):
    deputizing = new_id()
    given = make_lessons(world, world.class_id, [FRIDAY], [world.lessons[0]], teacher_id=deputizing)
    tell(database, world, given)
    actor = world.actor(deputizing)
    fridays = task_in(database, world, world.lessons[0], pupil_id=world.pupils[0])
    due_on_friday = answer(database, world, fridays)
    reply(database, world, due_on_friday, actor=actor)
    todays = task_in(database, world, pupil_id=world.pupils[0])
    other = answer(database, world, todays)

    assert len(answers_of(database, world, fridays, actor)["pupils"]) == 1
    with pytest.raises(NotFound):
        answers_of(database, world, todays, actor)
    with pytest.raises(NotFound):
        seen_by(database, world, todays, deputizing)
    with pytest.raises(NotFound):
        reply(database, world, other, actor=actor)
    with database.reading(world.school_id) as session:
        assert not may_see_answer(session, actor, other.id)
        assert not may_see_task(session, actor, todays)
        assert lesson_homework(session, actor, world.today)["tasks"] == []
        assert len(lesson_homework(session, world.actor(), world.today)["tasks"]) == 1


def test_who_stands_in_reads_what_is_due_at_that_lesson(database, world):
    deputizing = new_id()
    given = make_lessons(world, world.class_id, [TOMORROW], [world.lessons[2]], teacher_id=deputizing)
    tell(database, world, given)
    task = task_in(database, world)
    handed_in = answer(database, world, task)

    reply(database, world, handed_in, actor=world.actor(deputizing))

    told = answers_of(database, world, task, world.actor(deputizing))["pupils"]
    [version] = next(one["versions"] for one in told if one["id"] == world.pupils[0])
    assert [one["text"] for one in version["replies"]] == ["Хорошо"]


def test_files_may_come_with_the_second_version_only(either_database, files_url):
    world = make_world(either_database)
    task, pupil = task_in(either_database, world), world.actor(world.pupils[0], "pupil")
    answer(either_database, world, task)
    late = hand_in(either_database, contents_at(files_url), pupil, "late.txt", b"late").id
    answer(either_database, world, task, file_ids=[late])

    versions = seen_by(either_database, world, task, world.pupils[0], "pupil")["versions"]
    assert [[file["name"] for file in one["files"]] for one in versions] == [["late.txt"], []]


def test_a_version_may_keep_files_of_the_one_before(either_database, files_url):
    world = make_world(either_database)
    task, pupil = task_in(either_database, world), world.actor(world.pupils[0], "pupil")
    contents = contents_at(files_url)
    ids = [hand_in(either_database, contents, pupil, f"{n}.pdf", PDF).id for n in range(2)]
    answer(either_database, world, task, file_ids=ids)
    more = hand_in(either_database, contents, pupil, "more.txt", b"more").id
    answer(either_database, world, task, "Ещё", file_ids=[ids[1], more])

    versions = seen_by(either_database, world, task, world.pupils[0], "pupil")["versions"]
    assert [sorted(file["name"] for file in one["files"]) for one in versions] == [
        ["1.pdf", "more.txt"],
        ["0.pdf", "1.pdf"],
    ]


@pytest.fixture
def ask(database, world, files_url):
    settings = Settings(service="journal", database_url="", files_url=files_url)
    runtime = Runtime(service, settings, database, Peers({}), key_ring())
    client = create_app(runtime).test_client()

    def ask(method, path, person, *roles, school=None, seen=None, **given):
        who = {"school_id": school or world.school_id, "person_id": person, "roles": roles or ("pupil",)}
        headers = bearer("journal", **who) | given.pop("headers", {})
        if seen is not None:
            headers["If-Match"] = f'"{seen}"'
        return client.open(f"/api/journal/v1{path}", method=method, headers=headers, buffered=True, **given)

    return ask


def uploaded(ask, person, role, name="ответ.txt"):
    sent = {"file": (io.BytesIO(GOOD["ответ.txt"]), name)}
    return ask("POST", "/files", person, role, data=sent).json["id"]


def test_files_are_given_to_those_concerned_and_nobody_else(ask, database, world):
    """Clause 3.9.6, over HTTP: materials of the class's and of one pupil's task, and a handed in answer."""
    teacher, pupil, classmate = world.teacher_id, world.pupils[0], world.pupils[1]
    english = new_id()
    other = {"subject_id": english, "teacher_id": new_id()}
    tell(
        database,
        world,
        make_load(world, world.class_id, other["teacher_id"], subject_id=english),
        make_lessons(world, world.class_id, [TODAY], [new_id()], **other),
    )
    path = f"/lessons/{world.today}/tasks"
    files = {name: uploaded(ask, teacher, "teacher", f"{name}.txt") for name in ("everybody's", "individual")}
    body = {"text": "№ 1", "file_ids": [files["everybody's"]]}
    assert ask("POST", path, teacher, "teacher", seen=0, json=body).status_code == 201
    body = {"text": "№ 2", "file_ids": [files["individual"]], "pupil_id": str(pupil)}
    task = ask("POST", path, teacher, "teacher", seen=1, json=body).json["id"]
    files["answer"] = uploaded(ask, pupil, "pupil")
    handed = {"file_ids": [files["answer"]]}
    assert ask("POST", f"/tasks/{task}/answers", pupil, "pupil", json=handed).status_code == 201

    near = {"everybody's": 200, "individual": 200, "answer": 200}
    far = dict.fromkeys(files, 404)
    expected = [
        ((teacher, "teacher"), near),
        ((world.class_teacher_id, "class_teacher"), near),
        ((pupil, "pupil"), near),
        ((world.parent_id, "parent"), near),
        ((new_id(), "deputy"), near),
        ((classmate, "pupil"), {"everybody's": 200, "individual": 404, "answer": 404}),
        ((new_id(), "pupil"), far),
        ((new_id(), "parent"), far),
        ((other["teacher_id"], "teacher"), far),
        ((new_id(), "operator"), dict.fromkeys(files, 403)),
    ]
    for (person, role), statuses in expected:
        got = {name: ask("GET", f"/files/{id_}", person, role).status_code for name, id_ in files.items()}
        assert got == statuses, role
    for id_ in files.values():
        assert ask("GET", f"/files/{id_}", teacher, "teacher", school=new_id()).status_code == 404


def test_a_task_and_an_answer_may_be_sent_again(ask, world):
    key = {"Idempotency-Key": "once"}
    given = {"json": {"text": "№ 1", "minutes": 200}, "headers": key, "seen": 0}
    path = f"/lessons/{world.today}/tasks"
    first, again = (ask("POST", path, world.teacher_id, "teacher", **given) for _ in range(2))
    assert (first.status_code, first.json["slot"]) == (201, 1)
    assert again.json == first.json
    assert first.json["load"] == {"on": "2026-10-06", "minutes": 200, "norm": 120, "is_over": True}
    path = f"/tasks/{first.json['id']}/answers"
    sent = [ask("POST", path, world.pupils[0], json={"text": "Вот"}, headers=key).json for _ in range(2)]
    assert sent[0] == sent[1]
    shown = ask("GET", f"/tasks/{first.json['id']}?pupil_id={world.pupils[0]}", world.pupils[0]).json
    assert [one["text"] for one in shown["versions"]] == ["Вот"]


@pytest.mark.parametrize(
    ("part", "wrong"),
    [
        ("links", ["javascript:alert(1)"]),
        ("links", ["https://"]),
        ("links", ["https://x.ru/" + "a" * 200]),
        ("links", ["https://x.ru"] * 6),
        ("links", ["https://x.ru/a b"]),
        ("minutes", 0),
        ("minutes", "20"),
        ("text", ""),
        ("text", "\x07"),
        ("text", "x" * 2001),
        ("file_ids", ["x"]),
    ],
)
def test_a_malformed_task_is_refused_by_field(ask, world, part, wrong):
    path, body = f"/lessons/{world.today}/tasks", {"text": "№ 1", part: wrong}
    refused = ask("POST", path, world.teacher_id, "teacher", seen=0, json=body)
    assert (refused.status_code, list(refused.json["errors"]["json"])) == (422, [part])


def test_the_statements_do_not_grow_with_answers(either_database):
    world = make_world(either_database)
    task = task_in(either_database, world)

    def count():
        with Counted(either_database) as counted:
            answers_of(either_database, world, task)
        return len(counted)

    reply(either_database, world, answer(either_database, world, task))
    before = count()
    for pupil in range(3):
        reply(either_database, world, answer(either_database, world, task, "Снова", pupil=pupil))
    assert count() == before


def test_an_erased_pupil_leaves_no_answer_and_a_merged_one_keeps_it(database, files_url):
    world = make_world(database)
    task, contents = task_in(database, world), contents_at(files_url)
    for number in range(2):
        pupil = world.actor(world.pupils[number], "pupil")
        file = hand_in(database, contents, pupil, "a.pdf", PDF).id
        reply(database, world, answer(database, world, task, pupil=number, file_ids=[file]))

    tell(database, world, PersonErased(person_id=world.pupils[0]))
    tell(database, world, PersonMerged(kept_id=world.pupils[2], merged_id=world.pupils[1]))

    with database.reading(world.school_id) as session:
        assert [one.pupil_id for one in session.scalars(select(Answer))] == [world.pupils[2]]
        assert [one.owner_id for one in session.scalars(select(StoredFile))] == [world.pupils[2]]
        assert len(session.scalars(select(Reply)).all()) == 1


def waiting(database, world, actor=None):
    with database.reading(world.school_id) as session:
        items = answers_waiting(session, actor or world.actor())["items"]
    return [(one["text"], one["group"], one["subject"], one["pupils"]) for one in items]


def test_a_teacher_sees_which_answers_wait_and_nobody_elses(either_database):
    world = make_world(either_database)
    task = task_in(either_database, world)
    assert waiting(either_database, world) == []
    first = answer(either_database, world, task)
    answer(either_database, world, task, pupil=1)

    with Counted(either_database) as counted:
        assert waiting(either_database, world) == [("№ 12", "5А", "Математика", 2)]
    assert (
        len([one for one in counted.statements if one.startswith("SELECT")]) <= 3
    )  # The school's among them.
    for other in (world.actor(world.class_teacher_id, "class_teacher"), world.actor(new_id(), "teacher")):
        assert waiting(either_database, world, other) == []

    reply(either_database, world, first, is_returned=True)
    assert [one[3] for one in waiting(either_database, world)] == [1]
    answer(either_database, world, task, "Исправил")  # A newer version waits again.
    assert [one[3] for one in waiting(either_database, world)] == [2]


def test_of_a_withdrawn_task_and_of_long_ago_no_answer_waits(database, world, clock):
    task = task_in(database, world)
    answer(database, world, task)
    clock.shift(timedelta(days=61))
    assert waiting(database, world) == []
    clock.shift(-timedelta(days=61))
    with database.writing(world.school_id) as session:
        withdraw_task(session, world.actor(), world.today, 1, 2)
    assert waiting(database, world) == []
