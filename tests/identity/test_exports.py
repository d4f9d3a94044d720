"""Exports: what is taken away and brought back changes nothing, and opens nothing."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.identity.actions.importing.roster import Counts
from services.identity.actions.importing.rosters import take_over
from services.identity.actions.people.people import enter_person, establish_guardianship, grant_role
from services.identity.actions.rosters.groups import open_group
from services.identity.imports.checks import Known
from services.identity.imports.oneroster_export import oneroster_archive
from services.identity.imports.reading import Wanted, read_file
from services.identity.imports.tables import as_xlsx, pupil_rows, staff_rows
from services.identity.models import Enrolment, Guardianship
from services.identity.queries.exports import everybody
from services.identity.queries.people import own_school
from shared.sheets import as_csv
from tests.identity.makers import make_school, told

ON = date(2026, 11, 23)
LETTERS = "абвгдеёжзиклмнопрстуфхцчшщыьэюяАБВЁЮЯabcXYZ"
NAME = st.text(LETTERS + "-' ", min_size=1, max_size=12).map(lambda text: " ".join(text.split()))
NAMES = NAME.filter(lambda text: any(letter.isalpha() for letter in text) and text[0] not in "'-")
DAYS = st.none() | st.dates(date(1930, 1, 1), date(2026, 1, 1))
CONTACTS = st.lists(
    st.tuples(
        st.sampled_from(["phone", "address"]),
        st.sampled_from(["+7 912 345-67-89", "8 (3812) 22-33-44", "ул. Мира; 5"]),
    ),
    max_size=3,
)
PEOPLE = st.lists(
    st.tuples(NAMES, NAME, NAME, DAYS, st.sampled_from(["m", "f", None]), CONTACTS), min_size=1, max_size=9
)
SAFE = settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)  # Each example is a school of its own in the same database.


@SAFE
@given(people=PEOPLE, chance=st.randoms(use_true_random=False))
@pytest.mark.parametrize("form", ["xlsx", "csv", "oneroster"])
def test_what_is_exported_and_imported_changes_nothing(database, people, chance, form):
    school = make_school(database)
    with database.writing(school) as session:
        _fill(session, people, chance)
    before = len(told(database))

    with database.writing(school) as session:
        everyone = everybody(session, own_school(session), ON)
        files = _files(everyone, form)
        session.expunge_all()
        for name, content in files:
            roster = read_file(content, name, Wanted(ON), lambda _: _known(session))
            report = take_over(session, roster, ON, dry_run=True)
            assert report.questions == []
            report = take_over(session, roster, ON)
            assert (report.changes, report.questions) == ([], [])
            assert report.created == report.changed == report.closed == Counts()

    assert len(told(database)) == before


def _known(session):
    everyone = everybody(session, own_school(session), ON)
    return Known(frozenset(map(str, everyone.people)), frozenset(map(str, everyone.groups)))


def _files(everyone, form):
    if form == "oneroster":
        return [("school.zip", oneroster_archive(everyone))]
    pupils, staff = list(pupil_rows(everyone)), list(staff_rows(everyone))
    if form == "xlsx":
        return [("a.xlsx", as_xlsx({"Ученики": pupils, "Сотрудники": staff}))]
    return [("pupils.csv", as_csv(pupils)), ("staff.csv", as_csv(staff))]


def _fill(session, people, chance):
    """Make pupils with parents, teachers who lead classes, brothers and sisters, those who left."""
    made = [_enter(session, *one) for one in people]
    teachers = [one for one in made if chance.random() < 0.3]
    for one in teachers:
        grant_role(session, one.id, chance.choice(["teacher", "educator"]))
        one.position = chance.choice([None, "учитель математики", "бухгалтер"])
    classes = [
        open_group(
            session,
            kind="class",
            name=name,
            grade=5,
            class_teacher_id=chance.choice([None, *(t.id for t in teachers)]),
        )
        for name in ("5А", "5 «Б»", "10-в", "Подготовительный")
    ]
    group = open_group(session, kind="group", name="английский 1", parent_id=classes[0].id)
    pupils = [one for one in made if one not in teachers and chance.random() < 0.7]
    for number, one in enumerate(pupils):
        grant_role(session, one.id, "pupil")
        one.file_number = chance.choice([None, f"А-{number}"])
        _place(session, one, chance.choice([None, *classes]), chance)
        if chance.random() < 0.3:
            _place(session, one, group, chance)
    for one in made:
        if one not in pupils:
            for pupil in pupils:
                if chance.random() < 0.3:
                    establish_guardianship(session, one.id, pupil.id)
                    session.get(Guardianship, (one.id, pupil.id)).kind = chance.choice(
                        ["mother", "father", "guardian"]
                    )
    session.flush()


def _enter(session, family, given, patronymic, birth_on, sex, contacts):
    person = enter_person(
        session, family_name=family, given_name=given, patronymic=patronymic, birth_on=birth_on
    )
    person.sex = sex
    person.contacts = [{"kind": kind, "value": value, "note": ""} for kind, value in dict.fromkeys(contacts)]
    return person


def _place(session, person, group, chance):
    if group is None:
        return
    until = chance.choice([None, None, date(2026, 10, 1), date(2027, 1, 15)])
    session.add(
        Enrolment(
            school_id=person.school_id,
            group_id=group.id,
            pupil_id=person.id,
            from_on=date(2026, 9, 1),
            until_on=until,
        )
    )
