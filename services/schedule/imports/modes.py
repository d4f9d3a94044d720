"""What kind of timetable a `.fet` is: FET has four modes, and its versions before 6 were four programs."""

import re

from services.schedule.imports.document import Node

WEEKLY = "weekly"
HALF_DAYS = "half days"
TERMS = "terms"
BLOCKS = "blocks"

# FET 6 says its mode; a special FET 5 only has its name in the version: 5.27.3-morocco8, 5.44.2-bp.
_BY_NAME = {
    "Mornings_Afternoons": HALF_DAYS,
    "Algeria": HALF_DAYS,
    "Morocco": HALF_DAYS,
    "Terms": TERMS,
    "Block_Planning": BLOCKS,
}
_BY_VERSION = {
    "ma": HALF_DAYS,
    "morocco": HALF_DAYS,
    "algeria": HALF_DAYS,
    "mathmake": TERMS,
    "bp": BLOCKS,
}
_EDITION = re.compile(r"[\d.]+-([a-z]+)")


def mode_of(root: Node) -> str:
    """Return WEEKLY, HALF_DAYS (each two days are a morning and an afternoon), TERMS or BLOCKS.

    In TERMS the days of all terms of the year stand one after another; in BLOCKS what is called a
    day is a teacher, and an hour is a block of the year.
    """
    if named := root.get("Mode"):
        return _BY_NAME.get(named, WEEKLY)
    edition = _EDITION.match(root.attributes.get("version", ""))
    return _BY_VERSION.get(edition[1], WEEKLY) if edition else WEEKLY
