"""The move to the next school year: what becomes of each class and pupil, and what has to be asked.

Everything here is a function of what is and what is wished, so that the preview and the move
itself are the same plan.
"""

import re
from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from services.identity.rules.class_names import grade_in, plain_name
from services.identity.rules.new_year_plan import (
    ClassNow,
    ClassWish,
    NextClass,
    NextPlace,
    Plan,
    PupilWish,
    Question,
    Wishes,
)
from shared.errors import Text
from shared.names import group_key

FINAL_GRADES = frozenset({9, 11, 12})
"""Classes that finish school by themselves; who goes on from the ninth to the tenth is said by name."""

UNDO_DAYS = 14
"""How long after the first day of the new year the move may be undone, unless marks forbid it earlier."""

OLDEST = timedelta(days=60)


def next_name(name: str, grade: int | None) -> str | None:
    """Return what a class is called a year later: 6А for 5А; None where the name holds no grade."""
    found = re.search(r"\d+", name)
    if grade is None or found is None or int(found[0]) != grade:
        return None
    return f"{name[: found.start()]}{grade + 1}{name[found.end() :]}"


def plan_year(classes: Iterable[ClassNow], wishes: Wishes) -> Plan:
    """Return what becomes of all classes and pupils when these wishes are followed."""
    plan, listed = Plan(wishes), sorted(classes, key=lambda one: (one.grade or 0, group_key(one.name)))
    for one in listed:
        _plan_class(plan, one, wishes.classes.get(one.id, ClassWish()))
    _open_classes(plan)
    for one in listed:
        for pupil_id in one.pupils:
            _plan_pupil(plan, one, pupil_id)
    known = {pupil_id for one in listed for pupil_id in one.pupils}
    for pupil_id in wishes.pupils.keys() - known:
        said = Text(
            "Ученик ни в одном классе; уберите его из списка.", "The pupil is in no class; leave them out."
        )
        plan.questions.append(Question("pupil-in-no-class", said, pupil_id=pupil_id))
    return plan


def _plan_class(plan: Plan, one: ClassNow, wish: ClassWish) -> None:
    does = wish.does or _usual(one)
    if does is None:
        said = Text(
            f"У класса {one.name} нет номера. Что с ним сделать?", f"{one.name} has no grade. What now?"
        )
        plan.questions.append(Question("what-becomes-of", said, one.id, options=("promote", "graduate")))
        return
    plan.ended[one.id] = None
    if does == "promote":
        name = wish.name or next_name(one.name, one.grade)
        if name is None:
            said = Text(f"Как теперь назвать класс {one.name}?", f"What shall {one.name} be called?")
            plan.questions.append(Question("name-needed", said, one.id))
            return
        plan.ended[one.id] = _continue(plan, one, wish, name)


def _usual(one: ClassNow) -> str | None:
    if not one.pupils:
        return "graduate"  # Nobody is left to go on.
    if one.grade is None:
        return None
    return "graduate" if one.grade in FINAL_GRADES else "promote"


def _continue(plan: Plan, one: ClassNow, wish: ClassWish, name: str) -> str:
    key = plain_name(name)
    teacher_id = wish.teacher_id if wish.is_teacher_said else one.teacher_id
    there = plan.classes.get(key)
    if there is None:
        grade = one.grade + 1 if one.grade is not None else grade_in(name)
        there = plan.classes[key] = NextClass(name, grade, teacher_id)
    else:
        _merge(plan, there, one, wish, teacher_id)
    there.sources.append(one.id)
    keeps = wish.keeps_groups if wish.keeps_groups is not None else len(there.sources) == 1
    if keeps:
        there.groups |= {id_: group.replace(one.name, name) for id_, group in one.groups.items()}
    return key


def _merge(plan: Plan, there: NextClass, one: ClassNow, wish: ClassWish, teacher_id: UUID | None) -> None:
    """Let a class join one that is planned already; only who named both has meant it."""
    if wish.name is None or any(not plan.wishes.classes.get(id_, ClassWish()).name for id_ in there.sources):
        said = Text(
            f"Из двух классов выходит {there.name}. Объединяют — впишите имя обоим; нет — назовите иначе.",
            f"Two classes would become {there.name}. Give both that name to merge them, or rename one.",
        )
        plan.questions.append(Question("same-name", said, one.id))
    if wish.is_teacher_said:
        there.teacher_id = teacher_id
    elif there.teacher_id != teacher_id and not _is_teacher_said(plan, there):
        said = Text(f"Кто классный руководитель {there.name}?", f"Who is the class teacher of {there.name}?")
        plan.questions.append(Question("which-teacher", said, one.id))


def _is_teacher_said(plan: Plan, there: NextClass) -> bool:
    return any(plan.wishes.classes.get(id_, ClassWish()).is_teacher_said for id_ in there.sources)


def _open_classes(plan: Plan) -> None:
    for opened in plan.wishes.opened:
        key = plain_name(opened.name)
        if key in plan.classes:
            said = Text(f"Класс {opened.name} уже есть в плане.", f"{opened.name} is in the plan already.")
            plan.questions.append(Question("opened-twice", said))
            continue
        grade = opened.grade if opened.grade is not None else grade_in(opened.name)
        plan.classes[key] = NextClass(opened.name, grade, opened.teacher_id)


def _plan_pupil(plan: Plan, one: ClassNow, pupil_id: UUID) -> None:
    wish, into = plan.wishes.pupils.get(pupil_id), plan.ended.get(one.id)
    if wish is None:
        kind = "promotion" if into else "graduation"
    elif wish.does == "leave":
        kind, into = ("departure" if into else "graduation"), None
    else:
        kind = "repeat" if wish.does == "repeat" else "promotion"
        into = _chosen(plan, one, pupil_id, wish)
    if into is not None or kind in ("graduation", "departure"):
        plan.pupils[pupil_id] = NextPlace(kind, one.id, into, _kept_groups(plan, one, pupil_id, into))


def _kept_groups(plan: Plan, one: ClassNow, pupil_id: UUID, into: str | None) -> tuple[UUID, ...]:
    own = plan.classes[into].groups if into else {}
    return tuple(sorted(id_ for id_, members in one.members.items() if id_ in own and pupil_id in members))


def _chosen(plan: Plan, one: ClassNow, pupil_id: UUID, wish: PupilWish) -> str | None:
    """Return the key of the class a pupil is sent to; asked where there is more than one answer."""
    if wish.into and plain_name(wish.into) in plan.classes:
        return plain_name(wish.into)
    grade = one.grade if wish.does == "repeat" or one.grade is None else one.grade + 1
    fits = {key: there for key, there in plan.classes.items() if there.grade == grade}
    same_letter = plain_name(one.name)
    if not wish.into and wish.does == "repeat" and same_letter in fits:
        return same_letter
    if not wish.into and len(fits) == 1:
        return next(iter(fits))
    said = Text(f"В какой класс идёт ученик {one.name}?", f"Which class does the pupil of {one.name} go to?")
    names = tuple(sorted((there.name for there in fits.values()), key=group_key))
    plan.questions.append(Question("which-class", said, one.id, pupil_id, names))
    return None
