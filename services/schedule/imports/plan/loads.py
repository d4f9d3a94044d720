"""The load from a table: «Учитель; Предмет; Класс/Группа; Часов», a row for each teacher of a page."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.schedule.actions.loads import Page, Teaching, assign_loads
from services.schedule.imports.plan.headings import GROUP, HOURS, LOADS, SUBJECT, TEACHER
from services.schedule.models import Group, Load, Person, Subject, Year
from services.schedule.rules.curriculum import MOST_QUARTERS, read_hours
from shared.db import SchoolSession
from shared.grids import Grid
from shared.headed import HeadedRow, rows_of
from shared.imports import BadRows, RowError
from shared.names import collated, full_name, plain_name, short_name

VACANT = ("", "вакансия", "вакант", "-", "—", "vacancy")


def import_loads(session: SchoolSession, year: Year, grids: Sequence[Grid]) -> dict[str, Any]:
    """Make the table the load of the groups it names, all or nothing; BadRows names every bad row.

    Groups it does not name keep theirs. The same table again changes nothing and tells nobody.
    """
    rows = rows_of(grids, LOADS)
    known = _Known(session, year)
    pages: dict[Page, Teaching] = {}
    wrong: list[RowError] = []
    for row in rows:
        faults = list(known.faults(row))
        if not faults:
            faults += _enter(pages, row, known)
        wrong += faults
    if wrong:
        raise BadRows(wrong)
    session.scalar(select(Year.id).where(Year.id == year.id).with_for_update())
    return {"rows": len(rows), "loads": assign_loads(session, year, pages, {group for group, _ in pages})}


def _enter(pages: dict[Page, Teaching], row: HeadedRow, known: "_Known") -> Iterator[RowError]:
    """Join a row to those of the same page: teachers who teach together have the hours each."""
    page = known.groups[plain_name(row.get(GROUP))][0], known.subjects[collated(row.get(SUBJECT))]
    quarters = read_hours(row.get(HOURS)) or 0
    teachers = known.teacher(row)
    own = pages.get(page, Teaching.of((), quarters))
    if own.quarters != quarters:
        yield row.error(HOURS, "У этого класса по предмету выше другие часы.", "Other hours stand above.")
    if page in pages and (not teachers or teachers[0] in own.teacher_ids):
        yield row.error(TEACHER, "Эта строка уже есть выше.", "This row stands above already.")
    pages[page] = Teaching.of({*own.teacher_ids, *teachers}, own.quarters)


@dataclass(init=False)
class _Known:
    """What the names in a table may mean at this school."""

    groups: dict[str, list[UUID]]
    subjects: dict[str, UUID]
    people: dict[str, list[str]]

    def __init__(self, session: SchoolSession, year: Year) -> None:
        """Read groups, subjects and people, in four statements."""
        self.groups, self.people = defaultdict(list), defaultdict(list)
        for group in session.scalars(select(Group)):
            self.groups[plain_name(group.name)].append(group.id)
        self.subjects = {
            collated(row.name): row.id for row in session.execute(select(Subject.id, Subject.name))
        }
        asked = select(Load.teacher_ids).where(Load.year_id == year.id)
        self.teaching = {one for ids in session.scalars(asked) for one in ids}
        for person in session.scalars(select(Person)):
            parts = person.family_name, person.given_name, person.patronymic
            for name in {_key(full_name(*parts)), _key(short_name(*parts))}:
                self.people[name].append(str(person.id))

    def faults(self, row: HeadedRow) -> Iterator[RowError]:
        """Tell what is wrong in a row by itself."""
        found = self.groups.get(plain_name(row.get(GROUP)), [])
        if len(found) != 1:
            said = "Таких групп несколько; переименуйте их." if found else "Нет такого класса или группы."
            yield row.error(GROUP, said, "Several such groups." if found else "There is no such group.")
        if collated(row.get(SUBJECT)) not in self.subjects:
            yield row.error(
                SUBJECT, "Нет такого предмета; внесите его или загрузите учебный план.", "No such subject."
            )
        hours = read_hours(row.get(HOURS))
        if not hours or hours > MOST_QUARTERS:
            yield row.error(HOURS, "Часы в неделю: 3 или 1,5, кратно четверти часа.", "Hours: 3 or 1.5.")
        if len(people := self._people(row)) != 1 and not _is_vacant(row):
            said = "Таких людей несколько; напишите имя полностью." if people else "Нет такого человека."
            yield row.error(TEACHER, said, "Several such people." if people else "There is no such person.")

    def teacher(self, row: HeadedRow) -> list[str]:
        """Return the teacher of a row without faults, or nobody for a vacancy."""
        return [] if _is_vacant(row) else self._people(row)

    def _people(self, row: HeadedRow) -> list[str]:
        """Return who bears the name; of several, pupils and parents among them, those who teach."""
        found = self.people.get(_key(row.get(TEACHER)), [])
        teaching = [one for one in found if one in self.teaching]
        return teaching if len(found) > 1 and teaching else found


def _is_vacant(row: HeadedRow) -> bool:
    return collated(row.get(TEACHER)) in VACANT


def _key(name: str) -> str:
    """Return a name as it is compared: «Иванова М.П.» and «Иванова М. П.» are the same."""
    return collated(name.replace(".", ". ")).replace(".", "").replace("  ", " ").strip()
