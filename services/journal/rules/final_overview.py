"""How complete the term-end marks of a school are: on each page, who has to have one and who has."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from services.journal.rules.finals import EARLY, LATE
from services.journal.rules.scales import is_marked


class Filled(NamedTuple):
    """One page's column: the pupils it is due for and those who lack it, by keys; how marks were put."""

    due: frozenset[str]
    lacking: frozenset[str]
    early: int
    late: int
    explained: int


class Rosters:
    """Who stands on the page of a group on a day: `models.relations.roster_groups`, of all groups at once."""

    def __init__(self, groups: Iterable[Any], rosters: Iterable[Any]) -> None:
        """Take groups with their kinds and parents, and the pupils of those that ever had members."""
        self._groups = {row.id: row for row in groups}
        self._pupils = {row.group_id: frozenset((row.pupils or "").split()) for row in rosters}
        self._classes: dict[UUID, list[UUID]] = defaultdict(list)
        for row in self._groups.values():
            if row.kind == "class" and row.parent_id is not None:
                self._classes[row.parent_id].append(row.id)

    def on_page_of(self, group_id: UUID) -> frozenset[str]:
        """Return the keys of the pupils on a group's page."""
        group = self._groups.get(group_id)
        wanted = [group_id, *self._classes.get(group_id, ())]
        if group is not None and group.kind == "group" and group_id not in self._pupils:
            wanted.append(group.parent_id)  # A group without members of its own is the whole class.
        return frozenset().union(*(self._pupils.get(one, frozenset()) for one in wanted))


def filled(pages: Iterable[Any], rosters: Rosters, marked: Iterable[Any], day: date) -> Mapping[UUID, Filled]:
    """Return how the column is filled on each page; on `day`, the period's last, marks are put there or not.

    Whoever has a mark, «н/а» and «осв» too, lacks none (D4). Where no marks are put (first grades, courses
    without marks; DOMAIN 2.2) nobody has to have one: such a page lacks reasons of absence and topics alone.
    """
    put: dict[UUID, list[Any]] = defaultdict(list)
    for row in marked:
        put[row.page_id].append(row)
    found = {}
    for page in pages:
        rows = put[page.id]
        due = rosters.on_page_of(page.group_id) if is_marked(page, day) else frozenset()
        have = frozenset().union(*(row.pupils.split() for row in rows))
        timings = {row.timing: len(row.pupils.split()) for row in rows}
        explained = sum(row.explained for row in rows)
        found[page.id] = Filled(due, due - have, timings.get(EARLY, 0), timings.get(LATE, 0), explained)
    return found
