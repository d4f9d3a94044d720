"""What was set for home on a class's day, and which of it is whose."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from services.notify.models import ENTRIES, Base, Notice, Person, Subject
from shared.db import SchoolOwned, SchoolSession


class HomeworkNews(SchoolOwned, Base):
    """The homework of a class's day as journal told it last, under the id of the event that told it first.

    Notices name that id: a correction changes what they say, and tells nobody a second time.
    """

    __tablename__ = "homework_news"
    __table_args__ = (UniqueConstraint("group_id", "lesson_on"),)

    event_id: Mapped[UUID] = mapped_column(primary_key=True)
    group_id: Mapped[UUID]
    lesson_on: Mapped[date]
    version: Mapped[int]
    items: Mapped[list[Any]] = mapped_column(ENTRIES)  # [[lesson, subject, text, minutes, due on], …]
    told_at: Mapped[datetime]


class PupilHomework(SchoolOwned, Base):
    """Which of a day's homework is one pupil's: places in `HomeworkNews.items`; none, when taken back."""

    __tablename__ = "pupil_homework"

    event_id: Mapped[UUID] = mapped_column(primary_key=True)
    pupil_id: Mapped[UUID] = mapped_column(primary_key=True, index=True)
    places: Mapped[list[int]] = mapped_column(ENTRIES)


TOLD_HOMEWORK = (
    select(
        Notice.id,
        Notice.pupil_id,
        HomeworkNews.told_at,
        Notice.read_at,
        HomeworkNews.lesson_on,
        HomeworkNews.items,
        PupilHomework.places,
        Person.family_name,
        Person.given_name,
    )
    .select_from(Notice)
    .join(HomeworkNews, HomeworkNews.event_id == Notice.event_id)
    .join(
        PupilHomework,
        (PupilHomework.event_id == Notice.event_id) & (PupilHomework.pupil_id == Notice.pupil_id),
    )
    .outerjoin(Person, Person.id == Notice.pupil_id)
    .where(~Notice.is_superseded)
)
"""Notices of homework with what each says, for the portal and for letters."""


def homework_rows(session: SchoolSession, asked: Any) -> tuple[Sequence[Row[Any]], dict[str, str]]:
    """Read notices of homework (TOLD_HOMEWORK, narrowed) and the subjects' names, in two statements."""
    rows = session.execute(asked).all()
    ids = {UUID(item[1]) for row in rows for item in row.items}
    named = session.execute(select(Subject.id, Subject.name).where(Subject.id.in_(ids))) if ids else ()
    return rows, {str(id_): name for id_, name in named}
