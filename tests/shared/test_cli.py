"""The parta command refuses what would lose events, before anything starts."""

import pytest
from click.testing import CliRunner

from shared.cli import main


@pytest.mark.parametrize("command", ["web", "worker"])
def test_services_apart_refuse_a_database_that_serves_one_process(command):
    settings = {"PARTA_JOURNAL_DATABASE_URL": "sqlite:////nowhere/journal.db", "PARTA_DATA": None}

    answer = CliRunner().invoke(main, [command, "journal"], env=settings)

    assert answer.exit_code == 1
    assert "parta up" in answer.output
