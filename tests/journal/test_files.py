"""Files of tasks, answers and documents (clause 3.9.6): what is taken, where it lies, who has it."""

import io
import os
import subprocess
import sys
import time
import zlib
from datetime import timedelta
from urllib.parse import unquote

import pytest
import time_machine
from sqlalchemy import select

from services.journal.actions.contents import Contents, contents_at
from services.journal.actions.files import (
    MOST_UNUSED,
    FileGone,
    TooManyUnused,
    copy_files,
    files_of,
    hand_in,
    let_go,
    sweep_files,
    use_files,
)
from services.journal.actions.tasks import TaskFacts, set_task
from services.journal.models import FileContent, StoredFile
from services.journal.models.relations import tasks
from services.journal.rules.files import (
    KINDS,
    FileTooLarge,
    OtherContent,
    UnknownFileKind,
    check_file,
    plain_name,
)
from services.journal.service import service
from shared.app import create_app
from shared.clock import now
from shared.events.identity import DatedValue, ParameterChanged, PersonErased, PersonMerged
from shared.ids import new_id
from shared.peers import Peers
from shared.service import Runtime
from shared.settings import Settings
from tests.journal.documents import BAD, GOOD, PDF
from tests.journal.makers import World, make_world, tell
from tests.support.home import CHECKOUT
from tests.support.tokens import bearer, key_ring


def runtime_of(database, files_url):
    settings = Settings(service="journal", database_url="", files_url=files_url)
    return Runtime(service, settings, database, Peers({}), key_ring())


def put(database, world, files_url, name="Доклад.pdf", content=PDF, person=None):
    actor = world.actor(person or world.pupils[0], "pupil")
    return hand_in(database, contents_at(files_url), actor, name, content)


def rows(database, world, model=StoredFile):
    with database.reading(world.school_id) as session:
        return session.scalars(select(model)).all()


def on_disk(files_url):
    root = files_url.removeprefix("file://")
    return sorted(name for _, _, names in os.walk(root) for name in names)


@pytest.fixture
def ask(database, world, files_url):
    client = create_app(runtime_of(database, files_url)).test_client()

    def ask(method, path, person, *roles, school=None, **given):
        who = {"school_id": school or world.school_id, "person_id": person, "roles": roles or ("pupil",)}
        return client.open(
            f"/api/journal/v1{path}", method=method, headers=bearer("journal", **who), buffered=True, **given
        )

    return ask


@pytest.mark.parametrize("name", GOOD)
def test_what_people_use_is_taken(name):
    kept = check_file(name, GOOD[name], KINDS, 10)
    assert (kept.name, kept.kind in KINDS) == (name, True)


@pytest.mark.parametrize("what", BAD)
def test_what_could_do_harm_is_refused(what):
    with pytest.raises(OtherContent) as refused:
        check_file(*BAD[what], KINDS, 10)
    assert refused.value.say("ru")[1].startswith(f"«{BAD[what][0]}»: ")


@pytest.mark.parametrize(
    "name",
    [
        "a.html",
        "a.svg",
        "a.js",
        "a.exe",
        "a.docm",
        "a.xlsm",
        "a.zip",
        "a",
        "",
        ".pdf.html",
        "a.pdf.",
        "x.PDF\0.js",
    ],
)
def test_no_other_kind_is_taken(name):
    with pytest.raises((UnknownFileKind, OtherContent)):
        check_file(name, b"<script>alert(1)</script>", KINDS, 10)


def test_a_file_too_large_is_refused_before_it_is_looked_into():
    with pytest.raises(FileTooLarge) as refused:
        check_file("a.pdf", b"%PDF" + bytes(2 * 1024 * 1024), KINDS, 2)
    assert "больше 2 МБ" in refused.value.say("ru")[1]


def test_a_pdf_of_endless_objects_costs_little():
    bomb = PDF + b"/ObjStm\nstream\n" * 100_000 + zlib.compress(bytes(50_000_000))
    begun = time.monotonic()
    with pytest.raises(OtherContent):
        check_file("a.pdf", bomb, KINDS, 10)
    assert time.monotonic() - begun < 10


def test_a_pdf_of_a_thousand_bombs_is_refused():
    bomb = PDF + (b"/ObjStm\nstream\n" + zlib.compress(bytes(5_000_000))) * 1000
    begun = time.monotonic()
    with pytest.raises(OtherContent):
        check_file("a.pdf", bomb, KINDS, 10)
    assert time.monotonic() - begun < 10


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\Иван\\Доклад.pdf", "Доклад.pdf"),
        ("счёт\u202efdp.txt", "счётfdp.txt"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie: x.pdf"),
        ("й.txt", "й.txt"),
        ("x" * 300 + ".pdf", "x" * 146 + ".pdf"),
    ],
)
def test_names_are_shown_without_their_tricks(name, shown):
    assert plain_name(name) == shown


def test_a_school_says_which_files_and_how_large(database, world, files_url):
    kinds = DatedValue(valid_from=now().date(), value='["png"]')
    size = DatedValue(valid_from=now().date(), value="1")
    tell(
        database,
        world,
        ParameterChanged(name="file_kinds", values=[kinds], school_id=world.school_id),
        ParameterChanged(name="file_megabytes", values=[size], school_id=world.school_id),
    )
    with pytest.raises(UnknownFileKind) as refused:
        put(database, world, files_url)
    assert refused.value.say("ru")[1].endswith("принимает файлы: png. Сохраните файл в одном из этих видов.")
    with pytest.raises(FileTooLarge):
        put(database, world, files_url, "a.png", bytes(2 * 1024 * 1024))


def test_a_file_handed_in_again_is_the_same_and_its_content_lies_once(either_database, files_url):
    world = make_world(either_database)
    first = put(either_database, world, files_url)

    assert put(either_database, world, files_url).id == first.id
    other = put(either_database, world, files_url, person=world.pupils[1])
    assert (other.id != first.id, other.digest) == (True, first.digest)
    assert on_disk(files_url) == [first.digest]
    assert b"".join(contents_at(files_url).read(world.school_id, first.digest)) == PDF


def test_nobody_fills_the_disk_with_files_used_in_nothing(database, world, files_url):
    for number in range(MOST_UNUSED):
        put(database, world, files_url, f"{number}.pdf")
    with pytest.raises(TooManyUnused):
        put(database, world, files_url, "more.pdf")


def test_a_thing_has_exactly_the_files_named(either_database, files_url):
    world = make_world(either_database)
    first, second, third = (put(either_database, world, files_url, f"{n}.pdf").id for n in range(3))
    task, pupil = new_id(), world.actor(world.pupils[0], "pupil")

    def use(*file_ids, actor=pupil, used_in=task):
        with either_database.writing(world.school_id) as session:
            use_files(session, actor, file_ids, "task", used_in)

    use(first, second)
    use(second, third)
    with either_database.reading(world.school_id) as session:
        assert [file.id for file in files_of(session, "task", [task])[task]] == [second, third]
        assert {file.id for file in session.scalars(select(StoredFile))} == {second, third}
    for refused in ((first,), (new_id(),)):
        with pytest.raises(FileGone):
            use(second, *refused)
    with pytest.raises(FileGone):  # It is another thing's already.
        use(second, used_in=new_id())
    with pytest.raises(FileGone):  # It is another person's.
        use(put(either_database, world, files_url, "own.pdf").id, actor=world.actor(world.pupils[1]))


def test_what_nobody_uses_for_a_day_is_swept_away(either_database, files_url, clock):
    world = make_world(either_database)
    pupil, task = world.actor(world.pupils[0], "pupil"), new_id()
    used, unused = (
        put(either_database, world, files_url),
        put(either_database, world, files_url, "b.txt", b"b"),
    )
    with either_database.writing(world.school_id) as session:
        use_files(session, pupil, [used.id], "task", task)
    sweep_files(runtime_of(either_database, files_url))
    assert on_disk(files_url) == sorted([used.digest, unused.digest])

    clock.shift(timedelta(hours=25))
    sweep_files(runtime_of(either_database, files_url))
    assert on_disk(files_url) == [used.digest]
    assert [content.digest for content in rows(either_database, world, FileContent)] == [used.digest]

    with either_database.writing(world.school_id) as session:
        let_go(session, "task", [task])
    sweep_files(runtime_of(either_database, files_url))
    assert (on_disk(files_url), rows(either_database, world)) == ([], [])


def test_a_content_that_another_file_has_too_stays(database, world, files_url, clock):
    task, copy = new_id(), new_id()
    file = put(database, world, files_url)
    with database.writing(world.school_id) as session:
        use_files(session, world.actor(world.pupils[0]), [file.id], "task", task)
        copy_files(session, world.teacher_id, [(files_of(session, "task", [task])[task][0], copy)])
        let_go(session, "task", [task])
    clock.shift(timedelta(days=2))
    sweep_files(runtime_of(database, files_url))

    [kept] = rows(database, world)
    assert (kept.used_in, kept.owner_id, kept.name) == (copy, world.teacher_id, "Доклад.pdf")
    assert on_disk(files_url) == [file.digest]


@pytest.mark.parametrize("place", ["put", "keep"])
def test_a_process_killed_between_content_and_row_leaves_no_row_without_a_content(tmp_path, place):
    """What lies without a row is found by the sweep; the row comes only once the content is there."""
    script = tmp_path / "killed.py"
    script.write_text(KILLED)
    given = [sys.executable, str(script), str(tmp_path), place]
    died = subprocess.run(given, cwd=CHECKOUT, env={**os.environ, "PYTHONPATH": str(CHECKOUT)}, check=False)
    assert died.returncode == -9

    from shared.db import Database

    database = Database(f"sqlite:///{tmp_path / 'journal.db'}")
    files_url = (tmp_path / "files").as_uri()
    with database.reading("*") as session:
        assert session.scalars(select(StoredFile)).all() == []
        assert len(session.scalars(select(FileContent)).all()) == 1
    assert len(on_disk(files_url)) == {"put": 0, "keep": 1}[place]
    with time_machine.travel("2100-01-01T00:00:00+00:00"):
        sweep_files(runtime_of(database, files_url))
    with database.reading("*") as session:
        assert session.scalars(select(FileContent)).all() == []
    assert on_disk(files_url) == []
    database.close()


KILLED = """
import os, signal, sys
from pathlib import Path
from services.journal.actions import files
from services.journal.actions.contents import Contents
from shared.auth import Actor
from shared.db import Database
from shared.ids import new_id
from shared.migrate import upgrade
folder, place = Path(sys.argv[1]), sys.argv[2]
database = Database(f"sqlite:///{folder / 'journal.db'}")
upgrade("journal", database)
die = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
if place == "put":
    Contents.put = die
else:
    files._keep = die
who = new_id()
files.hand_in(database, Contents((folder / "files").as_uri()), Actor("x", new_id(), who), "a.txt", b"text")
"""


def test_a_half_written_content_is_written_anew(tmp_path):
    contents, school_id = Contents((tmp_path / "files").as_uri()), new_id()
    place = tmp_path / "files" / str(school_id) / "ab" / "abc"
    place.parent.mkdir(parents=True)
    place.write_bytes(b"hal")
    contents.put(school_id, "abc", b"half")
    assert (place.read_bytes(), list(place.parent.iterdir())) == (b"half", [place])


def test_any_storage_that_fsspec_knows_will_do(database, world):
    file = put(database, world, "memory://school-files")
    contents = contents_at("memory://school-files")
    assert b"".join(contents.read(world.school_id, file.digest)) == PDF
    contents.remove(world.school_id, file.digest)
    contents.remove(world.school_id, file.digest)


def test_a_file_is_handed_in_and_given_back_to_be_saved_never_to_be_shown(ask, world):
    pupil = world.pupils[0]
    sent = {"file": (io.BytesIO(GOOD["ответ.txt"]), "../ответ; X: y.txt")}
    handed = ask("POST", "/files", pupil, data=sent)
    assert (handed.status_code, handed.json["name"], handed.json["kind"]) == (201, "ответ; X: y.txt", "txt")

    got = ask("GET", f"/files/{handed.json['id']}", pupil)

    assert (got.status_code, got.data, got.content_length) == (200, GOOD["ответ.txt"], handed.json["size"])
    told = got.headers["Content-Disposition"]
    assert told.startswith("attachment; filename=file.txt; filename*=UTF-8''")
    assert unquote(told.partition("''")[2]) == "ответ; X: y.txt"
    assert got.headers["Content-Type"].startswith("text/plain")
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert got.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert got.headers["Cache-Control"] == "no-store"


def test_a_file_not_used_yet_is_its_owners_alone(ask, database, world, files_url):
    file = put(database, world, files_url)
    for person, role in (
        (world.pupils[1], "pupil"),
        (world.parent_id, "parent"),
        (world.teacher_id, "teacher"),
        (new_id(), "deputy"),
    ):
        assert ask("GET", f"/files/{file.id}", person, role).status_code == 404
    assert ask("GET", f"/files/{file.id}", world.pupils[0], school=new_id()).status_code == 404
    assert ask("GET", f"/files/{new_id()}", world.pupils[0]).status_code == 404
    assert ask("GET", f"/files/{file.id}", new_id(), "operator").status_code == 403


def test_a_refused_file_says_what_to_do_and_leaves_nothing(ask, database, world, files_url):
    refused = ask("POST", "/files", world.pupils[0], data={"file": (io.BytesIO(b"<html>"), "a.txt")})
    assert (refused.status_code, refused.json["type"]) == (422, "urn:parta:problem:other-content")
    assert rows(database, world) == rows(database, world, FileContent) == []
    assert ask("POST", "/files", world.pupils[0], data={}).status_code == 422


def test_a_content_that_was_lost_is_said_to_be(ask, database, world, files_url):
    file = put(database, world, files_url)
    contents_at(files_url).remove(world.school_id, file.digest)
    answer = ask("GET", f"/files/{file.id}", world.pupils[0])
    assert (answer.status_code, answer.json["type"]) == (503, "urn:parta:problem:content-lost")


def test_without_a_storage_no_file_is_taken(database, world):
    client = create_app(runtime_of(database, "")).test_client()
    who = bearer("journal", school_id=world.school_id, person_id=world.pupils[0], roles=("pupil",))
    given = {"data": {"file": (io.BytesIO(PDF), "a.pdf")}, "headers": who}
    assert client.post("/api/journal/v1/files", **given).json["type"] == "urn:parta:problem:nowhere-to-keep"
    sweep_files(runtime_of(database, ""))


def test_what_is_kept_of_files_is_told_to_whom_they_are(ask, database, world, files_url):
    put(database, world, files_url)
    held = ask("GET", f"/people/{world.pupils[0]}/data", world.pupils[0]).json["held"]["stored_files"]
    assert [(file["name"], file["size"]) for file in held] == [("Доклад.pdf", len(PDF))]
    assert "digest" not in held[0]


def test_an_erased_person_leaves_no_answers_and_others_theirs(database, world: World, files_url):
    pupil, other = world.pupils[:2]
    for person in (pupil, other):
        for number, used_as in enumerate(("answer", "task")):
            file = put(database, world, files_url, f"{number}.pdf", person=person)
            with database.writing(world.school_id) as session:
                use_files(session, world.actor(person), [file.id], used_as, new_id())
    put(database, world, files_url, "unused.pdf")

    tell(database, world, PersonErased(person_id=pupil))

    left = {(file.owner_id, file.used_as) for file in rows(database, world)}
    assert left == {(pupil, "task"), (other, "answer"), (other, "task")}


def test_of_an_erased_pupils_own_tasks_the_files_are_gone(database, world, files_url):
    erased, other = world.pupils[:2]
    seq = 0
    for pupil in (erased, other):
        file = put(database, world, files_url, person=world.teacher_id)
        facts = TaskFacts("Только тебе", pupil_id=pupil, file_ids=[file.id])
        with database.writing(world.school_id) as session:
            seq = set_task(session, world.actor(), world.today, seq, facts).end.seq

    tell(database, world, PersonErased(person_id=erased))

    with database.reading(world.school_id) as session:
        [left] = session.scalars(select(StoredFile.used_in))
        assert session.scalars(select(tasks.c.id).where(tasks.c.pupil_id == other)).all() == [left]


def test_files_of_a_merged_person_are_the_kept_ones(database, world, files_url):
    kept, merged = world.pupils[:2]
    put(database, world, files_url, person=merged)
    tell(database, world, PersonMerged(kept_id=kept, merged_id=merged))
    assert [file.owner_id for file in rows(database, world)] == [kept]
