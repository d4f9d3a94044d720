"""Drafts of the curriculum: made, changed, taken away, and begun anew from an approved one."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from services.schedule.models import Curriculum, CurriculumItem, Group, Subject, Year
from shared.clock import now
from shared.db import SchoolSession
from shared.errors import Conflict, Invalid, NotFound, Stale, Text
from shared.ids import new_id

DRAFT, APPROVED, REPLACED = "draft", "approved", "replaced"


class CurriculumChanged(Stale):
    """Somebody changed the curriculum since the caller saw it."""

    title = Text("Учебный план уже изменён", "The curriculum was changed already")
    detail = Text(
        "Пока вы правили план, его изменил кто-то ещё. Откройте его снова и повторите правку.",
        "Somebody else changed the curriculum meanwhile. Open it again and repeat your change.",
    )


class CurriculumIsApproved(Conflict):
    """An approved curriculum is changed by a new edition alone (clause 3.8.4)."""

    title = Text("План утверждён", "The curriculum is approved")
    detail = Text(
        "Утверждённый план не правят. Создайте новую редакцию, измените её и представьте директору.",
        "An approved curriculum is not changed. Begin a new edition, change it, and have it approved.",
    )


class EditionIsOpen(Conflict):
    """A new edition of this curriculum was begun already, or it is not the one in force."""

    title = Text("Новая редакция невозможна", "No new edition")
    detail = Text(
        "Новую редакцию начинают от действующего плана, и только одну. Продолжите начатую.",
        "A new edition begins from the curriculum in force, and there is one at a time. Go on with that one.",
    )


class CurriculumDoesNotFit(Invalid):
    """Parts of a curriculum contradict one another or the school."""

    title = Text("Учебный план не сходится", "The curriculum does not fit together")
    detail = Text(
        "Исправьте названные поля: предметы и классы — этой школы, предмет в каждой части один раз.",
        "Correct the fields named: subjects and classes of this school, a subject once in each part.",
    )


@dataclass(frozen=True, slots=True)
class PlanItem:
    """A subject of a curriculum, in quarter-hours a week; a year's hours only where they are set by hand."""

    subject_id: UUID
    quarters_per_week: int
    part: str = "required"
    hours_per_year: int | None = None
    group_count: int = 1


@dataclass(frozen=True)
class PlanFacts:
    """All that an operator decides about a curriculum; no classes: the whole parallel."""

    name: str
    grade: int
    items: Sequence[PlanItem]
    class_ids: Sequence[UUID] = ()


def make_curriculum(session: SchoolSession, year: Year, facts: PlanFacts) -> Curriculum:
    """Begin a curriculum; CurriculumDoesNotFit names every field that is wrong."""
    check(session, facts)
    made = Curriculum(
        id=new_id(), school_id=year.school_id, version=1, year_id=year.id, status=DRAFT, edition=1
    )
    made.made_at, made.items = now(), []
    _take_over(made, facts)
    session.add(made)
    session.flush()
    return made


def change_curriculum(session: SchoolSession, curriculum_id: UUID, facts: PlanFacts, seen: int) -> Curriculum:
    """Make a draft what is given; the same again changes nothing, not even its version."""
    draft = own_draft(session, curriculum_id, seen)
    check(session, facts)
    if facts_of(draft) != _normal(facts):
        _take_over(draft, facts)
        draft.version += 1
    session.flush()
    return draft


def remove_draft(session: SchoolSession, curriculum_id: UUID, seen: int) -> None:
    """Take a draft away; what was ever approved stays."""
    session.delete(own_draft(session, curriculum_id, seen))


def begin_edition(session: SchoolSession, curriculum_id: UUID) -> Curriculum:
    """Return a draft like the curriculum in force, to replace it when it is approved."""
    found = find_curriculum(session, curriculum_id, for_change=True)
    open_ones = select(Curriculum.id).where(Curriculum.replaces_id == found.id, Curriculum.status == DRAFT)
    if found.status != APPROVED or session.scalar(open_ones) is not None:
        raise EditionIsOpen
    made = Curriculum(
        id=new_id(),
        school_id=found.school_id,
        version=1,
        year_id=found.year_id,
        status=DRAFT,
        edition=found.edition + 1,
        replaces_id=found.id,
        made_at=now(),
        items=[],
    )
    _take_over(made, facts_of(found))
    session.add(made)
    session.flush()
    return made


def find_curriculum(session: SchoolSession, curriculum_id: UUID, *, for_change: bool = False) -> Curriculum:
    """Return a curriculum with its items, locked when it is to be changed; NotFound without one."""
    asked = select(Curriculum).where(Curriculum.id == curriculum_id).options(selectinload(Curriculum.items))
    found = session.scalar(asked.with_for_update() if for_change else asked)
    if found is None:
        raise NotFound
    return found


def own_draft(session: SchoolSession, curriculum_id: UUID, seen: int) -> Curriculum:
    """Return a draft to change, as the caller saw it."""
    found = find_curriculum(session, curriculum_id, for_change=True)
    if found.status != DRAFT:
        raise CurriculumIsApproved
    if found.version != seen:
        raise CurriculumChanged
    return found


def facts_of(curriculum: Curriculum) -> PlanFacts:
    """Return what was decided about a curriculum."""
    items = (
        PlanItem(one.subject_id, one.quarters_per_week, one.part, one.hours_per_year, one.group_count)
        for one in curriculum.items
    )
    classes = [UUID(one) for one in curriculum.class_ids]
    return _normal(PlanFacts(curriculum.name, curriculum.grade, list(items), classes))


def _normal(facts: PlanFacts) -> PlanFacts:
    items = sorted(facts.items, key=lambda one: (str(one.subject_id), one.part))
    return PlanFacts(facts.name, facts.grade, items, sorted(facts.class_ids))


def _take_over(curriculum: Curriculum, facts: PlanFacts) -> None:
    curriculum.name, curriculum.grade = facts.name, facts.grade
    curriculum.class_ids = sorted(map(str, facts.class_ids))
    known = {(one.subject_id, one.part): one for one in curriculum.items}
    kept = []
    for item in facts.items:
        own = known.get((item.subject_id, item.part)) or CurriculumItem(
            id=new_id(), school_id=curriculum.school_id, subject_id=item.subject_id, part=item.part
        )
        own.quarters_per_week, own.hours_per_year = item.quarters_per_week, item.hours_per_year
        own.group_count = item.group_count
        kept.append(own)
    curriculum.items = kept


def check(session: SchoolSession, facts: PlanFacts) -> None:
    """Raise CurriculumDoesNotFit, by field, for subjects and classes that cannot stand there."""
    wanted = {one.subject_id for one in facts.items}
    subjects = set(session.scalars(select(Subject.id).where(Subject.id.in_(wanted))))
    asked = select(Group.id, Group.grade).where(Group.id.in_(facts.class_ids), Group.kind == "class")
    classes = {row.id: row.grade for row in session.execute(asked)}
    wrong = dict(_contradictions(facts, subjects, classes))
    if wrong:
        raise CurriculumDoesNotFit(errors=wrong)


def _contradictions(
    facts: PlanFacts, subjects: Iterable[UUID], classes: Mapping[UUID, int | None]
) -> Iterator[tuple[str, list[Text]]]:
    known, seen = set(subjects), set[Any]()
    for number, item in enumerate(facts.items):
        if item.subject_id not in known:
            yield f"items.{number}.subject_id", [Text("Нет такого предмета.", "There is no such subject.")]
        elif (item.subject_id, item.part) in seen:
            yield f"items.{number}", [Text("Предмет в этой части уже есть.", "The subject is there already.")]
        seen.add((item.subject_id, item.part))
    for number, one in enumerate(facts.class_ids):
        if one not in classes or classes[one] != facts.grade:
            said = Text("Это не класс этой параллели.", "This is no class of the parallel.")
            yield f"class_ids.{number}", [said]
