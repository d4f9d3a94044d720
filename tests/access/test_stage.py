"""Whatever a refused request might leave behind, the stage sees it."""

import sqlite3
from contextlib import closing, suppress
from pathlib import Path

import pytest

from tests.access.world import PROGRAMS


def stranger(folder: Path, program: str) -> closing[sqlite3.Connection]:
    return closing(sqlite3.connect(folder / f"{program}.sqlite", isolation_level=None))


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_row_gone_from_any_table_is_seen_until_it_is_back(stage, program):
    emptied = []
    for table in stage.comparisons[program]:
        gone = 0
        with stranger(stage.world.folder, program) as connection, suppress(sqlite3.IntegrityError):
            gone = connection.execute(f"DELETE FROM {table}").rowcount
        if gone:  # Some tables are empty, and some are only added to.
            assert stage.changed() == {program: [table]}
            stage.restore()
            assert not stage.changed()
            emptied.append(table)
    assert emptied


def test_what_is_overwritten_or_entered_is_seen_and_bookkeeping_is_not(stage):
    with stranger(stage.world.folder, "identity") as connection:
        connection.execute("DELETE FROM attempts")
        connection.execute("UPDATE sign_ins SET used_at = '2020-01-01 00:00:00'")
        assert not stage.changed()

        connection.execute("UPDATE people SET family_name = 'Другая'")
        assert stage.changed() == {"identity": ["people"]}
        connection.execute("INSERT INTO used_challenges VALUES ('0', '2020-01-01 00:00:00')")
        assert stage.changed() == {"identity": ["people", "used_challenges"]}
