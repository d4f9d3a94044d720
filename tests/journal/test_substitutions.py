"""Substitutions as the journal follows them: rights for that lesson alone, and nothing written is lost."""

from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from services.journal.models import Page
from services.journal.queries.page import class_page
from shared.errors import Denied
from shared.events.identity import GroupChanged
from shared.events.schedule import LessonsCancelled, SubjectChanged
from shared.ids import new_id
from tests.journal.makers import TODAY, TOMORROW, make_lessons, make_load, make_world, tell
from tests.journal.test_entries import record


@dataclass(frozen=True)
class Decided:
    """What schedule tells when something is decided about today's lesson, and when it is withdrawn."""

    told: list
    withdrawn: list


def standing(world):
    """Today's lesson as the timetable has it."""
    return make_lessons(world, world.class_id, [TODAY], [world.today])


def given_by(world, teacher_id):
    """Today's lesson given by another: a substitution, or a joint lesson."""
    changed = make_lessons(
        world, world.class_id, [TODAY], [world.today], teacher_id=teacher_id, is_substituted=True
    )
    return Decided([changed], [standing(world)])


def cancelled(world, lesson_id, subject_id=None):
    return LessonsCancelled(
        group_id=world.class_id, subject_id=subject_id or world.subject_id, lesson_ids=[lesson_id]
    )


def not_held(world):
    return Decided([cancelled(world, world.today)], [standing(world)])


def moved(world):
    there = new_id()
    arrived = make_lessons(world, world.class_id, [TOMORROW], [there])
    return Decided([cancelled(world, world.today), arrived], [cancelled(world, there), standing(world)])


def of_another_subject(world, teacher_id):
    other, lesson = new_id(), new_id()
    history = make_lessons(
        world, world.class_id, [TODAY], [lesson], teacher_id=teacher_id, subject_id=other, is_substituted=True
    )
    named = SubjectChanged(subject_id=other, name="История")
    return Decided(
        [named, cancelled(world, world.today), history],
        [cancelled(world, lesson, other), standing(world)],
    )


KINDS = ("teacher", "joint", "subject", "room", "cancel", "move")


def decide(world, kind):
    """Return the events of a decision; a room changes nothing that the journal keeps."""
    if kind in ("teacher", "joint"):
        return given_by(world, new_id())
    if kind == "subject":
        return of_another_subject(world, new_id())
    if kind == "room":
        return Decided([standing(world)], [standing(world)])
    return moved(world) if kind == "move" else not_held(world)


def seen(database, world, actor):
    """Where somebody may write on a page, and all marks that are on it."""
    with database.reading(world.school_id) as session:
        ours = (Page.group_id == world.class_id, Page.subject_id == world.subject_id)
        page = class_page(session, actor, session.scalars(select(Page.id).where(*ours)).one(), None)
    held = [one for one in page["lessons"] if one["state"] != "cancelled"]
    return [(one["id"], one["editable"], one["is_substituted"]) for one in held], page["entries"]


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kinds=st.lists(st.sampled_from(KINDS), min_size=1, max_size=4))
def test_decisions_and_their_withdrawal_leave_lessons_marks_and_rights_as_before(database, kinds):
    world = make_world(database)
    record(database, world, {0: "5", (1, 0): "н"})
    before = seen(database, world, world.actor())

    for kind in kinds:
        made = decide(world, kind)
        tell(database, world, *made.told)
        assert seen(database, world, world.actor())[1] == before[1], "Marks stay on the page meanwhile."
        tell(database, world, *made.withdrawn)

        assert seen(database, world, world.actor()) == before


def test_a_joint_lesson_gives_the_right_on_the_other_groups_page_for_that_lesson_only(database, world):
    """Clause 3.7.3: the one who joins the groups writes on both pages, on the other for this hour alone."""
    leader, other_class, own_lesson = new_id(), new_id(), new_id()
    tell(
        database,
        world,
        GroupChanged(group_id=other_class, kind="class", name="5Б", grade=5),
        make_load(world, other_class, leader),
        make_lessons(world, other_class, [TODAY], [own_lesson], teacher_id=leader),
        *given_by(world, leader).told,
    )

    assert record(database, world, {0: "5"}, actor=world.actor(leader)).changed
    with pytest.raises(Denied):
        record(database, world, {0: "5"}, actor=world.actor(leader), lesson=world.lessons[0])
    states, _ = seen(database, world, world.actor(leader))
    assert {id_: editable for id_, editable, _ in states}[world.today]
