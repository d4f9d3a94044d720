"""All real timetables that FET brings along (Debian's `fet-data`): each is read, and its report is exact."""

from collections import Counter
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from services.schedule.imports.bundle import read_upload
from services.schedule.imports.fet import ROOM, START
from services.schedule.imports.left_behind import INACTIVE, NO_SUBJECT
from services.schedule.imports.taking_over import take_over
from tests.conftest import need
from tests.schedule.makers import make_ids

EXAMPLES = Path("/usr/share/doc/fet-data/examples")
PARTS = 8
TAKEN_OVER = (
    "FET-5-official/Belize/Sacred-Heart-College/shc-2007/sacred_heart_college.fet",
    "FET-6-terms/2/puris_12-const7.fet",
    "FET-6-block-planning/by-Darren-McDonald/Blocks-8-overflow_data_and_timetable.fet",
    "FET-5-mornings-afternoons/Algeria-old-format/8/hydar-imd_data_and_timetable.fet",
    "FET-6-official/South-Africa/Western-Cape/Robertson/MHS_July2.fet",
)


@pytest.fixture(scope="module")
def examples() -> list[Path]:
    found = sorted(EXAMPLES.rglob("*.fet"))
    need(found, "fet-data")
    return found


def read(path: Path):
    return read_upload(path.read_bytes(), path.name)


def counted(path: Path) -> Counter[str]:
    """Count constraints and activities as another reader of XML finds them."""
    root = ET.fromstring(path.read_bytes())  # noqa: S314  # Debian's own files.
    lists = ("Time_Constraints_List", "Space_Constraints_List", "Activities_List")
    return Counter(node.tag for name in lists for node in root.findall(f"{name}/*"))


@pytest.mark.parametrize("part", range(PARTS))
def test_every_example_is_read_and_its_report_leaves_nothing_out(examples, part):
    for path in examples[part::PARTS]:
        timetable, there = read(path), counted(path)
        ignored = Counter[str]()
        for one in timetable.ignored:
            ignored[one.what] += one.count
        left_out = sum(one.count for one in timetable.ignored if one.why in (INACTIVE, NO_SUBJECT))

        assert len(timetable.activities) + left_out == there["Activity"], path
        assert timetable.activities, path
        for tag in there.keys() - {"Activity"}:
            taken = there[tag] - ignored[tag]
            assert taken >= 0 if tag in (*START, ROOM) else taken == 0, (path, tag)
        starts = sum(there[tag] - ignored[tag] for tag in START)
        assert starts >= len(timetable.places) >= bool(starts), path
        assert all(one.why.ru and one.why.en for one in timetable.ignored), path
        assert bool(timetable.rotation) == (not timetable.days), path


def test_there_are_as_many_examples_as_debian_has(examples):
    assert len(examples) >= 236


@pytest.mark.parametrize("name", TAKEN_OVER)
def test_a_strange_example_is_taken_over_once(examples, database, school, name):
    assert EXAMPLES / name in examples
    timetable = read(EXAMPLES / name)
    ids = make_ids(timetable)
    counts = []
    for _ in range(2):
        with database.writing(school) as session:
            counts.append(take_over(session, timetable, ids))
    first, again = counts

    assert first["loads"]["created"] == again["loads"]["unchanged"] > 0
    assert (first["lessons"]["created"] > 0) == bool(timetable.places)
    assert len(first["unplaced"]) == len(timetable.activities) - len(timetable.places)
    assert again["lessons"]["unchanged"] == first["lessons"]["created"]
