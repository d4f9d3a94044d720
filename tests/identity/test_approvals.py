"""Two persons: one proposes what is grave, another decides, and only then it is done."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from click.testing import CliRunner
from sqlalchemy import select

from services.identity.actions.approvals import (
    ApprovalNeeded,
    CodeNeedsApproval,
    Decided,
    ReasonNeeded,
    SecondPersonNeeded,
    check_approved,
    check_codes_approved,
    decide,
    give_role,
    propose,
)
from services.identity.actions.signing_in.codes import issue_codes
from services.identity.commands import commands
from services.identity.models import Approval, Role
from services.identity.rules.approvals import CODE, EXPORT
from shared.clock import now
from shared.errors import NotFound
from tests.identity.makers import make_login, make_person, make_school, told


def operators(database, school) -> list:
    """Return the operator the school was founded with, and a director."""
    with database.writing(school) as session:
        first = session.scalars(select(Role.person_id).where(Role.role == "operator")).one()
        return [first, make_person(session, family="Директоров", role="director").id]


def teacher(database, school):
    with database.writing(school) as session:
        return make_person(session, role="teacher").id


def roles(database, school, person_id) -> set[str]:
    with database.reading(school) as session:
        return set(session.scalars(select(Role.role).where(Role.person_id == person_id)))


def test_a_grave_role_is_given_when_a_second_person_agrees(database, school):
    first, second = operators(database, school)
    person = teacher(database, school)

    with database.writing(school) as session:
        waiting = give_role(session, first, person, "operator", "Приказ № 5").id
    assert roles(database, school, person) == {"teacher"}
    with database.writing(school) as session:
        decide(session, waiting, second, approve=True)

    assert roles(database, school, person) == {"teacher", "operator"}
    assert told(database, "identity.role.granted")[-1].person_id == person
    with database.reading(school) as session:
        kept = session.get(Approval, waiting)
        assert (kept.proposed_by, kept.decided_by, kept.reason) == (first, second, "Приказ № 5")


def test_nobody_agrees_with_themselves_but_anybody_may_take_back(database, school):
    first, _ = operators(database, school)
    person = teacher(database, school)
    with database.writing(school) as session:
        waiting = give_role(session, first, person, "director", "Приказ № 6").id

    with pytest.raises(SecondPersonNeeded), database.writing(school) as session:
        decide(session, waiting, first, approve=True)
    with database.writing(school) as session:
        assert decide(session, waiting, first, approve=False).state == "declined"
    with pytest.raises(Decided), database.writing(school) as session:
        decide(session, waiting, first, approve=False)

    assert roles(database, school, person) == {"teacher"}


def test_the_same_proposal_again_is_the_one_that_waits(database, school):
    first, _ = operators(database, school)
    person = teacher(database, school)

    with database.writing(school) as session:
        waiting = {give_role(session, first, person, "operator", f"Приказ № {n}").id for n in range(2)}

    assert len(waiting) == 1


def test_after_a_week_nobody_decides_any_more(database, school):
    first, second = operators(database, school)
    with database.writing(school) as session:
        waiting = propose(session, first, EXPORT, {}, "Сверка").id

    with (
        time_machine.travel(now() + timedelta(days=7, seconds=1)),
        pytest.raises(Decided),
        database.writing(school) as session,
    ):
        decide(session, waiting, second, approve=True)


def test_the_first_of_a_school_needs_no_second_and_it_is_recorded(database, school):
    with database.writing(school) as session:
        first = session.scalars(select(Role.person_id).where(Role.role == "operator")).one()
    director, other = teacher(database, school), teacher(database, school)

    with database.writing(school) as session:
        assert give_role(session, first, director, "director") is None
        kept = session.scalars(select(Approval)).one()
        assert (kept.proposed_by, kept.decided_by, kept.state) == (first, first, "approved")
    with pytest.raises(ReasonNeeded), database.writing(school) as session:
        give_role(session, first, other, "operator")

    assert roles(database, school, director) == {"teacher", "director"}
    assert roles(database, school, other) == {"teacher"}


def test_a_role_that_is_not_grave_or_is_there_already_waits_for_nobody(database, school):
    first, second = operators(database, school)
    person = teacher(database, school)

    with database.writing(school) as session:
        assert give_role(session, first, person, "deputy") is None
        assert give_role(session, first, second, "director") is None
        assert session.scalars(select(Approval)).all() == []

    assert roles(database, school, person) == {"teacher", "deputy"}


def test_what_was_approved_may_be_done_for_a_day_by_who_proposed_it(database, school):
    first, second = operators(database, school)
    with database.writing(school) as session:
        waiting = propose(session, first, EXPORT, {}, "Сверка с районом").id
    with pytest.raises(ApprovalNeeded), database.reading(school) as session:
        check_approved(session, first, EXPORT)
    with database.writing(school) as session:
        decide(session, waiting, second, approve=True)

    with database.reading(school) as session:
        check_approved(session, first, EXPORT)
        with pytest.raises(ApprovalNeeded):
            check_approved(session, second, EXPORT)
        with time_machine.travel(now() + timedelta(days=1, seconds=1)), pytest.raises(ApprovalNeeded):
            check_approved(session, first, EXPORT)


def test_who_is_alone_needs_nobody_to_take_the_lists_out(api, database, school):
    with database.reading(school) as session:
        first = session.scalars(select(Role.person_id).where(Role.role == "operator")).one()
    assert api("GET", "/exports/people?format=csv", person=first).status_code == 200

    operators(database, school)

    refused = api("GET", "/exports/people?format=csv", person=first)
    assert (refused.status_code, refused.json["type"]) == (403, "urn:parta:problem:approval-needed")
    assert api("GET", "/exports/oneroster", person=first).status_code == 403


def test_of_two_who_decide_at_once_one_is_told_that_it_is_decided(either_database):
    school = make_school(either_database)
    first, second = operators(either_database, school)
    third = teacher(either_database, school)
    with either_database.writing(school) as session:
        waiting = give_role(session, first, third, "operator", "Приказ").id

    def approve(approve: bool) -> str:
        try:
            with either_database.writing(school) as session:
                return decide(session, waiting, second, approve=approve).state
        except Decided:
            return "late"

    with ThreadPoolExecutor(2) as threads:
        told_ = sorted(threads.map(approve, [True, False]))

    assert told_ in (["approved", "late"], ["declined", "late"])
    assert ("operator" in roles(either_database, school, third)) == (told_[0] == "approved")


def test_another_school_s_proposal_is_not_there(database, school, stranger):
    first, _ = operators(database, school)
    with database.writing(school) as session:
        waiting = propose(session, first, EXPORT, {}, "Сверка").id

    with pytest.raises(NotFound), database.writing(stranger) as session:
        decide(session, waiting, uuid4(), approve=False)


def test_the_administrator_of_the_system_stands_in_for_the_second(either_database, monkeypatch):
    school = make_school(either_database)
    with either_database.writing(school) as session:
        person = make_person(session, role="teacher")
        person_id, login = person.id, make_login(session, person)
    monkeypatch.setattr("services.identity.commands._opened", lambda: (None, either_database))

    order = ["grant-role", login, "director", "--reason", "Приказ учредителя № 1"]
    assert CliRunner().invoke(commands, order).exit_code == 0
    assert CliRunner().invoke(commands, ["grant-role", "nobody", *order[2:]]).exit_code == 1

    assert "director" in roles(either_database, school, person_id)
    with either_database.reading(school) as session:
        kept = session.scalars(select(Approval)).one()
        assert (kept.proposed_by, kept.decided_by, kept.state) == (None, None, "approved")


def test_over_http_a_grave_role_waits_and_the_list_says_for_whom(api, database, school):
    first, second = operators(database, school)
    person = teacher(database, school)
    role = {"role": "operator", "reason": "Приказ № 5"}

    given = api("POST", f"/people/{person}/roles", person=first, json=role)
    assert given.status_code == 200, given.text
    assert given.json["roles"] == ["teacher"]
    assert given.json["waits_until"]

    [waiting] = api("GET", "/approvals", person=second, roles=("director",)).json["items"]
    assert (waiting["role"], waiting["state"], waiting["is_mine"]) == ("operator", "waiting", False)
    own = api("POST", f"/approvals/{waiting['id']}/approval", person=first)
    assert (own.status_code, own.json["type"]) == (403, "urn:parta:problem:second-person-needed")
    done = api("POST", f"/approvals/{waiting['id']}/approval", person=second, roles=("director",))
    assert (done.status_code, done.json["state"]) == (200, "approved")
    again = api("POST", f"/approvals/{waiting['id']}/refusal", person=second, roles=("director",))
    assert (again.status_code, again.json["type"]) == (409, "urn:parta:problem:decided")
    assert roles(database, school, person) == {"teacher", "operator"}


def test_nobody_becomes_the_only_one_to_decide_by_taking_the_other_s_role(api, database, school):
    first, second = operators(database, school)
    third = teacher(database, school)
    path = f"/people/{second}/roles/director"

    alone = api("DELETE", path, person=first)
    assert (alone.status_code, alone.json["type"]) == (409, "urn:parta:problem:last-other")
    with database.writing(school) as session:
        decide(session, give_role(session, first, third, "operator", "Приказ № 7").id, second, approve=True)
    assert api("DELETE", path, person=first).status_code == 204
    assert api("DELETE", f"/people/{first}/roles/operator", person=first).status_code == 204

    assert roles(database, school, second) == roles(database, school, first) == set()


def in_use(database, school, role: str, family: str = "Занятых"):
    """Return somebody of a role who has set an own password."""
    with database.writing(school) as session:
        person = make_person(session, family=family, role=role)
        make_login(session, person)
        return person.id


def test_a_code_for_a_leader_in_use_waits_for_a_second_person(database, school):
    first, fresh = operators(database, school)
    director, other = in_use(database, school, "director"), in_use(database, school, "operator", "Вторых")
    a_teacher = in_use(database, school, "teacher", "Учителев")
    with database.writing(school) as session:
        check_codes_approved(session, first, [fresh, a_teacher])
        check_codes_approved(session, director, [director])
        with pytest.raises(CodeNeedsApproval):
            check_codes_approved(session, first, [a_teacher, director])
        waiting = propose(session, first, CODE, {"person_id": str(director)}, "Забыт пароль").id
    with database.writing(school) as session:
        decide(session, waiting, other, approve=True)

    with database.writing(school) as session:
        check_codes_approved(session, first, [director])
        for by, about in ((first, other), (other, director)):
            with pytest.raises(CodeNeedsApproval):
                check_codes_approved(session, by, [about])
        issue_codes(session, [director], first)


def test_one_persons_word_gets_no_code_for_a_leader_from_the_api(api, database, school):
    operator, _ = operators(database, school)
    director, about = in_use(database, school, "director"), in_use(database, school, "teacher", "Учителев")

    for method, path, body in (
        ("POST", f"/people/{director}/credentials", None),
        ("POST", "/slips", {"person_ids": [str(about), str(director)]}),
    ):
        refused = api(method, path, json=body, person=operator)
        assert (refused.status_code, refused.json["type"]) == (403, "urn:parta:problem:code-needs-approval")
    assert api("POST", f"/people/{about}/credentials", person=operator).status_code == 201

    wanted = {"kind": CODE, "reason": "Забыт пароль", "person_id": str(director)}
    proposed = api("POST", "/approvals", json=wanted, person=operator)
    assert (proposed.status_code, proposed.json["about"]["id"]) == (201, str(director))
    for wrong in ({"person_id": None}, {"kind": EXPORT}, {"person_id": str(uuid4())}):
        assert api("POST", "/approvals", json=wanted | wrong, person=operator).status_code in (404, 422)
    path = f"/approvals/{proposed.json['id']}/approval"
    assert api("POST", path, person=in_use(database, school, "operator", "Вторых")).status_code == 200
    assert api("POST", f"/people/{director}/credentials", person=operator).status_code == 201
