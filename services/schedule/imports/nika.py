"""НИКА: the script that a school's site shows its timetable from (`var NIKA={…};`), read as data only."""

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

import orjson

from services.schedule.imports.labels import grade_of, times_in
from services.schedule.imports.meetings import Meeting, Told, joined, timetable_of
from services.schedule.imports.timetable import Faults, StudentsSet, Timetable
from shared.errors import Text
from shared.imports import decode
from shared.names import tidy

START = re.compile(r"\s*(?:/\*.{0,500}?\*/\s*)?(?:(?:var|let|const)\s+)?NIKA\s*=\s*(?=\{)", re.DOTALL)
PLACE = re.compile(r"[1-7]\d\d")  # A day's digit and two of the lesson's number.
NAMES = ("SUBJECTS", "CLASSES", "TEACHERS", "ROOMS", "CLASSGROUPS")
LISTS = ("SUBJECTS", "CLASSES", "CLASS_SCHEDULE", "PERIODS")

EXCHANGES = Text(
    "Замены НИКА не загружаются: их ведут в разделе «Замены».",
    "Substitutions of НИКА are not taken; they are kept under “Substitutions”.",
)
OTHER_PERIOD = Text(
    "Другой период файла: загружается тот, что идёт в день выгрузки.",
    "Another period of the file; the one of the day of export is taken.",
)
SHIFTS = Text("Смены классов задают в параметрах учебного года.", "Shifts are set with the academic year.")
TRANSFERS = Text("Переносы дней задают в учебном годе.", "Moved days are set with the academic year.")

Dictionary = Mapping[str, Any]


def is_nika(content: bytes) -> bool:
    """Whether a file begins as НИКА's script does."""
    return START.match(content[:4000].removeprefix(b"\xef\xbb\xbf").decode("latin-1")) is not None


def timetable_from_nika(content: bytes, file: str) -> Timetable:
    """Return the timetable of a НИКА script; BadRows tells all its faults."""
    told = Told(Faults(file))
    nika = _data(content, file, told.faults)
    for name in LISTS:
        if not isinstance(nika.get(name), dict):
            said = f"В файле нет раздела {name}; выгрузите расписание из НИКИ заново."
            told.faults.add(0, name, said, f"The file has no part “{name}”; export it again.")
    told.faults.raise_if_any()
    reader = _Reader(nika, told)
    told.meetings += joined(reader.meetings())
    reader.read_frame()
    return timetable_of(told)


def _data(content: bytes, file: str, faults: Faults) -> Dictionary:
    """Return what the script assigns: JSON, and nothing but a semicolon after it."""
    text = decode(content, file)
    found = START.match(text)
    body = text[found.end() :].rstrip().rstrip(";") if found else ""
    try:
        data = orjson.loads(body)
    except orjson.JSONDecodeError as wrong:
        line = text[: found.end() if found else 0].count("\n") + wrong.lineno
        said = "Не читается: после «var NIKA=» должны стоять данные JSON и больше ничего."
        faults.add(line, "NIKA", said, "After “var NIKA=” must come JSON data and nothing else.")
        faults.raise_if_any()
        raise AssertionError from wrong
    return data if isinstance(data, dict) else {}


class _Reader:
    """The parts of a НИКА file; whatever is of another shape than it should be is a fault."""

    def __init__(self, nika: Dictionary, told: Told) -> None:
        self.nika, self.told = nika, told
        self.period = self._period()
        self.names = {name: self._dictionary(name) for name in NAMES}
        self.classes = self.names["CLASSES"]

    def _dictionary(self, name: str) -> dict[str, str]:
        """Return one of the lists of names by id."""
        given = self.nika.get(name) or {}
        return {str(id_): tidy(str(told)) for id_, told in given.items()} if isinstance(given, dict) else {}

    def _period(self) -> str:
        """Return the period of the day of export, or the last that had begun, or the first."""
        periods = self.nika["PERIODS"]
        exported = _day(self.nika.get("EXPORT_DATE"))
        begun = {
            id_: start
            for id_, one in periods.items()
            if isinstance(one, dict) and (start := _day(one.get("b"))) and (not exported or start <= exported)
        }
        known = [*begun, *periods, *self.nika["CLASS_SCHEDULE"], ""]
        return max(begun, key=lambda id_: begun[id_]) if begun else str(known[0])

    def read_frame(self) -> None:
        """Read bells and classes, and note what stays behind."""
        told, nika = self.told, self.nika
        told.institution = tidy(f"{nika.get('SCHOOL_NAME') or ''}")
        times = nika.get("LESSON_TIMES")
        for number, pair in times.items() if isinstance(times, dict) else ():
            if re.fullmatch(r"\d{1,2}", str(number)) and isinstance(pair, list) and len(pair) == 2:
                starts, ends = (times_in(str(one))[0] for one in pair)
                told.bells[int(number)] = (starts, ends)
        for name in self.classes.values():
            told.sets.setdefault(name, StudentsSet(name, "class", grade_of(name)))
        told.ignore("PERIODS", len(nika["PERIODS"]) - 1, OTHER_PERIOD)
        for part in ("CLASS_EXCHANGE", "TEACH_EXCHANGE"):
            told.ignore(part, _leaves(nika.get(part)), EXCHANGES)
        transfers = nika.get("HOLIDAY_TRANSFER")
        count = len(transfers) if isinstance(transfers, dict | list) else 0
        told.ignore("HOLIDAY_TRANSFER", count, TRANSFERS)
        shifts = nika.get("CLASS_SHIFT")
        shifts = shifts.get(self.period) if isinstance(shifts, dict) else None
        told.ignore("CLASS_SHIFT", len(shifts) if isinstance(shifts, dict) else 0, SHIFTS)

    def meetings(self) -> Iterator[Meeting]:
        """Return the lessons of all classes in the present period."""
        schedule = self.nika["CLASS_SCHEDULE"].get(self.period)
        if not isinstance(schedule, dict):
            said = f"На период «{self.period}» в CLASS_SCHEDULE нет расписания."
            self.told.faults.add(0, "CLASS_SCHEDULE", said, f"There is no timetable of “{self.period}”.")
            return
        for id_, places in schedule.items():
            class_ = self.classes.get(str(id_))
            if class_ is None or not isinstance(places, dict):
                self.told.faults.unknown(0, f"CLASS_SCHEDULE.{id_}", str(id_), "CLASSES")
                continue
            for place, parts in places.items():
                where = f"CLASS_SCHEDULE.{self.period}.{id_}.{place}"
                if PLACE.fullmatch(str(place)) and isinstance(parts, dict):
                    yield from self._lessons(class_, str(place), parts, where)
                else:
                    said = "Место урока — цифра дня и две цифры номера, как «101»."
                    self.told.faults.add(0, where, said, "A place is a day and two digits, such as “101”.")

    def _lessons(self, class_: str, place: str, parts: Dictionary, where: str) -> Iterator[Meeting]:
        """Return a lesson for each subgroup: the arrays go side by side."""
        columns = {key: _listed(parts.get(key)) for key in "strg"}
        for at, subject in enumerate(columns["s"]):
            own = {key: column[at] if at < len(column) else "" for key, column in columns.items()}
            label = self._one("CLASSGROUPS", own["g"], f"{where}.g")
            if not label and len(columns["s"]) > 1:
                label = str(at + 1)
            if not subject:
                continue
            yield Meeting(
                subject=self._one("SUBJECTS", subject, f"{where}.s"),
                teachers=tuple(filter(None, [self._one("TEACHERS", own["t"], f"{where}.t")])),
                students=(self.told.part_of(class_, label) if label else class_,),
                line=0,
                room=self._one("ROOMS", own["r"], f"{where}.r"),
                weekday=int(place[0]),
                number=int(place[1:]),
            )

    def _one(self, name: str, id_: str, where: str) -> str:
        """Return what an id stands for; nothing for none."""
        if not id_:
            return ""
        found = self.names[name].get(id_)
        if found is None:
            self.told.faults.unknown(0, where, id_, name)
        return found or ""


def _listed(value: Any) -> list[str]:
    """Return ids as texts: an array of them, a single one, or none."""
    values = value if isinstance(value, list) else [value]
    return ["" if one in (None, "", 0) else str(one) for one in values]


def _day(written: Any) -> date | None:
    try:
        return datetime.strptime(str(written), "%d.%m.%Y").date()  # noqa: DTZ007  # A day has no zone.
    except ValueError:
        return None


def _leaves(exchanges: Any) -> int:
    """Count the lessons of `{class: {date: {lesson: …}}}`."""
    days = [one for one in exchanges.values() if isinstance(one, dict)] if isinstance(exchanges, dict) else []
    return sum(len(lessons) for day in days for lessons in day.values() if isinstance(lessons, dict))
