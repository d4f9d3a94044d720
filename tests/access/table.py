"""Who may do what: every endpoint × everybody × whose thing it is. Read it as a table.

A row: method, address as the routes write it (with the query or the [state] that matters), the
status of success, whose thing decides, and a cell for each caller:

    anon  nobody signed in              clas  the class teacher of 7А      serv  a service: scope events:read, all schools
    newc  one-time password unchanged   depu  the deputy head              feed  a client with events:read for this school
    oper  the operator                  dire  the director                 impo  a client with import for this school
    teac  teaches one subject in 7А     pupi  a pupil of 7А
    educ  an educator (воспитатель)     pare  a parent of that pupil

Where something decides, a cell has three signs: for a thing of the own class (7А, or one's own), of a
foreign one (7Б, same school), of another school; one sign alone stands for all three. Where nothing
decides ("-") there is no relation to speak of, and a cell has one sign.

    +  done, with the status of the row       !  401: sign in first             ?  422: refused as invalid
    _  200, but not one item is shown         -  403: not with this role        c  409: the period is closed
    n  200, the page says there is nothing    0  404: there is no such thing    .  cannot be
    >  302: led on, being signed in           x  401, and signed out: an own password comes first

Everything not done has to change nothing and be told by a problem document. What belongs to another
school must not show in any answer at all, unless its sign is "+".
"""

# ruff: noqa: E501 - A table is read across, whatever its width.

from dataclasses import dataclass

CALLERS = (
    "anonymous", "newcomer", "operator", "teacher", "educator", "class_teacher", "deputy", "director",
    "pupil", "parent", "service", "feed", "import",
)  # fmt: skip
RELATIONS = ("own", "foreign", "other")
STATUSES = {"!": 401, "-": 403, "0": 404, "c": 409, "?": 422, "_": 200, "n": 200, ">": 302, "x": 401}

#      address                                              done  whose     anon newc oper teac educ clas depu dire pupi pare serv feed impo
EVERY_SERVICE = """
GET    /events?stream=<stream>                               200  school    !    -    -    -    -    -    -    -    -    -    +.+  +.0  -
GET    /events/streams                                       200  -         !    -    -    -    -    -    -    -    -    -    +    +    -
GET    /openapi.json                                         200  -         +    +    +    +    +    +    +    +    +    +    +    +    +
GET    /docs                                                 200  -         +    +    +    +    +    +    +    +    +    +    +    +    +
GET    /docs/assets/<path:name>                              200  -         +    +    +    +    +    +    +    +    +    +    +    +    +
GET    /healthz                                              200  -         +    +    +    +    +    +    +    +    +    +    +    +    +
GET    /readyz                                               200  -         +    +    +    +    +    +    +    +    +    +    +    +    +
GET    /metrics                                              200  -         +    +    +    +    +    +    +    +    +    +    +    +    +
"""

#      address                                              done  whose     anon newc oper teac educ clas depu dire pupi pare serv feed impo
IDENTITY = """
POST   /sessions                                             201  -         +    +    +    +    +    +    +    +    +    +    +    +    +
DELETE /sessions                                             204  -         +    +    +    +    +    +    +    +    +    +    +    +    +
POST   /tokens                                               200  -         +    +    +    +    +    +    +    +    +    +    +    +    +
GET    /jwks.json                                            200  -         +    +    +    +    +    +    +    +    +    +    +    +    +
GET    /me                                                   200  -         !    +    +    +    +    +    +    +    +    +    -    -    -
PUT    /me/password                                          204  -         !    +    +    +    +    +    +    +    +    +    -    -    -
GET    /me/sessions                                          200  -         !    -    +    +    +    +    +    +    +    +    -    -    -
DELETE /me/sessions/<uuid:session_id>                        204  session   !    -    +00  +00  +00  +00  +00  +00  +00  +00  -    -    -
GET    /school                                               200  -         !    -    +    +    +    +    +    +    +    +    -    -    -
PUT    /school                                               200  -         !    -    +    -    -    -    -    -    -    -    -    -    -
GET    /people                                               200  -         !    -    +    -    -    +    +    +    -    -    -    -    -
GET    /people?group_id=<group_id>                           200  group     !    -    ++_  -    -    +__  ++_  ++_  -    -    -    -    -
POST   /people                                               201  -         !    -    +    -    -    -    -    -    -    -    -    -    -
GET    /people/<uuid:person_id>                              200  pupil     !    -    ++0  -    -    +00  ++0  ++0  -    -    -    -    -
PUT    /people/<uuid:person_id>                              200  pupil     !    -    ++0  -    -    -    -    -    -    -    -    -    -
POST   /people/<uuid:person_id>/roles                        200  pupil     !    -    ++0  -    -    -    -    -    -    -    -    -    -
DELETE /people/<uuid:person_id>/roles/<role>                 204  pupil     !    -    ++0  -    -    -    -    -    -    -    -    -    -
POST   /people/<uuid:person_id>/credentials                  201  pupil     !    -    ++0  -    -    +00  -    -    -    -    -    -    -
DELETE /people/<uuid:person_id>/credentials                  204  pupil     !    -    ++0  -    -    -    -    -    -    -    -    -    -
DELETE /people/<uuid:person_id>/sessions                     204  pupil     !    -    ++0  -    -    -    -    -    -    -    -    -    -
POST   /guardianships                                        201  pupil     !    -    ++0  -    -    -    -    -    -    -    -    -    -
DELETE /guardianships/<uuid:guardian_id>/<uuid:pupil_id>     204  pupil     !    -    ++0  -    -    -    -    -    -    -    -    -    -
GET    /groups                                               200  -         !    -    +    +    +    +    +    +    -    -    -    -    -
POST   /groups                                               201  -         !    -    +    -    -    -    -    -    -    -    -    -    -
GET    /groups/<uuid:group_id>                               200  group     !    -    ++0  ++0  ++0  ++0  ++0  ++0  -    -    -    -    -
PUT    /groups/<uuid:group_id>                               200  group     !    -    ++0  -    -    -    -    -    -    -    -    -    -
GET    /groups/<uuid:group_id>/roster                        200  group     !    -    ++0  ++0  ++0  ++0  ++0  ++0  -    -    -    -    -
POST   /groups/<uuid:group_id>/enrolments                    201  group     !    -    ++0  -    -    -    -    -    -    -    -    -    -
POST   /groups/<uuid:group_id>/enrolments/end                200  group     !    -    ++0  -    -    -    -    -    -    -    -    -    -
POST   /imports/oneroster                                    200  -         !    -    +    -    -    -    -    -    -    -    -    -    +
POST   /imports/names                                        200  -         !    -    +    -    -    -    -    -    -    -    -    -    +
"""

#      address                                              done  whose     anon newc oper teac educ clas depu dire pupi pare serv feed impo
SCHEDULE = """
GET    /years/current                                        200  -         !    -    +    +    +    +    +    +    +    +    -    -    -
PUT    /years/current                                        200  -         !    -    +    -    -    -    -    -    -    -    -    -    -
GET    /subjects                                             200  -         !    -    +    +    +    +    +    +    +    +    -    -    -
GET    /rooms                                                200  -         !    -    +    +    +    +    +    +    -    -    -    -    -
GET    /loads                                                200  -         !    -    +    +    +    +    +    +    -    -    -    -    -
GET    /loads?group_id=<group_id>                            200  group     !    -    ++_  ++_  ++_  ++_  ++_  ++_  -    -    -    -    -
GET    /loads?teacher_id=<teacher_id>                        200  teacher   !    -    ++_  ++_  ++_  ++_  ++_  ++_  -    -    -    -    -
GET    /timetable                                            200  -         !    -    ?    ?    ?    ?    ?    ?    +    +    -    -    -
GET    /timetable?group_id=<group_id>                        200  group     !    -    ++_  ++_  ++_  ++_  ++_  ++_  +00  +00  -    -    -
GET    /timetable?teacher_id=<teacher_id>                    200  teacher   !    -    ++_  ++_  ++_  ++_  ++_  ++_  +__  +__  -    -    -
GET    /lessons?from=<day>&until=<day>                       200  -         !    -    ?    ?    ?    ?    ?    ?    +    +    -    -    -
GET    /lessons?from=<day>&until=<day>&group_id=<group_id>   200  group     !    -    ++_  ++_  ++_  ++_  ++_  ++_  +00  +00  -    -    -
GET    /lessons?from=<day>&until=<day>&teacher_id=<teacher_id> 200 teacher  !    -    ++_  ++_  ++_  ++_  ++_  ++_  +__  +__  -    -    -
POST   /imports/fet/needs                                    200  -         !    -    +    -    -    -    -    -    -    -    -    -    +
POST   /imports/fet                                          200  group     !    -    ++?  -    -    -    -    -    -    -    -    -    ++?
"""

#      address                                              done  whose     anon newc oper teac educ clas depu dire pupi pare serv feed impo
JOURNAL = """
GET    /pages                                                200  -         !    -    -    +    -    +    +    +    -    -    -    -    -
GET    /pages/<uuid:page_id>                                 200  page      !    -    -    +00  -    +00  ++0  ++0  -    -    -    -    -
GET    /pages/<uuid:page_id>/revisions                       200  page      !    -    -    +00  -    +00  ++0  ++0  -    -    -    -    -
POST   /lessons/<uuid:lesson_id>/entries                     200  page      !    -    -    +00  -    +00  -    -    -    -    -    -    -
POST   /lessons/<uuid:lesson_id>/entries[period closed]      200  page      !    -    -    c00  -    c00  -    -    -    -    -    -    -
PUT    /lessons/<uuid:lesson_id>/description                 200  page      !    -    -    +00  -    +00  -    -    -    -    -    -    -
PUT    /lessons/<uuid:lesson_id>/description[period closed]  200  page      !    -    -    c00  -    c00  -    -    -    -    -    -    -
PUT    /lessons/<uuid:lesson_id>/works/<int:slot>            200  page      !    -    -    +00  -    +00  -    -    -    -    -    -    -
PUT    /lessons/<uuid:lesson_id>/works/<int:slot>[period closed] 200 page   !    -    -    c00  -    c00  -    -    -    -    -    -    -
GET    /diary?pupil_id=<pupil_id>                            200  pupil     !    -    -    -    -    +00  ++0  ++0  +00  +00  -    -    -
GET    /periods                                              200  -         !    -    +    +    -    +    +    +    -    -    -    -    -
POST   /periods/<uuid:period_id>/closing                     204  school    !    -    -    -    -    -    +.0  -    -    -    -    -    -
DELETE /periods/<uuid:period_id>/closing[period closed]      204  school    !    -    -    -    -    -    +.0  -    -    -    -    -    -
"""

# A sheet of paper does not say whose it is: with the digest printed on it, anybody may verify it.
#      address                                              done  whose     anon newc oper teac educ clas depu dire pupi pare serv feed impo
REPORTING = """
GET    /pages/<uuid:page_id>                                 200  page      !    -    -    +00  -    +00  ++0  ++0  -    -    -    -    -
GET    /pages/<uuid:page_id>/spread.pdf                      200  page      !    -    -    +00  -    +00  ++0  ++0  -    -    -    -    -
GET    /verifications/<page_id>/<seq>/<digest>               200  page      +    +    +    +    +    +    +    +    +    +    +    +    +
GET    /verify/<page_id>/<seq>/<digest>                      200  page      +    +    +    +    +    +    +    +    +    +    +    +    +
GET    /verify/<path:path>                                   200  -         0    0    0    0    0    0    0    0    0    0    0    0    0
GET    /verify/                                              200  -         0    0    0    0    0    0    0    0    0    0    0    0    0
GET    /verify/verify.css                                    200  -         +    +    +    +    +    +    +    +    +    +    +    +    +
"""

#      address                                              done  whose     anon newc oper teac educ clas depu dire pupi pare serv feed impo
NOTIFY = """
GET    /notices                                              200  -         !    -    +    +    +    +    +    +    +    +    -    -    -
GET    /notices/unread                                       200  -         !    -    +    +    +    +    +    +    +    +    -    -    -
POST   /notices/<uuid:notice_id>/read                        204  notice    !    -    000  000  000  000  000  000  +00  +00  -    -    -
POST   /notices/read                                         204  -         !    -    +    +    +    +    +    +    +    +    -    -    -
GET    /preferences                                          200  -         !    -    +    +    +    +    +    +    +    +    -    -    -
PUT    /preferences                                          200  -         !    -    +    +    +    +    +    +    +    +    -    -    -
"""

# People come here with a cookie; programs have none and cannot.
#      address                                              done  whose     anon newc oper teac educ clas depu dire pupi pare serv feed impo
PORTAL = """
GET    /                                                     302  -         !    x    +    +    n    +    +    +    +    +    .    .    .
GET    /sign-in                                              200  -         +    >    >    >    >    >    >    >    >    >    .    .    .
POST   /sign-in                                              200  -         +    +    +    +    +    +    +    +    +    +    .    .    .
GET    /sign-in/state                                        200  -         +    +    +    +    +    +    +    +    +    +    .    .    .
POST   /sign-out                                             302  -         !    +    +    +    +    +    +    +    +    +    .    .    .
GET    /password                                             200  -         !    +    +    +    +    +    +    +    +    +    .    .    .
POST   /password                                             302  -         !    +    +    +    +    +    +    +    +    +    .    .    .
POST   /language/<code>                                      302  -         +    +    +    +    +    +    +    +    +    +    .    .    .
GET    /people                                               200  -         !    x    +    -    -    +    +    +    -    -    .    .    .
GET    /people?group_id=<group_id>                           200  group     !    x    ++n  -    -    +nn  ++n  ++n  -    -    .    .    .
GET    /people/<uuid:person_id>                              200  pupil     !    x    ++0  -    -    +00  ++0  ++0  -    -    .    .    .
POST   /people/<uuid:person_id>/password                     200  pupil     !    x    ++0  -    -    +00  -    -    -    -    .    .    .
GET    /groups                                               200  -         !    x    +    +    +    +    +    +    -    -    .    .    .
GET    /groups/<uuid:group_id>                               200  group     !    x    ++0  ++0  ++0  ++0  ++0  ++0  -    -    .    .    .
GET    /classes/<uuid:group_id>                              200  group     !    x    ++0  ++0  ++0  ++0  ++0  ++0  -    -    .    .    .
GET    /periods                                              200  -         !    x    +    +    -    +    +    +    -    -    .    .    .
POST   /periods/<uuid:period_id>/closing                     302  school    !    x    -    -    -    -    +.0  -    -    -    .    .    .
POST   /periods/<uuid:period_id>/reopening[period closed]    302  school    !    x    -    -    -    -    +.0  -    -    -    .    .    .
GET    /diary                                                200  -         !    x    n    n    n    n    n    n    +    +    .    .    .
GET    /diary?pupil_id=<pupil_id>                            200  pupil     !    x    -    -    -    +00  ++0  ++0  +00  +00  .    .    .
GET    /notices                                              200  -         !    x    +    +    +    +    +    +    +    +    .    .    .
POST   /notices/<uuid:notice_id>/read                        302  notice    !    x    000  000  000  000  000  000  +00  +00  .    .    .
POST   /notices/read                                         302  -         !    x    +    +    +    +    +    +    +    +    .    .    .
POST   /notices/preferences                                  302  -         !    x    +    +    +    +    +    +    +    +    .    .    .
GET    /journal                                              200  -         !    x    -    +    -    +    +    +    -    -    .    .    .
GET    /journal/<uuid:page_id>                               200  page      !    x    -    +00  -    +00  ++0  ++0  -    -    .    .    .
GET    /journal/<uuid:page_id>/data                          200  page      !    x    -    +00  -    +00  ++0  ++0  -    -    .    .    .
GET    /journal/<uuid:page_id>/revisions                     200  page      !    x    -    +00  -    +00  ++0  ++0  -    -    .    .    .
GET    /journal/<uuid:page_id>/spread.pdf                    200  page      !    x    -    +00  -    +00  ++0  ++0  -    -    .    .    .
POST   /journal/<uuid:page_id>/lessons/<uuid:lesson_id>/entries 200 page    !    x    -    +00  -    +00  -    -    -    -    .    .    .
PUT    /journal/<uuid:page_id>/lessons/<uuid:lesson_id>/description 200 page !   x    -    +00  -    +00  -    -    -    -    .    .    .
PUT    /journal/<uuid:page_id>/lessons/<uuid:lesson_id>/works/<int:slot> 200 page ! x -    +00  -    +00  -    -    -    -    .    .    .
GET    /healthz                                              200  -         +    +    +    +    +    +    +    +    +    +    .    .    .
GET    /readyz                                               200  -         +    +    +    +    +    +    +    +    +    +    .    .    .
GET    /metrics                                              200  -         +    +    +    +    +    +    +    +    +    +    .    .    .
"""

TEXTS = {
    "identity": EVERY_SERVICE + IDENTITY,
    "schedule": EVERY_SERVICE + SCHEDULE,
    "journal": EVERY_SERVICE + JOURNAL,
    "reporting": EVERY_SERVICE + REPORTING,
    "notify": EVERY_SERVICE + NOTIFY,
    "portal": PORTAL,
}


@dataclass(frozen=True)
class Row:
    """One endpoint, or one of its states or queries, and what everybody gets there."""

    program: str
    method: str
    address: str
    state: str
    done: int
    whose: str
    cells: dict[str, str]

    @property
    def rule(self) -> str:
        """The route's own rule."""
        return self.address.partition("?")[0]

    @property
    def endpoint(self) -> tuple[str, str, str]:
        """What a route is known by."""
        return self.program, self.method, self.rule

    def __str__(self) -> str:
        """Name the row as the tests' ids do."""
        state = f" [{self.state}]" if self.state else ""
        return f"{self.program} {self.method} {self.address}{state}"

    def signs(self, caller: str) -> dict[str, str]:
        """Return the sign of each relation there is for a caller."""
        cell = self.cells[caller]
        if self.whose == "-":
            return {"own": cell} if cell != "." else {}
        signs = cell * 3 if len(cell) == 1 else cell
        return {relation: sign for relation, sign in zip(RELATIONS, signs, strict=True) if sign != "."}

    def status(self, sign: str) -> int:
        """Return the status a sign stands for."""
        return self.done if sign == "+" else STATUSES[sign]


def _row(program: str, line: str) -> Row:
    head, bracket, tail = line.partition("[")
    state, _, rest = tail.partition("]")
    method, address, *words = head.split() + (rest.split() if bracket else [])
    done, whose, *cells = words
    known = dict(zip(CALLERS, cells, strict=True))
    signs = {"+", *STATUSES, "."}
    wrong = [cell for cell in cells if set(cell) - signs or len(cell) not in (1, 1 if whose == "-" else 3)]
    if wrong:
        raise ValueError(f"{line}: {wrong}")
    return Row(program, method, address, state, int(done), whose, known)


ROWS = [_row(program, line) for program, text in TEXTS.items() for line in text.splitlines() if line]
