"""What a class's marks come to: by subject, by pupil, and who is at risk."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from uuid import UUID

from services.journal.queries.class_absences import Missed
from services.journal.queries.people import STUB
from services.journal.rules.class_report import FAILED, Groups, Success, grouped, quality_of, summed_up
from shared.errors import Text
from shared.names import collated

Json = dict[str, Any]
OFTEN_ABSENT = 30
"""Percent of lessons missed from which a pupil is at risk (DOMAIN 2.6)."""
FAIR, BETTER = "3", ("5", "4")
FALL = 10
"""By what percent of the scale an average falls, and the mark it comes to with it, when it is worth a word.

Half a mark on the scale of five, a whole one on that of ten, ten percents.

Of a dozen subjects one or two fall as much by chance: it has to come to a three after a better mark.
"""


class Standing(NamedTuple):
    """What each pupil has in each subject: the level, and of enough marks the average in hundredths."""

    levels: Mapping[UUID, Mapping[UUID, str | None]]  # By subject and pupil.
    averages: Mapping[UUID, Mapping[UUID, int]]
    best: Mapping[UUID, int]  # By subject: the highest mark of its scale.


def by_subject(subjects: Mapping[UUID, str], before: Standing, now: Standing) -> list[Json]:
    shown = []
    for subject, name in sorted(subjects.items(), key=lambda one: collated(one[1])):
        then, its = (summed_up(one.levels.get(subject, {}).values()) for one in (before, now))
        shown.append({"subject": {"id": subject, "name": name}, **_success(its), "trend": _trend(then, its)})
    return shown


def _success(its: Success) -> Json:
    return {
        "counts": its.counts,
        "attested": its.attested,
        "average": places(its.average, 2),
        "quality": places(its.quality, 1),
        "success": places(its.success, 1),
        "degree": places(its.degree, 1),
    }


def _trend(then: Success, its: Success) -> Json:
    return {
        name: _change(getattr(then, name), getattr(its, name), digits)
        for name, digits in (("average", 2), ("quality", 1), ("success", 1), ("degree", 1))
    }


def places(value: int | None, digits: int) -> str | None:
    """Write hundredths («4.20») or tenths («86.7»)."""
    if value is None:
        return None
    whole_part, rest = divmod(abs(value), 10**digits)
    return f"{'-' if value < 0 else ''}{whole_part}.{rest:0{digits}}"


def _change(then: int | None, its: int | None, digits: int) -> str | None:
    if then is None or its is None:
        return None
    return ("+" if its > then else "") + str(places(its - then, digits))


def whole(names: Mapping[UUID, str], subjects: Mapping[UUID, str], before: Standing, now: Standing) -> Json:
    then, its = (grouped({pupil: _of_pupil(one, pupil).values() for pupil in names}) for one in (before, now))
    quality, success = quality_of(its)
    was_quality, was_success = quality_of(then)
    return {
        "attested": its.attested,
        "quality": places(quality, 1),
        "success": places(success, 1),
        "trend": {
            "quality": _change(was_quality, quality, 1),
            "success": _change(was_success, success, 1),
        },
        "groups": _groups(its, names, subjects, now),
    }


def _of_pupil(standing: Standing, pupil: UUID) -> dict[UUID, str | None]:
    return {subject: its[pupil] for subject, its in standing.levels.items() if pupil in its}


def _groups(groups: Groups, names: Mapping[UUID, str], subjects: Mapping[UUID, str], now: Standing) -> Json:
    below = {"fair": {"3"}, "failing": FAILED, "one_four": {"4"}, "one_three": {"3"}}
    return {
        name: [
            {
                "id": pupil,
                "name": names[pupil],
                "subjects": [
                    subjects.get(subject, STUB)
                    for subject, one in _of_pupil(now, pupil).items()
                    if one in below.get(name, ())
                ],
            }
            for pupil in getattr(groups, name)
        ]
        for name in Groups._fields
    }


def at_risk(
    names: Mapping[UUID, str],
    subjects: Mapping[UUID, str],
    before: Standing,
    now: Standing,
    missed: Mapping[UUID, Missed],
) -> list[Json]:
    """Return the pupils who need help, with the reasons in words."""
    shown = []
    for pupil, name in names.items():
        why = [
            *_failing(pupil, subjects, now),
            *_falling(pupil, subjects, before, now),
            *_absent(missed[pupil]),
        ]
        if why:
            shown.append({"id": pupil, "name": name, "why": why})
    return shown


def _failing(pupil: UUID, subjects: Mapping[UUID, str], now: Standing) -> Iterator[Text]:
    for subject, one in _of_pupil(now, pupil).items():
        if one in FAILED:
            name = subjects.get(subject, STUB)
            yield Text(f"{name}: выходит «{one}»", f"{name}: comes to “{one}”")


def _falling(pupil: UUID, subjects: Mapping[UUID, str], before: Standing, now: Standing) -> Iterator[Text]:
    for subject, averages in now.averages.items():
        was, its = before.averages.get(subject, {}).get(pupil), averages.get(pupil)
        had, comes_to = (one.levels.get(subject, {}).get(pupil) for one in (before, now))
        if was is None or its is None or comes_to != FAIR or had not in BETTER:
            continue
        if was - its >= FALL * now.best[subject]:
            name, then, today = subjects.get(subject, STUB), str(places(was, 2)), str(places(its, 2))
            yield Text(
                f"{name}: выходит «3» после «{had}», средний балл упал "
                f"с {then.replace('.', ',')} до {today.replace('.', ',')}",
                f"{name}: comes to “3” after “{had}”, the average fell from {then} to {today}",
            )


def _absent(missed: Missed) -> Iterator[Text]:
    if missed.held and missed.lessons * 100 >= OFTEN_ABSENT * missed.held:
        yield Text(
            f"пропущено уроков: {missed.lessons} из {missed.held}, без причины {missed.unexcused}",
            f"lessons missed: {missed.lessons} of {missed.held}, {missed.unexcused} of them not excused",
        )
