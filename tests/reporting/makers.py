"""Makers of spreads and of what the other services tell, with defaults that make a valid thing."""

from datetime import date, timedelta

from services.reporting.rules import LessonColumn, PupilRow, Spread

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
