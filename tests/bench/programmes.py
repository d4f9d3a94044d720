"""How long the fulfilment of a whole school's programmes takes: `python -m tests.bench.programmes`.

Sixty classes of twelve subjects, two lessons a week in each; half of them written on. Prints the
median of some requests' queries, and the statements each made.
"""

import statistics
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

from services.journal.actions.followed_plans import follow_plan
from services.journal.actions.plans import PlanHead, TopicFacts, make_plan
from services.journal.models.relations import descriptions, lessons, pages
from services.journal.queries.fulfilment import Asked, fulfilment
from services.journal.queries.plans import one_plan
from shared.bulk import insert_rows
from shared.clock import today
from shared.db import Database, SchoolSession
from shared.events.identity import GroupChanged
from shared.events.schedule import SubjectChanged
from shared.ids import new_id
from tests.journal.makers import Counted, World, make_load, make_world, tell
from tests.support.databases import sqlite_url
from tests.support.home import open_home

CLASSES, SUBJECTS, WEEKS, TIMES = 60, 12, 34, 5


def main() -> None:
    """Fill a school, and ask as its deputy head."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(sqlite_url("journal", Path(folder)))
        world = make_world(database)
        _fill(database, world)
        took = []
        for _ in range(TIMES):
            with database.reading(world.school_id) as session, Counted(database) as counted:
                begun = time.perf_counter()
                found = fulfilment(session, world.actor(new_id(), "deputy"), Asked())["items"]
                took.append(time.perf_counter() - begun)
        print(f"{len(found)} pages: {statistics.median(took) * 1000:.0f} ms, {len(counted)} statements")
        database.close()


def _fill(database: Database, world: World) -> None:
    subjects = [new_id() for _ in range(SUBJECTS)]
    classes = [(new_id(), 1 + number % 10) for number in range(CLASSES)]
    tell(
        database,
        world,
        *(SubjectChanged(subject_id=id_, name=f"Предмет {n}") for n, id_ in enumerate(subjects)),
    )
    for group, grade in classes:
        tell(
            database,
            world,
            GroupChanged(group_id=group, kind="class", name=f"{grade}", grade=grade, class_teacher_id=None),
            *(make_load(world, group, world.teacher_id, subject_id=one) for one in subjects),
        )
    operator = world.actor(new_id(), "operator")
    with database.writing(world.school_id) as session:
        _lessons(session, world)
        topics = [TopicFacts(f"Тема {number}", 2) for number in range(WEEKS)]
        for subject in subjects:
            for grade in range(1, 11):
                plan = make_plan(session, operator, world.year_id, PlanHead(subject, grade, "ФГОС"), topics)
                for page in one_plan(session, operator, plan.id)["pages"]:
                    follow_plan(session, operator, page["id"], plan.id)


def _lessons(session: SchoolSession, world: World) -> None:
    monday: date = today("UTC") - timedelta(weeks=WEEKS // 2)
    planned, written = [], []
    for page in session.execute(pages.select()):
        for number in range(WEEKS * 2):
            lesson = {"id": new_id(), "school_id": world.school_id, "page_id": page.id}
            held_on = monday + timedelta(days=number * 7 // 2)
            state = "cancelled" if number % 20 == 7 else "planned"
            about = {"held_on": held_on, "number": 1, "starts": None, "is_substituted": False}
            planned.append(lesson | about | {"state": state})
            if number < WEEKS:
                said = {"topic": "Тема", "homework": None, "topic_id": None, "seq": 1}
                key = {"page_id": page.id, "lesson_id": lesson["id"], "school_id": world.school_id}
                written.append(key | said)
    insert_rows(session, lessons, planned)
    insert_rows(session, descriptions, written)


if __name__ == "__main__":
    close = open_home()
    try:
        main()
    finally:
        close()
