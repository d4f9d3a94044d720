"""Any history of enrolments keeps the rules, and its events alone tell the whole roster."""

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from services.identity.actions.rosters.enrolments import end_enrolment, enrol
from services.identity.models import Enrolment
from shared.errors import Refusal
from tests.identity.makers import FIRST_DAY, make_class, make_person, make_school, told

GROUPS, PUPILS = range(3), range(2)
STEP = st.tuples(
    st.sampled_from(["enrol", "end"]), st.sampled_from(GROUPS), st.sampled_from(PUPILS), st.integers(0, 12)
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=st.lists(STEP, max_size=14))
def test_no_history_puts_a_pupil_into_two_classes_and_the_events_tell_it_all(database, history):
    school = make_school(database)
    start = len(told(database))
    with database.writing(school) as session:
        groups = [make_class(session, name=f"5{letter}").id for letter in "АБВ"]
        pupils = [make_person(session).id for _ in PUPILS]

    for what, group, pupil, day in history:
        act = enrol if what == "enrol" else end_enrolment
        try:
            with database.writing(school) as session:
                act(session, groups[group], pupils[pupil], FIRST_DAY + timedelta(days=day))
        except Refusal:
            continue

    with database.reading(school) as session:
        stays = list(session.scalars(select(Enrolment).order_by(Enrolment.pupil_id, Enrolment.from_on)))
    for one, following in pairwise(stays):
        if one.pupil_id == following.pupil_id:
            assert (one.until_on or date.max) < following.from_on
    assert copy_of(told(database)[start:], groups) == {
        (stay.group_id, stay.pupil_id, stay.from_on, stay.until_on) for stay in stays
    }


def copy_of(events, groups):
    """Return what a service knows that applies the events as their contract says."""
    known = {}
    for event in events:
        if type(event).__name__ == "EnrolmentsChanged" and event.group_id in groups:
            for pupil in event.pupil_ids:
                stays = {(e.from_on, e.until_on) for e in event.enrolments if e.pupil_id == pupil}
                known[event.group_id, pupil] = stays
    return {(*key, *stay) for key, stays in known.items() for stay in stays}
