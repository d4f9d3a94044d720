"""Makes thematic plans and pages that follow them."""

from sqlalchemy import bindparam, select

from services.journal.actions.descriptions import describe_lesson
from services.journal.actions.followed_plans import follow_plan
from services.journal.actions.plans import PlanHead, TopicFacts, facts_of, make_plan
from services.journal.models.relations import lessons, pages
from services.journal.queries.laying import page_laying

TOPICS = [
    TopicFacts("Натуральные числа", 2, "Повторение", homework="§ 1, № 5"),
    TopicFacts("Шкалы", 1, "Повторение"),
    TopicFacts("Контрольная работа", 1, "Повторение", control="контрольная работа"),
]

SEQ = (
    select(pages.c.seq)
    .join(lessons, lessons.c.page_id == pages.c.id)
    .where(lessons.c.id == bindparam("lesson"))
)


def head(world, name="ФГОС", grade=5):
    return PlanHead(world.subject_id, grade, name)


def make(database, world, topics=TOPICS, *, actor=None, name="ФГОС"):
    """A plan of the teacher's; returns its id."""
    with database.writing(world.school_id) as session:
        return make_plan(session, actor or world.actor(), world.year_id, head(world, name), topics).id


def topic_ids(database, world, plan_id):
    with database.reading(world.school_id) as session:
        return [one.id for one in facts_of(session, plan_id)]


def follow(database, world, plan_id, *, actor=None):
    """Let the class's page follow a plan; returns the page's id."""
    with database.writing(world.school_id) as session:
        page_id = world.page_id(session)
        follow_plan(session, actor or world.actor(), page_id, plan_id)
    return page_id


def take(database, world, lesson_id, topic_id, topic="Тема"):
    """Take a topic of the plan for a lesson, as one key does."""
    with database.writing(world.school_id) as session:
        seq = session.execute(SEQ, {"lesson": lesson_id}).scalar_one()
        return describe_lesson(session, world.actor(), lesson_id, seq, topic, None, topic_id)


def laying(database, world, page_id, actor=None):
    with database.reading(world.school_id) as session:
        return page_laying(session, actor or world.actor(), page_id)


def laid(database, world, page_id):
    """Which topic falls on each lesson, and whether it is bound to it: by their numbers."""
    found = laying(database, world, page_id)
    numbers = {one["id"]: one["position"] for one in found["topics"]}
    by_lesson = {one["lesson_id"]: one for one in found["lessons"]}
    return [
        (numbers[by_lesson[id_]["topic_id"]], by_lesson[id_]["hour"], by_lesson[id_]["is_bound"])
        for id_ in world.lessons
        if id_ in by_lesson
    ]
