"""A small school's timetable, and the files in which other programs would hand it over."""

import csv
import io
import random
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import orjson
import xlsxwriter

from services.schedule.imports.timetable import Timetable
from tests.schedule.makers import zipped

CLASSES = ("5А", "5Б", "10 А")
SUBJECTS = ("Алгебра", "Русский язык", "Физическая культура", "Информатика")
TEACHERS = ("Иванова М. П.", "Ёлкин А. Б.", "Петрова-Водкина В. Г.", "Сидоров Д. Е.")
ROOMS = ("12", "21", "305а", "спортзал")
BELLS = {1: ("08:30", "09:15"), 2: ("09:25", "10:10"), 3: ("10:30", "11:15"), 4: ("11:30", "12:15")}
DAYS = ("Понедельник", "Вторник", "Среда", "Четверг", "Пятница")


@dataclass(frozen=True)
class Given:
    """A lesson of one class, or of its numbered subgroup; without a weekday it has no place."""

    class_: str
    subject: str
    teacher: str
    room: str = ""
    weekday: int = 0
    number: int = 0
    part: int = 0
    week: int = 0

    @property
    def students(self) -> str:
        return f"{self.class_} {self.part} подгруппа" if self.part else self.class_


def school(seed: int, *, weeks: bool = False, unplaced: bool = False) -> list[Given]:
    """Return lessons such that nobody is in two places; some classes come in two subgroups."""
    chance = random.Random(seed)
    lessons = []
    for weekday in range(1, 6):
        for number in range(1, 5):
            teachers, rooms = list(TEACHERS), list(ROOMS)
            chance.shuffle(teachers)
            chance.shuffle(rooms)
            for class_ in CLASSES:
                parts = (1, 2) if chance.random() < 0.3 else (0,)
                if chance.random() < 0.3 or len(teachers) < len(parts):
                    continue
                week = chance.choice((0, 0, 1, 2)) if weeks else 0
                subject = chance.choice(SUBJECTS)
                for part in parts:
                    place = (rooms.pop(), weekday, number, part, week)
                    lessons.append(Given(class_, subject, teachers.pop(), *place))
    if unplaced:
        lessons += [Given("5А", "Информатика", TEACHERS[0])] * 2
    return lessons


def facts(lessons: Iterable[Given]) -> Counter[tuple[object, ...]]:
    return Counter(
        (one.subject, (one.teacher,), (one.students,), one.room, one.week, one.weekday, one.number)
        for one in lessons
    )


def facts_of(timetable: Timetable) -> Counter[tuple[object, ...]]:
    """Return the same of what was read: an hour each."""
    found: Counter[tuple[object, ...]] = Counter()
    for one in timetable.activities.values():
        place = timetable.places.get(one.id)
        if place is None:
            found[one.subject, one.teachers, one.students, "", 0, 0, 0] += one.duration
            continue
        day = timetable.days[place.day]
        week = day.week if timetable.weeks > 1 else 0
        for hour in place.hours:
            number = timetable.hours[hour].number
            found[one.subject, one.teachers, one.students, place.room or "", week, day.weekday, number] += 1
    return found


def asc_file(lessons: Sequence[Given], encoding: str = "windows-1251") -> bytes:
    """Return an aSc XML: a lesson for each page of a class, a card for each hour."""
    ids = {name: f"*{at}" for at, name in enumerate((*CLASSES, *SUBJECTS, *TEACHERS, *ROOMS), 1)}
    groups = {(one.class_, one.part) for one in lessons}
    pages = Counter((one.class_, one.part, one.subject, one.teacher) for one in lessons)
    keys = {page: f"L{at}" for at, page in enumerate(pages, 1)}
    rows = {
        "periods": ("period", "period,name,short,starttime,endtime", [
            (n, n, n, starts.lstrip("0"), ends.lstrip("0")) for n, (starts, ends) in BELLS.items()
        ]),
        "subjects": ("subject", "id,name,short", [(ids[one], one, one[:3]) for one in SUBJECTS]),
        "teachers": ("teacher", "id,name,short", [(ids[one], one, one[:3]) for one in TEACHERS]),
        "classrooms": ("classroom", "id,name,short,capacity", [(ids[one], one, one, 30) for one in ROOMS]),
        "classes": ("class", "id,name,short,teacherid", [(ids[one], one, one, "") for one in CLASSES]),
        "groups": ("group", "id,classid,name,entireclass,divisiontag", [
            (f"G{class_}{part}", ids[class_], part or "Весь класс", int(not part), int(bool(part)))
            for class_, part in sorted(groups)
        ]),
        "lessons": ("lesson", "id,subjectid,classids,groupids,teacherids,periodspercard,periodsperweek", [
            (keys[page], ids[page[2]], ids[page[0]], f"G{page[0]}{page[1]}", ids[page[3]], 1, f"{hours}.0")
            for page, hours in pages.items()
        ]),
        "cards": ("card", "lessonid,period,days,weeks,terms,classroomids", [
            (
                keys[one.class_, one.part, one.subject, one.teacher], one.number,
                "".join("1" if day == one.weekday else "0" for day in range(1, 6)),
                ("11", "10", "01")[one.week], "1", ids[one.room],
            )
            for one in lessons if one.weekday
        ]),
    }  # fmt: skip
    text = [f'<?xml version="1.0" encoding="{encoding}"?>', '<timetable ascttversion="2012.1.1">']
    for name, (tag, columns, items) in rows.items():
        text.append(f'<{name} options="" columns="{columns}">')
        for item in items:
            pairs = zip(columns.split(","), item, strict=True)
            text.append(f"<{tag} " + " ".join(f'{key}="{value}"' for key, value in pairs) + "/>")
        text.append(f"</{name}>")
    return "\n".join([*text, "</timetable>"]).encode(encoding)


def gpu(rows: Iterable[Sequence[object]], encoding: str = "cp1251", delimiter: str = ";") -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode(encoding)


def untis_files(lessons: Sequence[Given], encoding: str = "cp1251", delimiter: str = ";") -> dict[str, bytes]:
    """Return GPU001 to GPU006; the files' names say nothing of what they are."""
    shorts = {name: f"У{at}" for at, name in enumerate(TEACHERS, 1)}
    pages = Counter((one.class_, one.part, one.subject, one.teacher) for one in lessons)
    keys = {page: at for at, page in enumerate(pages, 1)}
    places = [
        (keys[one.class_, one.part, one.subject, one.teacher], one.class_, shorts[one.teacher],
         one.subject[:5], one.room, one.weekday, one.number, "")
        for one in lessons if one.weekday
    ]  # fmt: skip
    taught = [
        (keys[page], hours, "", "", page[0], shorts[page[3]], page[2][:5], "", "", "", "", page[1] or "", "")
        for page, hours in pages.items()
    ]
    tables = {
        "a__txt": places,
        "b__txt": taught,
        "c__txt": [(one, one, "", "", "") for one in CLASSES],
        "d__txt": [(shorts[one], one, *[""] * 27) for one in TEACHERS],
        "e__txt": [(one, one, "", "", "", "", "", 30) for one in ROOMS],
        "f__txt": [(one[:5], one, "", "") for one in SUBJECTS],
    }
    return {name: gpu(rows, encoding, delimiter) for name, rows in tables.items()}


def untis_zip(lessons: Sequence[Given], encoding: str = "cp1251", delimiter: str = ";") -> bytes:
    return zipped(**untis_files(lessons, encoding, delimiter))


def nika_data(lessons: Sequence[Given]) -> dict[str, object]:
    lists = {"CLASSES": CLASSES, "SUBJECTS": SUBJECTS, "TEACHERS": TEACHERS, "ROOMS": ROOMS}
    ids = {name: f"{at:03}" for names in lists.values() for at, name in enumerate(names, 1)}
    schedule: dict[str, dict[str, dict[str, list[str]]]] = {}
    for one in sorted(lessons, key=lambda one: one.part):
        place = f"{one.weekday}{one.number:02}"
        parts = schedule.setdefault(ids[one.class_], {}).setdefault(place, {key: [] for key in "strg"})
        values = (ids[one.subject], ids[one.teacher], ids[one.room], str(one.part or ""))
        for key, value in zip("strg", values, strict=True):
            parts[key].append(value)
    return {
        "SCHOOL_NAME": "Школа",
        "EXPORT_DATE": "23.11.2026",
        "PERIODS": {"7": {"b": "01.09.2026", "e": "31.12.2026", "name": "I"},
                    "8": {"b": "11.01.2027", "e": "31.05.2027", "name": "II"}},
        "LESSON_TIMES": {str(number): list(times) for number, times in BELLS.items()},
        **{name: {ids[one]: one for one in names} for name, names in lists.items()},
        "CLASSGROUPS": {"1": "1", "2": "2"},
        "CLASS_SCHEDULE": {"7": schedule},
    }  # fmt: skip


def nika_file(data: dict[str, object], encoding: str = "utf-8") -> bytes:
    return f"var NIKA={orjson.dumps(data).decode()};\r\n".encode(encoding)


def workbook(rows: Iterable[Sequence[object]]) -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Расписание")
        for at, row in enumerate(rows):
            sheet.write_row(at, 0, row)
    return content.getvalue()


LIST_HEAD = ("День", "Урок", "Время", "Класс", "Подгруппа", "Неделя", "Предмет", "Учитель", "Кабинет")


def list_rows(lessons: Sequence[Given]) -> list[tuple[object, ...]]:
    return [
        ("Расписание",),
        LIST_HEAD,
        *(
            (DAYS[one.weekday - 1] if one.weekday else "", one.number or "",
             "–".join(BELLS[one.number]) if one.number else "", one.class_, one.part or "",
             ("", "А", "В")[one.week], one.subject, one.teacher, one.room)
            for one in lessons
        ),
    ]  # fmt: skip


def table_rows(lessons: Sequence[Given], between: str = " / ") -> list[list[str]]:
    """Return the usual table: days and lessons down, classes across, subgroups in lines of a cell."""
    rows = [["Утверждаю"], ["День", "Урок", *CLASSES]]
    for weekday, day in enumerate(DAYS, 1):
        for number, times in BELLS.items():
            row = [day if number == 1 else "", f"{number}. {'-'.join(times)}"]
            for class_ in CLASSES:
                here = [
                    one
                    for one in lessons
                    if (one.class_, one.weekday, one.number) == (class_, weekday, number)
                ]
                ordered = sorted(here, key=lambda one: one.part)
                row.append("\n".join(between.join((one.subject, one.teacher, one.room)) for one in ordered))
            rows.append(row)
    return rows
