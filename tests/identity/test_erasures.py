"""Erasing people: what stands against it, who does it, what is left, and what is printed of it."""

import io
from contextlib import ExitStack
from datetime import date, timedelta
from itertools import pairwise

import pytest
from pypdf import PdfReader
from sqlalchemy import inspect, select, text

from services.identity.actions.approvals import propose
from services.identity.actions.importing.roster import remember_ids
from services.identity.actions.people.people import change_person, revoke_role
from services.identity.actions.privacy.access_chain import seal_log, verify_log
from services.identity.actions.privacy.consents import Given, give_consent
from services.identity.actions.privacy.erasures import (
    NOBODY,
    ErasedAlready,
    SecondPersonNeeded,
    StillNeeded,
    carry_out_erasure,
    propose_erasure,
    refuse_erasure,
)
from services.identity.actions.privacy.subject_requests import AnsweredAlready, close_request, open_request
from services.identity.actions.rosters.enrolments import end_enrolment
from services.identity.models import Base, Consent, Enrolment, Movement, Person, SubjectRequest
from services.identity.rules.approvals import GRANT
from services.identity.rules.retention import ACCESS, DESTROYED_TABLES, ERASURE, KEPT_TABLES, due_on
from shared import operating
from shared.apply import Applier
from shared.bus import event_log
from shared.catchup import CatchUp
from shared.clock import now, today
from shared.consumer import Consumer
from shared.db import EVERY_SCHOOL, Database
from shared.events.identity import PersonErased
from shared.outgoing import Relay
from shared.service import find_service
from tests.identity.makers import (
    FIRST_DAY,
    make_class,
    make_login,
    make_parent,
    make_person,
    make_pupil,
    make_school,
)
from tests.shared.wire import AllLeases, DirectSource, ListInbox, Wire
from tests.support.databases import sqlite_url

CANARIES = ("канарейкин", "kanareykin", "кенарь", "\\u043a\\u0430\\u043d\\u0430\\u0440")
LISTENERS = ("schedule", "journal", "reporting", "notify")


@pytest.fixture
def leaver(session):
    """A pupil who left yesterday, a mother, and two who may erase."""
    return make_leaver(session)


def make_leaver(session):
    group = make_class(session)
    pupil = make_pupil(session, group, family="Канарейкин", given="Кенарь")
    mother = make_parent(session, pupil, family="Канарейкина", given="Канарейкин-мать")
    end_enrolment(session, group.id, pupil.id, yesterday())
    people = {"pupil": pupil.id, "mother": mother.id, "group": group.id}
    for who, role in (("operator", "operator"), ("director", "director")):
        people[who] = make_person(session, role=role, family=who.title()).id
    return people


def yesterday():
    return today("Europe/Moscow") - timedelta(days=1)


def erase(session, leaver, who="pupil"):
    proposed = propose_erasure(session, leaver["operator"], leaver[who], "request")
    return carry_out_erasure(session, leaver["director"], proposed.id)


@pytest.mark.parametrize("who", ["studies", "works", "answers for a pupil"])
def test_nobody_whom_the_school_has_to_know_is_erased(session, leaver, who):
    """SECURITY 52: the legal ground is checked."""
    pupil = make_pupil(session, make_class(session, name="5Б"), family="Учится")
    person = {
        "studies": pupil.id,
        "works": leaver["director"],
        "answers for a pupil": make_parent(session, pupil, family="Мать").id,
    }[who]

    with pytest.raises(StillNeeded):
        propose_erasure(session, leaver["operator"], person, "request")


def test_the_ground_is_checked_again_when_it_is_carried_out(session, leaver):
    """SECURITY 52."""
    proposed = propose_erasure(session, leaver["operator"], leaver["pupil"], "request")
    session.add(Enrolment(school_id=proposed.school_id, group_id=leaver["group"], pupil_id=leaver["pupil"],
                          from_on=today("Europe/Moscow")))  # fmt: skip
    session.flush()

    with pytest.raises(StillNeeded):
        carry_out_erasure(session, leaver["director"], proposed.id)


def test_it_takes_two_and_is_decided_once(session, leaver):
    """SECURITY 30."""
    proposed = propose_erasure(session, leaver["operator"], leaver["pupil"], "request")
    again = propose_erasure(session, leaver["director"], leaver["pupil"], "request")

    with pytest.raises(SecondPersonNeeded):
        carry_out_erasure(session, leaver["operator"], proposed.id)
    refuse_erasure(session, proposed.id)

    assert again.id == proposed.id
    with pytest.raises(ErasedAlready):
        carry_out_erasure(session, leaver["director"], proposed.id)


def test_what_the_law_wants_stays_under_an_id_and_the_name_is_gone(session, leaver):
    """SECURITY 52, 53."""
    give_consent(session, None, leaver["pupil"], Given("photo"))
    request = open_request(session, leaver["pupil"], ERASURE, asked_by=leaver["mother"], recorded_by=None)
    request_id = request.id

    done = erase(session, leaver)

    person = session.get_one(Person, leaver["pupil"])
    assert (person.family_name, person.given_name, person.email) == (NOBODY, "", None)
    [stay] = session.scalars(select(Enrolment).where(Enrolment.pupil_id == leaver["pupil"]))
    assert (stay.from_on, stay.until_on) == (FIRST_DAY, yesterday())
    assert session.scalars(select(Consent.kind)).all() == ["photo"]
    assert done.kept == ["marks", "summaries", "movements", "consents", "access"]
    assert done.destroyed["roles"] == 1
    assert session.get_one(SubjectRequest, request_id).done_on


def test_every_table_that_names_people_is_either_kept_or_destroyed():
    """A new table cannot be forgotten when people are erased."""
    named = {
        of.name
        for of in Base.metadata.sorted_tables
        if any(
            column.name in ("person_id", "pupil_id", "guardian_id")
            or any(key.target_fullname == "people.id" for key in column.foreign_keys)
            for column in of.columns
        )
    }
    ids_alone = {"access_circles", "groups", "logout_notices"}

    assert named - ids_alone <= KEPT_TABLES.keys() | DESTROYED_TABLES
    assert not KEPT_TABLES.keys() & DESTROYED_TABLES


def test_after_an_erasure_the_name_is_in_no_database_and_in_no_queue(either_database, tmp_path, request):
    """FAULTS F31, SECURITY 52: consumers that were down, answers kept for repeats, and the log itself."""
    identity = either_database
    school = make_school(identity)
    with ExitStack() as closing:
        consumers = {name: Listener(name, tmp_path, identity) for name in LISTENERS}
        for one in consumers.values():
            closing.callback(one.database.close)
        relay = Broker(identity)
        api = request.getfixturevalue("app_of")(identity)
        with identity.writing(school) as session:
            leaver = make_leaver(session)
            change_person(session, leaver["pupil"], 1, email="kanareykin@example.org",
                          birth_on=date(2012, 5, 6))  # fmt: skip
            make_login(session, session.get_one(Person, leaver["pupil"]))
            remember_ids(session, "sds", "person", {"канарейкин-1": leaver["pupil"]})
            asked = {"person_id": str(leaver["pupil"]), "role": "operator"}
            propose(session, leaver["operator"], GRANT, asked, "Канарейкин справится")
            write_of(session, leaver)
        enter_by_api(api, school, leaver["operator"])
        relay.publish_to(consumers.values())
        for name in ("schedule", "journal", "reporting"):
            consumers[name].take_all()
        assert found_in(identity)
        assert found_in(consumers["journal"].database)
        with identity.writing(school) as session:
            extra = session.scalars(select(Person.id).where(Person.given_name == "Второй")).one()
            revoke_role(session, leaver["mother"], "parent")
        with identity.writing(school) as session:
            for who in (leaver["pupil"], leaver["mother"], extra):
                proposed = propose_erasure(session, leaver["operator"], who, "request")
                carry_out_erasure(session, leaver["director"], proposed.id)
        seal_log(identity)

        relay.publish_to(consumers.values())
        for one in consumers.values():
            one.take_all()
            one.catch_up.compare("identity")

        for one in consumers.values():
            assert found_in(one.database) == [], one.name
            assert not any(
                canary in str(body).casefold() for _, body in one.wire.messages for canary in CANARIES
            )
            assert one.is_live()
        assert found_in(identity) == []
        assert verify_log(identity) is None
        assert chain_holds(identity, school)


def write_of(session, leaver):
    """Leave the name in words that somebody typed, in rows that stay."""
    by = {"asked_by": leaver["mother"], "recorded_by": None}
    request = open_request(session, leaver["pupil"], ACCESS, **by)
    close_request(session, request.id, "Канарейкину отвечено письмом")
    give_consent(session, None, leaver["pupil"], Given("photo", scope="фото Канарейкина на сайте"))
    session.add(
        Movement(
            school_id=request.school_id,
            kind="departure",
            pupil_id=leaver["pupil"],
            moved_on=yesterday(),
            effective_on=today("Europe/Moscow"),
            place="Школа № 2, к бабушке Канарейкиной",
            reason="Заявление А. П. Канарейкиной",
            recorded_at=now(),
        )
    )


def enter_by_api(api, school, operator):
    """Leave a stored answer with a name in it, as a repeated request would find it."""
    from tests.support.tokens import bearer

    headers = bearer("identity", school_id=school, person_id=operator, roles=("operator",))
    body = {"family_name": "Канарейкин", "given_name": "Второй"}
    answer = api.post("/api/identity/v1/people", json=body, headers=headers | {"Idempotency-Key": "k-1"})
    assert answer.status_code == 201, answer.text


class Listener:
    """A service that hears identity, with a queue of its own."""

    def __init__(self, name, folder, identity):
        self.name = name
        self.database = Database(sqlite_url(name, folder))
        applier = Applier(find_service(name), self.database)
        self.catch_up = CatchUp(applier, {"identity": DirectSource(identity, limit=50)})
        self.wire = Wire()
        self.worker = Consumer("", applier, wake=lambda _: None, compare=lambda: None)

    def take_all(self):
        while self.wire.messages:
            self.worker.turn(ListInbox(self.wire, range(min(50, len(self.wire.messages)))))

    def is_live(self):
        from shared.cursors import every

        with self.database.reading(EVERY_SCHOOL) as session:
            return {cursor.state for cursor in every(session).values()} == {"live"}


class Broker:
    """Publishes identity's log, and gives each listener what is published."""

    def __init__(self, identity):
        self.wire = Wire()
        self.relay = Relay(identity, "identity", lambda: self.wire, AllLeases())

    def publish_to(self, listeners):
        self.relay.publish_new()
        new, self.wire.messages = self.wire.messages, []
        for one in listeners:
            one.wire.messages += new


def found_in(database):
    """Return every place of a database in which a canary sings, in whatever column."""
    places = []
    with database.engine.connect() as connection:
        connection.execute(
            text("SELECT set_config('parta.school', '*', true)")
        ) if database.is_postgres else None
        for name in inspect(database.engine).get_table_names():
            for row in connection.execute(text(f"SELECT * FROM {name}")).mappings():
                places += [f"{name}.{column}" for column, value in row.items() if sings(value)]
    return places


def sings(value):
    if isinstance(value, bytes | memoryview):
        value = bytes(value).decode(errors="replace")
    said = str(value).casefold()
    return any(canary in said for canary in CANARIES)


def chain_holds(identity, school):
    with identity.reading(school) as session:
        rows = session.execute(
            select(event_log.c.id, event_log.c.prev_id).where(event_log.c.stream == f"identity/{school}")
            .order_by(event_log.c.position)
        ).all()  # fmt: skip
    return all(after.prev_id == before.id for before, after in pairwise(rows))


def test_the_school_is_told_once_of_whom_it_forgets(database, school):
    with database.writing(school) as session:
        leaver = make_leaver(session)
    with database.writing(school) as session:
        erase(session, leaver)

    assert told_of_erasures(database) == [PersonErased(person_id=leaver["pupil"])]
    with pytest.raises(operating.NotPossible):
        operating.redact(database, f"identity/{school}", f"person/{leaver['pupil']}")


def told_of_erasures(database):
    with database.reading(EVERY_SCHOOL) as session:
        rows = session.execute(
            select(event_log.c.data).where(event_log.c.type == "identity.person.erased")
        ).all()
    import orjson

    from shared.events import read

    return [read("identity.person.erased", orjson.loads(row.data)) for row in rows]


def test_two_people_erase_by_the_api_and_an_act_with_its_extract_is_printed(api, database):
    """SECURITY 52: the act of destruction and the event-log extract; приказ Роскомнадзора 179."""
    with database.writing(api.school) as session:
        leaver = make_leaver(session)
    operator = {"person": leaver["operator"], "roles": ("operator",)}
    director = {"person": leaver["director"], "roles": ("director",)}

    proposed = api("POST", f"/people/{leaver['pupil']}/erasure", json={"ground": "request"}, **operator)
    path = f"/erasures/{proposed.json['id']}"
    draft = words(api("GET", f"{path}/act.pdf", **director))
    alone = api("POST", f"{path}/approval", **operator)
    done = api("POST", f"{path}/approval", **director)

    assert (proposed.status_code, alone.status_code, done.status_code) == (201, 403, 200), done.text
    assert "Проект" in draft
    assert "Канарейкин" in draft
    act = words(api("GET", f"{path}/act.pdf", **director))
    assert "Канарейкин" not in act
    for needed in ("Акт об уничтожении", "Школа № 1", str(leaver["pupil"])[:20], "обращение субъекта",
                   "Operator", "Director", "Сводные ведомости", "Выгрузка из журнала",
                   "предложено уничтожить", "подтверждено и выполнено"):  # fmt: skip
        assert needed in act, needed
    [shown] = api("GET", "/erasures", **director).json["items"]
    assert shown["done_by"]["name"] == "Director Мария"
    assert shown["person"]["name"] == NOBODY


def test_an_old_proof_erases_nobody(api, database):
    """SECURITY 11."""
    from tests.support.tokens import bearer

    with database.writing(api.school) as session:
        leaver = make_leaver(session)
    stale = bearer(
        "identity", school_id=api.school, person_id=leaver["operator"], roles=("operator",), auth_time=1
    )

    refused = api("POST", f"/people/{leaver['pupil']}/erasure", json={"ground": "request"}, headers=stale)

    assert (refused.status_code, refused.json["type"]) == (403, "urn:parta:problem:proof-needed")


def words(answer):
    assert answer.status_code == 200, answer.text
    return " ".join(
        " ".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.data)).pages).split()
    )


@pytest.mark.parametrize(
    ("kind", "asked", "due"),
    [
        (ACCESS, date(2026, 11, 2), date(2026, 11, 16)),
        (ACCESS, date(2026, 11, 7), date(2026, 11, 20)),
        (ERASURE, date(2026, 11, 2), date(2026, 12, 2)),
    ],
)
def test_requests_are_due_in_ten_working_days_and_erasures_in_thirty(kind, asked, due):
    """SECURITY 51, 52."""
    assert due_on(kind, asked) == due


def test_a_request_is_answered_once_and_the_clock_runs_from_the_day_it_came(api, database):
    """SECURITY 51: the workflow with its clock."""
    with database.writing(api.school) as session:
        leaver = make_leaver(session)
    parent = {"person": leaver["mother"], "roles": ("parent",)}
    director = {"person": leaver["director"], "roles": ("director",)}

    asked = api("POST", f"/people/{leaver['pupil']}/requests", json={"kind": "access"}, **parent)
    [listed] = api("GET", "/subject-requests", **director).json["items"]
    path = f"/subject-requests/{listed['id']}/outcome"
    answers = [api("POST", path, json={"outcome": "Выдано лично."}, **director) for _ in range(2)]

    assert asked.status_code == 201
    assert listed["due_on"] == due_on(ACCESS, today("Europe/Moscow")).isoformat()
    assert [answer.status_code for answer in answers] == [200, 409]
    assert api("GET", "/subject-requests", **director).json["items"] == []
    [own] = api("GET", f"/people/{leaver['pupil']}/requests", **parent).json["items"]
    assert own["outcome"] == "Выдано лично."
    tomorrow = {"kind": "access", "asked_on": (yesterday() + timedelta(days=2)).isoformat()}
    assert api("POST", f"/people/{leaver['pupil']}/requests", json=tomorrow, **parent).status_code == 422


def test_an_answered_request_stays_answered(session, leaver):
    request = open_request(session, leaver["pupil"], ACCESS, asked_by=None, recorded_by=None)
    close_request(session, request.id, "Выдано.")

    with pytest.raises(AnsweredAlready):
        close_request(session, request.id, "Иначе.")


def test_all_that_is_held_of_a_person_is_told_and_nothing_that_opens_doors(api, database):
    """SECURITY 51."""
    with database.writing(api.school) as session:
        leaver = make_leaver(session)
        login = make_login(session, session.get_one(Person, leaver["pupil"]))
        give_consent(session, None, leaver["pupil"], Given("photo"))
    director = {"person": leaver["director"], "roles": ("director",)}
    api("GET", f"/people/{leaver['pupil']}", **director)

    answer = api("GET", f"/people/{leaver['pupil']}/data", person=leaver["mother"], roles=("parent",))
    stranger = api("GET", f"/people/{leaver['pupil']}/data", person=leaver["group"], roles=("parent",))

    assert (answer.status_code, stranger.status_code) == (200, 404)
    data = answer.json
    assert data["card"]["family_name"] == "Канарейкин"
    assert [one["name"] for one in data["card"]["tied"]["guardians"]] == ["Канарейкина Канарейкин-мать"]
    assert data["groups"][0]["name"] == "5А"
    assert {"accounts", "consents", "enrolments", "guardianships", "roles"} <= data["held"].keys()
    assert data["held"]["accounts"][0]["login"] == login
    assert [one["actor"]["name"] for one in data["read_by"]] == ["Director Мария"]
    assert "argon2" not in answer.text
