"""Any history around August, moves to the next year and undos among it, equals a naive replay."""

from datetime import date, timedelta

import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from services.identity.actions.rosters.groups import open_group
from services.identity.actions.rosters.movements import Order, depart, enrol_by_order, reverse, transfer
from services.identity.actions.rosters.new_year import move_to_next_year
from services.identity.actions.rosters.new_year_undo import undo_year_move
from services.identity.actions.rosters.year_facts import planned
from services.identity.models import Enrolment, Group, Movement, YearMove
from services.identity.rules.new_year_plan import OpenedClass, PupilWish, Wishes
from shared.errors import Refusal
from tests.identity.makers import make_person, make_school, told
from tests.identity.test_movement_histories import copy_of, covers

STARTS = date(2027, 9, 1)
FIRST, DAYS, LAST = STARTS - timedelta(days=6), 12, 5  # LAST is the old year's last day.
OLD = {"4А": "5А", "5А": "6А", "11А": None}
PUPILS, ZONE = range(3), "Europe/Moscow"
ORDER = Order("17", date(2027, 8, 20))
STEP = st.tuples(
    st.sampled_from(("transfer", "depart", "enrol", "reverse", "august", "august", "undo")),
    st.sampled_from(PUPILS),
    st.sampled_from([(name, 2026) for name in OLD] + [("5А", 2027), ("6А", 2027)]),
    st.integers(0, DAYS - 1),
)


class Naive:
    """For every pupil the groups of each day, and what each standing movement found."""

    def __init__(self):
        self.days = {pupil: [frozenset()] * DAYS for pupil in PUPILS}
        self.before = {}

    def set(self, movement, pupil, day, groups):
        """Let a pupil be in these groups and in no other from a day on."""
        kept = self.days[pupil]
        self.before[movement] = (pupil, kept)
        self.days[pupil] = [*kept[:day], *[frozenset(groups)] * (DAYS - max(day, 0))][:DAYS]

    def reverse(self, movement):
        pupil, kept = self.before.pop(movement)
        self.days[pupil] = kept


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=st.lists(STEP, max_size=12))
def test_every_days_roster_equals_a_naive_replay_through_august(database, history):
    with time_machine.travel("2027-08-24 09:00"):
        school, start = make_school(database), len(told(database))
        naive, pupils = Naive(), []
        with database.writing(school) as session:
            for name in OLD:
                own = open_group(session, kind="class", name=name, grade=int(name[:-1]))
                open_group(session, kind="group", name=f"{name} английский", parent_id=own.id)
            pupils = [make_person(session).id for _ in PUPILS]
        enrolled = [("enrol", pupil, (name, 2026), 0) for pupil, name in enumerate(OLD)]
        for step in (*enrolled, *history):
            take(database, school, naive, pupils, step)
    compare(database, school, naive, pupils, copy_of(told(database)[start:]))


def groups_of(session):
    """Return the groups by name and year; one that never came to be is still the one of its name."""
    rows = session.execute(select(Group.id, Group.name, Group.from_on))
    return {(row.name, 2027 if row.from_on else 2026): row.id for row in rows}


def take(database, school, naive, pupils, step):
    """Do one step here and in the replay; what is refused changes nothing."""
    kind, number, (name, year), day = step
    on, pupil = FIRST + timedelta(days=day), pupils[number]
    place = {(name, year), (f"{name} английский", year)}
    try:
        with database.writing(school) as session:
            ids = groups_of(session)
            if kind in ("enrol", "transfer"):
                if not place <= ids.keys():
                    return
                act = enrol_by_order if kind == "enrol" else transfer
                inside = [ids[f"{name} английский", year]]
                movement = act(session, None, pupil, ids[name, year], on, ORDER, inside)
            elif kind == "depart":
                movement = depart(session, None, pupil, on, ORDER)
            elif kind == "reverse":
                movement = reverse_one(session, pupil, day)
            else:
                movement = august(session, pupil) if kind == "august" else undo(session)
    except Refusal:
        return
    if kind == "depart":
        naive.set(movement, number, day + 1, ())
    elif kind in ("enrol", "transfer"):
        naive.set(movement, number, day, place)
    elif kind == "reverse" and movement:
        naive.reverse(movement)
    elif kind == "august":
        replay_august(naive, pupils, number, movement)
    elif kind == "undo":
        for one in movement:
            naive.reverse(one)


def reverse_one(session, pupil, day):
    listed = select(Movement.id).where(Movement.pupil_id == pupil, Movement.kind != "reversal")
    known = session.scalars(listed.order_by(Movement.recorded_at, Movement.id)).all()
    if known:
        reverse(session, None, pupil, known[-1 - day % len(known)], "Описка")
        return known[-1 - day % len(known)]
    return None


def august(session, repeater):
    """Move the school; this pupil stays for a second year. Returns the movements by pupil."""
    wishes = Wishes(STARTS, STARTS - timedelta(days=1), opened=(OpenedClass("4А"), OpenedClass("11А")))
    plan, _ = planned(session, ZONE, wishes)
    if repeater in plan.pupils:
        wishes = Wishes(STARTS, wishes.leave_on, {}, wishes.opened, {repeater: PupilWish("repeat")})
        plan, _ = planned(session, ZONE, wishes)
    move = move_to_next_year(session, None, ZONE, wishes, plan.digest, ("61", STARTS))
    rows = session.execute(select(Movement.id, Movement.pupil_id).where(Movement.year_move_id == move.id))
    return {row.pupil_id: row.id for row in rows}


def undo(session):
    """Undo the last move and return which movements were taken back."""
    move = session.scalars(select(YearMove).order_by(YearMove.id.desc())).first()
    if move is None:
        return []
    before = set(session.scalars(select(Movement.reverses_id)))
    undo_year_move(session, None, ZONE, move.id)
    return set(session.scalars(select(Movement.reverses_id))) - before


def replay_august(naive, pupils, repeater, movements):
    for number, pupil in enumerate(pupils):
        classes = [name for name, _ in naive.days[number][LAST] if name in OLD]
        assert (pupil in movements) == bool(classes)
        if not classes:
            continue
        [old] = classes
        into = old if number == repeater else OLD[old]
        place = {(into, 2027)} if into else set()
        if into and number != repeater and (f"{old} английский", 2026) in naive.days[number][LAST]:
            place.add((f"{into} английский", 2027))
        naive.set(movements[pupil], number, LAST + 1, place)


def compare(database, school, naive, pupils, heard):
    with database.reading(school) as session:
        names = {id_: name for name, id_ in groups_of(session).items()}
        columns = (Enrolment.group_id, Enrolment.pupil_id, Enrolment.from_on, Enrolment.until_on)
        stays = session.execute(select(*columns)).all()
    for number, pupil in enumerate(pupils):
        for step in range(DAYS):
            on = FIRST + timedelta(days=step)
            kept = [names[g] for g, p, first, last in stays if p == pupil and covers(first, last, on)]
            assert frozenset(kept) == naive.days[number][step], (number, on)
            assert sum("английский" not in name for name, _ in kept) <= 1
            assert sorted(kept) == sorted(
                names[g] for (g, p), known in heard.items() if p == pupil for s in known if covers(*s, on)
            )
