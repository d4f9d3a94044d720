"""A page of several classes, as a class teacher of some of its pupils finds and prints it (clause 3.5.1)."""

import re
from datetime import timedelta
from uuid import UUID

import pytest

from services.reporting.queries.summary import class_summary
from services.reporting.rules.summary import NOT_LEARNT
from shared.auth import Actor
from shared.clock import today
from shared.events.identity import Enrolment, EnrolmentsChanged, GroupChanged
from shared.events.schedule import LessonsPlanned, LoadAssigned, PlannedLesson, SubjectChanged
from shared.ids import new_id
from tests.portal.world import ZONE, small_world
from tests.reporting.test_spread import texts_of


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """A school in which a pupil of 7А and one of 7Б learn in a group that somebody else teaches."""
    with small_world(tmp_path_factory.mktemp("portal")) as made:
        _gather(made)
        yield made


def _gather(world):
    parallel, group, other, subject = (new_id() for _ in range(4))
    year = UUID(world.page_as("deputy")["page"]["year_id"])
    ids = {"year_id": year, "group_id": group, "subject_id": subject}
    teacher = {"teacher_ids": [world.people["stranger"]]}
    lesson = PlannedLesson(
        lesson_id=new_id(), on=today(ZONE) - timedelta(days=1), number=7, starts="14:30", room="3", **teacher
    )
    world.hear(
        [
            GroupChanged(group_id=parallel, kind="parallel", name="7", grade=7),
            GroupChanged(
                group_id=world.people["class"],
                kind="class",
                name="7А",
                grade=7,
                parent_id=parallel,
                class_teacher_id=world.people["colleague"],
            ),
            GroupChanged(group_id=other, kind="class", name="7Б", grade=7, parent_id=parallel),
            GroupChanged(group_id=group, kind="group", name="7, профиль", grade=7, parent_id=parallel),
            _enrolled(other, world.pupils[1]),
            _enrolled(group, *world.pupils[1:3]),
            EnrolmentsChanged(group_id=world.people["class"], pupil_ids=[world.pupils[1]], enrolments=[]),
            SubjectChanged(subject_id=subject, name="Физика"),
            LoadAssigned(**ids, **teacher, hours_per_week=2),
            LessonsPlanned(**ids, lessons=[lesson]),
        ]
    )
    world.tell("journal")
    asked = world.token("deputy", "journal")
    for page in world.peers.client("journal").get("/api/journal/v1/pages", headers=asked).json()["items"]:
        world.pages[page["subject"]["name"]] = UUID(page["id"])


def _enrolled(group_id, *pupils):
    stays = [
        Enrolment(pupil_id=one, from_on=today(ZONE) - timedelta(days=90), until_on=None) for one in pupils
    ]
    return EnrolmentsChanged(group_id=group_id, pupil_ids=list(pupils), enrolments=stays)


def test_3_5_1_a_class_teacher_prints_an_extract_from_the_page(sign_in, world):
    client = sign_in("colleague")
    card = re.search(r'href="(/journal/[^"?]+)[^"]*"[^>]*>[^<]*Физика', client.get("/journal").text)

    page = client.get(card[1]).text
    assert "вы видите своих" in page
    link = re.search(r'href="([^"]+/spread\.pdf[^"]*)"', page)[1]
    sheets = texts_of(client.get(link).data)

    assert all("Выписка: только ученики класса 7А" in sheet for sheet in sheets)
    assert "Виноградов Тимур" in sheets[0]
    assert "Белова" not in " ".join(sheets)
    whole = " ".join(texts_of(sign_in("stranger").get(link).data))
    assert "Белова Анна" in whole
    assert "Выписка" not in whole
    assert sign_in("teacher").get(link).status_code == 404


def test_5_3_the_printed_summary_agrees_with_the_screen(world):
    period, seq = (world.page_as("stranger", "Физика")[one] for one in ("period", "page"))
    answer = world.peers.client("journal").post(
        f"/api/journal/v1/pages/{world.pages['Физика']}/finals/{period['id']}",
        json={
            "entries": [
                {"pupil_id": str(pupil), "value": value}
                for pupil, value in zip(world.pupils[1:3], "42", strict=True)
            ],
            "reason": "Зачёт",
        },
        headers={**world.token("stranger", "journal"), "If-Match": f'"{seq["seq"]}"'},
    )
    assert answer.status_code == 200, answer.text
    world.tell("journal")

    path = f"/api/journal/v1/classes/{world.people['class']}/finals"
    asked = {"params": {"period_id": period["id"]}, "headers": world.token("colleague", "journal")}
    screen = world.peers.client("journal").get(path, **asked).json()
    with world.runtimes["reporting"].database.reading(world.school_id) as session:
        leader = Actor("", world.school_id, world.people["colleague"], frozenset({"teacher"}))
        paper = class_summary(session, leader, world.people["class"], None, "").summary

    names = [one["name"] for one in screen["pupils"]], [name for name, _ in paper.pupils]
    assert names[0] == names[1]
    physics = [one["name"] for one in screen["subjects"]].index("Физика")
    on_screen = {one["pupil"]: one["value"] for one in screen["cells"] if one["subject"] == physics}
    term, column = paper.terms.index("II четверть"), paper.subjects.index("Физика")
    on_paper = {n: paper.cells[n, term, column] for n in range(len(paper.pupils))}
    assert on_screen == {names[0].index("Виноградов Тимур"): "2"}
    assert on_paper == dict.fromkeys(on_paper, NOT_LEARNT) | on_screen
    assert [state.group for state in paper.states] == ["7А", "7А", "7, профиль"]
