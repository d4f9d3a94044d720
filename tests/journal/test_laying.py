"""Laying a plan over lessons: clause 3.6.2, «a lesson held consumes one hour of the plan»."""

from dataclasses import dataclass, field
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from services.journal.rules.laying import Slot, Topic, lay

T = [UUID(int=number) for number in range(1, 9)]
L = [UUID(int=100 + number) for number in range(40)]


def topics(*hours, merged=()):
    return [Topic(T[at], 0 if at in merged else one, at in merged) for at, one in enumerate(hours)]


def said(laying, lessons=L):
    found = (
        (T.index(laying.hours[id_].topic_id), laying.hours[id_].number)
        for id_ in lessons
        if id_ in laying.hours
    )
    return list(found)


def test_a_topic_of_two_hours_takes_two_lessons():
    laying = lay(topics(2, 1), [Slot(id_) for id_ in L[:4]])

    assert said(laying) == [(0, 1), (0, 2), (1, 1)]
    assert laying.left == ()


def test_what_no_lesson_is_left_for_is_told():
    laying = lay(topics(2, 2), [Slot(id_) for id_ in L[:3]])

    assert [(T.index(one.topic_id), one.number, one.of) for one in laying.left] == [(1, 2, 2)]


def test_a_cancelled_lesson_moves_the_rest_and_uses_up_nothing():
    slots = [Slot(L[0], True, T[0]), Slot(L[1], False, T[1]), Slot(L[2]), Slot(L[3])]

    assert said(lay(topics(1, 1, 1), slots)) == [(0, 1), (1, 1), (2, 1)]


def test_what_is_recorded_stays_and_what_was_passed_over_comes_next():
    slots = [Slot(L[0], True, T[2]), Slot(L[1]), Slot(L[2]), Slot(L[3])]

    assert said(lay(topics(1, 1, 1, 1), slots)) == [(2, 1), (0, 1), (1, 1), (3, 1)]


def test_a_topic_recorded_more_often_than_planned_uses_up_no_others():
    laying = lay(topics(1, 1), [Slot(L[0], True, T[0]), Slot(L[1], True, T[0]), Slot(L[2])])

    assert said(laying) == [(0, 1), (0, 2), (1, 1)]
    assert laying.hours[L[1]].of == 2


def test_a_merged_topic_goes_with_the_one_before_it_and_a_skipped_one_is_left_out():
    laying = lay(topics(1, 1, 0, 1, merged={1}), [Slot(id_) for id_ in L[:3]])

    assert said(laying) == [(0, 1), (3, 1)]
    assert laying.hours[L[0]].along == (T[1],)


def test_a_topic_of_another_plan_keeps_its_lesson_to_itself():
    stranger = UUID(int=77)
    laying = lay(topics(1), [Slot(L[0], True, stranger), Slot(L[1])])

    assert laying.hours[L[0]].topic_id == stranger
    assert laying.hours[L[1]].topic_id == T[0]


@dataclass
class Register:
    """A page as a naive clerk keeps it: lessons in a list, hours of the plan as slips of paper."""

    hours: list[int]
    lessons: list[UUID] = field(default_factory=list)
    cancelled: set[UUID] = field(default_factory=set)
    recorded: dict[UUID, UUID] = field(default_factory=dict)

    def do(self, step):
        what, at, topic = step
        if what == "add":
            self.lessons.insert(at % (len(self.lessons) + 1), L[len(self.lessons)])
        elif self.lessons:
            id_ = self.lessons[at % len(self.lessons)]
            if what == "cancel":
                self.cancelled ^= {id_}
            elif what == "move":
                self.lessons.remove(id_)
                self.lessons.append(id_)
            elif what == "record":
                self.recorded[id_] = T[topic]
            else:
                self.recorded.pop(id_, None)

    def replay(self):
        """Hand out the slips one by one: first to what is recorded, then to the lessons that have none."""
        slips = [T[at] for at, hours in enumerate(self.hours) for _ in range(hours)]
        held = [id_ for id_ in self.lessons if id_ not in self.cancelled]
        given = {}
        for id_ in held:
            if id_ in self.recorded:
                given[id_] = self.recorded[id_]
                if self.recorded[id_] in slips:
                    slips.remove(self.recorded[id_])
        for id_ in held:
            if id_ not in given and slips:
                given[id_] = slips.pop(0)
        return given, slips


STEP = st.tuples(
    st.sampled_from(["add", "add", "add", "cancel", "move", "record", "loose"]),
    st.integers(0, 30),
    st.integers(0, 5),
)


@settings(max_examples=300)
@given(hours=st.lists(st.integers(0, 3), min_size=1, max_size=6), steps=st.lists(STEP, max_size=30))
def test_whatever_happens_to_the_lessons_the_plan_lies_as_a_clerk_would_lay_it(hours, steps):
    register = Register(hours)
    for step in steps:
        register.do(step)
        slots = [
            Slot(id_, id_ not in register.cancelled, register.recorded.get(id_)) for id_ in register.lessons
        ]

        laying = lay(topics(*hours), slots)

        given, left = register.replay()
        assert {id_: hour.topic_id for id_, hour in laying.hours.items()} == given
        assert [hour.topic_id for hour in laying.left] == left
        free = [laying.hours[s.id] for s in slots if s.id in laying.hours and s.topic_id is None]
        order = [(T.index(one.topic_id), one.number) for one in [*free, *laying.left]]
        assert order == sorted(order)  # The plan's order is kept.
        used = [(one.topic_id, one.number) for one in [*laying.hours.values(), *laying.left]]
        assert len(used) == len(set(used))  # No hour is used twice.
