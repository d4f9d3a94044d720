"""Who teaches what and who sits where, as SQL that actions and queries share.

Statements of hot paths are built once, when the module is read, take the caller as `:me` and the
school as `:school`, and run on the session's connection: a mapped select costs three times as much.
What they find by a page's or a lesson's id they find only within the school.
"""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CompoundSelect,
    CursorResult,
    FromClause,
    Label,
    Select,
    Subquery,
    Table,
    and_,
    bindparam,
    exists,
    func,
    literal,
    literal_column,
    or_,
    select,
    union_all,
)
from sqlalchemy.sql.base import Executable

from services.journal.models.base import Base
from shared.db import SchoolSession
from shared.grades import for_grade

TABLES: Mapping[str, Table] = Base.metadata.tables

pages, lessons, groups = TABLES["pages"], TABLES["lessons"], TABLES["groups"]
schools, subjects, people = TABLES["schools"], TABLES["subjects"], TABLES["people"]
years, periods, closings = TABLES["years"], TABLES["periods"], TABLES["closings"]
holidays = TABLES["holidays"]
enrolments, guardianships = TABLES["enrolments"], TABLES["guardianships"]
merged_people = TABLES["merged_people"]
page_teachers, lesson_teachers = TABLES["page_teachers"], TABLES["lesson_teachers"]
works, entries, descriptions = TABLES["works"], TABLES["entries"], TABLES["descriptions"]
excuses = TABLES["excuses"]
accepted_contradictions = TABLES["accepted_contradictions"]
revisions, parameters = TABLES["revisions"], TABLES["parameters"]
tasks, answers, replies = TABLES["tasks"], TABLES["answers"], TABLES["replies"]
remarks, remark_versions = TABLES["remarks"], TABLES["remark_versions"]
remark_readings = TABLES["remark_readings"]
diary_views = TABLES["diary_views"]
portfolio_entries, portfolio_versions = TABLES["portfolio_entries"], TABLES["portfolio_versions"]
file_contents, stored_files = TABLES["file_contents"], TABLES["stored_files"]
final_marks = TABLES["final_marks"]
plans, plan_topics = TABLES["plans"], TABLES["plan_topics"]
page_plans, page_topics = TABLES["page_plans"], TABLES["page_topics"]
planned_hours, page_loads, lost_lessons = (
    TABLES["planned_hours"],
    TABLES["page_loads"],
    TABLES["lost_lessons"],
)

own_class = groups.alias("own_class")

me = bindparam("me", type_=pages.c.id.type)
school = bindparam("school", type_=pages.c.id.type)

page_surroundings: FromClause = (
    pages.outerjoin(groups, groups.c.id == pages.c.group_id)
    .outerjoin(own_class, and_(own_class.c.id == groups.c.parent_id, groups.c.kind == "group"))
    .outerjoin(subjects, subjects.c.id == pages.c.subject_id)
    .outerjoin(schools, schools.c.school_id == pages.c.school_id)
)

page_grade = func.coalesce(groups.c.grade, own_class.c.grade).label("grade")
"""The parallel of a page's class, of a group that of its class; NULL where nobody told."""

has_period = and_(
    periods.c.year_id == pages.c.year_id,
    for_grade(periods.c.grades, func.coalesce(groups.c.grade, own_class.c.grade)),
)
"""The period is one of the page's parallel; a group whose parallel nobody told has them all."""

teaches_page = exists().where(page_teachers.c.page_id == pages.c.id, page_teachers.c.teacher_id == me)
"""The load names me as the subject's teacher in this group."""

leads_class = or_(groups.c.class_teacher_id == me, own_class.c.class_teacher_id == me)
"""I am the class teacher of the page's class, or of the class the page's group is a part of."""

teaches_subject = exists().where(
    page_teachers.c.page_id == pages.c.id,
    pages.c.subject_id == plans.c.subject_id,
    page_teachers.c.teacher_id == me,
)
"""I teach the plan's subject in some class, this year or another."""

gives_lesson = exists().where(lesson_teachers.c.lesson_id == lessons.c.id, lesson_teachers.c.teacher_id == me)
"""I give this very lesson, perhaps in another teacher's stead."""

_given = lessons.alias("given")
gives_any_lesson = exists().where(
    _given.c.page_id == pages.c.id,
    lesson_teachers.c.lesson_id == _given.c.id,
    lesson_teachers.c.teacher_id == me,
)
"""I give some lesson of the page."""


is_awaited = and_(entries.c.value == literal_column("'•'"), entries.c.slot > 0)  # rules.marks.AWAITED
"""A work is awaited; the sign itself stands in the statement, so that its index is found."""

of_work = and_(
    works.c.page_id == entries.c.page_id,
    works.c.lesson_id == entries.c.lesson_id,
    works.c.slot == entries.c.slot,
)
"""The cell stands under the work."""

counts_in_mark = or_(works.c.counts, and_(works.c.counts.is_(None), lessons.c.state == "planned"))
"""The cell is of a work that counts in a period's mark, or attendance at a lesson that took place."""

still_learns = exists().where(
    enrolments.c.pupil_id == entries.c.pupil_id,
    or_(enrolments.c.until_on.is_(None), enrolments.c.until_on >= bindparam("day")),
)
"""The pupil of the cell has not left the school by the day `:day`."""

is_there = and_(
    enrolments.c.from_on <= bindparam("day"),
    or_(enrolments.c.until_on.is_(None), enrolments.c.until_on >= bindparam("day")),
)
"""The stay in a group holds on the day `:day`."""

in_closed_period = exists(
    select(1)
    .select_from(
        periods.join(closings, and_(closings.c.period_id == periods.c.id, closings.c.reopened_at.is_(None)))
    )
    .where(has_period, periods.c.starts_on <= lessons.c.held_on, periods.c.ends_on >= lessons.c.held_on)
)
"""The lesson is of a period that takes no more changes."""


def roster_groups(group: Any) -> CompoundSelect[Any]:
    """Select the groups whose pupils stand on the page of `group`.

    Itself; the classes of a parallel; and the class, for a group that has no members of its own.
    """
    parted = groups.alias("parted")
    own = enrolments.alias("own")
    classes = groups.alias("classes")
    whole_class: Select[Any] = select(parted.c.parent_id).where(
        parted.c.id == group,
        parted.c.kind == "group",
        ~exists().where(own.c.group_id == group),
    )
    in_parallel: Select[Any] = select(classes.c.id).where(
        classes.c.parent_id == group, classes.c.kind == "class"
    )
    return union_all(select(literal(group) if isinstance(group, UUID) else group), whole_class, in_parallel)


def stays_of(is_asked: Callable[[Any], Any]) -> Subquery:
    """Select (pupil, group, from, until) of the groups on whose pages pupils stand: `roster_groups` turned.

    `is_asked` says of a column of pupils' ids whose stays are asked for.
    """
    own, members = enrolments.alias("own"), enrolments.alias("members")
    part, whole, parallel = groups.alias("part"), groups.alias("whole"), groups.alias("parallel")
    theirs, stay = is_asked(own.c.pupil_id), (own.c.from_on, own.c.until_on)
    itself = select(own.c.pupil_id, own.c.group_id, *stay).where(theirs)
    parts_of_class = select(own.c.pupil_id, part.c.id, *stay).where(
        theirs,
        part.c.parent_id == own.c.group_id,
        part.c.kind == "group",
        ~exists().where(members.c.group_id == part.c.id),
    )
    parallels = select(own.c.pupil_id, parallel.c.id, *stay).where(
        theirs,
        whole.c.id == own.c.group_id,
        whole.c.kind == "class",
        parallel.c.id == whole.c.parent_id,
    )
    return union_all(itself, parts_of_class, parallels).subquery("stays")


def told(name: str) -> Label[Any]:
    """Select what the copy keeps of a school's parameter, beside the page or the pupil it is asked for."""
    own = select(parameters.c.told).where(parameters.c.school_id == school, parameters.c.name == name)
    return own.scalar_subquery().label(name)


def run(session: SchoolSession, statement: Executable, **given: Any) -> CursorResult[Any]:
    """Run a prepared statement in the session's transaction for the session's school."""
    return session.connection().execute(statement, {"school": own_school(session), **given})


def own_school(session: SchoolSession) -> UUID:
    """Return the school the session was opened for."""
    return UUID(session.info["school"])
