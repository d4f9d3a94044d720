"""What stands in the diaries of one class besides marks: remarks, portfolios, and who has looked."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select

from deploy.demo.chronicle import Step, moment
from deploy.demo.classroom import Classroom
from deploy.demo.register import Taught
from services.journal.actions.portfolio import Facts, add_to_portfolio, decide_in_portfolio
from services.journal.actions.remark_readings import acknowledge_remark
from services.journal.actions.remarks import Said, remark_of_class, remark_on_page
from services.journal.actions.views import note_opening
from services.journal.models import Guardianship, PortfolioEntry, Remark
from shared.auth import Actor
from shared.bygone import recorded_at
from shared.db import Database, SchoolSession

ON_PAGES = (
    ("praise", "family", "Отличное объяснение у доски."),
    ("recommendation", "family", "Повторить правило и сделать ещё два примера из параграфа."),
    ("remark", "family", "Нет тетради и учебника на уроке."),
    ("recommendation", "parents", "Проверяйте, пожалуйста, как выполнено задание на дом."),
)
OF_LEADER = (
    ("praise", "family", "Спасибо за помощь в подготовке классного вечера."),
    ("remark", "parents", "Жду вас на родительском собрании."),
)
# What the class teacher entered, and what families propose: with a result it is verified, declined, or waits.
ENTERED = (
    ("sport", "school", "Осенний кросс", "2 место"),
    ("creative", "regional", "Конкурс чтецов", "лауреат"),
)
PROPOSED = (
    ("olympiad", "municipal", "Олимпиада по математике", "призёр", True, None),
    ("social", "school", "Уборка школьного двора", "участие", False, "Приложите благодарность школы."),
    ("contest", "municipal", "Конкурс юных техников", "3 место", None, None),
)
WEEKS = 4
LOOKED = 0.6  # The share of the other classes' parents.


def diary_steps(room: Classroom, zone: ZoneInfo) -> Iterator[Step]:
    """Yield remarks and portfolio entries, a few on each of the last days with lessons."""
    held = [(day, taught) for day in room.days[-6:] for taught in room.pages if _gives(taught, day)]
    for number, (on, taught) in enumerate(held[:: max(1, len(held) // (3 * len(ON_PAGES)))]):
        said = Said(*ON_PAGES[number % len(ON_PAGES)])
        pupil_id = room.pupils[number % len(room.pupils)]
        yield Step(
            moment(zone, on, "15:40", number), taught.teacher, partial(_remark, taught, pupil_id, said)
        )
    if day := room.back(2):
        for number, words in enumerate(OF_LEADER):
            pupil_id, said = room.pupils[number], Said(*words)
            yield Step(
                moment(zone, day, "16:10", number), room.leader, partial(_of_class, room, pupil_id, said)
            )
            parents = room.parents[pupil_id]
            for parent_id in parents[: 1 + number]:
                at = moment(zone, day, "20:30", number)
                yield Step(at, room.as_parent(parent_id), partial(_acknowledge, pupil_id))
    yield from _portfolios(room, zone)


def _gives(taught: Taught, day: object) -> bool:
    return any(lesson.on == day for lesson in taught.lessons)


def _remark(taught: Taught, pupil_id: UUID, said: Said, session: SchoolSession, teacher: Actor) -> None:
    remark_on_page(session, teacher, taught.id, pupil_id, said, None)


def _of_class(room: Classroom, pupil_id: UUID, said: Said, session: SchoolSession, leader: Actor) -> None:
    remark_of_class(session, leader, room.group_id, pupil_id, said)


def _acknowledge(pupil_id: UUID, session: SchoolSession, parent: Actor) -> None:
    told = select(Remark.id).where(Remark.pupil_id == pupil_id, Remark.page_id.is_(None))
    for remark_id in session.scalars(told):
        acknowledge_remark(session, parent, remark_id)


def _portfolios(room: Classroom, zone: ZoneInfo) -> Iterator[Step]:
    for number, (section, level, title, result) in enumerate(ENTERED):
        if day := room.back(4 * number + 3):
            facts = Facts(section, level, title, result, day - timedelta(days=5), "")
            at = moment(zone, day, "16:30")
            yield Step(at, room.leader, partial(_add, room.pupils[number], facts))
    for number, (section, level, title, result, is_verified, reason) in enumerate(PROPOSED):
        if day := room.back(5 - number):
            facts = Facts(section, level, title, result, day - timedelta(days=9), "")
            family = room.parent if number else room.pupil
            yield Step(moment(zone, day, "19:00"), family, partial(_add, room.pupils[0], facts))
            if is_verified is not None:
                at = moment(zone, room.back(4 - number) or day, "19:30")
                yield Step(at, room.leader, partial(_decide, title, reason, is_verified=is_verified))


def _add(pupil_id: UUID, facts: Facts, session: SchoolSession, writer: Actor) -> None:
    add_to_portfolio(session, writer, pupil_id, facts, ())


def _decide(
    title: str, reason: str | None, session: SchoolSession, leader: Actor, *, is_verified: bool
) -> None:
    entry = session.scalars(select(PortfolioEntry).where(PortfolioEntry.title == title)).one()
    decide_in_portfolio(session, leader, entry.id, entry.version, is_verified=is_verified, reason=reason)


def open_diaries(database: Database, room: Classroom, zone: ZoneInfo) -> None:
    """Let parents have opened their children's diaries: those of the class as often as they do.

    Of the other parents more than half have looked once in the last days.
    """
    random = Random("looking into diaries")
    with database.reading(room.school_id) as session:
        ties = select(Guardianship.pupil_id, Guardianship.guardian_id)
        others = session.execute(ties.order_by(Guardianship.guardian_id, Guardianship.pupil_id)).all()
    looks = [
        (day, parent_id, pupil_id)
        for pupil_id in room.pupils
        for parent_id in room.parents[pupil_id]
        for often in (random.choice((0, 0.1, 0.3, 0.6)),)
        for day in room.days[-5 * WEEKS :]
        if random.random() < often
    ]
    looks += [
        (random.choice(room.days[-5:]), parent_id, pupil_id)
        for pupil_id, parent_id in others
        if pupil_id not in room.parents and room.days and random.random() < LOOKED
    ]
    for day, parent_id, pupil_id in looks:
        with recorded_at(moment(zone, day, "19:00", random.uniform(0, 180))):
            note_opening(database, room.as_parent(parent_id), pupil_id)
