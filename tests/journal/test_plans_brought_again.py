"""A thematic plan corrected in its table and brought again: what was taught stays taught (clause 2.2.10)."""

from uuid import UUID

import pytest
from sqlalchemy import select

from services.journal.actions.plans import TopicFacts
from services.journal.imports.plan_matching import matched
from services.journal.models import PageTopic, PlanTopic
from shared.ids import new_id
from tests.journal.planning import follow, laid, take, topic_ids
from tests.journal.test_plan_tables import bring, plans

TABLE = "Раздел;Тема;Часы\nГлава 1;Числа;1\n;Дроби;1\n;Доли;1\n"


@pytest.fixture
def followed(api, world, database):
    """The table's plan, followed; its first topic is taught, its second merged into the one before."""
    assert bring(api, TABLE).json["created"] == 1
    world.plan_id = UUID(plans(api)[0]["id"])
    page = follow(database, world, world.plan_id)
    first, second, _ = topic_ids(database, world, world.plan_id)
    assert api("PUT", f"/pages/{page}/plan/topics/{second}", json={"how": "merged"}).status_code == 204
    take(database, world, world.lessons[0], first)
    return page


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ("Глава 1", "Глава I"),
        ("Числа", "Числа."),
        ("Числа", "ЧИСЛА"),
        ("Глава 1;Числа", "Глава I;Числа."),
        ("Глава 1;Числа;1\n;Дроби", "Повторение;Введение;1\nГлава I;Числа.;1\n;«Дроби»"),
    ],
)
def test_what_is_only_written_otherwise_keeps_its_lessons_and_its_hours(
    api, world, database, followed, was, becomes
):
    done = bring(api, TABLE.replace(was, becomes))

    assert (done.status_code, done.json["changed"], done.json["replaced"]) == (200, 1, [])
    [course] = api("GET", "/fulfilment").json["items"]
    place = 2 if "Введение" in becomes else 1
    assert (course["reached"], course["saved"], course["given"]) == (place, 1, 1)
    assert laid(database, world, followed)[0] == (place, 1, True)


@pytest.mark.parametrize(
    ("table", "replaced"),
    [
        (TABLE.replace("Числа", "Множества"), [("Числа", "Множества", 1, False)]),
        (
            "Тема;Часы\nДоли;1\n",
            [("Числа", None, 1, False), ("Дроби", None, 0, True)],
        ),
        (TABLE.replace(";Доли;1\n", ""), [("Доли", None, 0, False)]),
    ],
    ids=["worded_anew", "of_one_topic", "an_untaught_one_left_out"],
)
def test_topics_of_a_followed_plan_do_not_go_unless_that_is_agreed_to(
    api, world, database, followed, table, replaced
):
    before = topic_ids(database, world, world.plan_id)

    rehearsed = bring(api, table, dry_run="true").json
    assert [
        (one["topic"], one["becomes"], one["lessons"], one["is_adjusted"]) for one in rehearsed["replaced"]
    ] == replaced
    assert rehearsed["replaced_count"] == len(replaced)
    refused = bring(api, table)
    assert (refused.status_code, refused.json["type"]) == (409, "urn:parta:problem:topics-replaced")
    assert bring(api, table, agreed=len(replaced) - 1).status_code == 409
    assert topic_ids(database, world, world.plan_id) == before

    assert bring(api, table, agreed=len(replaced)).json["changed"] == 1
    with database.reading(world.school_id) as session:
        kept = set(session.scalars(select(PlanTopic.id)))
        assert set(session.scalars(select(PageTopic.topic_id))) <= kept
    assert bring(api, table).json["unchanged"] == 1


def test_topics_of_a_plan_that_nobody_uses_go_without_a_question(api):
    bring(api, TABLE)

    assert bring(api, "Тема;Часы\nДоли;1\n").json["changed"] == 1


def known(*names):
    return [TopicFacts(name, section=section, id=new_id()) for section, name in names]


@pytest.mark.parametrize(
    ("was", "now", "pairs"),
    [
        # A work that every chapter has is only known by its place.
        ("аК бК", "бК вК", [1, None]),
        ("а1 аК б2 бК", "в1 вК г2 гК", [0, 1, 2, 3]),
        ("а1 аК б2 бК", "в1 г2 гК", [0, 2, 3]),
        ("а1 аК а2 аК", "аК а1 аК а2 аК", [None, 0, 1, 2, 3]),
        ("а1 аК а2 аК", "а1 а2 аК", [0, 2, 3]),
        ("а1 аК а2 аК", "а2 а1 аК", [2, 0, 1]),
        # One that stands once is known wherever it went.
        ("а1 а2 б3", "б2 б3 а1", [1, 2, 0]),
        ("а1 а2 а3", "аХ а1 а2", [None, 0, 1]),
        ("а1 а2 а3", "а1 аХ а3", [0, 1, 2]),
        ("а1 а2 а3 а4", "а1 аХ а4", [0, None, 3]),
    ],
)
def test_topics_are_known_by_name_or_by_their_place_between_those_that_are(was, now, pairs):
    old, new = known(*was.split()), known(*now.split())

    ids = [one.id for one in old]
    found = matched(new, old)
    assert [ids.index(one.id) if one.id else None for one in found] == pairs
