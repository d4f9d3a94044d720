"""The printed spread: what is on it, in which letters, and that it is always the same."""

import io
import re
from dataclasses import replace
from datetime import date

import pypdfium2
import pytest
import zxingcpp
from pypdf import PdfReader

from services.reporting.actions.drawing.ink import REGULAR, printable, width_of
from services.reporting.actions.drawing.spread import draw_spread
from services.reporting.actions.drawing.typesetting import fitted, wrapped
from services.reporting.rules import LessonColumn, PupilRow, Stay
from tests.reporting.makers import make_lessons, make_pupils, make_spread

LONG_NAME = "Абдурахмангаджиева-Константинопольская Александра-Виктория"
LONG_TOPIC = "Тема, в которой учитель подробно расписал всё, что сделано на уроке и вне его. " * 12


def document(spread):
    return pypdfium2.PdfDocument(draw_spread(spread))


def texts(spread):
    """The text of each sheet, with line ends as spaces."""
    return texts_of(draw_spread(spread))


def texts_of(drawn):
    """The text of each sheet of a document."""
    sheets = pypdfium2.PdfDocument(drawn)
    return [" ".join(page.get_textpage().get_text_bounded().split()) for page in sheets]


def numbered_rows(text):
    """Names by their number, as printed: «1 Абрамова Мария»."""
    return re.findall(r"(?<!\d)(\d{1,2}) ([А-ЯЁ][а-яё]+ [А-ЯЁ][а-яё]+)", text)


def test_a_class_of_thirty_and_forty_lessons_are_one_spread():
    left, right = texts(make_spread())

    assert "Математика" in left
    assert "Класс 5А" in left
    assert [int(number) for number, _ in numbered_rows(left)] == list(range(1, 31))
    assert [name for _, name in numbered_rows(left)] == [pupil.name for pupil in make_pupils()]
    assert "стр. 1 из 2 листов: 1" in left
    assert "стр. 2 из 2" in right
    assert "Кузнецова Наталья Владимировна" in right
    for lesson in make_lessons():
        assert lesson.topic in right
        assert lesson.homework in right


def test_every_mark_stands_in_the_row_and_column_of_its_pupil_and_lesson():
    # No other digits on the sheet than days and marks, so that a day is found by its digits.
    spread = make_spread(pupils=5, lessons=9, year="", as_of="", seq=3, school="Школа")
    page = document(spread)[0].get_textpage()
    boxes = [(page.get_charbox(n), page.get_text_range(n, 1)) for n in range(page.count_chars())]

    def places(text):
        """Where a text stands: middle of its first letter."""
        search, found = page.search(text, match_case=True), []
        while hit := search.get_next():
            (left, bottom, right, top), _ = boxes[hit[0]]
            found.append(((left + right) / 2, (bottom + top) / 2))
        return found

    rows = [min(places(pupil.name), key=lambda place: place[0])[1] for pupil in spread.pupils]
    days = [min(places(f"{lesson.on.day:02}"), key=lambda p: -p[1])[0] for lesson in spread.lessons]
    table = {}
    for (left, bottom, right, top), letter in boxes:
        x, y = (left + right) / 2, (bottom + top) / 2
        if letter.strip() and min(days) - 6 < x < max(days) + 14 and y < max(rows) + 6 and y > 50:
            row = min(range(5), key=lambda n: abs(rows[n] - y))
            column = min(range(9), key=lambda n: abs(days[n] + 2 - x))
            table[row, column] = (table.get((row, column), "") + " " + letter).strip()
    assert table == {cell: " ".join(text.replace(" ", "")) for cell, text in spread.cells.items()}


def test_works_name_their_columns_and_averages_have_a_comma():
    (left, _) = texts(make_spread(lessons=10))

    assert left.count("контрольная") == 1
    assert left.count("ответ, домашняя") == 1
    assert "3,00" in left
    assert "средний взвешенный" in left


def test_who_came_late_or_left_has_the_dates_and_an_empty_stretch():
    pupils = (
        PupilRow("Белкин Лев", (Stay(date(2026, 9, 8)),)),
        PupilRow("Гусев Пётр", (Stay(date(2026, 9, 1), date(2026, 9, 5)),)),
        PupilRow("Жуков Лев", (Stay(date(2026, 9, 1)),)),
    )

    (left, _) = texts(make_spread(pupils=pupils, lessons=10, cells={}))

    assert "Белкин Лев с 08.09" in left
    assert "Гусев Пётр по 05.09" in left
    assert left.count("с 01.09") == 0


def test_who_left_by_an_order_has_it_in_the_row():
    order = "выбыл, приказ № 112-у от 05.09.2026"
    lessons = make_lessons(40)
    early = PupilRow("Гусев Пётр", (Stay(date(2026, 9, 1), date(2026, 9, 5), order),))
    late = replace(early, name="Жуков Лев", stays=(Stay(date(2026, 9, 1), lessons[-2].on, order),))
    after = replace(early, name="Ёлкин Лев", stays=(Stay(date(2026, 9, 1), lessons[-1].on, order),))

    (left, _) = texts(make_spread(pupils=(early, late, after), lessons=lessons, cells={}))

    assert f"Гусев Пётр по 05.09 {order}" in left
    assert "выбыл, приказ № Жуков Лев 112-у от 05.09.2026" in left  # Beside the name, in two lines.
    assert left.count("выбыл") == 2


@pytest.mark.parametrize(
    ("pupils", "lessons", "pages"),
    [(1, 1, 2), (36, 40, 2), (37, 40, 3), (30, 41, 4), (35, 90, 6), (0, 0, 2)],
)
def test_what_does_not_fit_goes_on_on_another_sheet(pupils, lessons, pages):
    sheets = texts(make_spread(pupils=pupils, lessons=lessons))

    assert len(sheets) == pages
    assert all(f"стр. {n} из {pages}" in sheet for n, sheet in enumerate(sheets, 1))
    assert all(f"листов: {-(-pages // 2)}" in sheet for sheet in sheets)


def test_an_empty_page_says_so():
    (no_lessons, _) = texts(make_spread(lessons=0))
    (nobody, _) = texts(make_spread(pupils=0))

    assert "уроков по предмету нет" in no_lessons
    assert "никого нет" in nobody


def crowded():
    lessons = (
        LessonColumn(date(2026, 9, 1), 0, ("самостоятельная", "контрольная"), LONG_TOPIC, LONG_TOPIC * 3),
        *make_lessons(89, first=date(2026, 9, 2)),
    )
    return make_spread(
        subject="Основы религиозных культур и светской этики: основы мировых религиозных культур",
        group="10 «физико-математический» (подгруппа 2)",
        school="Муниципальное бюджетное общеобразовательное учреждение города Ростова-на-Дону «Школа № 117»"
        * 2,
        teachers=("Константинопольская Александра Виссарионовна",) * 4,
        pupils=(PupilRow(LONG_NAME), *make_pupils(34)),
        lessons=lessons,
        cells={(0, 0): "н 5 4 5 осв", (1, 1): "незач 5 5"},
    )


def test_nothing_runs_over_the_edge_and_nothing_is_lost():
    sheets = document(crowded())

    for page in sheets:
        width, height = page.get_size()
        letters = page.get_textpage()
        for n in range(letters.count_chars()):
            left, bottom, right, top = letters.get_charbox(n)
            assert 20 < left <= right < width - 20
            assert 10 < bottom <= top < height - 15
    text = " ".join(" ".join(page.get_textpage().get_text_bounded().split()) for page in sheets)
    assert "Константинопольская Александра-Виктория" in text
    assert LONG_TOPIC.strip() in text
    assert text.count("Тема, в которой") == 48


def test_lines_are_no_wider_than_their_box():
    for text in (LONG_NAME, LONG_TOPIC, "А" * 300, "два слова", ""):
        for block in (wrapped(text, 9, 70), fitted(text, 9, 70, 12)):
            assert all(width_of(line, REGULAR, block.size) <= 70.001 for line in block.lines)
            assert "".join("".join(block.lines).split()) == "".join(text.split())


def test_letters_of_other_languages_are_printed_and_unknown_ones_replaced():
    pupils = (PupilRow("Әбдіқадырұлы Нұрсұлтан"), PupilRow("Ъбров Щерю"), PupilRow("Ѝванова 🙂"))

    (left, _) = texts(make_spread(pupils=pupils, cells={}))

    assert "Әбдіқадырұлы Нұрсұлтан" in left
    assert "Ъбров Щерю" in left
    assert printable("Ѝванова 🙂") == "Иванова ?"
    assert "Иванова ?" in left


def test_all_fonts_are_embedded_pt_sans():
    reader = PdfReader(io.BytesIO(draw_spread(crowded())))

    fonts = {
        font.get_object()["/BaseFont"]: font.get_object()["/FontDescriptor"]
        for page in reader.pages
        for font in page["/Resources"]["/Font"].values()
    }
    assert fonts
    assert all("PTSans" in name and "/FontFile2" in descriptor for name, descriptor in fonts.items())
    assert not any("/JS" in str(value) for value in reader.trailer["/Root"].values())
    assert reader.trailer["/Root"]["/Lang"] == "ru-RU"


def test_equal_spreads_are_equal_bytes():
    assert draw_spread(crowded()) == draw_spread(crowded())
    assert draw_spread(make_spread()) != draw_spread(make_spread(seq=413))


def test_the_qr_code_on_every_sheet_leads_to_the_verification():
    spread = make_spread()

    for page in document(spread):
        (code,) = zxingcpp.read_barcodes(page.render(scale=2).to_pil())
        assert code.text == spread.verify_url
    link = PdfReader(io.BytesIO(draw_spread(spread))).pages[0]["/Annots"][0].get_object()
    assert link["/A"]["/URI"] == spread.verify_url
    assert "3f9a c0d1 5b7e 4826" in texts(spread)[0]


def test_a_sheet_without_changes_says_so():
    (left, _) = texts(replace(make_spread(), seq=0, head="0" * 64, as_of=""))

    assert "записей ещё нет" in left
