"""Timetables composed by the real `fet-cl`, and how a run of it begins, goes on and ends."""

import os
import subprocess
import sys
import threading
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from services.schedule.actions.calendar import current_year
from services.schedule.actions.composing import solver as solving_module
from services.schedule.actions.composing.fet_file import fet_of
from services.schedule.actions.composing.runs import (
    AlreadyComposing,
    NothingToPlace,
    StillComposing,
    begin_composition,
    forget_composition,
    stop_composition,
)
from services.schedule.actions.composing.school import problem_of_version
from services.schedule.actions.composing.working import LEASE, claim_next, compose_next
from services.schedule.actions.versions.checking import look
from services.schedule.actions.versions.drafts import CardFacts, make_draft
from services.schedule.models import Card, Composition, Group, Room, Timetable, Year
from shared.clock import now
from shared.errors import NotFound
from shared.ids import new_id
from tests.conftest import need
from tests.schedule.loaded_school import make_loaded_school, move_to_the_second_shift
from tests.schedule.makers import make_slot, set_timetable
from tests.support.home import CHECKOUT
from tests.support.waiting import eventually


@pytest.fixture
def fet():
    need(solving_module.shutil.which("fet-cl"), "fet")


@pytest.fixture
def loaded(database, school):
    with database.writing(school) as session:
        return make_loaded_school(session)


def begin(database, school, **given):
    usual = {"name": "Проба", "timetable_id": None, "keep_locked": True, "limit_seconds": 60, "made_by": None}
    with database.writing(school) as session:
        return begin_composition(session, **(usual | given)).id


def run_of(database, school, id_):
    with database.reading(school) as session:
        return session.get_one(Composition, id_)


def cards_of(database, school, timetable_id):
    with database.reading(school) as session:
        return session.scalars(select(Card).where(Card.timetable_id == timetable_id)).all()


def draft(database, school, loaded, cards):
    with database.writing(school) as session:
        return make_draft(session, session.get_one(Year, loaded.year_id), "Черновик", "manual", cards).id


def test_a_school_is_solved_and_comes_back_as_a_draft(fet, database, school, loaded):
    id_ = begin(database, school)

    assert compose_next(database)

    run = run_of(database, school, id_)
    assert (run.status, run.placed, run.total, run.failure) == ("done", loaded.hours, loaded.hours, None)
    assert "Simulation successful" in run.log
    cards = cards_of(database, school, run.timetable_id)
    hours = Counter((*card.group_ids, card.weekday, card.number) for card in cards)
    assert len(cards) == loaded.hours
    assert set(hours.values()) == {1}
    assert all(1 <= card.weekday <= 5 and 1 <= card.number <= 7 for card in cards)
    teachers = Counter((one, card.weekday, card.number) for card in cards for one in card.teacher_ids)
    assert set(teachers.values()) == {1}
    for half in loaded.groups:
        own = str(loaded.classes[half.partition("/")[0]])
        group = {(c.weekday, c.number) for c in cards if str(loaded.groups[half]) in c.group_ids}
        assert not group & {(c.weekday, c.number) for c in cards if own in c.group_ids}


@pytest.mark.parametrize("late", [(), ("6А", "6Б")], ids=["one shift", "two shifts"])
def test_what_comes_back_has_no_conflicts(fet, database, school, loaded, late):
    """Clashes, gaps (окна) of classes, the limits of a day and a week: none, by the school's own check."""
    with database.writing(school) as session:
        move_to_the_second_shift(session, loaded, *late)
    id_ = begin(database, school)
    compose_next(database)

    with database.reading(school) as session:
        version = session.get_one(Timetable, run_of(database, school, id_).timetable_id)
        year = current_year(session)
        conflicts = look(session, year, version, year.starts_on).conflicts

    assert [one for one in conflicts if one.severity == "error"] == []
    assert run_of(database, school, id_).placed == loaded.hours


def test_a_first_class_has_one_longer_day_of_five(fet, database, school, loaded):
    """СП 2.4.3648-20: four lessons, and five on one day."""
    first = new_id()
    with database.writing(school) as session:
        session.add(Group(id=first, school_id=school, kind="class", name="1А", grade=1, parent_id=None))
    hours = {"Русский язык": 5, "Литература": 4, "Математика": 4, "Физкультура": 3, "Технология": 5}
    cards = [
        CardFacts(loaded.subjects[name], [first], []) for name, count in hours.items() for _ in range(count)
    ]
    id_ = begin(database, school, timetable_id=draft(database, school, loaded, cards))

    compose_next(database)

    placed = cards_of(database, school, run_of(database, school, id_).timetable_id)
    days = {day: sorted(card.number for card in placed if card.weekday == day) for day in range(1, 6)}
    assert sorted(map(len, days.values())) == [4, 4, 4, 4, 5]
    for numbers in days.values():
        assert numbers[0] <= 2
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))


def test_teachers_are_not_taken_from_groups_that_keep_their_timetable(fet, database, school, loaded):
    """The teacher is with 5Б at all hours but Friday's first."""
    teacher, subject = loaded.teachers[0], loaded.subjects["Физика"]
    places = [(day, number) for day in range(1, 6) for number in range(1, 8)][:28]
    slots = [
        make_slot(loaded.classes["5Б"], subject, weekday=day, number=number, teacher_ids=[str(teacher)])
        for day, number in [*places, *((5, number) for number in range(2, 8))]
    ]
    with database.writing(school) as session:
        year, group = current_year(session), {loaded.classes["5Б"]}
        set_timetable(session, year, slots, group, from_on=year.starts_on, today=year.starts_on)
    card = CardFacts(subject, [loaded.classes["5А"]], [teacher])
    id_ = begin(database, school, timetable_id=draft(database, school, loaded, [card]))

    compose_next(database)

    [placed] = cards_of(database, school, run_of(database, school, id_).timetable_id)
    assert (placed.weekday, placed.number) == (5, 1)


def test_locked_cards_keep_their_places(fet, database, school, loaded):
    subject = loaded.subjects["Математика"]
    locked = CardFacts(
        subject, [loaded.classes["5А"]], loaded.teachers[:1], weekday=3, number=7, is_locked=True
    )
    free = CardFacts(subject, [loaded.classes["5Б"]], loaded.teachers[:1], weekday=3, number=7)
    source = draft(database, school, loaded, [locked, free])
    id_ = begin(database, school, timetable_id=source)

    compose_next(database)

    placed = {
        card.group_ids[0]: card
        for card in cards_of(database, school, run_of(database, school, id_).timetable_id)
    }
    first, second = placed[str(loaded.classes["5А"])], placed[str(loaded.classes["5Б"])]
    assert (first.weekday, first.number, first.is_locked) == (3, 7, True)
    assert (second.weekday, second.number) != (3, 7)
    assert not second.is_locked


def too_many_for_the_gym(database, school, loaded, count=37):
    """Return a draft that nobody can place: 35 hours a week, and one room for more."""
    with database.reading(school) as session:
        gym = session.scalars(select(Room.id).where(Room.name == "Спортзал")).one()
    classes = [one for name, one in loaded.classes.items() if name[-1] in "АБ"]
    cards = [
        CardFacts(loaded.subjects["Физкультура"], [classes[at % len(classes)]], [], gym)
        for at in range(count)
    ]
    return draft(database, school, loaded, cards)


def test_at_the_time_limit_what_was_placed_is_a_draft_and_the_rest_is_listed(fet, database, school, loaded):
    id_ = begin(
        database,
        school,
        timetable_id=too_many_for_the_gym(database, school, loaded),
        limit_seconds=10,
    )
    with database.writing(school) as session:
        session.execute(update(Composition).values(limit_seconds=1))

    compose_next(database)

    run = run_of(database, school, id_)
    cards = cards_of(database, school, run.timetable_id)
    assert (run.status, run.placed, run.total, len(cards)) == ("done", 35, 37, 37)
    assert sum(card.weekday is None for card in cards) == 2


def test_a_run_is_stopped_and_leaves_what_it_has(fet, database, school, loaded):
    id_ = begin(
        database, school, timetable_id=too_many_for_the_gym(database, school, loaded), limit_seconds=600
    )
    working = threading.Thread(target=compose_next, args=(database,))
    working.start()
    eventually(lambda: run_of(database, school, id_).placed)
    with database.writing(school) as session:
        stop_composition(session, id_)
    with database.writing(school) as session, pytest.raises(StillComposing):
        forget_composition(session, id_)
    working.join(20)

    run = run_of(database, school, id_)
    assert run.status == "stopped"
    assert run.placed == 35
    assert run.timetable_id


def test_of_two_workers_one_works(fet, either_database, school):
    with either_database.writing(school) as session:
        make_loaded_school(session, classes=1)
    id_ = begin(either_database, school)

    first, second = claim_next(either_database), claim_next(either_database)

    assert first is not None
    assert second is None
    let_the_lease_end(either_database, school)
    assert compose_next(either_database)
    assert run_of(either_database, school, id_).status == "done"


def test_a_run_whose_worker_died_is_taken_up_again(fet, database, school, loaded):
    id_ = begin(database, school)
    dead = claim_next(database)
    assert not compose_next(database)  # Its lease holds.
    let_the_lease_end(database, school)

    assert compose_next(database)

    run = run_of(database, school, id_)
    assert (run.status, run.tries) == ("done", 2)
    assert dead.worker != run.worker


def let_the_lease_end(database, school):
    with database.writing(school) as session:
        session.execute(update(Composition).values(leased_until=now() - LEASE - timedelta(seconds=1)))


def test_the_solver_dies_with_its_worker(fet, database, school, loaded, tmp_path):
    """A worker killed outright leaves no solver behind that would go on for an hour."""
    with database.reading(school) as session:
        version = session.get_one(Timetable, too_many_for_the_gym(database, school, loaded))
        problem = problem_of_version(session, current_year(session), version, keeps_locked=True)
    (tmp_path / "gym.fet").write_bytes(fet_of(problem))
    command = [sys.executable, "-c", WORKER, tmp_path / "gym.fet"]
    worker = subprocess.Popen(
        command, stdout=subprocess.PIPE, env={**os.environ, "TMPDIR": str(tmp_path)}, cwd=CHECKOUT
    )
    solver = int(worker.stdout.readline())
    os.kill(solver, 0)

    worker.kill()
    worker.wait()
    worker.stdout.close()

    eventually(lambda: not alive(solver))


WORKER = """
import sys, time
from pathlib import Path
from services.schedule.actions.composing.solver import solving
with solving(Path(sys.argv[1]).read_bytes(), 3600) as solver:
    solver.wait(1)
    print(solver._process.pid, flush=True)
    time.sleep(60)
"""


def test_what_a_killed_worker_left_is_swept_away(tmp_path, monkeypatch):
    monkeypatch.setattr(solving_module.tempfile, "tempdir", str(tmp_path))
    old, young = tmp_path / "parta-fet-old", tmp_path / "parta-fet-young"
    for folder in (old, young):
        folder.mkdir()
    os.utime(old, (0, 0))

    solving_module._sweep()

    assert not old.exists()
    assert young.exists()


def alive(pid):
    state = Path(f"/proc/{pid}/stat")
    return state.exists() and state.read_text().split()[2] != "Z"


def test_a_run_that_kills_its_worker_is_given_up(database, school, loaded):
    id_ = begin(database, school)
    for _ in range(3):
        assert claim_next(database)
        let_the_lease_end(database, school)

    assert claim_next(database) is None

    run = run_of(database, school, id_)
    assert (run.status, run.failure) == ("failed", "died")


def test_without_fet_the_run_says_how_to_install_it(api, database, school, loaded, monkeypatch):
    monkeypatch.setattr(solving_module, "PROGRAM", "no-such-program")
    id_ = begin(database, school)

    compose_next(database)

    told = api("GET", f"/timetables/compositions/{id_}").json
    assert told["status"] == "failed"
    assert "apt-get install fet" in told["failure"]


def test_what_fet_refuses_is_told_in_its_words(fet, database, school, loaded):
    """A teacher has 36 hours in a week of 35."""
    teacher = loaded.teachers[:1]
    classes = [one for name, one in loaded.classes.items() if name[-1] in "АБ"]
    cards = [CardFacts(loaded.subjects["Физика"], [classes[at % len(classes)]], teacher) for at in range(36)]
    id_ = begin(database, school, timetable_id=draft(database, school, loaded, cards))

    compose_next(database)

    run = run_of(database, school, id_)
    assert (run.status, run.failure) == ("failed", "refused")
    assert "Учителева000" in run.log


def test_a_source_that_is_gone_ends_the_run(database, school, loaded):
    card = CardFacts(loaded.subjects["Физика"], [loaded.classes["5А"]], [])
    source = draft(database, school, loaded, [card])
    id_ = begin(database, school, timetable_id=source)
    with database.writing(school) as session:
        session.execute(Card.__table__.delete())
        session.execute(Timetable.__table__.delete())

    compose_next(database)

    assert run_of(database, school, id_).failure == "source_gone"


def test_a_school_composes_one_timetable_at_a_time(database, school, loaded):
    id_ = begin(database, school)
    with pytest.raises(AlreadyComposing):
        begin(database, school)
    with database.writing(school) as session:
        stop_composition(session, id_)

    assert run_of(database, school, id_).status == "stopped"
    assert begin(database, school) != id_


def test_there_must_be_something_to_place(database, school, loaded):
    with pytest.raises(NothingToPlace):
        begin(database, school, timetable_id=draft(database, school, loaded, []))
    with pytest.raises(NotFound):
        begin(database, school, timetable_id=loaded.year_id)


def test_before_the_first_year_there_is_nothing_to_compose(database, school):
    with pytest.raises(NothingToPlace):
        begin(database, school)
