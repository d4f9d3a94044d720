"""Valid things with one line each; a test names only what matters to it."""

import io
import zipfile
from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import select

from services.schedule.actions.directories import name_subjects
from services.schedule.actions.versions.drafts import joined
from services.schedule.actions.versions.publishing import take_timetable
from services.schedule.actions.year_plans import BellTime, YearPlan
from services.schedule.actions.years import plan_year
from services.schedule.imports.naming import Ids
from services.schedule.imports.timetable import Timetable
from services.schedule.models import Lesson, Year
from services.schedule.rules import Span, Tally, usual_holidays, usual_periods
from shared.bus import event_log
from shared.db import Database, SchoolSession
from shared.events import read
from shared.ids import new_id

MONDAY = date(2026, 11, 23)
TEACHER = str(new_id())


def make_plan(**given: Any) -> YearPlan:
    usual = {
        "name": "2026/2027",
        "starts_on": date(2026, 9, 1),
        "ends_on": date(2027, 5, 31),
        "school_days": 5,
        "periods": usual_periods(2026),
        "holidays": usual_holidays(2026),
        "bells": [BellTime(1, "08:30", "09:15"), BellTime(2, "09:25", "10:10")],
    }
    return YearPlan(**{**usual, **given})


def make_year(session: SchoolSession, **given: Any) -> Year:
    return plan_year(session, make_plan(**given), 0)


def short_year(session: SchoolSession, *, first: date, last: date, holidays: Sequence[Span] = ()) -> Year:
    """One period of a few weeks, so that a test can name all its days."""
    return make_year(
        session,
        starts_on=first,
        ends_on=last,
        periods=[Span("1 четверть", first, last)],
        holidays=holidays,
    )


def make_slot(group_id: UUID, subject_id: UUID, **given: Any) -> dict[str, Any]:
    usual = {
        "group_id": group_id,
        "subject_id": subject_id,
        "week": 0,
        "weekday": 1,
        "number": 1,
        "starts": None,
        "room_id": None,
        "teacher_ids": [TEACHER],
    }
    return {**usual, **given}


def set_timetable(
    session: SchoolSession,
    year: Year,
    slots: Sequence[dict[str, Any]],
    groups: set[UUID],
    *,
    from_on: date,
    today: date,
) -> Tally:
    """Publish these weekly lessons as the timetable of the groups."""
    cards = joined(slots)
    _, tally = take_timetable(
        session, year, "Расписание", "manual", cards, groups, from_on=from_on, today=today
    )
    return tally


def plan_group(
    session: SchoolSession,
    year: Year,
    group_id: UUID,
    *slots: dict[str, Any],
    today: date,
    from_on: date | None = None,
) -> Tally:
    """Make these slots, each given by what matters in it, the timetable of one group in one subject."""
    subjects, _ = name_subjects(session, ["Алгебра"])
    rows = [make_slot(group_id, subjects["Алгебра"], **slot) for slot in slots]
    return set_timetable(session, year, rows, {group_id}, from_on=from_on or year.starts_on, today=today)


def days_of(session: SchoolSession, group_id: UUID, *, cancelled: bool = False) -> list[date]:
    found = select(Lesson.lesson_on).where(Lesson.group_id == group_id, Lesson.is_cancelled == cancelled)
    return sorted(session.scalars(found))


def told(database: Database, school: UUID, *types: str) -> list[Any]:
    """Return what was told of a school, in order; of these types only, if any are named."""
    found = (
        select(event_log.c.type, event_log.c.data)
        .where(event_log.c.stream == f"schedule/{school}")
        .order_by(event_log.c.position)
    )
    with database.reading(school) as session:
        rows = session.execute(found).all()
    # Reading a year of lessons takes longer than a transaction may idle.
    return [read(type_, orjson.loads(data)) for type_, data in rows if not types or type_ in types]


def make_ids(timetable: Timetable) -> Ids:
    """Return an id for each name, as identity would give them."""
    return Ids(
        teachers={name: new_id() for name in timetable.teachers},
        groups={one.name: new_id() for one in timetable.needed_sets()},
    )


def zipped(**files: bytes) -> bytes:
    """Return a ZIP of these files; in their names `__` stands for a dot."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "."), content)
    return written.getvalue()


ACTIVITY = """<Activity><Teacher>Иванова М. П.</Teacher><Subject>Алгебра</Subject><Students>8 а</Students>
<Duration>{duration}</Duration><Total_Duration>{duration}</Total_Duration><Id>{id}</Id>
<Activity_Group_Id>0</Activity_Group_Id><Active>{active}</Active><Comments></Comments></Activity>"""

START = """<ConstraintActivityPreferredStartingTime><Weight_Percentage>{weight}</Weight_Percentage>
<Activity_Id>{id}</Activity_Id><Preferred_Day>{day}</Preferred_Day><Preferred_Hour>{hour}</Preferred_Hour>
<Permanently_Locked>false</Permanently_Locked><Active>true</Active></ConstraintActivityPreferredStartingTime>"""

ROOM = """<ConstraintActivityPreferredRoom><Weight_Percentage>100</Weight_Percentage>
<Activity_Id>{id}</Activity_Id><Room>{room}</Room><Permanently_Locked>true</Permanently_Locked>
<Active>true</Active></ConstraintActivityPreferredRoom>"""


def make_activity(id_: int = 1, *, duration: int = 1, active: bool = True) -> str:
    return ACTIVITY.format(id=id_, duration=duration, active=str(active).lower())


def make_start(id_: int = 1, *, day: str = "Пн", hour: str = "08:30", weight: str = "100") -> str:
    return START.format(id=id_, day=day, hour=hour, weight=weight)


def make_room(id_: int = 1, *, room: str = "12") -> str:
    return ROOM.format(id=id_, room=room)


def make_fet(
    *,
    days: Sequence[str] = ("Пн", "Вт", "Ср", "Чт", "Пт"),
    hours: Sequence[str] = ("08:30", "09:25", "10:30"),
    activities: Sequence[str] = (make_activity(),),
    times: Sequence[str] = (make_start(),),
    places: Sequence[str] = (),
    students: str = "<Year><Name>8</Name><Group><Name>8 а</Name></Group></Year>",
    mode: str = "Official",
) -> bytes:
    """Return a small `.fet`: class 8 а has algebra on Monday, lesson 1."""
    text = f"""<?xml version="1.0" encoding="UTF-8"?>
<fet version="6.8.5">
<Mode>{mode}</Mode>
<Institution_Name>Школа</Institution_Name>
<Days_List>{"".join(f"<Day><Name>{name}</Name></Day>" for name in days)}</Days_List>
<Hours_List>{"".join(f"<Hour><Name>{name}</Name></Hour>" for name in hours)}</Hours_List>
<Subjects_List><Subject><Name>Алгебра</Name></Subject></Subjects_List>
<Teachers_List><Teacher><Name>Иванова М. П.</Name></Teacher></Teachers_List>
<Students_List>{students}</Students_List>
<Activities_List>
{chr(10).join(activities)}
</Activities_List>
<Rooms_List><Room><Name>12</Name><Capacity>30</Capacity><Building>А</Building></Room></Rooms_List>
<Time_Constraints_List>
{chr(10).join(times)}
</Time_Constraints_List>
<Space_Constraints_List>
{chr(10).join(places)}
</Space_Constraints_List>
</fet>"""
    return b"\xef\xbb\xbf" + text.encode()
