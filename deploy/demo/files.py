"""The demonstration school as files, ready for `parta import`."""

from pathlib import Path

from deploy.demo.fet import FILE_NAME as FET_NAME
from deploy.demo.fet import fet_file
from deploy.demo.oneroster import oneroster_zip
from deploy.demo.school import School

ONEROSTER_NAME = "demo_oneroster.zip"


def write_files(school: School, folder: Path) -> tuple[Path, Path]:
    """Write both files into a folder and return where they are."""
    folder.mkdir(parents=True, exist_ok=True)
    people, timetable = folder / ONEROSTER_NAME, folder / FET_NAME
    people.write_bytes(oneroster_zip(school))
    timetable.write_bytes(fet_file(school))
    return people, timetable
