"""Marks from a table: what stands where, what is wrong where, all or nothing (item 9)."""

import io
from datetime import date

import pytest
import xlsxwriter

from services.journal.actions.periods import close_period
from services.journal.imports.marks import import_marks, marks_table
from services.journal.imports.overwriting import StandingOverwritten
from services.journal.queries.page import class_page
from shared.errors import Denied, NotFound, Text
from shared.events.identity import GroupChanged, PersonChanged
from shared.grids import read_grids
from shared.ids import new_id
from shared.imports import BadRows
from shared.sheets import sheet
from tests.journal.makers import FRIDAY, TODAY, make_world, published, tell
from tests.journal.test_marks import page_of, record
from tests.journal.test_parameters import told_to

MARKS = "journal.marks.recorded"
HEAD = "Ученик;02.10.2026;05.10.2026 №2\n"


def bring(database, world, text, *, seen=None, actor=None, content=None, agreed=None):
    """Imports a table; returns what was done."""
    if seen is None:
        seen = page_of(database, world)["page"]["seq"]
    grids = read_grids(content or text.encode(), "marks.csv")
    with database.writing(world.school_id) as session:
        page_id = world.page_id(session)
        return import_marks(session, actor or world.actor(), page_id, seen, grids, None, agreed)


def stands(database, world):
    """Returns {(lesson number, pupil number, slot): value}."""
    page = page_of(database, world)
    order = [world.pupils.index(pupil["id"]) for pupil in page["pupils"]]
    return {(lesson, order[pupil], slot): value for lesson, pupil, slot, value in page["entries"]}


def wrong(refused):
    return [(row.line, row.column, row.value) for row in refused.value.rows]


@pytest.fixture
def world(either_database):
    return make_world(either_database)


def test_a_table_is_written_lesson_by_lesson_and_again_changes_nothing(either_database, world):
    table = HEAD + "ёлкина мария;5;Н\nАБРАМОВ  Мария;4/5;\nЖуков Мария Павловна;оп 10;зач\n"

    done = bring(either_database, world, table)

    assert (done["cells"], done["changed"]) == (6, 6)
    assert stands(either_database, world) == {
        (0, 0, 1): "5",
        (1, 0, 0): "н",
        (0, 1, 1): "4",
        (0, 1, 2): "5",
        (0, 2, 0): "оп 10",
        (1, 2, 1): "зач",
    }
    assert len(published(either_database, world, MARKS)) == 2
    again = bring(either_database, world, table)
    assert (again["cells"], again["changed"]) == (6, 0)
    assert len(published(either_database, world, MARKS)) == 2


def test_a_full_stop_is_a_work_that_is_awaited(either_database, world):
    bring(either_database, world, HEAD + "Ёлкина Мария;.;•\n")

    assert stands(either_database, world) == {(0, 0, 1): "•", (1, 0, 1): "•"}


def test_a_first_grade_takes_a_table_of_absences_and_none_of_marks(either_database, world):
    tell(either_database, world, GroupChanged(group_id=world.class_id, kind="class", name="1А", grade=1))

    with pytest.raises(BadRows) as refused:
        bring(either_database, world, HEAD + "Абрамов Мария;5;н\n")
    assert wrong(refused) == [(2, "02.10.2026", "5")]

    bring(either_database, world, HEAD + "Абрамов Мария;;н\n")
    assert stands(either_database, world) == {(1, 1, 0): "н"}


def test_every_bad_cell_is_named_and_nothing_is_written(either_database, world):
    table = HEAD + "Ёлкина Мария;7;5\nНиктошкин Пётр;5;\nАбрамов Мария;;н/б\nЁлкина Мария;4;\n"

    with pytest.raises(BadRows) as refused:
        bring(either_database, world, table)

    assert wrong(refused) == [
        (2, "02.10.2026", "7"),
        (3, "Ученик", "Никтошкин Пётр"),
        (4, "05.10.2026 №2", "н/б"),
        (5, "Ученик", ""),
    ]
    assert stands(either_database, world) == {}


@pytest.mark.parametrize(
    ("head", "column"),
    [
        ("Ученик;Контрольная", "Контрольная"),
        ("Ученик;03.10.2026", "03.10.2026"),
        ("Ученик;31.02.2026", "31.02.2026"),
        ("Ученик;05.10.2026;05.10.2026 №2", "05.10.2026 №2"),
        ("Фамилия;05.10.2026", ""),
    ],
)
def test_a_heading_that_names_no_lesson_is_said(either_database, world, head, column):
    with pytest.raises(BadRows) as refused:
        bring(either_database, world, f"{head}\nЁлкина Мария;5;5\n")

    assert column in [row.column for row in refused.value.rows]


def test_a_lesson_ahead_or_a_closed_period_is_said_of_its_column(either_database, world):
    with pytest.raises(BadRows) as refused:
        bring(either_database, world, "Ученик;06.10.2026\nЁлкина Мария;5\n")
    assert "ещё" in refused.value.rows[0].reason.ru or "Урок будет" in refused.value.rows[0].reason.ru

    with either_database.writing(world.school_id) as session:
        close_period(session, world.actor(new_id(), "deputy"), world.quarters[0])
    with pytest.raises(BadRows) as refused:
        bring(either_database, world, HEAD + "Ёлкина Мария;5;\n")
    assert "закрыт" in refused.value.rows[0].reason.ru


def test_all_that_is_wrong_is_told_in_one_answer(either_database, world):
    table = (
        "Ученик;06.10.2026;03.10.2026;02.10.2026\nЁлкина Мария;5;5;5\nЁлкина Мария;4;;4\nАбрамов Мария;;;7\n"
    )

    with pytest.raises(BadRows) as refused:
        bring(either_database, world, table)

    assert wrong(refused) == [
        (1, "03.10.2026", "03.10.2026"),
        (2, "06.10.2026", ""),
        (3, "Ученик", ""),
        (4, "02.10.2026", "7"),
    ]
    assert stands(either_database, world) == {}
    assert published(either_database, world, MARKS) == []


def test_what_a_colleague_changed_meanwhile_is_shown_and_nothing_is_written(either_database, world):
    seen = page_of(either_database, world)["page"]["seq"]
    record(either_database, world, {(0, 1): "4"})

    with pytest.raises(BadRows) as refused:
        bring(either_database, world, HEAD + "Ёлкина Мария;5;5\n", seen=seen)

    assert wrong(refused) == [(2, "05.10.2026 №2", "5")]
    assert "«4»" in refused.value.rows[0].reason.ru
    assert stands(either_database, world) == {(1, 0, 1): "4"}


def test_what_is_new_what_stood_and_what_is_overwritten_is_told(either_database, world):
    record(either_database, world, {(0, 0): "н", (1, 1): "4", (2, 1): "•"})

    done = bring(either_database, world, HEAD + "Ёлкина Мария;5;б\nАбрамов Мария;4;5\nЖуков Мария;;3\n")

    assert (done["cells"], done["changed"], done["new"], done["unchanged"]) == (5, 5, 3, 0)
    assert (done["overwritten_marks"], done["overwritten_absences"]) == (1, 1)
    assert [(one["pupil"]["name"], one["on"], one["number"], one["slot"], one["was"], one["value"])
            for one in done["overwritten"]] == [
        ("Ёлкина Мария", TODAY, 2, 0, "н", "б"),
        ("Абрамов Мария", TODAY, 2, 1, "4", "5"),
    ]  # fmt: skip
    again = bring(either_database, world, HEAD + "Ёлкина Мария;4;б\nАбрамов Мария;4;5\n")
    assert (again["new"], again["unchanged"], again["overwritten_marks"]) == (0, 3, 1)


def test_4_2_1_a_table_puts_no_mark_beside_an_absence_and_no_absence_beside_a_mark(either_database, world):
    record(either_database, world, {(0, 0): "б", (1, 1): "4", (1, 2): "5", (2, 1): "3"})

    with pytest.raises(BadRows) as refused:
        bring(either_database, world, HEAD + "Ёлкина Мария;4;5\nАбрамов Мария;;н\nЖуков Мария;5;4\n")

    assert wrong(refused) == [(2, "05.10.2026 №2", "5"), (3, "05.10.2026 №2", "н")]
    away, marked = (row.reason.ru for row in refused.value.rows)
    assert away == "Ёлкина Мария, 05.10: отсутствовал (б); впишите отметку в клетке, если она нужна."
    assert marked.startswith("Абрамов Мария, 05.10: стоит отметка 4/5, отсутствие её сотрёт;")
    assert stands(either_database, world) == {(1, 0, 0): "б", (1, 1, 1): "4", (1, 1, 2): "5", (1, 2, 1): "3"}


@pytest.mark.parametrize(
    ("stood", "said", "after"),
    [
        ({0: "оп 5"}, "4;", {0: "оп 5", 1: "4"}),
        ({1: "4"}, "оп;", {0: "оп", 1: "4"}),
        ({0: "б"}, ".;", {0: "б", 1: "•"}),
        ({1: "•"}, "н;", {0: "н", 1: "•"}),
        ({0: "б", 1: "•"}, "4;", {0: "б", 1: "4"}),
        ({0: "б", 1: "5"}, "5;", {0: "б", 1: "5"}),
        ({0: "б", 1: "5"}, "4;", {0: "б", 1: "4"}),
        ({0: "н", 1: "5"}, "уп;", {0: "уп", 1: "5"}),
        ({}, "н;5", {0: "н", 2: "5"}),
        ({0: "б"}, "б;5", {0: "б", 2: "5"}),
        ({1: "5"}, "5;н", {0: "н", 1: "5"}),
    ],
)
def test_what_may_stand_beside_an_absence_or_is_said_with_it_is_no_error(
    either_database, world, stood, said, after
):
    record(either_database, world, {(0, slot): value for slot, value in stood.items()})

    bring(either_database, world, f"Ученик;05.10.2026;05.10.2026 (2)\nЁлкина Мария;{said}\n")

    assert stands(either_database, world) == {(1, 0, slot): value for slot, value in after.items()}


@pytest.mark.parametrize(
    ("stood", "said"), [({0: "б"}, ".;"), ({1: "•"}, "н;"), ({}, "н;5"), ({1: "4"}, "5;н")]
)
def test_where_the_school_puts_no_mark_for_whoever_was_absent_a_table_puts_none(
    either_database, world, stood, said
):
    told_to(either_database, world, "absent_and_marked", (date(2026, 9, 1), "refuse"))
    record(either_database, world, {(0, slot): value for slot, value in stood.items()})

    with pytest.raises(BadRows):
        bring(either_database, world, f"Ученик;05.10.2026;05.10.2026 (2)\nЁлкина Мария;{said}\n")

    assert stands(either_database, world) == {(1, 0, slot): value for slot, value in stood.items()}


def test_the_cells_overwritten_are_named_up_to_a_hundred(either_database):
    crowd = make_world(either_database, pupils=[new_id() for _ in range(60)], days=(FRIDAY, TODAY))
    first, second = (
        "ID;02.10.2026;05.10.2026\n" + "".join(f"{pupil};{mark};{mark}\n" for pupil in crowd.pupils)
        for mark in "45"
    )
    bring(either_database, crowd, first)

    done = bring(either_database, crowd, second)

    assert (done["overwritten_marks"], len(done["overwritten"])) == (120, 100)


def test_more_is_not_overwritten_than_was_agreed_to(either_database, world):
    record(either_database, world, {(0, 1): "4", (1, 1): "4"})
    table = HEAD + "Ёлкина Мария;5;5\nАбрамов Мария;;5\n"

    with pytest.raises(StandingOverwritten) as refused:
        bring(either_database, world, table, agreed=1)

    assert "значений: 2" in refused.value.say("ru")[1]
    assert stands(either_database, world) == {(1, 0, 1): "4", (1, 1, 1): "4"}
    assert bring(either_database, world, table, agreed=2)["overwritten_marks"] == 2


def test_the_table_to_fill_in_brings_back_what_stands(either_database, world):
    record(either_database, world, {(0, 1): "4", (0, 2): "5", (1, 0): "н"})
    with either_database.reading(world.school_id) as session:
        page = class_page(session, world.actor(), world.page_id(session))
    content = marks_table(page, "ru")

    [grid] = read_grids(content, "otmetki.xlsx")
    assert grid.lines[0].cells[:2] == ("Ученик", "ID")
    assert [line.cells[0] for line in grid.lines[1:]] == ["Абрамов Мария", "Ёлкина Мария", "Жуков Мария"]
    assert "06.10.2026" not in " ".join(grid.lines[0].cells)
    done = bring(either_database, world, "", content=content)
    assert (done["cells"], done["changed"]) == (3, 0)


def test_pupils_of_one_name_are_told_apart_by_id(either_database):
    twins = make_world(either_database, pupils=[new_id() for _ in range(7)])

    with pytest.raises(BadRows) as refused:
        bring(either_database, twins, "Ученик;05.10.2026\nЁлкина Мария;5\n")
    assert "несколько" in refused.value.rows[0].reason.ru
    bring(either_database, twins, f"Ученик;ID;05.10.2026\nЁлкина Мария;{twins.pupils[6]};5\n")

    assert stands(either_database, twins) == {(1, 6, 1): "5"}


def test_a_name_beside_another_s_id_is_not_taken_for_either(either_database, world):
    ids = dict(zip(("Ёлкина", "Абрамов", "Жуков"), world.pupils, strict=True))
    lines = "".join(f"{name};{ids[of]};5\n" for name, of in (
        ("Абрамов Мария", "Ёлкина"), ("", "Жуков"), ("Абрамов Мария Павловна", "Абрамов"),
    ))  # fmt: skip

    with pytest.raises(BadRows) as refused:
        bring(either_database, world, "Ученик;ID;05.10.2026\n" + lines)

    assert [(row.line, row.reason.ru) for row in refused.value.rows] == [(2, "Имя и ID — разных учеников.")]
    assert stands(either_database, world) == {}


@pytest.mark.parametrize(("role", "refusal"), [("deputy", Denied), ("teacher", NotFound)])
def test_who_may_not_write_brings_nothing(either_database, world, role, refusal):
    with pytest.raises(refusal):
        bring(either_database, world, HEAD, actor=world.actor(new_id(), role))


def test_an_empty_table_is_said_to_be_so(either_database, world):
    with either_database.writing(world.school_id) as session, pytest.raises(BadRows):
        grids = read_grids(b"\n", "marks.csv")
        import_marks(session, world.actor(), world.page_id(session), 0, grids, None)


def test_numbers_that_a_spreadsheet_keeps_as_numbers_are_marks(either_database):

    world = make_world(either_database, pupils=[new_id() for _ in range(6)])
    rows = [[name, value] for name, value in zip(("Ёлкина Мария", "Абрамов Мария"), (5, 4), strict=True)]

    content = sheet("Отметки", [(Text("Ученик", ""), 20), (Text("05.10.2026", ""), 10)], rows, "ru")

    assert bring(either_database, world, "", content=content)["changed"] == 2


def book(*sheets, merged=()):
    """Returns a workbook of sheets of rows, and on the first of them cells merged under a text."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as made:
        for number, rows in enumerate(sheets):
            page = made.add_worksheet()
            for at, row in enumerate(rows):
                page.write_row(at, 0, row)
            for cells, text in merged if number == 0 else ():
                page.merge_range(cells, text)
    return content.getvalue()


@pytest.mark.parametrize(
    ("content", "at"),
    [
        (book([["Ученик", "", ""], ["Абрамов Мария", 4, 3]], merged=[("B1:C1", "05.10.2026")]), (2, "", "3")),
        ("ФИО;05.10.2026\nЖуков Мария;;5\n".encode(), (2, "", "5")),
        ("ФИО;05.10.2026\n;5\n".encode(), (2, "Ученик", "")),
        ("Жуков Мария;5\nФИО;05.10.2026\n".encode(), (1, "", "Жуков Мария")),
        (book([["ФИО", "02.10.2026"]], [["ФИО", "05.10.2026"], ["Жуков Мария", 2]]), (1, "", "")),
    ],
)
def test_nothing_that_is_filled_is_left_out_without_a_word(either_database, world, content, at):
    with pytest.raises(BadRows) as refused:
        bring(either_database, world, "", content=content)

    assert wrong(refused) == [at]
    assert stands(either_database, world) == {}


def test_a_namesake_with_another_patronymic_is_another_pupil(either_database, world):
    with pytest.raises(BadRows) as refused:
        bring(either_database, world, "ФИО;05.10.2026\nЁлкина Мария Ивановна;2\n")
    assert wrong(refused) == [(2, "Ученик", "Ёлкина Мария Ивановна")]
    namesake = {"family_name": "Ёлкина", "given_name": "Мария", "patronymic": "Ивановна"}
    tell(either_database, world, PersonChanged(person_id=world.pupils[1], **namesake))

    bring(either_database, world, "ФИО;05.10.2026\nЁлкина Мария Ивановна;2\nЕлкина М. П.;4\n")

    assert stands(either_database, world) == {(1, 0, 1): "4", (1, 1, 1): "2"}
    for several in ("Ёлкина Мария", "Ёлкина М."):
        with pytest.raises(BadRows) as refused:
            bring(either_database, world, f"ФИО;05.10.2026\n{several};5\n")
        assert "несколько" in refused.value.rows[0].reason.ru


@pytest.mark.parametrize(
    "table",
    [
        "5А, математика;;\nКлассный руководитель: Петрова;;\nФ.И.О.;02.10.2026\nЁлкина Мария;5\n",
        "№ п/п;Ученик;02.10.2026\n1;Ёлкина Мария;5\n2;;\n",
        "Фамилия;Имя;Отчество;02.10.2026\nЁлкина;Мария;;5\n",
        "Фамилия, имя;02.10.26;05.10.26\nЁлкина, Мария;5;\n",
        "ФИО;02.10;Средний балл;Итого\nЁлкина М.;5;5;1\n",
        "ФИО;02.10.2026 №2\nЁлкина М.П.;5,0\nИтого:;25\nСредний балл по классу;4,5\n",
    ],
)
def test_tables_as_schools_keep_them_are_read(either_database, world, table):
    bring(either_database, world, table)

    assert stands(either_database, world) == {(0, 0, 1): "5"}


def test_a_sign_may_end_with_a_full_stop(either_database, world):
    bring(either_database, world, HEAD + "Ёлкина Мария;осв.;Н.\n")

    assert stands(either_database, world) == {(0, 0, 1): "осв", (1, 0, 0): "н"}


@pytest.mark.parametrize("day", ["2.1", "5.1", "02.11", "02.10.25"])
def test_a_day_without_a_lesson_of_the_page_is_no_heading(either_database, world, day):
    """3.1 is what a spreadsheet makes of 3.10 typed as a number."""
    with pytest.raises(BadRows) as refused:
        bring(either_database, world, f"ФИО;{day}\nЁлкина Мария;5\n")

    assert wrong(refused) == [(1, day, day)]
