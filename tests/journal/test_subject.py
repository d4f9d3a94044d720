"""All the journal holds of a person: what is told, to whom, and what an erasure leaves (152-ФЗ)."""

import orjson
import pytest
from sqlalchemy import inspect, text, update

from services.journal.actions.answers import AnswerFacts, give_answer, reply_to_answer
from services.journal.actions.chains import broken_chains
from services.journal.actions.comments import comment_mark
from services.journal.actions.contents import contents_at
from services.journal.actions.corrections.reported_cells import Cell as Wrong
from services.journal.actions.corrections.reporting import report_error
from services.journal.actions.corrections.settling import settle_correction
from services.journal.actions.entries import Cell, record_entries
from services.journal.actions.excuses import Given, make_excuse
from services.journal.actions.files import hand_in
from services.journal.actions.portfolio import Facts, add_to_portfolio
from services.journal.actions.remarks import Said, remark_on_page
from services.journal.actions.tasks import TaskFacts, set_task
from services.journal.actions.views import note_opening
from services.journal.models import Page, Revision
from services.journal.queries.page import class_page
from shared.bus import idempotency_key
from shared.clock import now
from shared.events.identity import PersonErased
from tests.journal.conftest import api_of
from tests.journal.documents import PDF
from tests.journal.makers import TODAY, make_world, tell

SONG = "канарейка"


@pytest.fixture
def sung(either_database, files_url):
    """A school where everything that can be written of a pupil names the pupil."""
    world = make_world(either_database)
    write_everywhere(either_database, world, files_url)
    return world


def write_everywhere(database, world, files_url):
    teacher, pupil = world.actor(), world.actor(world.pupils[0], "pupil")
    mother, leader = (
        world.actor(world.parent_id, "parent"),
        world.actor(world.class_teacher_id, "class_teacher"),
    )
    contents, child = contents_at(files_url), world.pupils[0]
    answer_file = hand_in(database, contents, pupil, f"{SONG}.pdf", PDF)
    diploma = hand_in(database, contents, mother, f"{SONG} диплом.pdf", PDF)
    with database.writing(world.school_id) as session:
        record_entries(session, teacher, world.today, 0, [Cell(child, 1, "4")])
        page_id = world.page_id(session)
        comment_mark(session, teacher, world.today, session.get_one(Page, page_id).seq, child, 1, SONG)
        for audience in ("family", "parents"):
            said = Said("remark", audience, f"{SONG} {audience}")
            remark_on_page(session, teacher, page_id, child, said, None)
        request = report_error(session, mother, Wrong("mark", world.today, slot=1, pupil_id=child), SONG)
        settle_correction(session, teacher, request.id, "declined", f"{SONG} ошибся")
        make_excuse(session, leader, child, Given(TODAY, TODAY, "б", "certificate", note=SONG))
        facts = Facts("olympiad", "regional", SONG, "призёр", TODAY, SONG)
        add_to_portfolio(session, mother, child, facts, [diploma.id])
    with database.writing(world.school_id) as session:
        seen = session.get_one(Page, page_id).seq
        task = set_task(session, teacher, world.today, seen, TaskFacts(SONG, pupil_id=child))
        answer = give_answer(session, pupil, task.id, AnswerFacts(SONG, file_ids=[answer_file.id]))
        reply_to_answer(session, teacher, answer.id, f"{SONG}, хорошо", is_returned=False)
        stored = {
            "actor": "x",
            "route": "y",
            "key": "z",
            "status": 201,
            "request_sha256": b"0",
            "created_at": now(),
        }
        body = orjson.dumps({"id": str(child), "name": SONG}).decode()
        session.execute(idempotency_key.insert().values(**stored, body=body, school_id=world.school_id))
    note_opening(database, mother, child)


def held(database, world, person, *roles, of=None):
    who = {"person": person, "roles": roles}
    answer = api_of(database, world)("GET", f"/people/{of or world.pupils[0]}/data", **who)
    assert answer.status_code == 200, answer.text
    return answer.json["held"]


def test_a_parent_gets_whatever_was_written_of_the_child(either_database, sung):
    """SECURITY 51."""
    told = held(either_database, sung, sung.parent_id, "parent")

    assert told.keys() >= {
        "answers", "corrections", "correction_steps", "diary_views", "entries", "excuses",
        "portfolio_entries", "remark_versions", "replies", "revisions", "stored_files", "tasks",
    }  # fmt: skip
    assert [entry["comment"] for entry in told["entries"] if entry["slot"]] == [SONG]
    assert {one["text"] for one in told["remark_versions"]} == {f"{SONG} family", f"{SONG} parents"}
    assert [step["note"] for step in told["correction_steps"]] == [SONG, f"{SONG} ошибся"]
    assert [reply["text"] for reply in told["replies"]] == [f"{SONG}, хорошо"]
    assert {file["name"] for file in told["stored_files"]} == {f"{SONG}.pdf", f"{SONG} диплом.pdf"}
    assert told["corrections"][0]["author_id"] is None  # Known to those who handle it alone.


def test_a_pupil_is_not_told_what_is_for_the_parents_alone(either_database, sung):
    told = held(either_database, sung, sung.pupils[0], "pupil")

    assert {one["text"] for one in told["remark_versions"]} == {f"{SONG} family"}


def test_who_reported_an_error_finds_the_own_request(either_database, sung):
    told = held(either_database, sung, sung.parent_id, "parent", of=sung.parent_id)

    assert [(one["text"], one["author_id"]) for one in told["corrections"]] == [(SONG, str(sung.parent_id))]


def test_nothing_of_another_school_is_told(either_database, sung):
    other = make_world(either_database)
    who = {"person": other.teacher_id, "roles": ("director",), "school": other.school_id}

    answer = api_of(either_database, sung)("GET", f"/people/{sung.pupils[0]}/data", **who)

    assert answer.status_code == 404


def test_an_erasure_leaves_a_pupils_name_nowhere_and_the_chains_whole(either_database, sung):
    """SECURITY 52, FAULTS F31: whatever anybody wrote of them, wherever."""
    before = where_it_sings(either_database)

    tell(either_database, sung, PersonErased(person_id=sung.pupils[0]))

    assert before >= {
        "answers.text", "correction_steps.note", "corrections.text", "entries.comment", "excuses.note",
        "idempotency_key.body", "revisions.value", "tasks.text", "portfolio_entries.title",
        "portfolio_versions.facts", "remark_versions.text", "replies.text", "stored_files.name",
    }  # fmt: skip
    assert where_it_sings(either_database) == set()
    with either_database.reading(sung.school_id) as session:
        assert list(broken_chains(session)) == []
        page = class_page(session, sung.actor(), sung.page_id(session))
    assert "4" in {value for *_, value in page["entries"]}  # The mark stays, as nobody's.


@pytest.mark.parametrize("kind", ["mark", "final"])
def test_a_mark_is_not_hidden_as_if_its_words_were_erased(either_database, sung, kind):
    with either_database.writing(sung.school_id) as session:
        gone = update(Revision).where(Revision.what == "mark")
        session.execute(gone.values(value=None, was=None, erased_at=now(), what=kind))

    with either_database.reading(sung.school_id) as session:
        [broken] = broken_chains(session)
    assert broken.why == "a revision was changed"


def where_it_sings(database):
    """Return all columns of the database in which the name is, wherever it may have been written."""
    places = set()
    with database.engine.connect() as connection:
        if database.is_postgres:
            connection.execute(text("SELECT set_config('parta.school', '*', true)"))
        for name in inspect(database.engine).get_table_names():
            for row in connection.execute(text(f"SELECT * FROM {name}")).mappings():
                places |= {f"{name}.{column}" for column, value in row.items() if SONG in str(value)}
    return places
