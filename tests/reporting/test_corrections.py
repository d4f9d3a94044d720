"""The sheet of corrections: what was changed after its period was closed, by whom and why (clause 5.1)."""

from dataclasses import replace
from datetime import timedelta

from services.reporting.actions.drawing.spread import draw_spread
from services.reporting.rules import WORK_TITLES, LessonColumn
from services.reporting.rules.corrections import Correction, why, work_said
from services.reporting.subscriptions import SUBSCRIPTIONS
from shared.events import identity
from tests.reporting.makers import (
    PUPILS,
    SCHOOL,
    TEACHER,
    TOLD_AT,
    apply,
    apply_all,
    corrected,
    finals,
    make_lessons,
    make_spread,
    marks,
    received,
)
from tests.reporting.test_spread import texts
from tests.reporting.test_term_marks import CLOSED, printed


def by_teacher(database, *told):
    """Let each event be heard an hour after the one before, as told by the teacher."""
    for hours, one in enumerate(told, 1):
        event = replace(received(one, time=TOLD_AT + timedelta(hours=hours)), actor=str(TEACHER))
        with database.writing(SCHOOL) as session:
            SUBSCRIPTIONS[type(one)](session, [event])


def lines(database):
    return [(one.pupil, one.what, one.was, one.now, one.why) for one in printed(database).corrections]


def test_5_1_marks_absences_topics_and_works_are_on_the_sheet(database):
    apply_all(database)
    by_teacher(
        database,
        CLOSED,
        marks(10, (0, 1, "4")),
        corrected(10, ("mark", 1, 0, "5", "4"), ("attendance", 0, 1, "н", "б"), request_number=7),
        corrected(11, ("topic", None, None, "Дроби", None), reopened_for="Пересдача"),
        corrected(12, ("work", 1, None, "answer 1", "control 5m Дроби"), reason="Не тот вид"),
    )

    assert lines(database) == [
        ("Яшина Анна", "отметка, 01.09", "5", "4", "обращение № 7"),
        ("Ёлкин Пётр", "посещаемость, 01.09", "н", "б", "обращение № 7"),
        ("", "тема, 01.09", "Дроби", "—", "период открыт снова: Пересдача"),
        ("", "вид работы, 01.09", "ответ, вес 1", "контрольная, вес 5, Дроби, внутренний мониторинг",
         "Не тот вид"),
    ]  # fmt: skip
    first = printed(database).corrections[0]
    assert (first.on, first.by, first.seq) == ("08.09.2026 18:30", "Кузнецова Н. В.", 10)


def test_what_was_changed_bears_an_asterisk(database):
    apply_all(database)
    by_teacher(
        database,
        CLOSED,
        corrected(10, ("mark", 1, 0, "5", "4"), ("mark", 2, 0, "3", None), ("topic", None, None, None, "Д")),
    )

    spread = printed(database)
    anna = [pupil.name for pupil in spread.pupils].index("Яшина Анна")
    assert spread.cells[anna, 0] == "оп 5* *"
    assert spread.lessons[0].topic.endswith(" *")
    assert [lesson.is_corrected for lesson in spread.lessons][:2] == [True, False]


def test_a_term_end_mark_tells_who_changed_it_and_why(database):
    apply_all(database)
    change = ("final", 0, 0, "4", "5")
    told = (
        finals(10, (0, "4")),
        CLOSED,
        finals(11, (0, "5", "4")),
        corrected(11, change, lesson=None, reason="Р"),
    )
    by_teacher(database, *told)

    (one,) = printed(database).corrections
    assert (one.by, one.what, one.was, one.now, one.why) == ("Кузнецова Н. В.", "I четверть", "4", "5", "Р")

    by_teacher(database, *told)
    assert len(printed(database).corrections) == 1


def test_another_period_has_a_sheet_of_its_own(database):
    apply_all(database)
    by_teacher(database, CLOSED, corrected(10, ("mark", 1, 0, "5", "4"), lesson=3))

    assert lines(database) == []


def test_a_merged_pupils_corrections_are_the_kept_ones(database):
    apply_all(database)
    by_teacher(database, CLOSED, corrected(10, ("mark", 1, 1, "5", "4")))
    apply(database, identity.PersonMerged(kept_id=PUPILS[0], merged_id=PUPILS[1]))

    assert [line[0] for line in lines(database)] == ["Яшина Анна"]


def test_the_sheet_breaks_long_words_and_takes_as_many_sheets_as_it_needs():
    long = "Сложение и вычитание дробей с разными знаменателями, решение задач на части целого"
    line = Correction(
        "10.11.2026 12:01", "Кузнецова Н. В.", "", "тема, 12.10", long, long[:40], "обращение № 7", 413
    )
    lessons = list(make_lessons(5))
    lessons[0] = LessonColumn(lessons[0].on, 1, topic="Дроби *", is_corrected=True)
    _, topics, *sheets = texts(make_spread(lessons=tuple(lessons), corrections=(line,) * 40))

    assert "см. лист исправлений" in topics
    assert len(sheets) > 2
    assert all("Лист исправлений" in sheet and "знаменателями" in sheet for sheet in sheets)
    assert "обращение № 7" in sheets[-1]


def test_a_text_no_sheet_could_hold_is_set_smaller():
    line = Correction("10.11.2026 12:01", "К", "", "тема, 12.10", "слово " * 600, "—", "—", 413)

    assert draw_spread(make_spread(corrections=(line,)))


def test_words_of_the_sheet():
    assert why(None, None, None) == "—"
    assert why("Ошибка", 3, "Пересдача") == "Ошибка; обращение № 3; период открыт снова: Пересдача"
    assert work_said("control 5x", WORK_TITLES) == "контрольная, вес 5, вне среднего"
    assert work_said(None, WORK_TITLES) is None
