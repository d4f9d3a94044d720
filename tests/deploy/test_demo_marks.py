from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from statistics import median
from uuid import UUID

import pytest

from deploy.demo.curriculum import HOURS, class_names, halves, hours
from deploy.demo.marks import (
    NOTHING_SET,
    LessonAt,
    Page,
    Sitter,
    absences,
    record_page,
    spells,
)
from deploy.demo.programme import programme_of
from deploy.demo.school import make_school
from services.journal.rules.absence import is_absence, is_sign
from services.journal.rules.marks import ATTENDANCE, WORK_TYPES

FIRST = date(2026, 9, 28)


def lessons_of(count, first=FIRST):
    days = [day for n in range(100) if (day := first + timedelta(days=n)).weekday() < 5]
    step = max(1, 40 // count)
    return [LessonAt(UUID(int=n + 1), day, 1 + n % 6) for n, day in enumerate(days[: count * step : step])]


@pytest.fixture(scope="module")
def sitters():
    classes = make_school(2026).classes()
    return {
        name: [Sitter(UUID(int=n + 1), pupil.name) for n, pupil in enumerate(pupils)]
        for name, pupils in classes.items()
    }


@pytest.fixture(scope="module")
def term(sitters):
    """Eight weeks of every whole-class subject of the school."""
    return {
        (name, subject): list(
            record_page(Page(subject, grade, name), lessons_of(8 * hours(subject, grade)), sitters[name])
        )
        for name, grade in class_names()
        for subject in HOURS
        if hours(subject, grade) and not halves(subject, grade)
    }


def marks_of(records):
    return [value for record in records for _, slot, value in record.entries if slot]


def test_marks_are_spread_as_in_a_real_school(term):
    counted = Counter(value for records in term.values() for value in marks_of(records))
    share = {value: count / counted.total() for value, count in counted.items()}

    assert set(share) == {"5", "4", "3", "2"}
    assert share["5"] == pytest.approx(0.60, abs=0.04)
    assert share["4"] == pytest.approx(0.29, abs=0.03)
    assert share["3"] == pytest.approx(0.09, abs=0.02)
    assert share["2"] == pytest.approx(0.016, abs=0.01)


def test_a_usual_lesson_has_eight_marks_and_some_have_none(term):
    counts = [
        len(marks_of([one])) for (name, _), records in term.items() if name[:-1] != "1" for one in records
    ]

    assert 6 <= median(counts) <= 10
    assert 0.05 < counts.count(0) / len(counts) < 0.2


def test_five_in_a_hundred_are_absent(term, sitters):
    away = sum(
        slot == 0 and value != "оп"
        for records in term.values()
        for r in records
        for _, slot, value in r.entries
    )
    seats = sum(len(records) * len(sitters[name]) for (name, _), records in term.items())

    assert 0.035 < away / seats < 0.065


def test_who_is_ill_misses_every_lesson_of_the_day(term):
    signs = {}
    for (name, _), records in term.items():
        for record, lesson in zip(records, lessons_of(len(records)), strict=True):
            for pupil_id, slot, value in record.entries:
                if slot == 0 and is_absence(value):
                    signs.setdefault((name, pupil_id, lesson.on), set()).add(value)

    assert signs
    assert all(len(found) == 1 for found in signs.values())


def test_an_illness_lasts_several_days():
    missed = absences("Иванов Иван Иванович", FIRST)
    ill = [day for day, sign in missed.items() if sign == "б"]

    assert any({day + timedelta(days=1), day + timedelta(days=2)} <= set(ill) for day in ill)


def test_of_the_shown_class_certificates_tell_of_illness_and_teachers_only_that_somebody_is_away(term):
    signs = {
        value
        for (name, _), records in term.items()
        for record in records
        for _, slot, value in record.entries
        if name == "7А" and slot == 0
    }
    of_others = {value for records in term.values() for r in records for _, _, value in r.entries}

    assert "н" in signs
    assert "б" not in signs
    assert "б" in of_others


def test_an_illness_of_a_pupil_told_apart_is_a_spell_like_any(sitters):
    days = frozenset(FIRST + timedelta(days=number) for number in range(3))
    one = next(one for one in sitters["5А"] if not any(day in absences(one.name, FIRST) for day in days))

    assert (min(days), max(days)) in spells(replace(one, ill=days), FIRST)
    assert sum((last - first).days + 1 for first, last in spells(one, FIRST)) == list(
        absences(one.name, FIRST).values()
    ).count("б")


def test_the_absent_get_no_marks(term):
    for records in term.values():
        for record in records:
            away = {who for who, slot, value in record.entries if slot == 0 and is_absence(value)}
            assert not away & {who for who, slot, _ in record.entries if slot}


def test_first_grades_and_ethics_have_no_marks(term):
    free = [
        records
        for (name, subject), records in term.items()
        if name in ("1А", "1Б", "1В") or subject.startswith("Основы религиозных")
    ]

    assert len(free) > 5
    assert not any(marks_of(records) for records in free)
    assert any(slot == 0 for records in free for r in records for _, slot, _ in r.entries)


def test_everybody_present_writes_the_control_work(term, sitters):
    controls = 0
    for (name, _), records in term.items():
        for record in records:
            if any(work.type == "control" for work in record.works):
                controls += 1
                away = {who for who, slot, value in record.entries if slot == 0 and is_absence(value)}
                wrote = {who for who, slot, _ in record.entries if slot == 1}
                assert len(wrote) + len(away) == len(sitters[name])

    assert controls > 100


def test_all_that_is_written_is_known_to_the_journal(term):
    for records in term.values():
        for record in records:
            cells = [(who, slot) for who, slot, _ in record.entries]
            assert len(cells) == len(set(cells))
            assert all(is_sign(value, ATTENDANCE) for _, slot, value in record.entries if slot == 0)
            assert {work.type for work in record.works} <= set(WORK_TYPES)
            assert {work.slot for work in record.works} <= {slot for _, slot, _ in record.entries}
            assert 0 < len(record.topic) <= 200
            assert 0 < len(record.homework) <= 200


def test_sometimes_nothing_is_set_for_home(term):
    free = [r.homework == NOTHING_SET for (name, _), records in term.items() if name == "7А" for r in records]

    assert 0.05 < sum(free) / len(free) < 0.5


def test_pupils_differ_and_stay_themselves(term):
    algebra = [int(value) for who, slot, value in entries_of(term["8А", "Алгебра"]) if slot]
    means = {}
    for who, slot, value in entries_of(term["8А", "Алгебра"]) + entries_of(term["8А", "История"]):
        if slot:
            means.setdefault(who, []).append(int(value))
    averages = sorted(sum(marks) / len(marks) for marks in means.values())

    assert algebra
    assert averages[-1] - averages[0] > 0.8


def entries_of(records):
    return [entry for record in records for entry in record.entries]


def test_the_same_names_and_days_give_the_same_marks(sitters):
    page = Page("Физика", 9, "9Б")

    first = list(record_page(page, lessons_of(24), sitters["9Б"]))

    assert list(record_page(page, lessons_of(24), sitters["9Б"])) == first


def test_every_subject_of_every_grade_has_a_programme():
    for subject in HOURS:
        for grade in range(1, 12):
            if hours(subject, grade):
                programme = programme_of(subject, grade)
                assert len(programme.topics) == len(set(programme.topics)) == 12
                assert programme.homework
