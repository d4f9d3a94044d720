"""Which topic of a plan is which of a table that was corrected: lessons are bound to a topic's id."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from services.journal.actions.plans import MOST_TOPICS, TopicFacts
from shared.names import collated

Key = Callable[[TopicFacts], Hashable]
_WORDS = re.compile(r"\w+")


def words(one: TopicFacts) -> tuple[str, ...] | str:
    """Return what a topic says: «Числа.» and «числа» say the same."""
    return tuple(_WORDS.findall(collated(one.topic))) or one.topic


def _place(one: TopicFacts) -> Hashable:
    return collated(one.section), collated(one.topic)


def matched(topics: Iterable[TopicFacts], known: Sequence[TopicFacts]) -> list[TopicFacts]:
    """Return a table's topics with the ids of those of the plan that they are; new ones have none.

    They are known by section and name that stand as often in both; by a name that stands once in both;
    and between those, where names repeat («Контрольная работа») or have changed, by their words; then by
    section and name wherever they went, and at last by their order, where as many came as went.
    """
    matching = _Matching([replace(one, id=None) for one in topics], known)
    matching.pair(*matching.sure(_place), _place)
    matching.pair(*matching.sure(words, most=1), words)
    for came, went in matching.gaps():
        matching.pair(came, went, words)
    matching.pair(*matching.all, _place)
    for came, went in matching.gaps():
        if len(came) == len(went):
            matching.found.update(zip(came, went, strict=True))
    ids = {new: known[old].id for new, old in matching.found.items()}
    return [replace(one, id=ids.get(at)) for at, one in enumerate(matching.topics)]


Run = list[int]
"""Places in the table, or in the plan, in order."""


@dataclass
class _Matching:
    topics: Sequence[TopicFacts]
    known: Sequence[TopicFacts]
    found: dict[int, int] = field(default_factory=dict)  # Places in the plan by those in the table.

    @property
    def all(self) -> tuple[Run, Run]:
        return [*range(len(self.topics))], [*range(len(self.known))]

    def pair(self, came: Run, went: Run, key: Key) -> None:
        """Pair those that are known by a key and not paired yet, the first with the first."""
        free: dict[Hashable, Run] = defaultdict(list)
        for old in self._left(went, self.found.values()):
            free[key(self.known[old])].append(old)
        for new in self._left(came, self.found):
            if same := free[key(self.topics[new])]:
                self.found[new] = same.pop(0)

    def sure(self, key: Key, most: int = MOST_TOPICS) -> tuple[Run, Run]:
        """Return the places of topics whose key stands as often in the table as in the plan, at `most`."""
        sides = (self.topics, self.known)
        new, old = (Counter(map(key, side)) for side in sides)
        same = {one for one, times in new.items() if times == old[one] <= most}
        here, there = ([at for at, one in enumerate(side) if key(one) in same] for side in sides)
        return here, there

    def gaps(self) -> list[tuple[Run, Run]]:
        """Return what is not paired yet, as it follows the same paired topic on both sides."""
        runs: dict[int | None, tuple[Run, Run]] = defaultdict(lambda: ([], []))
        after = None
        for new in range(len(self.topics)):
            after = self.found.get(new, after)
            if new not in self.found:
                runs[after][0].append(new)
        after, paired = None, set(self.found.values())
        for old in range(len(self.known)):
            after = old if old in paired else after
            if old not in paired:
                runs[after][1].append(old)
        return list(runs.values())

    @staticmethod
    def _left(places: Run, taken: Iterable[int]) -> Run:
        gone = set(taken)
        return [at for at in places if at not in gone]
