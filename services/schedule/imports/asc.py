"""aSc TimeTables (aSc «Расписания»), its XML of 2012: lists of named things, lessons, and cards."""

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace

from services.schedule.imports.document import Node
from services.schedule.imports.labels import grade_of, times_in
from services.schedule.imports.meetings import Meeting, Told, timetable_of
from services.schedule.imports.places import room_name
from services.schedule.imports.timetable import Faults, Room, StudentsSet, Timetable
from shared.errors import Text
from shared.names import tidy

ROOT = "timetable"
NEEDED = {
    "subjects": ("id", "name"),
    "classes": ("id", "name"),
    "lessons": ("id", "subjectid", "classids"),
    "cards": ("lessonid", "period", "days"),
}
"""The lists that a timetable cannot do without, and their columns."""

MOST_HOURS = 40  # Of one lesson in a week.

TERM = Text(
    "Карточка только другого учебного периода: загружается первый.",
    "A card of another term only; the first term is taken.",
)
UNUSED = Text("У журнала для этого есть свои разделы.", "The journal has places of its own for it.")
LEADERS = Text("Классных руководителей назначают в карточке класса.", "Class teachers are set in the class.")


def timetable_from_asc(root: Node, file: str) -> Timetable:
    """Return the timetable of an aSc XML's root element; BadRows tells all its faults."""
    reader = _Reader(root, file)
    reader.check_columns()
    reader.told.faults.raise_if_any()
    reader.read()
    return timetable_of(reader.told)


class _Reader:
    """The lists of a file by the ids used in it; they hold for this one file."""

    def __init__(self, root: Node, file: str) -> None:
        self.root = root
        self.told = Told(Faults(file), institution=root.attributes.get("schoolname", ""))
        self.subjects = self._named("subjects", "subject")
        self.teachers = self._named("teachers", "teacher")
        self.rooms = self._named("classrooms", "classroom")
        self.classes = self._named("classes", "class")
        self.groups = {_get(node, "id"): node for node in self._list("groups", "group")}

    def check_columns(self) -> None:
        """Note lists that are missing, and columns they do not carry."""
        faults = self.told.faults
        for name, columns in NEEDED.items():
            listed = self.root.first(name)
            if listed is None:
                said = f"Нет списка {name}; отметьте его при выгрузке из aSc."
                faults.add(self.root.line, name, said, f"There is no list “{name}”; export it from aSc.")
                continue
            given = set(listed.attributes.get("columns", ",".join(columns)).split(","))
            for column in (one for one in columns if one not in given):
                said = f"В списке {name} нет столбца {column}; отметьте его при выгрузке из aSc."
                faults.add(listed.line, column, said, f"List “{name}” lacks column “{column}”.")

    def read(self) -> None:
        """Read everything; what is wrong is noted."""
        self._read_frame()
        lessons = {_get(node, "id"): (node, self._lesson(node)) for node in self._list("lessons", "lesson")}
        spent: Counter[str] = Counter()
        skipped = 0
        for card in self._list("cards", "card"):
            id_ = _get(card, "lessonid")
            if id_ not in lessons:
                self.told.faults.unknown(card.line, "lessonid", id_, "lessons")
            elif _get(card, "terms").startswith("0"):
                skipped += 1
            else:
                spent[id_] += 1
                self.told.meetings += self._card(card, lessons[id_][1])
        for id_, (node, lesson) in lessons.items():
            if (left := self._cards_of(node) - spent[id_]) > 0:
                self.told.meetings.append(replace(lesson, duration=left * lesson.duration))
        self.told.ignore("card", skipped, TERM)
        self._note_what_stays_behind()

    def _list(self, name: str, tag: str) -> Iterator[Node]:
        listed = self.root.first(name)
        return listed.all(tag) if listed else iter(())

    def _named(self, name: str, tag: str) -> dict[str, str]:
        """Return names by id; where two have one name, the second is told by its short name, too."""
        found: dict[str, str] = {}
        for node in self._list(name, tag):
            parts = f"{_get(node, 'lastname')} {_get(node, 'firstname')}"
            full = tidy(_get(node, "name") or parts) or _get(node, "short")
            if not full:
                said = f"В списке {name} запись без имени."
                self.told.faults.add(node.line, "name", said, f"An entry of “{name}” has no name.")
            twin = full in found.values()
            found[_get(node, "id")] = f"{full} ({_get(node, 'short') or len(found)})" if twin else full
        return found

    def _read_frame(self) -> None:
        for node in self._list("periods", "period"):
            number = _get(node, "period")
            if not number.isdecimal() or len(number) > 2:
                self.told.faults.add(node.line, "period", f"«{number}» — не номер урока.", "No number.")
                continue
            self.told.bells[int(number)] = (
                times_in(_get(node, "starttime"))[0],
                times_in(_get(node, "endtime"))[0],
            )
        for node in self._list("classrooms", "classroom"):
            capacity, name = _get(node, "capacity"), self.rooms[_get(node, "id")]
            self.told.rooms[name] = Room(name, int(capacity) if re.fullmatch(r"\d{1,5}", capacity) else 0)
        for name in self.classes.values():
            self.told.sets[name] = StudentsSet(name, "class", grade_of(name))

    def _lesson(self, node: Node) -> Meeting:
        """Return what is taught, without a place."""
        hours = self._number(node, "periodspercard")
        return Meeting(
            subject=next(self._names(node, "subjectid", self.subjects, "subjects"), ""),
            teachers=tuple(self._names(node, "teacherids", self.teachers, "teachers")),
            students=tuple(self._students(node)),
            line=node.line,
            duration=max(1, round(hours)),
        )

    def _names(self, node: Node, column: str, known: Mapping[str, str], where: str) -> Iterator[str]:
        for id_ in _ids(node, column):
            if id_ in known:
                yield known[id_]
            else:
                self.told.faults.unknown(node.line, column, id_, where)

    def _students(self, node: Node) -> Iterator[str]:
        """Return classes, and the parts of those of which only parts come."""
        parted: set[str] = set()
        for id_ in _ids(node, "groupids"):
            group = self.groups.get(id_)
            class_ = self.classes.get(_get(group, "classid")) if group else None
            if group is None or class_ is None:
                self.told.faults.unknown(node.line, "groupids", id_, "groups")
                continue
            parted.add(class_)
            yield class_ if _is_whole(group) else self.told.part_of(class_, tidy(_get(group, "name")))
        for class_ in self._names(node, "classids", self.classes, "classes"):
            if class_ not in parted:
                yield class_

    def _card(self, card: Node, lesson: Meeting) -> Iterator[Meeting]:
        """Return the meetings of a card: one for each day of its mask; none is no place yet."""
        days, period = _get(card, "days"), _get(card, "period")
        if "," in days or "1" not in days or not period:
            yield lesson
            return
        week = self._week(card)
        for column, written, form in (("days", days, r"[01]{1,7}"), ("period", period, r"\d{1,2}")):
            if not re.fullmatch(form, written):
                said = f"«{written[:20]}» не читается: нужны дни вида 10000 и номер урока."
                self.told.faults.add(card.line, column, said, f"“{written[:20]}” cannot be read.")
                return
        rooms = room_name(list(self._names(card, "classroomids", self.rooms, "classrooms")))
        for at, mark in enumerate(days, 1):
            if mark == "1":
                yield replace(lesson, line=card.line, weekday=at, number=int(period), week=week, room=rooms)

    def _week(self, card: Node) -> int:
        weeks = _get(card, "weeks") or "1"
        if "0" not in weeks:
            return 0
        if weeks in ("10", "01"):
            return weeks.index("1") + 1
        said = f"Недели «{weeks}»: чередуются только две; перенесите карточку."
        self.told.faults.add(card.line, "weeks", said, f"Weeks “{weeks}”: only two can alternate.")
        return 0

    def _cards_of(self, node: Node) -> int:
        """Return how many cards a lesson should have, by its hours a week."""
        hours, each = self._number(node, "periodsperweek"), self._number(node, "periodspercard")
        return math.ceil(hours / max(1, each))

    def _number(self, node: Node, column: str) -> float:
        """Return a number written 3, 3.0 or 3,0; where there is none, 1."""
        written = _get(node, column).replace(",", ".") or "1"
        if re.fullmatch(r"\d{1,2}(\.\d{1,4})?", written) and float(written) <= MOST_HOURS:
            return float(written)
        said = f"«{written}» — не число уроков от 0 до {MOST_HOURS}."
        self.told.faults.add(node.line, column, said, f"“{written}” is no number of 0 to {MOST_HOURS}.")
        return 1

    def _note_what_stays_behind(self) -> None:
        leaders = sum(bool(_get(node, "teacherid")) for node in self._list("classes", "class"))
        self.told.ignore("class teacherid", leaders, LEADERS)
        for name, tag in (
            ("breaks", "break"),
            ("students", "student"),
            ("studentsubjects", "studentsubject"),
        ):
            self.told.ignore(name, sum(1 for _ in self._list(name, tag)), UNUSED)


def _get(node: Node, name: str) -> str:
    return node.attributes.get(name, "").strip()


def _ids(node: Node, column: str) -> list[str]:
    return [id_ for id_ in _get(node, column).split(",") if id_]


def _is_whole(group: Node) -> bool:
    return _get(group, "entireclass") == "1" or _get(group, "divisiontag") == "0"
