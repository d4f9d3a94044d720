"""What the journal's work costs beside 99 other schools: no more than alone, or nearly.

A school of the bench is 6 classes of 25 pupils, 10 subjects of 68 lessons (two a week, a year), four
marks a lesson: 4 080 lessons and 16 320 marks with their revisions. A real one has five times as many
classes; a hundred of those would take ten minutes to seed. The rows are made by the database.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

import psycopg

from tests.bench.desks import Desk
from tests.bench.measure import Figure, Turn, in_turn, rate
from tests.support.deployment import Deployment
from tests.support.keys_server import published_keys
from tests.support.postgres import Postgres

MANY = 100
CLASSES, PUPILS, SUBJECTS, LESSONS, MARKS = 6, 25, 10, 68, 4
CLIENTS = 4
MOST = 1.3
"""How many times the cost may be beside other schools."""

SCHOOL, YEAR, PERIOD, SUBJECT, CLASS, PUPIL, TEACHER, PAGE, LESSON = range(1, 10)

UID = """
CREATE FUNCTION pg_temp.uid(kind int, n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS
$$ SELECT ('0198' || lpad(to_hex(kind), 4, '0') || '70008000' || lpad(to_hex(n), 16, '0'))::uuid $$
"""

# Numbers run through all schools: class = school · 6 + c, page = class · 10 + subject, and so on.
SEED = f"""
INSERT INTO schools (school_id, time_zone, scale)
SELECT uid({SCHOOL}, s), 'Europe/Moscow', '["5", "4", "3", "2"]' FROM generate_series(0, :last) s;
INSERT INTO years (id, school_id, name, starts_on, ends_on)
SELECT uid({YEAR}, s), uid({SCHOOL}, s), '2026/27', current_date - 240, current_date + 30
FROM generate_series(0, :last) s;
INSERT INTO periods (id, school_id, year_id, name, starts_on, ends_on, kind, grades)
SELECT uid({PERIOD}, s * 2 + h), uid({SCHOOL}, s), uid({YEAR}, s), h + 1 || ' полугодие',
       current_date - 240 + h * 120, current_date - 121 + h * 151, 'half_year', ''
FROM generate_series(0, :last) s, generate_series(0, 1) h;
INSERT INTO subjects (id, school_id, name)
SELECT uid({SUBJECT}, s * {SUBJECTS} + j), uid({SCHOOL}, s), 'Предмет ' || j
FROM generate_series(0, :last) s, generate_series(0, {SUBJECTS} - 1) j;
INSERT INTO groups (id, school_id, kind, name, grade)
SELECT uid({CLASS}, c), uid({SCHOOL}, c / {CLASSES}), 'class', c % {CLASSES} + 2 || 'А', c % {CLASSES} + 2
FROM generate_series(0, (:last + 1) * {CLASSES} - 1) c;
INSERT INTO people (id, school_id, family_name, given_name, patronymic)
SELECT uid({PUPIL}, p), uid({SCHOOL}, p / ({CLASSES} * {PUPILS})), 'Ученик ' || p, 'Пётр', 'Ильич'
FROM generate_series(0, (:last + 1) * {CLASSES} * {PUPILS} - 1) p;
INSERT INTO enrolments (group_id, pupil_id, from_on, school_id)
SELECT uid({CLASS}, p / {PUPILS}), uid({PUPIL}, p), current_date - 240,
       uid({SCHOOL}, p / ({CLASSES} * {PUPILS}))
FROM generate_series(0, (:last + 1) * {CLASSES} * {PUPILS} - 1) p;
INSERT INTO pages (id, school_id, group_id, subject_id, year_id, seq, head)
SELECT uid({PAGE}, g), uid({SCHOOL}, g / ({CLASSES} * {SUBJECTS})), uid({CLASS}, g / {SUBJECTS}),
       uid({SUBJECT}, g / ({CLASSES} * {SUBJECTS}) * {SUBJECTS} + g % {SUBJECTS}),
       uid({YEAR}, g / ({CLASSES} * {SUBJECTS})), {LESSONS * MARKS}, repeat('0', 64)
FROM generate_series(0, (:last + 1) * {CLASSES} * {SUBJECTS} - 1) g;
INSERT INTO page_teachers (page_id, teacher_id, school_id)
SELECT id, uid({TEACHER}, row_number() OVER (ORDER BY id) - 1), school_id FROM pages;
INSERT INTO lessons (id, school_id, page_id, held_on, number, starts, state)
SELECT uid({LESSON}, l), uid({SCHOOL}, l / ({CLASSES} * {SUBJECTS} * {LESSONS})),
       uid({PAGE}, l / {LESSONS}), current_date - (({LESSONS} - 1 - l % {LESSONS}) * 7 / 2)::int,
       (l / {LESSONS}) % 8 + 1, '08:30', 'planned'
FROM generate_series(0, (:last + 1) * {CLASSES} * {SUBJECTS} * {LESSONS} - 1) l;
INSERT INTO lesson_teachers (lesson_id, teacher_id, school_id)
SELECT uid({LESSON}, l), uid({TEACHER}, l / {LESSONS}),
       uid({SCHOOL}, l / ({CLASSES} * {SUBJECTS} * {LESSONS}))
FROM generate_series(0, (:last + 1) * {CLASSES} * {SUBJECTS} * {LESSONS} - 1) l;
INSERT INTO descriptions (page_id, lesson_id, school_id, topic, homework, seq)
SELECT page_id, id, school_id, 'Тема урока', '№ 12, 13', 1 FROM lessons;
INSERT INTO works (page_id, lesson_id, school_id, slot, type, weight, title, seq)
SELECT page_id, id, school_id, 1, 'answer', 1, '', 1 FROM lessons;
CREATE TEMP TABLE written AS
SELECT uid({PAGE}, l / {LESSONS}) AS page_id, uid({LESSON}, l) AS lesson_id,
       uid({PUPIL}, l / ({LESSONS} * {SUBJECTS}) * {PUPILS} + (l + i * 6) % {PUPILS}) AS pupil_id,
       uid({SCHOOL}, l / ({CLASSES} * {SUBJECTS} * {LESSONS})) AS school_id,
       uid({TEACHER}, l / {LESSONS}) AS actor_id,
       (3 + (l + i) % 3)::text AS value, ((l % {LESSONS}) * {MARKS} + i + 1)::int AS seq
FROM generate_series(0, (:last + 1) * {CLASSES} * {SUBJECTS} * {LESSONS} - 1) l,
     generate_series(0, {MARKS} - 1) i;
INSERT INTO entries (page_id, lesson_id, slot, pupil_id, school_id, value, seq)
SELECT page_id, lesson_id, 1, pupil_id, school_id, value, seq FROM written;
INSERT INTO revisions (page_id, seq, school_id, lesson_id, pupil_id, what, slot, value, actor_id, at, hash)
SELECT page_id, seq, school_id, lesson_id, pupil_id, 'mark', 1, value, actor_id, now(),
       md5(seq::text) || md5(lesson_id::text) FROM written;
DROP TABLE written;
"""


@dataclass
class Town:
    """A journal with so many schools, whose first is the one that works."""

    deployment: Deployment

    def desks(self) -> list[Desk]:
        """Return desks in classes of the first school, at lessons of today."""
        return [self._desk(number) for number in range(CLIENTS)]

    def _desk(self, number: int) -> Desk:
        page = number * SUBJECTS
        ids = (uid(SCHOOL, 0), uid(TEACHER, page), uid(PAGE, page), uid(LESSON, (page + 1) * LESSONS - 1))
        pupils = [uid(PUPIL, number * PUPILS + place) for place in range(PUPILS)]
        return Desk(self.deployment.ports["journal"], *ids, pupils, uid(PERIOD, 1))


def uid(kind: int, number: int) -> UUID:
    """Return the id that the database gives to a numbered thing."""
    return UUID(f"0198{kind:04x}70008000{number:016x}")


def seed(cluster: Postgres, database: str, schools: int) -> None:
    """Fill a journal's database with schools of a year, in a minute or two for a hundred."""
    with psycopg.connect(cluster.url(database, "postgres"), autocommit=True) as connection:
        connection.execute("SET synchronous_commit = off")
        connection.execute(UID)
        for statement in SEED.replace("uid(", "pg_temp.uid(").split(";"):
            if statement.strip():
                connection.execute(statement.replace(":last", str(schools - 1)).encode())
        connection.execute("VACUUM ANALYZE")
        connection.execute("CHECKPOINT")


@contextmanager
def towns(cluster: Postgres) -> Iterator[tuple[Town, Town]]:
    """Run two journals: of one school, and of a hundred."""
    with published_keys() as keys:
        made = []
        for schools in (1, MANY):
            deployment = Deployment(cluster, "", ("journal",), PARTA_IDENTITY_URL=keys)
            seed(cluster, deployment.names["journal"], schools)
            deployment.start_web("journal", processes=1)
            made.append(Town(deployment))
        try:
            yield made[0], made[1]
        finally:
            for town in made:
                town.deployment.stop()


def figures(cluster: Postgres, _: object) -> Iterator[Figure]:
    """Measure the four paths in both, in turn."""
    with towns(cluster) as (small, large):
        for name, turn in (
            ("save 25 marks", Desk.saving),
            ("open a class page", Desk.opening),
            ("set a class's period marks", Desk.setting),
            ("open a diary's week", Desk.reading_diaries),
        ):
            many, one = in_turn(_rate(large, turn), _rate(small, turn))
            cost = one / many
            note = f"(costs {cost:.2f} times as much as with one)"
            title = f"{name}, {MANY} schools"
            yield Figure(title, "1/s", many, one, "one school", f"≥ 1/{MOST}", cost <= MOST, note)


def _rate(town: Town, turn: Callable[[Desk], Turn]) -> Callable[[], float]:
    desks = town.desks()
    return lambda: rate(lambda number: turn(desks[number]), clients=CLIENTS)
