"""Pages of several classes: a class teacher prints an extract with the own pupils alone (clause 3.5.1)."""

from datetime import date

import pytest
from sqlalchemy import select

from services.reporting.actions.drawing.spread import draw_spread
from services.reporting.queries.class_page import class_page
from services.reporting.queries.spread import spread_of
from shared.auth import Actor
from shared.bus import access_note
from shared.errors import NotFound
from shared.events import identity
from shared.ids import new_id
from tests.journal.makers import Counted
from tests.reporting.makers import (
    CLOSED,
    DAYS,
    FIRST,
    GROUP,
    LEADER,
    PAGE,
    PUPILS,
    SCHOOL,
    SECOND,
    TEACHER,
    UUID,
    apply,
    apply_all,
    corrected,
    enrolments,
    finals,
    group_across,
    head_after,
    marks,
)
from tests.reporting.test_corrections import by_teacher
from tests.reporting.test_routes import PAGES, as_
from tests.reporting.test_spread import texts_of

PARALLEL, CLASS, OTHER = UUID(int=51), UUID(int=52), UUID(int=53)
OTHER_LEADER = UUID(int=54)
ANNA, STRANGER, LEO = PUPILS
"""Яшина and Жуков are of 5А, Ёлкин of 5Б; all three learn on the page of the group across both."""

BEGUN = date(2026, 9, 1)


def gather(database, *, within=PARALLEL):
    """Let the page be of a group across 5А and 5Б, with marks of a quarter that was closed and corrected."""
    apply_all(database)
    around = {"parallel": PARALLEL, "other": OTHER, "other_leader": OTHER_LEADER, "within": within}
    apply(database, *group_across(GROUP, CLASS, **around))
    for pupil in PUPILS:
        join(database, OTHER if pupil == STRANGER else CLASS, pupil)
        join(database, GROUP, pupil)
    by_teacher(
        database,
        marks(10, (1, 2, "2")),
        finals(11, (0, "5"), (1, "3")),
        CLOSED,
        finals(12, (1, "2", "3")),
        corrected(12, ("final", 0, 1, "3", "2"), lesson=None, reason="Пересчитано"),
        corrected(14, ("mark", 1, 1, "4", "5"), ("attendance", 0, 0, None, "оп"), reason="Ошибка"),
        corrected(15, ("topic", None, None, "Числа", "Делители"), reason="Описка"),
    )


def join(database, group_id, pupil_id, first=BEGUN, last=None):
    apply(database, enrolments((pupil_id, first, last), group_id=group_id))


def read(database, person_id, *, role="class_teacher", period=FIRST):
    with database.reading(SCHOOL) as session:
        return class_page(session, Actor("", SCHOOL, person_id, frozenset({role})), PAGE, period)


def printed(database, person_id, **given):
    return spread_of(read(database, person_id, **given), "https://parta.example")


def shown(spread):
    """Return what stands in the cells of lessons, by the pupils' family names."""
    return {(spread.pupils[p].name.split()[0], lesson): text for (p, lesson), text in spread.cells.items()}


def test_3_5_1_a_class_teacher_prints_the_own_pupils_alone(database):
    gather(database)

    spread = printed(database, LEADER)

    assert [pupil.name for pupil in spread.pupils] == ["Жуков Лев", "Яшина Анна"]
    assert shown(spread) == {("Яшина", 0): "оп* 5", ("Яшина", 1): "4"}
    assert [pupil.average for pupil in spread.pupils] == [None, "4.17"]
    assert spread.finals == {(1, 0): "5"}
    assert [(one.pupil, one.what) for one in spread.corrections] == [
        ("Яшина Анна", "посещаемость, 01.09"),
        ("", "тема, 01.09"),
    ]
    # What concerns everybody is there, and so is the state of the whole page.
    assert (spread.lessons[0].topic, spread.lessons[0].homework) == ("Делители и кратные *", "№ 24")
    assert spread.teachers == ("Кузнецова Наталья Владимировна",)
    assert (spread.seq, spread.head) == (12, head_after(12))
    assert [pupil.name for pupil in printed(database, OTHER_LEADER).pupils] == ["Ёлкин Пётр"]


def test_nothing_of_foreign_pupils_is_in_the_extract(database, client):
    gather(database)

    page = client.get(f"{PAGES}/{PAGE}?period_id={FIRST}", headers=as_("class_teacher", LEADER))
    paper = client.get(f"{PAGES}/{PAGE}/spread.pdf?period_id={FIRST}", headers=as_("class_teacher", LEADER))

    body = page.get_json()
    assert body["own_classes"] == ["5А"]
    assert str(STRANGER) not in page.text
    assert {value for *_, value in body["entries"]} == {"оп", "5", "4"}
    assert [one[2] for one in body["finals"]] == ["5"]
    assert all(one["pupil_id"] in (None, str(ANNA)) for one in body["corrections"])
    sheets = texts_of(paper.data)
    for sheet in sheets:
        assert "Ёлкин" not in sheet
        assert "Пересчитано" not in sheet
    assert "Ёлкин" in " ".join(texts_of(draw_spread(printed(database, TEACHER, role="teacher"))))


def test_every_sheet_of_an_extract_says_so(database):
    gather(database)

    extract = texts_of(draw_spread(printed(database, LEADER)))
    whole = texts_of(draw_spread(printed(database, TEACHER, role="teacher")))

    said = "Выписка: только ученики класса 5А, у каждого до ухода из класса"
    assert len(extract) == len(whole) == 3
    assert all(said in sheet and "Выписка из классного журнала" in sheet for sheet in extract)
    assert not any("Выписка" in sheet for sheet in whole)


@pytest.mark.parametrize(
    ("role", "person"), [("teacher", TEACHER), ("deputy", UUID(int=91)), ("director", UUID(int=92))]
)
def test_teachers_of_the_load_and_supervisors_print_all(database, role, person):
    gather(database)

    page = read(database, person, role=role)

    assert {pupil.id for pupil in page.pupils} == set(PUPILS)
    assert len(page.corrections) == 4
    assert page.own_classes == ()


def test_a_class_teacher_who_teaches_the_page_prints_all(database):
    gather(database)
    apply(
        database,
        identity.GroupChanged(
            group_id=OTHER, kind="class", name="5Б", parent_id=PARALLEL, class_teacher_id=TEACHER
        ),
    )

    assert len(read(database, TEACHER).pupils) == 3


def test_who_leads_none_of_its_pupils_does_not_find_the_page(database):
    gather(database)
    third, third_leader = new_id(), new_id()
    apply(
        database,
        identity.GroupChanged(
            group_id=third, kind="class", name="5В", parent_id=PARALLEL, class_teacher_id=third_leader
        ),
    )
    join(database, third, new_id())

    for person, role in ((third_leader, "class_teacher"), (new_id(), "class_teacher"), (new_id(), "teacher")):
        with pytest.raises(NotFound):
            read(database, person, role=role)
    with pytest.raises(NotFound), database.reading(SCHOOL) as session:
        class_page(session, Actor("client", SCHOOL), PAGE, FIRST)


def test_who_was_in_the_class_and_in_the_group_at_other_times_opens_nothing(database):
    gather(database)
    for pupil in (ANNA, LEO):
        join(database, GROUP, pupil, BEGUN, DAYS[0])
        join(database, CLASS, pupil, DAYS[1])

    with pytest.raises(NotFound):
        read(database, LEADER)


def test_a_group_within_nothing_is_nobodys_to_print(database):
    gather(database, within=None)

    with pytest.raises(NotFound):
        read(database, LEADER)


def test_another_schools_class_teacher_finds_nothing(database, client):
    gather(database)

    for path in ("", "/spread.pdf"):
        answer = client.get(f"{PAGES}/{PAGE}{path}", headers=as_("class_teacher", LEADER, school_id=new_id()))
        assert answer.status_code == 404


def test_of_who_left_the_class_nothing_later_is_printed(database):
    gather(database)
    by_teacher(database, corrected(16, ("mark", 1, 0, "4", "5"), lesson=1))
    join(database, CLASS, ANNA, BEGUN, DAYS[0])
    join(database, OTHER, ANNA, DAYS[1])

    spread = printed(database, LEADER)

    assert shown(spread) == {("Яшина", 0): "оп* 5"}
    assert (spread.pupils[1].average, spread.finals) == ("5.00", {})
    assert "отметка, 03.09" not in [one.what for one in spread.corrections]
    # The new class teacher reads what was got before as well: it counts.
    theirs = printed(database, OTHER_LEADER)
    assert [pupil.name for pupil in theirs.pupils] == ["Ёлкин Пётр", "Яшина Анна"]
    assert shown(theirs)["Яшина", 0] == "оп* 5"
    assert theirs.finals[1, 0] == "5"
    # In the next quarter she is no more theirs.
    assert [pupil.name for pupil in printed(database, LEADER, period=SECOND).pupils] == ["Жуков Лев"]


def test_of_who_left_the_class_the_row_ends_and_how_the_next_one_was_left_is_not_told(database):
    gather(database)
    join(database, CLASS, ANNA, BEGUN, DAYS[0])
    join(database, OTHER, ANNA, DAYS[1])
    order = {"ended_as": "departure", "order_number": "12", "order_on": DAYS[1]}
    stay = identity.Enrolment(pupil_id=ANNA, from_on=BEGUN, until_on=DAYS[1], **order)
    apply(database, identity.EnrolmentsChanged(group_id=GROUP, pupil_ids=[ANNA], enrolments=[stay]))

    row, theirs = (printed(database, one).pupils[1] for one in (LEADER, OTHER_LEADER))

    assert [row.present_on(day) for day in DAYS[:2]] == [True, False]
    assert (row.movement((DAYS[0], DAYS[-1])), row.left_by((DAYS[0], DAYS[-1]))) == (
        f"по {DAYS[0]:%d.%m}",
        "",
    )
    assert theirs.present_on(DAYS[1])
    assert theirs.stays[-1].left_by.endswith(f"приказ № 12 от {DAYS[1]:%d.%m.%Y}")


def test_a_page_of_the_parallel_is_printed_alike(database):
    gather(database)
    apply(
        database,
        identity.GroupChanged(group_id=GROUP, kind="parallel", name="5", grade=5),
        identity.EnrolmentsChanged(group_id=GROUP, pupil_ids=list(PUPILS), enrolments=[]),
        identity.GroupChanged(
            group_id=CLASS, kind="class", name="5А", parent_id=GROUP, class_teacher_id=LEADER
        ),
        identity.GroupChanged(
            group_id=OTHER, kind="class", name="5Б", parent_id=GROUP, class_teacher_id=OTHER_LEADER
        ),
    )

    spread = printed(database, LEADER)

    assert [pupil.name for pupil in spread.pupils] == ["Жуков Лев", "Яшина Анна"]
    assert ("Ёлкин", 0) not in shown(spread)
    assert spread.extract


def test_who_leads_two_of_its_classes_prints_both(database):
    gather(database)
    apply(
        database,
        identity.GroupChanged(
            group_id=OTHER, kind="class", name="5Б", parent_id=PARALLEL, class_teacher_id=LEADER
        ),
        identity.GroupChanged(group_id=new_id(), kind="class", name="9В", class_teacher_id=LEADER),
    )

    page = read(database, LEADER)

    assert len(page.pupils) == 3
    assert page.own_classes == ("5А", "5Б")


def test_a_merged_pupils_cells_are_the_own_ones(database):
    gather(database)
    double = new_id()
    join(database, OTHER, double)
    apply(database, identity.PersonMerged(kept_id=ANNA, merged_id=STRANGER))

    assert shown(printed(database, LEADER))["Яшина", 1] == "4"
    assert ("Яшина", 0) in shown(printed(database, LEADER))


def test_an_extract_costs_two_statements_more(database):
    gather(database)

    with Counted(database) as whole:
        read(database, TEACHER, role="teacher")
    with Counted(database) as narrowed:
        read(database, LEADER)

    assert len(narrowed) == len(whole) + 2  # Whether they stand in there, and whom they lead.


def test_the_access_log_notes_whom_it_showed(database, client):
    gather(database)

    client.get(f"{PAGES}/{PAGE}/spread.pdf?period_id={FIRST}", headers=as_("class_teacher", LEADER))

    with database.reading(SCHOOL) as session:
        (note,) = session.scalars(select(access_note.c.note)).all()
    assert str(STRANGER) not in note
    assert all(str(own) in note for own in (ANNA, LEO))
