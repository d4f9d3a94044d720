"""People who were entered twice: found, shown side by side, and made one with their history."""

from datetime import date

import pytest
from sqlalchemy import func, select

from services.identity.actions.people.people import establish_guardianship
from services.identity.actions.rosters.enrolments import enrol
from services.identity.models import Account, Base, Enrolment, ExternalId, Guardianship, Merge, Person
from services.identity.rules.likeness import is_one_slip_off, is_short_for
from tests.identity.makers import (
    FIRST_DAY,
    make_class,
    make_login,
    make_parent,
    make_person,
    make_pupil,
    told,
)

OCTOBER = date(2026, 10, 1)


@pytest.fixture
def twins(session):
    """One pupil entered twice, in one class, each with the same mother; ids of kept and dropped."""
    group = make_class(session, name="5А")
    kept, gone = (make_pupil(session, group, family=name, given="Артём") for name in ("Ежов", "Ёжов"))
    kept.birth_on = gone.birth_on = date(2014, 5, 12)
    gone.patronymic, gone.email = "Ильич", "artem@example.org"
    gone.contacts = [{"kind": "phone", "value": "+7 912 345-67-89", "note": ""}]
    mother = make_parent(session, kept)
    establish_guardianship(session, mother.id, gone.id)
    make_parent(session, gone, family="Ёжов", given="Илья")
    session.add(ExternalId(school_id=gone.school_id, source="sds", kind="person", external="7", id=gone.id))
    make_login(session, gone)
    ids = kept.id, gone.id
    session.commit()
    return ids


def merge(api, ids, **given):
    return api("POST", "/people/merge", json={"keep_id": str(ids[0]), "drop_id": str(ids[1])}, **given)


def test_one_takes_over_all_the_other_had_and_everybody_is_told(api, database, school, twins):
    before = len(told(database))

    card = merge(api, twins).json

    assert (card["family_name"], card["patronymic"], card["email"]) == ("Ежов", "Ильич", "artem@example.org")
    assert card["login"]
    with database.reading(school) as session:
        assert session.get(Person, twins[1]) is None
        assert session.scalars(select(Enrolment.pupil_id)).all() == [twins[0]]
        assert session.scalars(select(ExternalId.id)).all() == [twins[0]]
        assert session.scalars(select(Merge.kept_id)).all() == [twins[0]]
        ties = session.scalars(select(Guardianship)).all()
        assert ({tie.pupil_id for tie in ties}, len(ties)) == ({twins[0]}, 2)
    kinds = [type(event).__name__ for event in told(database)[before:]]
    assert kinds[0] == "PersonMerged"
    assert {"PersonChanged", "GuardianshipEstablished", "GuardianshipEnded", "EnrolmentsChanged"} <= set(
        kinds
    )


def test_no_table_names_the_dropped_one_any_more(api, database, school, twins):
    merge(api, twins)

    with database.reading(school) as session:
        for table in Base.metadata.sorted_tables:
            for column in table.columns:
                if any(key.target_fullname == "people.id" for key in column.foreign_keys):
                    count = select(func.count()).select_from(table).where(column == twins[1])
                    assert session.scalar(count) == 0, column


def test_stays_of_both_become_one_where_they_touch(api, database, session, school):
    group = make_class(session, name="5А")
    kept, gone = make_pupil(session, group), make_person(session, family="Петров", given="Иван")
    enrol(session, group.id, gone.id, OCTOBER)
    ids = kept.id, gone.id
    session.commit()

    assert merge(api, ids).status_code == 200

    with database.reading(school) as read:
        found = read.execute(select(Enrolment.pupil_id, Enrolment.from_on, Enrolment.until_on)).all()
    assert [tuple(row) for row in found] == [(ids[0], FIRST_DAY, None)]


def test_the_kept_ones_login_stays(api, database, session, school):
    kept, gone = (make_person(session, family=name, role="teacher") for name in ("Щукина", "Щукина"))
    logins = [make_login(session, one) for one in (kept, gone)]
    ids = kept.id, gone.id
    session.commit()

    assert merge(api, ids).json["login"] == logins[0]
    with database.reading(school) as read:
        assert read.scalar(select(func.count()).select_from(Account).where(Account.login == logins[1])) == 0


def test_what_cannot_be_one_person_is_refused(api, session):
    group, other = make_class(session, name="5А"), make_class(session, name="5Б")
    one, two = make_pupil(session, group), make_pupil(session, other)
    parent, boss = make_parent(session, one), make_person(session, role="director")
    other_boss = make_person(session, role="director")
    ids = {"one": one.id, "two": two.id, "parent": parent.id, "boss": boss.id, "other_boss": other_boss.id}
    session.commit()

    def refused(keep, drop):
        return merge(api, (ids[keep], ids[drop])).json["type"].rpartition(":")[2]

    assert refused("one", "one") == "same-person"
    assert refused("one", "two") == "in-two-classes"
    assert refused("one", "parent") == "not-one-person"
    assert refused("parent", "boss") == "powerful-duplicate"
    assert refused("other_boss", "boss") == "powerful-duplicate"
    preview = api("GET", f"/people/merge?keep_id={ids['one']}&drop_id={ids['two']}").json
    assert "5А" in preview["refusal"]


def test_duplicates_are_found_with_the_reason_and_the_likeliest_first(api, database, school, twins):
    with database.writing(school) as session:
        _make_alike(session)

    found = api("GET", "/people/duplicates").json["items"]

    assert [(one["score"], one["one"]["name"], one["other"]["name"]) for one in found] == [
        (85, "Ежов Артём", "Ёжов Артём Ильич"),
        (80, "Иванов Пётр", "Иваонв Пётр"),
        (50, "Щукина А. П.", "Щукина Анна Петровна"),
    ]
    preview = api("GET", f"/people/merge?keep_id={twins[0]}&drop_id={twins[1]}").json
    assert (preview["refusal"], preview["together"]) == (None, ["5А"])


def _make_alike(session):
    make_person(session, family="Щукина", given="А.", patronymic="П.", role="teacher")
    make_person(session, family="Щукина", given="Анна", patronymic="Петровна", role="teacher")
    make_person(session, family="Иванов", given="Пётр", role="pupil").birth_on = date(2014, 1, 1)
    make_person(session, family="Иваонв", given="Пётр", role="pupil").birth_on = date(2014, 1, 1)
    make_person(session, family="Иванов", given="Пётр", role="pupil").birth_on = date(2010, 1, 1)


@pytest.mark.parametrize(
    ("one", "other", "is_slip"),
    [
        ("иванов", "иваонв", True),
        ("иванов", "ианов", True),
        ("иванов", "ивановв", True),
        ("иванов", "ивонов", True),
        ("иванов", "иванов", False),
        ("иванов", "петров", False),
        ("иванов", "ивано", True),
    ],
)
def test_one_slip_of_a_finger(one, other, is_slip):
    assert is_one_slip_off(one, other) is is_one_slip_off(other, one) is is_slip


def test_initials_are_short_for_names():
    assert is_short_for(("Щукина", "А.", "П."), ("Щукина", "Анна", "Петровна"))
    assert not is_short_for(("Щукина", "А.", "П."), ("Щукина", "Анна", "Ивановна"))
    assert not is_short_for(("Щукина", "Анна", ""), ("Щукина", "Анна", "Ивановна"))
