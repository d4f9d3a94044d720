"""Lists of pupils and of staff as a Russian school hands them over: any columns, any sheets."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from services.identity.actions.importing.roster import LIST, Ignored
from services.identity.imports.headings import Heading, find_heading
from services.identity.imports.list_cells import Cells
from services.identity.imports.list_rows import enter_pupil, enter_staff
from services.identity.imports.parsed import Parsed
from services.identity.rules.class_names import class_in
from services.identity.rules.lists import AUTO, PUPILS, STAFF
from shared.errors import Invalid, Text
from shared.grids import Grid
from shared.imports import Row, RowError
from shared.names import collated

ASIDE = ("пример", "подсказк", "образец", "справочник", "example", "hints")
NAMED_STAFF = ("сотрудник", "учител", "педагог", "персонал", "staff", "teacher")
NAMED_PUPILS = ("ученик", "учащ", "обучающ", "контингент", "pupil", "student")
MARKS_STAFF = frozenset({"position", "role", "led"})
MARKS_PUPILS = frozenset({"class", "grade", "letter", "file_number"})


class NotAList(Invalid):
    """No sheet has headings we know."""

    title = Text("В таблице не найдены заголовки", "The table has no headings we know")
    detail = Text(
        "Нужна строка с названиями столбцов: «ФИО» или «Фамилия», «Имя»; для учеников — «Класс», для "
        "сотрудников — «Должность». Скачайте шаблон и перенесите список в него.",
        "A line with the names of columns is needed: a full name or its parts; for pupils the class, for "
        "staff the position. Download the template and copy the list into it.",
    )


@dataclass(frozen=True)
class _Sheet:
    """A sheet with headings: who is on it, and the class it is of when that stands above."""

    grid: Grid
    heading: Heading
    who: str
    class_text: str


def read_lists(grids: Sequence[Grid], kind: str, who: str, today: date) -> Parsed:
    """Read all sheets that have headings; wrong rows become errors, what is left out is named."""
    parsed = Parsed(kind, LIST)
    found = [sheet for grid in grids if (sheet := _sheet(parsed, grid, who))]
    if not found:
        raise NotAList
    for sheet in found:
        _name_left_out(parsed, sheet)
        if not sheet.who:
            said = Text(
                "Непонятно, ученики это или сотрудники: добавьте столбец «Класс» или «Должность».",
                "Are these pupils or staff? Add a column for the class or for the position.",
            )
            parsed.errors.append(RowError(sheet.grid.name, sheet.heading.number, "", said))
            continue
        for cells in _rows(sheet):
            enter = enter_staff if sheet.who == STAFF else enter_pupil
            enter(parsed, cells, today)
    return parsed


def _sheet(parsed: Parsed, grid: Grid, who: str) -> _Sheet | None:
    if collated(grid.name).startswith(ASIDE):
        return None
    heading = find_heading(grid)
    if heading is None:
        if grid.lines:
            why = Text("лист пропущен: нет заголовков", "passed over: the sheet has no headings")
            parsed.ignored.append(Ignored(grid.name, grid.name, why))
        return None
    titles = (grid.name, *heading.above)
    class_text = next((found for title in titles if (found := class_in(title))), "")
    return _Sheet(grid, heading, who if who != AUTO else _guess(heading, grid.name, class_text), class_text)


def _guess(heading: Heading, name: str, class_text: str) -> str:
    """Return who is listed: staff have positions, pupils have classes and parents."""
    plain = collated(name)
    if plain.startswith(NAMED_STAFF) or heading.fields & MARKS_STAFF:
        return STAFF
    has_parents = any(column.whose for column in heading.columns)
    if plain.startswith(NAMED_PUPILS) or heading.fields & MARKS_PUPILS or has_parents or class_text:
        return PUPILS
    return ""


def _name_left_out(parsed: Parsed, sheet: _Sheet) -> None:
    why = Text("столбец не загружается", "the column is not imported")
    parsed.ignored.extend(Ignored(sheet.grid.name, title, why) for title in sheet.heading.unknown)


def _rows(sheet: _Sheet) -> Iterable[Cells]:
    for line in sheet.heading.body:
        texts = {
            column: line.cells[column.at] if column.at < len(line.cells) else ""
            for column in sheet.heading.columns
        }
        if not any(texts.values()) or _is_no_row(texts.values(), [column.title for column in texts]):
            continue
        row = Row(
            sheet.grid.name, line.number, {column.title.casefold(): text for column, text in texts.items()}
        )
        yield Cells(
            row,
            {(column.whose, column.field): text for column, text in texts.items()},
            {(column.whose, column.field): column.title for column in texts},
            sheet.class_text,
        )


def _is_no_row(texts: Iterable[str], titles: Sequence[str]) -> bool:
    """Whether it is the headings once more, as on each printed page, or a line such as «Итого: 25»."""
    filled = [text for text in texts if text]
    if set(filled) <= set(titles):
        return True
    return len(filled) == 1 and any(sign in filled[0] for sign in ":_0123456789")
