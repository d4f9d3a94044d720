"""Makers of spreads and of what the other services tell, with defaults that make a valid thing."""

import hashlib
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from uuid import UUID

from services.reporting.rules import LessonColumn, PupilRow, Spread
from services.reporting.subscriptions import SUBSCRIPTIONS
from shared.events import contract_of, identity, journal, schedule
from shared.ids import new_id
from shared.service import Received

HEAD = "3f9ac0d15b7e48261c0d9e8f7a6b5c4d" * 2
PAGE_URL = "https://journal.school-17.edu.ru/verify/01936b5e-7b1a-7c3e-9f00-1234567890ab"
FAMILIES = (
    "Абрамова", "Белкин", "Васильева", "Гусев", "Дмитриева", "Елисеев", "Ёлкина", "Жуков",
    "Зайцева", "Иванов", "Кузнецова", "Лебедев", "Морозова", "Никитин", "Орлова", "Павлов",
    "Романова", "Соколов", "Тихонова", "Ушаков", "Фёдорова", "Харитонов", "Цветкова", "Чернов",
    "Шевченко", "Щербаков", "Юдина", "Яковлев", "Ярцева", "Ященко",
)  # fmt: skip
GIVEN = ("Мария", "Пётр", "Анна", "Иван", "Екатерина", "Фёдор", "Софья", "Лев", "Александра", "Дмитрий")
TOPICS = (
    "Делители и кратные", "Признаки делимости на 10, на 5 и на 2", "Простые и составные числа",
    "Разложение на простые множители", "Наибольший общий делитель. Взаимно простые числа",
    "Контрольная работа № 1 по теме «Делимость чисел»",
)  # fmt: skip
HOMEWORK = ("§ 1, № 24, 26, 27 (а)", "п. 2, № 59; повторить признаки делимости", "", "№ 92, 95, 118 (1)")


def make_pupils(count=30):
    return tuple(
        PupilRow(f"{FAMILIES[n % 30]} {GIVEN[n * 7 % 10]}", average=f"{3 + n % 20 / 10:.2f}")
        for n in range(count)
    )


def make_lessons(count=40, *, first=date(2026, 9, 1), topics=TOPICS):
    days = [first + timedelta(days=n * 7 // 5) for n in range(count)]
    return tuple(
        LessonColumn(
            on=day,
            number=1 + n % 6,
            works=(("контрольная",) if n % 8 == 7 else ("ответ", "домашняя") if n % 8 == 3 else ()),
            topic=topics[n % len(topics)],
            homework=HOMEWORK[n % len(HOMEWORK)],
        )
        for n, day in enumerate(days)
    )


def make_cells(pupils, lessons):
    cells = {}
    for p in range(pupils):
        for k in range(lessons):
            number = (p * 31 + k * 17) % 23
            if k % 8 == 7:
                cells[p, k] = "5432"[number % 4]
            elif number < 6:
                cells[p, k] = ("н", "5", "4", "5 4", "3", "б")[number]
    return cells


def make_spread(*, pupils=30, lessons=40, **given):
    rows = make_pupils(pupils) if isinstance(pupils, int) else pupils
    columns = make_lessons(lessons) if isinstance(lessons, int) else lessons
    defaults = {
        "school": "МБОУ «Средняя общеобразовательная школа № 17 имени А. С. Пушкина»",
        "year": "2026/27 учебный год",
        "group": "5А",
        "subject": "Математика",
        "period": "I четверть",
        "teachers": ("Кузнецова Наталья Владимировна",),
        "pupils": rows,
        "lessons": columns,
        "cells": make_cells(len(rows), len(columns)),
        "seq": 412,
        "head": HEAD,
        "as_of": "23.10.2026 14:05",
        "verify_url": f"{PAGE_URL}/412/{HEAD[:16]}",
    }
    return Spread(**{**defaults, **given})


SCHOOL, YEAR, GROUP, SUBJECT, PAGE = (UUID(int=n) for n in range(1, 6))
FIRST, SECOND = UUID(int=11), UUID(int=12)  # quarters
TEACHER, LEADER = UUID(int=21), UUID(int=22)
PUPILS = tuple(UUID(int=100 + n) for n in range(3))
LESSONS = tuple(UUID(int=200 + n) for n in range(4))
DAYS = (date(2026, 9, 1), date(2026, 9, 3), date(2026, 9, 8), date(2026, 11, 10))
TOLD_AT = datetime(2026, 9, 8, 9, 30, tzinfo=UTC)
CLOSED = journal.PeriodClosed(period_id=FIRST)


def head_after(seq):
    return hashlib.sha256(f"revision {seq}".encode()).hexdigest()


def person(person_id, family, given, patronymic=""):
    return identity.PersonChanged(
        person_id=person_id, family_name=family, given_name=given, patronymic=patronymic
    )


def enrolments(*stays, group_id=GROUP):
    return identity.EnrolmentsChanged(
        group_id=group_id,
        pupil_ids=[pupil for pupil, _, _ in stays],
        enrolments=[identity.Enrolment(pupil_id=p, from_on=a, until_on=b) for p, a, b in stays],
    )


ON_THEIR_DAYS = tuple(zip(LESSONS, DAYS, strict=True))


def planned(lessons=ON_THEIR_DAYS, *, teacher=TEACHER):
    rows = [
        schedule.PlannedLesson(
            lesson_id=one, on=day, number=2, starts="09:25", room=None, teacher_ids=[teacher]
        )
        for one, day in lessons
    ]
    return schedule.LessonsPlanned(year_id=YEAR, group_id=GROUP, subject_id=SUBJECT, lessons=rows)


def load(*teachers):
    return schedule.LoadAssigned(
        year_id=YEAR, group_id=GROUP, subject_id=SUBJECT, teacher_ids=list(teachers), hours_per_week=5
    )


def marks(seq, *entries, lesson=0, page_id=PAGE):
    """Entries are (pupil, slot, value) or (pupil, slot, value, work, weight)."""
    rows = []
    for pupil, slot, value, *work in entries:
        kind, weight = work or (("attendance", 0) if slot == 0 else ("answer", 1))
        rows.append(
            journal.RecordedEntry(
                pupil_id=PUPILS[pupil], slot=slot, value=value, was=None, work=kind, weight=weight
            )
        )
    return journal.MarksRecorded(
        page_id=page_id,
        group_id=GROUP,
        subject_id=SUBJECT,
        lesson_id=LESSONS[lesson],
        lesson_on=DAYS[lesson],
        number=2,
        seq=seq,
        head=head_after(seq),
        entries=rows,
    )


def finals(seq, *entries, period=FIRST, kind="period"):
    """Entries are (pupil, value) or (pupil, value, what stood there before)."""
    rows = [
        journal.RecordedFinal(
            pupil_id=PUPILS[pupil], value=value, was=was[0] if was else None, recommended=None
        )
        for pupil, value, *was in entries
    ]
    return journal.FinalsRecorded(
        page_id=PAGE,
        group_id=GROUP,
        subject_id=SUBJECT,
        period_id=period,
        kind=kind,
        seq=seq,
        head=head_after(seq),
        entries=rows,
    )


def described(seq, *, lesson=0, topic=None, homework=None):
    return journal.LessonDescribed(
        page_id=PAGE,
        group_id=GROUP,
        subject_id=SUBJECT,
        lesson_id=LESSONS[lesson],
        lesson_on=DAYS[lesson],
        seq=seq,
        head=head_after(seq),
        topic=topic,
        homework=homework,
    )


def work(seq, *, lesson=0, slot=1, kind="control", weight=5, title=""):
    return journal.WorkSet(
        page_id=PAGE,
        lesson_id=LESSONS[lesson],
        slot=slot,
        work=kind,
        weight=weight,
        title=title,
        seq=seq,
        head=head_after(seq),
    )


def opened():
    return journal.PageOpened(page_id=PAGE, year_id=YEAR, group_id=GROUP, subject_id=SUBJECT)


def told_by_identity():
    start, end = date(2026, 9, 1), date(2026, 9, 5)
    return [
        identity.SchoolChanged(school_id=SCHOOL, name="Школа № 17", time_zone="Asia/Omsk", scale=["5", "4"]),
        person(PUPILS[0], "Яшина", "Анна"),
        person(PUPILS[1], "Ёлкин", "Пётр"),
        person(PUPILS[2], "Жуков", "Лев"),
        person(TEACHER, "Кузнецова", "Наталья", "Владимировна"),
        identity.GroupChanged(group_id=GROUP, kind="class", name="5А", grade=5, class_teacher_id=LEADER),
        enrolments((PUPILS[0], start, None), (PUPILS[1], start, None), (PUPILS[2], start, end)),
    ]


def group_across(group_id, own_class, *, parallel, other, within, other_leader=None):
    """Tell of 5А and 5Б of a parallel, and of a group of pupils of both, part of what is `within`."""
    classes = {"kind": "class", "grade": 5, "parent_id": parallel}
    return [
        identity.GroupChanged(group_id=parallel, kind="parallel", name="5", grade=5),
        identity.GroupChanged(group_id=own_class, name="5А", class_teacher_id=LEADER, **classes),
        identity.GroupChanged(group_id=other, name="5Б", class_teacher_id=other_leader, **classes),
        identity.GroupChanged(group_id=group_id, kind="group", name="5, профиль", parent_id=within),
    ]


def told_by_schedule():
    quarters = [
        schedule.Period(
            period_id=FIRST, name="I четверть", starts_on=date(2026, 9, 1), ends_on=date(2026, 10, 24)
        ),
        schedule.Period(
            period_id=SECOND, name="II четверть", starts_on=date(2026, 11, 2), ends_on=date(2026, 12, 28)
        ),
    ]
    return [
        schedule.YearPlanned(
            year_id=YEAR,
            name="2026/27",
            starts_on=date(2026, 9, 1),
            ends_on=date(2027, 5, 31),
            periods=quarters,
        ),
        schedule.SubjectChanged(subject_id=SUBJECT, name="Математика"),
        load(TEACHER),
        planned(),
    ]


def told_by_journal():
    return [
        opened(),
        marks(3, (0, 1, "3"), (0, 0, "оп"), (1, 0, "н")),
        described(5, topic="Делители и кратные", homework="№ 24"),
        work(6, lesson=1, title="Дроби"),
        marks(8, (0, 1, "4", "control", 5), (1, 1, "5", "control", 5), lesson=1),
        marks(9, (0, 1, "5")),
    ]


def received(told, *, school_id=SCHOOL, position=1, time=TOLD_AT):
    contract = contract_of(told)
    return Received(
        id=new_id(),
        stream=f"{contract.log}/{school_id}",
        position=position,
        subject=contract.subject_of(told),
        time=time,
        actor=None,
        told=told,
    )


def corrected(seq, *changes, lesson=0, period=FIRST, **why):
    """Changes are (what, slot, pupil, was, value); without a lesson, of term-end marks."""
    rows = [
        journal.Corrected(
            what=what, slot=slot, pupil_id=None if pupil is None else PUPILS[pupil], was=was, value=value
        )
        for what, slot, pupil, was, value in changes
    ]
    return journal.PageCorrected(
        page_id=PAGE,
        lesson_id=None if lesson is None else LESSONS[lesson],
        lesson_on=None if lesson is None else DAYS[lesson],
        period_id=period,
        seq=seq,
        changes=rows,
        **{"reason": None, "request_number": None, "reopened_for": None, **why},
    )


def apply(database, *told, school_id=SCHOOL, batches=True):
    """Let the service react, as a consumer would: runs of one type together, or one by one."""
    for _, run in groupby(told, key=type) if batches else ((None, [one]) for one in told):
        events = [received(one, school_id=school_id) for one in run]
        with database.writing(school_id) as session:
            SUBSCRIPTIONS[type(events[0].told)](session, events)


def apply_all(database):
    apply(database, *told_by_identity(), *told_by_schedule(), *told_by_journal())
