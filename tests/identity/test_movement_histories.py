"""Any history of movements: every day's roster equals a naive replay, and so does what the events tell."""

from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from services.identity.actions.rosters.enrolments import end_enrolment, enrol
from services.identity.actions.rosters.groups import open_group
from services.identity.actions.rosters.movements import (
    Order,
    depart,
    enrol_by_order,
    return_by_order,
    reverse,
    transfer,
)
from services.identity.models import Enrolment, Movement
from shared.errors import Refusal
from tests.identity.makers import FIRST_DAY, make_class, make_person, make_school, told

DAYS = 14
CLASSES, PUPILS = range(3), range(2)
KINDS = ("enrol", "transfer", "depart", "return", "reverse", "by hand", "end by hand")
STEP = st.tuples(
    st.sampled_from(KINDS),
    st.sampled_from(PUPILS),
    st.sampled_from(CLASSES),
    st.booleans(),
    st.integers(0, DAYS - 1),
)
ORDER = Order("17", date(2026, 9, 1))


class Naive:
    """For every pupil the groups of each day, kept day by day, with all that ever was before."""

    def __init__(self):
        self.days = {pupil: [frozenset()] * (DAYS + 1) for pupil in PUPILS}
        self.before = {}

    def set(self, pupil, day, change):
        own = self.days[pupil]
        self.days[pupil] = [*own[:day], *(change(groups) for groups in own[day:])]

    def apply(self, step, movement, place):
        kind, pupil, _, _, day = step
        kept = self.days[pupil]
        if kind == "depart":
            self.set(pupil, day + 1, lambda _: frozenset())
        elif kind == "transfer":
            left = {group for group in kept[day] if group[0] == "class"}
            inside = {("group", number) for _, number in left}
            everything = {("class", number) for number in CLASSES}
            self.set(pupil, day, lambda groups: groups - everything - inside | place)
        else:
            self.set(pupil, day, lambda groups: groups | place)
        self.before[movement] = (pupil, kept)

    def reverse(self, movement):
        pupil, kept = self.before.pop(movement)
        self.days[pupil] = kept


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=st.lists(STEP, max_size=16))
def test_every_days_roster_equals_a_naive_replay(database, history):
    school = make_school(database)
    start = len(told(database))
    naive, groups, pupils = Naive(), {}, []
    with database.writing(school) as session:
        for number, letter in enumerate("АБВ"):
            own = make_class(session, name=f"5{letter}").id
            inside = open_group(session, kind="group", name=f"Английский {letter}", parent_id=own)
            groups["class", number], groups["group", number] = own, inside.id
        pupils = [make_person(session).id for _ in PUPILS]

    for step in history:
        take(database, school, naive, groups, pupils, step)

    names = {id_: name for name, id_ in groups.items()}
    with database.reading(school) as session:
        stays = session.execute(
            select(Enrolment.group_id, Enrolment.pupil_id, Enrolment.from_on, Enrolment.until_on)
        ).all()
    heard = copy_of(told(database)[start:])
    for number, pupil in enumerate(pupils):
        for step in range(DAYS + 1):
            on = FIRST_DAY + timedelta(days=step)
            kept = [names[g] for g, p, first, last in stays if p == pupil and covers(first, last, on)]
            assert frozenset(kept) == naive.days[number][step], (number, on)
            assert len(kept) == len(set(kept))
            assert sum(kind == "class" for kind, _ in kept) <= 1
            assert sorted(kept) == sorted(
                names[g] for (g, p), told_ in heard.items() if p == pupil for s in told_ if covers(*s, on)
            )


def take(database, school, naive, groups, pupils, step):
    """Do one step; what is refused changes nothing, here or in the replay."""
    kind, number, class_, with_group, day = step
    on, pupil = FIRST_DAY + timedelta(days=day), pupils[number]
    place = {("class", class_)} | ({("group", class_)} if with_group else set())
    inside = [groups["group", class_]] if with_group else []
    acts = {"enrol": enrol_by_order, "return": return_by_order, "transfer": transfer}
    try:
        with database.writing(school) as session:
            if kind in acts:
                movement = acts[kind](session, None, pupil, groups["class", class_], on, ORDER, inside)
            elif kind == "depart":
                movement = depart(session, None, pupil, on, ORDER)
            elif kind == "reverse":
                listed = select(Movement.id).where(Movement.pupil_id == pupil, Movement.kind != "reversal")
                known = session.scalars(listed.order_by(Movement.recorded_at, Movement.id)).all()
                if not known:
                    return
                movement = known[day % len(known)]
                reverse(session, None, pupil, movement, "Описка")
            elif kind == "by hand":
                movement = enrol(session, groups["group", class_], pupil, on).id
            else:
                movement = end_enrolment(session, groups["group", class_], pupil, on).id
    except Refusal:
        return
    if kind == "reverse":
        naive.reverse(movement)
    elif kind == "by hand":
        by_hand(naive, number, day, {("group", class_)}, joins=True)
    elif kind == "end by hand":
        by_hand(naive, number, day + 1, {("group", class_)}, joins=False)
    else:
        naive.apply(step, movement, frozenset(place))


def by_hand(naive, number, day, place, *, joins):
    """Change the days, and with them what a reversal of earlier movements leads back to."""
    naive.set(number, day, (lambda groups: groups | place) if joins else (lambda groups: groups - place))
    for movement, (pupil, kept) in naive.before.items():
        if pupil == number:
            changed = [groups | place if joins else groups - place for groups in kept[day:]]
            naive.before[movement] = (pupil, [*kept[:day], *changed])


def covers(first, last, on):
    return first <= on and (last is None or on <= last)


def copy_of(events):
    """Return what a service knows that applies the events as their contract says."""
    known = {}
    for event in events:
        if type(event).__name__ == "EnrolmentsChanged":
            for pupil in event.pupil_ids:
                stays = [(e.from_on, e.until_on) for e in event.enrolments if e.pupil_id == pupil]
                known[event.group_id, pupil] = stays
    return known
