"""Consents: who gives them for whom, who sees what lacks, and what is printed."""

import io
from datetime import date, timedelta

import pytest
from pypdf import PdfReader
from sqlalchemy import event

from services.identity.actions.privacy.consents import (
    Given,
    NotYetSigned,
    SignerNeeded,
    SignThemselves,
    give_consent,
    withdraw_consent,
)
from services.identity.rules.consents import ASKED, FORM_VERSION, PURPOSES, is_of_age, text_sha256
from shared.clock import today
from shared.errors import NotFound
from shared.events.identity import ConsentGiven, ConsentWithdrawn
from tests.identity.makers import make_class, make_parent, make_person, make_pupil, told


@pytest.fixture
def family(session):
    return make_family(session)


@pytest.fixture
def kept(database, school):
    with database.writing(school) as session:
        return make_family(session)


def make_family(session):
    """Return the ids of a pupil of 5А, the mother, the class teacher."""
    teacher = make_person(session, role="teacher", family="Классная")
    group = make_class(session, teacher=teacher)
    pupil = make_pupil(session, group)
    mother = make_parent(session, pupil)
    session.flush()
    return {"pupil": pupil.id, "mother": mother.id, "teacher": teacher.id, "group": group.id}


def test_a_consent_keeps_who_signed_what_words_when_and_how_and_is_told_once(database, school, kept):
    """SECURITY 50."""
    with database.writing(school) as session:
        for _ in range(2):
            consent = give_consent(session, kept["teacher"], kept["pupil"], Given("photo"))
        session.flush()
        session.expunge(consent)

    assert (consent.given_by, consent.recorded_by, consent.method) == (
        kept["mother"], kept["teacher"], "paper"
    )  # fmt: skip
    assert (consent.form_version, consent.text_sha256) == (FORM_VERSION, text_sha256("photo"))
    assert consent.given_on == today("Europe/Moscow")
    assert consent.scope == PURPOSES["photo"].data
    [given] = told(database, "identity.consent.given")
    assert given == ConsentGiven(
        consent_id=consent.id, person_id=kept["pupil"], kind="photo", given_on=consent.given_on
    )


def test_a_withdrawn_consent_stays_as_proof_and_a_new_one_may_follow(database, school, kept):
    """SECURITY 50."""
    mother = kept["mother"]
    with database.writing(school) as session:
        first = give_consent(session, mother, mother, Given("email", method="electronic"))
        for _ in range(2):
            withdraw_consent(session, mother, mother, "email")
        second = give_consent(session, mother, mother, Given("email"))
        session.expunge_all()

    assert first.id != second.id
    assert first.withdrawn_on == today("Europe/Moscow")
    assert second.withdrawn_at is None
    [withdrawn] = told(database, "identity.consent.withdrawn")
    assert withdrawn == ConsentWithdrawn(
        consent_id=first.id, person_id=mother, kind="email", withdrawn_on=first.withdrawn_on
    )


def test_what_was_never_given_cannot_be_withdrawn(session, family):
    with pytest.raises(NotFound):
        withdraw_consent(session, family["mother"], family["mother"], "email")


def test_nobody_signs_for_a_pupil_but_the_representatives(session, family):
    stranger = make_person(session, family="Чужая", role="parent").id

    with pytest.raises(SignerNeeded):
        give_consent(session, family["teacher"], family["pupil"], Given("photo", given_by=stranger))
    with pytest.raises(SignerNeeded):
        give_consent(session, family["pupil"], family["pupil"], Given("photo", given_by=family["pupil"]))
    orphan = make_person(session, family="Один").id
    with pytest.raises(SignerNeeded):
        give_consent(session, family["teacher"], orphan, Given("photo"))


def test_electronically_people_consent_themselves_alone(session, family):
    with pytest.raises(SignThemselves):
        give_consent(session, family["teacher"], family["pupil"], Given("photo", method="electronic"))


@pytest.mark.parametrize("days", [-1, 1])
def test_days_of_a_consent_and_of_its_withdrawal_are_in_order_and_not_to_come(session, family, days):
    on = today("Europe/Moscow")
    late = on + timedelta(days=1)
    with pytest.raises(NotYetSigned):
        give_consent(session, family["mother"], family["pupil"], Given("photo", given_on=late))
    give_consent(session, family["mother"], family["pupil"], Given("photo", given_on=on))
    with pytest.raises(NotYetSigned):
        withdraw_consent(session, family["mother"], family["pupil"], "photo", on + timedelta(days=days))


def test_who_is_eighteen_signs_for_themselves():
    assert is_of_age(date(2008, 9, 1), date(2026, 9, 1))
    assert not is_of_age(date(2008, 9, 2), date(2026, 9, 1))
    assert not is_of_age(None, date(2026, 9, 1))


def test_the_class_teacher_sees_who_has_not_handed_one_in_and_marks_it_received(api, kept):
    """Regulation 3.5.5."""
    me = {"person": kept["teacher"], "roles": ("class_teacher",)}
    path = f"/groups/{kept['group']}/consents"
    assert api("GET", path, **me).json["items"][0]["missing"] == list(ASKED)

    answers = [
        api("POST", f"/people/{kept['pupil']}/consents", json={"kind": "photo"}, **me),
        api("POST", f"/people/{kept['mother']}/consents", json={"kind": "email"}, **me),
    ]

    assert [answer.status_code for answer in answers] == [201, 201], answers[0].text
    [row] = api("GET", path, **me).json["items"]
    assert row["missing"] == [kind for kind in ASKED if kind not in ("photo", "email")]
    assert set(row["given"]) == {"photo"}
    assert set(row["guardians"][0]["given"]) == {"email"}
    assert answers[0].json["given_by"]["name"] == "Петрова Ольга"


def test_staff_proves_anew_who_they_are_before_they_record_others_consents(api, kept):
    """SECURITY 11."""
    old = {"person": kept["teacher"], "roles": ("class_teacher",)}
    stale = {"headers": bearer_of(api, kept["teacher"], auth_time=1)}

    refused = api("POST", f"/people/{kept['pupil']}/consents", json={"kind": "photo"}, **old, **stale)

    assert refused.status_code == 403
    assert refused.json["type"] == "urn:parta:problem:proof-needed"


def bearer_of(api, person, **claims):
    from tests.support.tokens import bearer

    return bearer("identity", school_id=api.school, person_id=person, roles=("class_teacher",), **claims)


def test_parents_consent_for_their_child_and_withdraw_in_the_portal(api, kept):
    """SECURITY 50; regulation 3.5.5."""
    me = {"person": kept["mother"], "roles": ("parent",)}
    body = {"kind": "photo", "method": "electronic"}

    given = api("POST", f"/people/{kept['pupil']}/consents", json=body, **me)
    taken = api("POST", f"/people/{kept['pupil']}/consents/photo/withdrawal", json={}, **me)

    assert (given.status_code, taken.status_code) == (201, 200)
    [shown] = api("GET", f"/people/{kept['pupil']}/consents", **me).json["items"]
    assert shown["withdrawn_on"]
    unknown = api("POST", f"/people/{kept['pupil']}/consents/nonsense/withdrawal", json={}, **me)
    assert unknown.status_code == 404


def test_a_stranger_neither_sees_nor_records_the_consents_of_a_family(api, kept):
    other = {"person": kept["teacher"], "roles": ("parent",)}

    assert api("GET", f"/people/{kept['pupil']}/consents", **other).status_code == 404
    asked = api("POST", f"/people/{kept['pupil']}/consents", json={"kind": "photo"}, **other)
    assert asked.status_code == 404


@pytest.mark.parametrize(("kind", "name"), [("photo", "Петров Иван"), ("email", "Петрова Ольга")])
def test_the_printed_form_has_all_that_article_9_asks_for(api, kept, kind, name):
    """152-ФЗ ст. 9 ч. 4; regulation 3.5.5."""
    me = {"person": kept["teacher"], "roles": ("class_teacher",)}

    answer = api("GET", f"/groups/{kept['group']}/consents/forms.pdf?kind={kind}", **me)

    assert answer.status_code == 200
    pages = PdfReader(io.BytesIO(answer.data)).pages
    words = " ".join(pages[0].extract_text().split())
    assert len(pages) == 1
    for needed in (
        "Школа № 1", name, "Адрес регистрации", "Паспорт", "Цель", PURPOSES[kind].title.ru,
        "Перечень данных", "Действия с данными", "Срок", "отозвать", "Подпись", text_sha256(kind)[:20],
    ):  # fmt: skip
        assert needed in words, needed
    own = api("GET", f"/people/{kept['mother']}/consents/form.pdf?kind=email", person=kept["mother"],
              roles=("parent",))  # fmt: skip
    assert "законный представитель" not in PdfReader(io.BytesIO(own.data)).pages[0].extract_text()


def test_the_deputy_sees_how_complete_each_class_is_in_a_constant_number_of_statements(api, database, kept):
    """Regulation 3.5.5: the completeness report."""
    me = {"person": kept["teacher"], "roles": ("deputy",)}
    with database.writing(api.school) as more:
        give_consent(more, kept["mother"], kept["mother"], Given("email"))
    api("GET", "/consents/completeness", **me)  # The first asks for keys as well.
    before = statements(database, lambda: api("GET", "/consents/completeness", **me))
    with database.writing(api.school) as more:
        for number in range(6, 9):
            group = make_class(more, name=f"{number}А")
            for place in range(4):
                pupil = make_pupil(more, group, family=f"Ученик{place}")
                give_consent(more, None, make_parent(more, pupil).id, Given("email"))
    after = statements(database, lambda: api("GET", "/consents/completeness", **me))

    assert after == before
    shown = api("GET", "/consents/completeness", **me).json["items"]
    assert [(one["group"]["name"], one["pupils"], one["given"]["email"]) for one in shown] == [
        ("5А", 1, 1), ("6А", 4, 4), ("7А", 4, 4), ("8А", 4, 4)
    ]  # fmt: skip


def statements(database, work):
    seen = []

    def note(_connection, _cursor, statement, *_):
        seen.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    assert work().status_code == 200
    event.remove(database.engine, "before_cursor_execute", note)
    return len(seen)
