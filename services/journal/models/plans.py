"""Thematic plans (календарно-тематическое планирование, КТП), and which pages follow which plan.

The journal's own: no rebuild ever touches them.
"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, PrimaryKeyConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from services.journal.models.base import Base
from shared.db import SchoolOwned


class Plan(SchoolOwned, Base):
    """A subject's thematic plan for a parallel and a year (clauses 2.2.2, 3.6.2).

    One without an owner is the school's own skeleton, entered by the operator (clause 3.4.1).
    """

    __tablename__ = "plans"
    __table_args__ = (Index("ix_plans_year_id_subject_id", "year_id", "subject_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    subject_id: Mapped[UUID]
    year_id: Mapped[UUID]
    grade: Mapped[int]
    name: Mapped[str] = mapped_column(String(200))  # The programme and what tells it from others.
    owner_id: Mapped[UUID | None]
    copied_from_id: Mapped[UUID | None]
    version: Mapped[int]
    changed_at: Mapped[datetime]


class PlanTopic(SchoolOwned, Base):
    """A topic of a plan: so many lessons, one after another."""

    __tablename__ = "plan_topics"
    __table_args__ = (Index("ix_plan_topics_plan_id_position", "plan_id", "position"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    plan_id: Mapped[UUID] = mapped_column(ForeignKey("plans.id", ondelete="CASCADE"))
    position: Mapped[int]  # Counted from 1.
    section: Mapped[str] = mapped_column(String(300))
    topic: Mapped[str] = mapped_column(String(1000))
    hours: Mapped[int]
    kind: Mapped[str] = mapped_column(String(100))  # тип урока
    control: Mapped[str] = mapped_column(String(100))  # вид контроля; empty: none
    homework: Mapped[str] = mapped_column(String(4000))  # What is offered to be set for home.
    planned_on: Mapped[date | None]


class PagePlan(SchoolOwned, Base):
    """Which plan a page follows; several parallel classes may follow one."""

    __tablename__ = "page_plans"

    page_id: Mapped[UUID] = mapped_column(primary_key=True)
    plan_id: Mapped[UUID] = mapped_column(ForeignKey("plans.id"), index=True)


class PageTopic(SchoolOwned, Base):
    """What a teacher decided about a topic for one page alone: another number of lessons, or none."""

    __tablename__ = "page_topics"
    __table_args__ = (PrimaryKeyConstraint("page_id", "topic_id"),)

    page_id: Mapped[UUID]
    topic_id: Mapped[UUID]
    how: Mapped[str] = mapped_column(String(10))  # hours | merged (taught with the one before) | skipped
    hours: Mapped[int]
