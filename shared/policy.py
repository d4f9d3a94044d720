"""Who may do what in the whole system: one table, which the services obey. Read it as a table.

Each row is something that can be done at a service; each cell says about whose things a role may:

    -       not at all
    self    about oneself
    child   about the children one answers for
    class   in the classes one leads: their pupils, the pupils' parents, their pages
    load    on the pages one teaches, by the load or in another's stead
    school  about everything of the own school

A person with several roles may what any of them may. `client` is the scope by which a program may
the same, within the school it is bound to; `password` is the scope of a person whose one-time
password waits to be changed. `period` says in which state the lesson's period has to be.

A route names its row by `@may("read people")`; a service does not start with an action that is
not here. Tests of access, the portal's menus and the table in the README are made from this one.
"""

# ruff: noqa: E501 - A table is read across, whatever its width.

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from shared.auth import Access

TABLE = """
service    action                         operator  teacher  educator  class_teacher  deputy  director  pupil   parent  client        period
every      read events                    -         -        -         -              -       -         -       -       events:read   -

identity   see themselves                 self      self     self      self           self    self      self    self    password      -
identity   keep own factors               self      self     self      self           self    self      self    self    enrol         -
identity   see own sessions               self      self     self      self           self    self      self    self    -             -
identity   read the school                school    school   school    school         school  school    school  school  -             -
identity   change the school              school    -        -         -              -       -         -       -       -             -
identity   read people                    school    -        -         class          school  school    -       -       -             -
identity   read cards                     school    self     self      class          school  school    self    child   -             -
identity   correct contacts               school    -        -         class          -       -         -       -       -             -
identity   read areas                     school    -        -         -              school  school    -       -       -             -
identity   change people                  school    -        -         -              -       -         -       -       -             -
identity   give roles                     school    -        -         -              -       -         -       -       -             -
identity   give out passwords             school    -        -         class          -       -         -       -       -             -
identity   see accounts                   school    -        -         class          -       -         -       -       -             -
identity   see accounts of staff          school    -        -         -              -       -         -       -       -             -
identity   block accounts                 school    -        -         class          -       -         -       -       -             -
identity   end others' sessions           school    -        -         -              -       -         -       -       -             -
identity   reset factors                  school    -        -         -              -       -         -       -       -             -
identity   read groups                    school    school   school    school         school  school    -       -       -             -
identity   read rosters                   school    -        -         class          school  school    -       -       -             -
identity   change groups                  school    -        -         -              -       -         -       -       -             -
identity   confirm class lists            -         -        -         class          -       -         -       -       -             -
identity   follow class lists             school    -        -         class          school  school    -       -       -             -
identity   read all rosters               school    -        -         -              school  school    -       -       -             -
identity   count pupils                   school    -        -         -              school  school    -       -       -             -
identity   read movements                 school    -        -         class          school  school    -       -       -             -
identity   record movements               school    -        -         -              -       -         -       -       -             -
identity   move to the next year          school    -        -         -              -       -         -       -       -             -
identity   read consents                  school    self     self      class          school  school    self    child   -             -
identity   record consents                school    self     self      class          self    self      self    child   -             -
identity   follow consents                school    -        -         class          school  school    -       -       -             -
identity   count consents                 school    -        -         -              school  school    -       -       -             -
identity   take out personal data         school    self     self      self           self    school    self    child   -             -
identity   ask for personal data          school    self     self      self           self    school    self    child   -             -
identity   answer data requests           school    -        -         -              -       school    -       -       -             -
identity   erase people                   school    -        -         -              -       school    -       -       -             -
identity   decide approvals               school    -        -         -              -       school    -       -       -             -
identity   import                         school    -        -         -              -       -         -       -       import        -
identity   export the school              school    -        -         -              -       -         -       -       -             -
identity   merge people                   school    -        -         -              -       -         -       -       -             -
identity   let programs in                self      self     self      self           self    self      self    self    -             -
identity   be known to programs           self      self     self      self           self    self      self    self    openid        -
identity   register programs              school    -        -         -              -       -         -       -       -             -
identity   configure providers            school    -        -         -              -       -         -       -       -             -
identity   link providers                 self      self     self      self           self    self      self    self    -             -
identity   read parameters                school    school   school    school         school  school    -       -       -             -
identity   search the access log          -         -        -         -              school  school    -       -       -             -
identity   see who read about them        self      self     self      self           self    self      self    child   -             -

schedule   read the year                  school    school   school    school         school  school    school  school  -             -
schedule   plan the year                  school    -        -         -              -       -         -       -       -             -
schedule   follow the year                school    -        -         -              school  school    -       -       -             -
schedule   read the load                  school    school   school    school         school  school    -       -       -             -
schedule   read the curriculum            school    -        -         -              school  school    -       -       -             -
schedule   draft the curriculum           school    -        -         -              -       -         -       -       -             -
schedule   approve the curriculum         -         -        -         -              -       school    -       -       -             -
schedule   assign the load                school    -        -         -              -       -         -       -       -             -
schedule   check the load                 school    -        -         -              school  school    -       -       -             -
schedule   read the tariff                school    -        -         -              school  school    -       -       -             -
schedule   set the rate                   -         -        -         -              -       school    -       -       -             -
schedule   see lessons                    school    school   school    school         school  school    self    child   -             -
schedule   import a timetable             school    -        -         -              -       -         -       -       import        -
schedule   read timetables                school    -        -         -              school  school    -       -       -             -
schedule   draft timetables               school    -        -         -              -       -         -       -       -             -
schedule   compose a timetable            school    -        -         -              -       -         -       -       -             -
schedule   export a timetable             school    -        -         -              school  -         -       -       -             -
schedule   publish a timetable            school    -        -         -              -       -         -       -       -             -
schedule   set timetable limits           school    -        -         -              -       -         -       -       -             -
schedule   decide substitutions           -         -        -         -              school  -         -       -       -             -
schedule   account for substitutions      -         -        -         -              school  school    -       -       -             -
schedule   keep screens                   school    -        -         -              school  -         -       -       -             -
schedule   read substitutions             school    school   school    school         school  school    -       -       -             -
schedule   keep a calendar                school    school   school    school         school  school    self    child   -             -
schedule   take out personal data         -         self     self      self           self    school    self    child   -             -

journal    read pages                     -         load     load      class          school  school    -       -       -             -
journal    write on pages                 -         load     load      class          -       -         -       -       -             open
journal    read plans                     school    load     load      -              school  school    -       -       -             -
journal    keep plans                     school    load     load      -              -       -         -       -       -             -
journal    follow programmes              -         load     load      class          school  school    -       -       -             -
journal    read a diary                   -         -        -         class          school  school    self    child   -             -
journal    follow deadlines               -         load     load      class          school  school    -       -       -             -
journal    follow contradictions          -         -        -         class          school  school    -       -       -             -
journal    accept contradictions          -         -        -         class          school  -         -       -       -             -
journal    excuse absences                -         -        -         class          -       -         -       -       -             -
journal    make remarks                   -         load     load      class          -       -         -       -       -             -
journal    make remarks of the class      -         -        -         class          -       -         -       -       -             -
journal    follow remarks                 -         -        -         class          school  school    -       -       -             -
journal    follow diary views             -         -        -         class          school  school    -       -       -             -
journal    write in a portfolio           -         -        -         class          -       -         self    child   -             -
journal    verify portfolios              -         -        -         class          -       -         -       -       -             -
journal    acknowledge remarks            -         -        -         -              -       -         self    child   -             -
journal    report errors                  -         load     load      class          school  -         self    child   -             -
journal    follow corrections             -         load     load      class          school  school    self    child   -             -
journal    settle corrections             -         load     load      class          -       -         -       -       -             -
journal    organise corrections           -         -        -         -              school  -         -       -       -             -
journal    count corrections              -         -        -         -              school  school    -       -       -             -
journal    read periods                   school    school   school    school         school  school    -       -       -             -
journal    close periods                  -         -        -         -              school  -         -       -       -             -
journal    follow final marks             -         -        -         -              school  school    -       -       -             -
journal    follow classes                 -         -        -         class          school  school    -       -       -             -
journal    take out evidence              school    -        -         -              school  school    -       -       -             -
journal    hand in files                  -         self     self      self           -       -         self    self    -             -
journal    read files                     -         load     load      class          school  school    self    child   -             -
journal    read tasks                     -         load     load      class          school  school    self    child   -             -
journal    hand in answers                -         -        -         -              -       -         self    -       -             -
journal    reply to answers               -         load     load      class          -       -         -       -       -             -
journal    follow homework                -         -        -         class          school  school    -       -       -             -
journal    take out personal data         -         self     self      self           self    school    self    child   -             -

reporting  read pages                     -         load     load      class          school  school    -       -       -             -
reporting  print summaries                -         -        -         class          school  school    -       -       -             -

notify     see own notices                self      self     self      self           self    self      self    self    -             -
notify     take out personal data         -         self     self      self           self    school    self    child   -             -

portal     open pages                     self      self     self      self           self    self      self    self    -             -
portal     set a password                 self      self     self      self           self    self      self    self    password      -
"""

COLUMNS = 10
"""Eight roles, `client` and `period`."""

EVERY = "every"
"""In place of a service: the row holds for each of them."""

RELATIONS = frozenset({"self", "child", "class", "load", "school"})


class UnknownAction(LookupError):
    """Nobody decided who may do it; an application that asks does not start."""


@dataclass(frozen=True)
class Rule:
    """One row of the table."""

    service: str
    action: str
    relations: dict[str, str]  # By role; a role that may not is not there.
    scope: str | None
    period: str | None

    @property
    def access(self) -> Access:
        """Who may enter; about what, the action decides by the relation."""
        return Access(roles=frozenset(self.relations), scopes=frozenset({self.scope} if self.scope else ()))


def _lines() -> Iterator[tuple[str, str, list[str]]]:
    for line in TABLE.splitlines():
        if line:
            service, *words = line.split()
            yield service, " ".join(words[:-COLUMNS]), words[-COLUMNS:]


def _read() -> dict[tuple[str, str], Rule]:
    """Read the table; whatever is wrong with it ends the program at once."""
    (_, _, heads), *lines = _lines()
    found: dict[tuple[str, str], Rule] = {}
    for service, action, cells in lines:
        relations = {role: cell for role, cell in zip(heads[:-2], cells, strict=False) if cell != "-"}
        if not action or (service, action) in found or not RELATIONS.issuperset(relations.values()):
            raise ValueError(f"{service}: {action}")
        found[service, action] = Rule(service, action, relations, *map(_given, cells[-2:]))
    return found


def _given(cell: str) -> str | None:
    return None if cell == "-" else cell


RULES = _read()

ROLES = tuple(next(_lines())[2][:-2])
FAMILY = frozenset({"pupil", "parent"})
STAFF = frozenset(ROLES) - FAMILY


def rule(service: str, action: str) -> Rule:
    """Return what was decided of an action at a service; UnknownAction when nothing was."""
    found = RULES.get((service, action)) or RULES.get((EVERY, action))
    if found is None:
        raise UnknownAction(f"{service}: {action}")
    return found


def allows(service: str, action: str, roles: Iterable[str]) -> bool:
    """Whether somebody with these roles may do it at all, about whatever thing."""
    return not rule(service, action).relations.keys().isdisjoint(roles)


@lru_cache(maxsize=4096)  # Roles come in few combinations, and hot paths ask.
def reach(service: str, action: str, roles: frozenset[str]) -> frozenset[str]:
    """Return about whose things somebody with these roles may do it: relations, perhaps none."""
    known = rule(service, action).relations
    return frozenset(known[role] for role in roles & known.keys())


def sees_all(service: str, action: str, roles: frozenset[str]) -> bool:
    """Whether it may be done about everything of the school."""
    return "school" in reach(service, action, roles)
