"""Whatever is done to a history behind the journal's back is found and named exactly."""

import hashlib
from datetime import date, timedelta
from itertools import product
from uuid import UUID

import orjson
import pytest
from click.testing import CliRunner
from sqlalchemy import delete, func, insert, select, text, update

from services.journal.actions.cells import Cell
from services.journal.actions.chains import broken_chains
from services.journal.actions.descriptions import describe_lesson
from services.journal.actions.entries import record_entries
from services.journal.actions.evidence import NotAnExport, broken_seals, read_export, rewritten, sealed_heads
from services.journal.actions.seals import seal_day, seal_ended_days
from services.journal.commands import doctor
from services.journal.models import Entry, HeadSeal, Page, Revision, School, SealedHead
from services.journal.queries.heads import heads_of_day
from services.journal.rules.chain import START, link
from shared.bus import event_log
from shared.clock import now
from shared.db import EVERY_SCHOOL
from shared.ids import new_id
from tests.journal.makers import TODAY, YESTERDAY, make_world, published

DAY = timedelta(days=1)
COLUMNS = [column.name for column in Revision.__table__.columns]
CHANGED, MISSING = "a revision was changed", "a revision is missing"


@pytest.fixture
def written(database):
    """A world whose page has seven revisions, sealed as of yesterday."""
    world = make_world(database)
    with database.writing(world.school_id) as session:
        record_entries(session, world.actor(), world.today, 0, [Cell(p, 1, "5") for p in world.pupils])
        describe_lesson(session, world.actor(), world.today, 4, "Дроби", "№ 12")
        record_entries(session, world.actor(), world.today, 6, [Cell(world.pupils[0], 1, "3")])
    with database.writing(world.school_id) as session:
        seal_day(session, world.school_id, YESTERDAY)
    return world


def found(session):
    return [(one.seq, one.why) for one in broken_chains(session)]


def found_after(database, *statements):
    """Return what is found after tampering that is then undone."""
    with database.writing(EVERY_SCHOOL) as session:
        for statement in statements:
            session.connection().execute(statement)
        broken = found(session)
        session.rollback()
    return broken


def flipped(column, value):
    """The same value with its last bit, letter or microsecond another one; something for nothing."""
    if column in ("at", "erased_at"):
        return (value or now()) + timedelta(microseconds=1)
    if column == "lesson_on":
        return (value or TODAY) + DAY
    if column == "slot":
        return (value or 0) ^ 1
    if column.endswith("_id"):
        return UUID(int=(value.int if value else 0) ^ 1)
    return value[:-1] + chr(ord(value[-1]) ^ 1) if value else "x"


def test_one_bit_of_any_column_of_any_revision_is_named(database, written):
    columns = [name for name in COLUMNS if name not in ("page_id", "seq")]
    with database.reading(written.school_id) as session:
        kept = [row._mapping for row in session.execute(select(*Revision.__table__.columns))]

    assert (len(kept), len(columns)) == (7, 15)
    for revision, column in product(kept, columns):
        other = flipped(column, revision[column])
        changed = update(Revision).where(Revision.seq == revision["seq"]).values({column: other})
        assert found_after(database, changed) == [(revision["seq"], CHANGED)], column


def test_a_revision_taken_away_is_named(database, written):
    for seq in range(1, 8):
        assert found_after(database, delete(Revision).where(Revision.seq == seq)) == [(seq, MISSING)]


def test_a_revision_moved_to_another_page_is_missed_here_and_found_there(database, written):
    for seq in range(1, 8):
        moved = update(Revision).where(Revision.seq == seq).values(page_id=UUID(int=1))
        assert found_after(database, moved) == [(seq, MISSING), (1, "the page is gone")]


def test_two_revisions_that_changed_places_are_named(database, written):
    for seq in range(1, 7):
        places = ((seq, -1), (seq + 1, seq), (-1, seq + 1))
        swap = [update(Revision).where(Revision.seq == old).values(seq=new) for old, new in places]
        assert found_after(database, *swap) == [(seq, CHANGED)]


def test_a_revision_put_in_between_is_named_by_the_one_that_does_not_follow(database, written):
    with database.reading(written.school_id) as session:
        kept = [row._mapping for row in session.execute(select(*Revision.__table__.columns))]
    for at in range(1, 9):
        forged = {**kept[0], "seq": at, "value": "2"}
        forged["hash"] = link(kept[at - 2]["hash"] if at > 1 else START, forged)
        moves = [(n, n + 100) for n in range(at, 8)] + [(n + 100, n + 1) for n in range(at, 8)]
        room = [update(Revision).where(Revision.seq == old).values(seq=new) for old, new in moves]
        expected = [(at + 1, CHANGED)] if at < 7 else [(8, "a revision was added")]
        assert found_after(database, *room, insert(Revision.__table__).values(forged)) == expected


def test_the_first_broken_link_is_told_in_words(database, written):
    with database.writing(written.school_id) as session:
        session.execute(update(Revision).where(Revision.seq == 3).values(value="2"))

    with database.reading(written.school_id) as session:
        [broken] = broken_chains(session)
    assert broken[2:8] == (CHANGED, "5А", "Математика", "2026/27", "mark", TODAY)


def rewrite(database, world):
    """Write the whole chain anew, as the database's owner can: consistent in itself and with the page."""
    with database.writing(world.school_id) as session:
        before = START
        for revision in session.scalars(select(Revision).order_by(Revision.seq)):
            if revision.seq == 2:
                revision.value = "2"
            row = {name: getattr(revision, name) for name in COLUMNS}
            before = revision.hash = link(before, row)
        session.execute(update(Page).values(head=before))
        # The page shows the forged mark, too: of the pupil whose second revision is also the last.
        session.execute(update(Entry).where(Entry.seq == 2).values(value="2"))


def seals_anew(database, world):
    """Seal the rewritten histories as if they had always been so."""
    with database.writing(world.school_id) as session:
        session.execute(delete(HeadSeal))
        session.execute(delete(SealedHead))
        session.flush()
        seal_day(session, world.school_id, YESTERDAY)


def exported(database, world):
    with database.reading(world.school_id) as session:
        return orjson.loads(orjson.dumps(heads_of_day(session)))


def test_a_chain_written_anew_is_found_by_the_seals(database, written):
    rewrite(database, written)

    with database.reading(written.school_id) as session:
        assert found(session) == []
        assert list(broken_seals(session, written.school_id)) == []
        [broken] = rewritten(session, sealed_heads(session, written.school_id))
    assert (broken.seq, broken.why) == (7, "the history up to here is not as it was sealed")


def test_chain_and_seals_written_anew_are_found_by_an_exported_file(database, written):
    held = read_export(exported(database, written))
    rewrite(database, written)
    seals_anew(database, written)

    with database.reading(written.school_id) as session:
        assert found(session) == []
        assert list(broken_seals(session, written.school_id)) == []
        assert list(rewritten(session, sealed_heads(session, written.school_id))) == []
        [broken] = rewritten(session, held.heads, held.day)
    assert broken.page_id == held.heads[0].page_id
    assert broken.why == f"the history up to here is not as it was sealed on {YESTERDAY}"


def test_what_is_written_later_leaves_an_exported_head_where_it_was(database, written):
    held = read_export(exported(database, written))
    with database.writing(written.school_id) as session:
        record_entries(session, written.actor(), written.today, 7, [Cell(written.pupils[1], 1, "4")])

    with database.reading(written.school_id) as session:
        assert list(rewritten(session, held.heads, held.day)) == []


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        (delete(Page), "the page is gone"),
        (update(Page).values(group_id=UUID(int=3)), "the page is not of the class, subject and year"),
        (delete(Revision).where(Revision.seq == 7), "the history up to here is not"),
    ],
)
def test_a_page_that_no_longer_has_its_head_is_named(database, written, statement, why):
    held = read_export(exported(database, written))
    with database.writing(written.school_id) as session:
        session.connection().execute(statement)

    with database.reading(written.school_id) as session:
        [broken] = rewritten(session, held.heads, held.day)
    assert broken.page_id == held.heads[0].page_id
    assert broken.why.startswith(why)


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        (update(SealedHead).values(head="0" * 64), "was changed"),
        (delete(SealedHead), "was changed"),
        (update(HeadSeal).values(digest="0" * 64), "was changed"),
        (update(HeadSeal).values(before="1" * 64), "does not follow from the one before it"),
        (delete(HeadSeal), "is gone"),
    ],
)
def test_a_seal_that_was_touched_is_named(database, written, statement, why):
    with database.writing(written.school_id) as session:
        session.connection().execute(statement)

    with database.reading(written.school_id) as session:
        first, *_ = broken_seals(session, written.school_id)
    assert first == f"the seal of {YESTERDAY} {why}"


def test_a_changed_file_is_no_evidence(database, written):
    told = exported(database, written)
    told["pages"][0]["head"] = "f" * 64

    with pytest.raises(NotAnExport, match="the file itself was changed"):
        read_export(told)


@pytest.mark.parametrize(
    "told", [None, [], {}, {"format": "parta-heads-1"}, {"format": "parta-heads-1", "pages": 5}]
)
def test_what_is_no_export_is_refused(told):
    with pytest.raises(NotAnExport):
        read_export(told)


def test_anybody_can_digest_a_day_with_a_few_lines(database, written):
    told = exported(database, written)
    names = ("page_id", "group_id", "subject_id", "year_id", "seq", "head")
    lines = [told["format"], told["school_id"], told["day"], told["before"]]
    lines += sorted(" ".join(str(page[name]) for name in names) for page in told["pages"])

    assert hashlib.sha256("".join(f"{line}\n" for line in lines).encode()).hexdigest() == told["digest"]
    assert (told["count"], told["before"]) == (len(told["pages"]), "0" * 64) == (1, START)


def test_each_day_is_sealed_once_and_names_the_day_before(database, clock):
    world = make_world(database)
    other = make_world(database)
    days = []
    for number in range(3):
        clock.move_to(f"2026-10-{6 + number:02}T07:00:00+00:00")
        if number < 2:
            with database.writing(world.school_id) as session:
                cells = [Cell(world.pupils[0], 1, "45"[number])]
                seq = session.scalar(select(Page.seq))
                record_entries(session, world.actor(), world.today, seq, cells)
        for _ in range(2):
            seal_ended_days(database)
        days.append(date(2026, 10, 5 + number))

    told = published(database, world, "journal.heads.sealed")
    assert [(one.day, one.pages) for one in told] == [(day, 1) for day in days]
    assert [one.before for one in told] == [START, *(one.digest for one in told[:-1])]
    assert len({one.digest for one in told}) == 3
    assert len(published(database, other, "journal.heads.sealed")) == 3
    with database.reading(world.school_id) as session:
        # The third day changed nothing, and takes no room.
        assert session.scalars(select(SealedHead.seq).order_by(SealedHead.day)).all() == [2, 3]
        assert list(broken_seals(session, world.school_id)) == []
        first = heads_of_day(session, days[0])
        assert [page["seq"] for page in first["pages"]] == [2]
        assert [page["seq"] for page in heads_of_day(session)["pages"]] == [3]


def test_a_day_ends_by_the_schools_own_clock(database, clock):
    clock.move_to("2026-10-05T20:00:00+00:00")
    east, west = make_world(database, time_zone="Asia/Vladivostok"), make_world(database)

    seal_ended_days(database)

    assert [one.day for one in published(database, east, "journal.heads.sealed")] == [TODAY]
    assert [one.day for one in published(database, west, "journal.heads.sealed")] == [YESTERDAY]


@pytest.fixture
def run_doctor(database, monkeypatch):
    with database.reading(EVERY_SCHOOL) as session:
        is_postgres = session.get_bind().dialect.name == "postgresql"
    url = database.engine.url.render_as_string(hide_password=False)
    monkeypatch.setenv("PARTA_JOURNAL_DATABASE_URL", url)
    assert is_postgres == url.startswith("postgresql")
    return lambda *words: CliRunner().invoke(doctor, ["journal", *map(str, words)])


def test_the_doctor_looks_at_one_schools_year(database, written, run_doctor):
    other = make_world(database)
    with database.writing(written.school_id) as session:
        session.execute(update(Revision).where(Revision.seq == 3).values(value="2"))

    of_other = run_doctor("--school", other.school_id)
    of_own = run_doctor("--school", written.school_id, "--year", "2026/27", "--json")

    assert (of_other.exit_code, of_other.stdout) == (0, "All chains are whole.\n")
    assert of_own.exit_code == 2
    told = orjson.loads(of_own.stdout)
    [broken] = told["broken"]
    assert (broken["seq"], broken["what"], broken["lesson_on"]) == (3, "mark", str(TODAY))
    assert (told["pages"], told["seals"]) == (1, [])
    assert run_doctor("--year", "1990/91").exit_code == 2


@pytest.mark.usefixtures("written")
def test_the_doctor_calls_no_unknown_school_healthy(run_doctor):
    found = run_doctor("--school", new_id())

    assert found.exit_code == 2
    assert "There is no school" in found.output
    assert "whole" not in found.output


def test_the_doctor_exports_a_day_and_holds_the_journal_against_it(database, written, run_doctor, tmp_path):
    file = tmp_path / "heads.json"
    done = run_doctor("--export-heads", file)
    whole = run_doctor("--against", file)
    rewrite(database, written)
    seals_anew(database, written)
    told = run_doctor()
    forget_what_was_told(database)
    alone, held = run_doctor(), run_doctor("--against", file)

    assert done.exit_code == 0, done.output
    assert (whole.exit_code, whole.stdout) == (0, "All chains are whole.\n")
    assert told.exit_code == 2
    assert f"the seal of {YESTERDAY} is another than was told of when it was made" in told.stdout
    assert alone.exit_code == 0
    assert held.exit_code == 2
    assert f"as it was sealed on {YESTERDAY}" in held.stdout
    assert "5А, Математика (2026/27)" in held.stdout


def forget_what_was_told(database):
    with database.writing(EVERY_SCHOOL) as session:
        session.execute(delete(event_log).where(event_log.c.type == "journal.heads.sealed"))


def three_days(database, clock):
    world = make_world(database)
    for number in range(3):
        clock.move_to(f"2026-10-{6 + number:02}T07:00:00+00:00")
        with database.writing(world.school_id) as session:
            cells = [Cell(world.pupils[0], 1, "453"[number])]
            record_entries(session, world.actor(), world.today, session.scalar(select(Page.seq)), cells)
        seal_ended_days(database)
    return world


@pytest.mark.parametrize("gone", [(5,), (6,), (7,), (6, 7), (5, 6, 7)])
def test_sealed_days_that_were_deleted_are_named_the_last_ones_too(
    database, clock, run_doctor, tmp_path, gone
):
    three_days(database, clock)
    file = tmp_path / "heads.json"
    run_doctor("--export-heads", file)
    assert run_doctor("--against", file).stdout == "All chains are whole.\n"
    with database.writing(EVERY_SCHOOL) as session:
        for model in (HeadSeal, SealedHead):
            session.execute(delete(model).where(model.day.in_([date(2026, 10, day) for day in gone])))

    named = run_doctor().stdout
    assert all(f"the seal of 2026-10-{day:02} is gone" in named for day in gone)
    forget_what_was_told(database)
    held = run_doctor("--against", file)

    assert held.exit_code == 2
    assert ("the seal of 2026-10-07 is gone, though the file has it" in held.stdout) == (7 in gone)


def test_the_seals_of_a_school_whose_copy_was_deleted_are_looked_at(database, clock, run_doctor):
    three_days(database, clock)
    with database.writing(EVERY_SCHOOL) as session:
        session.execute(delete(HeadSeal).where(HeadSeal.day == date(2026, 10, 7)))
        session.execute(delete(School))

    assert "the seal of 2026-10-07 is gone" in run_doctor().stdout


def test_a_file_of_another_history_is_told_from_this_one(database, clock, run_doctor, tmp_path):
    world = three_days(database, clock)
    file = tmp_path / "heads.json"
    run_doctor("--export-heads", file)
    with database.writing(world.school_id) as session:
        session.execute(delete(HeadSeal))
        session.execute(delete(SealedHead))
    forget_what_was_told(database)
    with database.writing(world.school_id) as session:
        seal_day(session, world.school_id, date(2026, 10, 7))

    assert run_doctor().exit_code == 0
    held = run_doctor("--against", file)

    assert "the seal of 2026-10-07 is another than the file has" in held.stdout


def test_a_page_that_is_gone_is_named_by_its_seal(database, written, run_doctor):
    with database.writing(written.school_id) as session:
        session.execute(delete(Page))

    said = run_doctor().stdout

    assert said.count("the page is gone") == 1
    assert "5А, Математика (2026/27), page" in said


def test_the_doctor_says_what_is_wrong_with_a_file_or_a_day(written, run_doctor, tmp_path):
    (tmp_path / "no.json").write_text("{")

    # Not 2: nothing is broken.
    assert run_doctor("--against", tmp_path / "no.json").exit_code == 1
    assert run_doctor("--against", tmp_path / "none.json").exit_code == 1
    assert "No such day" in run_doctor("--export-heads", tmp_path / "x", "--day", "2020-01-01").output


def test_a_look_beside_writers_sees_one_moment(either_database):
    world = make_world(either_database)
    with either_database.snapshot(world.school_id) as session:
        assert session.scalar(select(func.count()).select_from(Revision)) == 0
        with either_database.writing(world.school_id) as other:
            record_entries(other, world.actor(), world.today, 0, [Cell(world.pupils[0], 1, "5")])
        assert found(session) == []
        assert session.scalar(select(Page.seq)) == 0
        assert session.execute(text("SELECT count(*) FROM revisions")).scalar() == 0


def test_days_are_listed_and_taken_out_by_those_who_may(api, database, world):
    for day in (YESTERDAY - DAY, YESTERDAY):
        with database.writing(world.school_id) as session:
            seal_day(session, world.school_id, day)

    listed = api("GET", "/heads", roles=("director",))
    older = api("GET", f"/heads?cursor={YESTERDAY}", roles=("director",))
    last = api("GET", "/heads/file", roles=("operator",))
    first = api("GET", f"/heads/file?day={YESTERDAY - DAY}", roles=("deputy",))

    assert [item["day"] for item in listed.json["items"]] == [str(YESTERDAY), str(YESTERDAY - DAY)]
    assert listed.json["next"] is None
    assert [item["day"] for item in older.json["items"]] == [first.json["day"]]
    assert (last.json["day"], last.json["before"]) == (str(YESTERDAY), first.json["digest"])
    assert api("GET", "/heads/file?day=2020-01-01", roles=("director",)).status_code == 404
    assert api("GET", "/heads", roles=("teacher",)).status_code == 403
