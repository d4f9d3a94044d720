"""The load as a table, held against the curriculum, and the tariff summary made of it."""

import io

import pytest
import time_machine
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from services.schedule.actions.calendar import current_year
from services.schedule.actions.curriculum.approving import Order, approve
from services.schedule.actions.curriculum.plans import PlanFacts, PlanItem, make_curriculum
from services.schedule.actions.load_tables import LoadRow, replace_loads, set_rate
from services.schedule.models import Curriculum, CurriculumItem, Group
from services.schedule.queries.load_check import School, Taught, check_load, compare
from services.schedule.queries.tariff import tariff
from services.schedule.rules.curriculum import places_of
from shared.ids import new_id
from tests.identity.statements import statements_of
from tests.schedule.makers import told
from tests.schedule.planning import GROUPS, SUBJECTS, approved, item, load_row, make_school, seen


@pytest.fixture(autouse=True)
def _in_november():
    with time_machine.travel("2026-11-23T07:00:00+00:00"):
        yield


@pytest.fixture
def ids(database, school):
    return make_school(database, school)


def put(api, rows, version=0, group=None, **given):
    query = {"group_id": group} if group else {}
    return api(
        "PUT", "/loads/table", json={"items": rows}, headers=seen(version), query_string=query, **given
    )


def test_the_load_is_replaced_whole_and_told(api, ids, database, school):
    first = [load_row(ids, "5А", "Алгебра", 3, "Иванова"), load_row(ids, "5Б", "Алгебра", 2.5, "Орлов")]

    done = put(api, first)
    assert (done.status_code, done.json["loads"]["created"], done.headers["ETag"]) == (200, 2, '"2"')
    again = put(api, first, 2)
    assert (again.json["loads"]["unchanged"], again.headers["ETag"]) == (2, '"2"')
    table = api("GET", "/loads/table").json
    assert {row["hours_per_week"] for row in table["items"]} == {3, 2.5}
    gone = put(api, first[:1], 2)
    assert gone.json["loads"] == {"created": 0, "changed": 0, "unchanged": 1, "cancelled": 1}

    events = told(database, school, "schedule.load.assigned")
    assert [(one.hours_per_week, one.quarters_off) for one in events] == [(3, 0), (3, 2), (0, 0)]


def test_one_class_is_edited_beside_another(api, ids):
    put(api, [load_row(ids, "5А", "Алгебра", 3, "Иванова"), load_row(ids, "5Б", "Алгебра", 3, "Орлов")])
    own = [load_row(ids, "5А Английский 1", "Английский язык", 2, "Щукина")]

    assert put(api, own, 1, ids["5А"]).status_code == 200  # What the class had goes.
    assert put(api, own, 1, ids["5А"]).status_code == 412
    other = api("GET", "/loads/table", query_string={"group_id": ids["5Б"]})
    assert (other.headers["ETag"], len(other.json["items"])) == ('"1"', 1)
    answer = put(api, [load_row(ids, "5Б", "Музыка", 1, "Щукина")], 3, ids["5А"])
    assert list(answer.json["errors"]) == ["items.0.group_id"]


def test_every_bad_row_is_named_and_nothing_is_kept(api, ids):
    rows = [
        load_row(ids, "5А", "Алгебра", 3, "Иванова"),
        load_row(ids, "5А", "Алгебра", 2, "Орлов"),
        {**load_row(ids, "5Б", "Алгебра", 3), "group_id": str(new_id())},
        {**load_row(ids, "5Б", "Алгебра", 3), "subject_id": str(new_id())},
        {**load_row(ids, "5Б", "Музыка", 3), "teacher_ids": [str(new_id())]},
    ]

    answer = put(api, rows)

    assert answer.status_code == 422
    wrong = {"items.1", "items.2.group_id", "items.3.subject_id", "items.4.teacher_ids"}
    assert set(answer.json["errors"]) == wrong
    assert api("GET", "/loads/table").json["items"] == []
    assert put(api, [], group=new_id()).status_code == 404
    assert put(api, [load_row(ids, "5А", "Алгебра", 0, "Иванова")]).status_code == 422
    assert api("PUT", "/loads/table", json={"items": []}).status_code == 428
    for role in ("deputy", "director", "teacher"):
        assert put(api, [], roles=(role,)).status_code == 403


def check(api, **query):
    return api("GET", "/loads/check", query_string=query, roles=("deputy",)).json


def test_the_check_names_what_nobody_teaches_and_what_nobody_planned(api, ids):
    put(
        api,
        [
            load_row(ids, "5А", "Алгебра", 3, "Иванова"),
            load_row(ids, "5А Английский 1", "Английский язык", 1, "Щукина"),
            load_row(ids, "5Б", "Алгебра", 4, "Иванова"),
            load_row(ids, "5Б", "Музыка", 1, "Орлов"),
        ],
    )
    assert [one["name"] for one in check(api)["without_plan"]] == ["5А", "5Б"]
    approved(api, ids)

    found = check(api)

    places = {(row["group"]["name"], row["subject"]["name"]): row["places"] for row in found["items"]}
    assert places["5А", "Алгебра"][0]["uncovered"] == places["5А", "Алгебра"][0]["over"] == 0
    told_ = [(one["name"], one["uncovered"]) for one in places["5А", "Английский язык"]]
    assert told_ == [("5А Английский 1", 0.5), ("", 1.5)]
    assert places["5Б", "Алгебра"] == [{"name": "5Б", "planned": 3, "covered": 4, "uncovered": 0, "over": 1}]
    assert [row["is_planned"] for row in found["items"] if row["subject"]["name"] == "Музыка"] == [False]
    assert (found["uncovered"], found["over"]) == (0.5 + 1.5 + 3, 1 + 1)
    assert {one["hours_per_week"] for one in found["teachers"]} == {7, 1}
    assert found["without_plan"] == []


def test_drafts_can_be_checked_before_they_are_in_force(api, ids):
    first = approved(api, ids, items=[item(ids, "Алгебра", 3)])
    begun = api("POST", f"/curricula/{first['id']}/editions").json
    body = {"name": "5", "grade": 5, "items": [item(ids, "Алгебра", 5)]}
    api("PUT", f"/curricula/{begun['id']}", json=body, headers=seen(1))

    assert (check(api)["uncovered"], check(api, drafts="true")["uncovered"]) == (6, 10)


@settings(max_examples=60, deadline=None)
@given(
    planned=st.integers(0, 40),
    groups=st.integers(1, 3),
    whole=st.integers(0, 20),
    parts=st.lists(st.integers(1, 20), max_size=4),
)
def test_the_places_of_a_class_add_up_as_a_naive_count_does(planned, groups, whole, parts):
    places = places_of("5А", planned, groups, whole, [(str(number), one) for number, one in enumerate(parts)])

    taught = [whole + one for one in parts] if parts else [whole]
    while len(taught) < groups:
        taught.append(whole if parts else 0)
    wanted = [planned] * groups + [0] * (len(taught) - groups)
    assert [one.covered for one in places] == taught
    assert sum(one.planned for one in places) == planned * groups
    for one, want, have in zip(places, wanted, taught, strict=True):
        assert one.uncovered - one.over == want - have
        assert 0 in (one.uncovered, one.over)


def test_the_check_takes_as_many_statements_for_any_school(api, ids, database, school):
    approved(api, ids)
    put(api, [load_row(ids, "5А", "Алгебра", 3, "Иванова")])
    with statements_of(database) as few:
        check(api)
    put(api, [load_row(ids, one, "Алгебра", 3, "Орлов") for one in ("5А", "5Б", "5А Английский 1")], 1)
    approved(api, ids, class_ids=[str(ids["5А"])])
    with statements_of(database) as more:
        check(api)

    assert len(more) == len(few) <= 16


def test_the_tariff_sums_up_each_teacher_and_shares_of_a_rate(api, ids):
    rows = [
        load_row(ids, "5А", "Алгебра", 4.5, "Иванова"),
        load_row(ids, "5Б", "Алгебра", 4.5, "Иванова", "Орлов"),
        load_row(ids, "5Б", "Музыка", 1),
    ]
    put(api, rows)

    found = api("GET", "/tariff", roles=("director",)).json

    told_ = [(one["teacher"]["name"], one["hours_per_week"], one["share"]) for one in found["items"]]
    assert told_ == [("Иванова Мария Петровна", 9, "0.50"), ("Орлов Пётр Ильич", 4.5, "0.25")]
    assert (found["hours_per_week"], found["rate_hours"], len(found["vacant"])) == (13.5, 18, 1)
    assert api("GET", "/tariff", roles=("teacher",)).status_code == 403


def test_the_rate_is_the_schools_to_set(api, ids):
    put(api, [load_row(ids, "5А", "Алгебра", 10, "Иванова")])
    director = {"roles": ("director",), "json": {"hours_per_week": 20}}

    assert api("PUT", "/tariff/rate", headers=seen(0), **director).headers["ETag"] == '"1"'
    assert api("PUT", "/tariff/rate", headers=seen(0), **director).status_code == 412
    assert api("GET", "/tariff").json["items"][0]["share"] == "0.50"
    operator = {"json": {"hours_per_week": 20}, "headers": seen(1)}
    assert api("PUT", "/tariff/rate", **operator).status_code == 403


def test_the_tariff_is_printed_and_taken_away(api, ids):
    put(api, [load_row(ids, "5А", "Алгебра", 4.5, "Иванова"), load_row(ids, "5Б", "Музыка", 1)])

    printed = api("GET", "/tariff", query_string={"format": "pdf"})
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(printed.data)).pages)
    assert {one for one in ("Тарификация", "Иванова", "4,5", "Вакансии") if one not in text} == set()

    book = api("GET", "/tariff", query_string={"format": "xlsx"})
    lines = CalamineWorkbook.from_filelike(io.BytesIO(book.data)).get_sheet_by_index(0).to_python()
    assert lines[1][:4] == ["Иванова Мария Петровна", "Алгебра", "5А", 4.5]


def test_both_databases_keep_the_load_and_the_curriculum_alike(either_database, school):
    ids = make_school(either_database, school)
    with either_database.writing(school) as session:
        year = current_year(session)
        for quarters, version in ((12, 0), (10, 1)):
            row = LoadRow(ids["5А"], ids["Алгебра"], (ids["Иванова"],), quarters)
            replace_loads(session, year, [row], ids["5А"], version)
        facts = PlanFacts("5", 5, [PlanItem(ids["Алгебра"], 12)])
        made = make_curriculum(session, year, facts)
        approve(session, None, made.id, 1, Order("1", year.starts_on))
        set_rate(session, 80, 0)
    with either_database.reading(school) as session:
        found = check_load(session, current_year(session), with_drafts=False)
        whole = tariff(session, current_year(session))

    assert (found["uncovered"], found["over"]) == (3.5, 0)
    assert [(one["hours_per_week"], str(one["share"])) for one in whole["items"]] == [(2.5, "0.13")]


ROWS = st.tuples(
    st.sampled_from(["5", "5А", "5Б", "5А Английский 1", "5А Английский 2"]),
    st.sampled_from(["Алгебра", "Музыка"]),
    st.integers(1, 12),
)
PLANS = st.dictionaries(
    st.sampled_from(["Алгебра", "Музыка"]), st.tuples(st.integers(1, 12), st.integers(1, 3)), min_size=1
)


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(ROWS, max_size=10, unique_by=lambda row: row[:2]), planned=PLANS)
def test_the_check_of_a_school_equals_a_naive_count(rows, planned):
    ids = {name: new_id() for name in (*(one for one, *_ in GROUPS), *SUBJECTS)}
    groups = {
        ids[name]: Group(id=ids[name], kind=kind, name=name, grade=5, parent_id=ids.get(parent))
        for name, kind, parent in GROUPS
    }
    load = tuple(Taught(ids[group], ids[subject], quarters, ()) for group, subject, quarters in rows)
    items = [
        CurriculumItem(subject_id=ids[name], quarters_per_week=quarters, group_count=count)
        for name, (quarters, count) in planned.items()
    ]
    plan, school = Curriculum(items=items), School(groups, load, {ids["5"]: [ids["5А"], ids["5Б"]]})

    found = list(compare(school, {ids["5А"]: plan, ids["5Б"]: plan}, {ids[name]: name for name in SUBJECTS}))

    told_ = {
        (row["group"]["name"], row["subject"]): [one.covered - one.planned for one in row["places"]]
        for row in found
    }
    for class_ in ("5А", "5Б"):
        for subject in SUBJECTS:
            own = [row for row in rows if row[1] == subject]
            whole = sum(quarters for group, _, quarters in own if group in ("5", class_))
            parts = [quarters for group, _, quarters in own if group.startswith(f"{class_} ")]
            want, count = planned.get(subject, (0, 1))
            if want or whole or parts:
                left = sum(whole + one for one in parts) if parts else whole
                left += whole * max(0, count - len(parts)) if parts else 0
                assert sum(told_.pop((class_, ids[subject]))) == left - want * count
    assert told_ == {}
