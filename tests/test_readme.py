"""The README tells the truth: every file and name on its trail exists, every command too."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from shared.cli import main
from shared.policy_text import put_into
from tests.support.home import CHECKOUT

READMES = [CHECKOUT / "README.md", *sorted(CHECKOUT.glob("services/*/README.md"))]
TRAIL = re.compile(r"^\d\. `([^`]+)`.*?`(\w+)`", re.MULTILINE)
NAMED_PATH = re.compile(r"`((?:services|shared|deploy|tests)/[\w/.-]+)`")
COMMAND = re.compile(r"parta (?:--data \S+ )?([a-z]+)(?: ([a-z-]+))?")


def test_each_step_of_the_trail_names_a_file_and_something_in_it():
    steps = TRAIL.findall((CHECKOUT / "README.md").read_text())

    assert len(steps) >= 5
    for path, name in steps:
        assert name in (CHECKOUT / path).read_text(), (path, name)


@pytest.mark.parametrize("readme", READMES, ids=lambda path: path.parent.name)
def test_every_path_named_is_there(readme: Path):
    missing = [path for path in NAMED_PATH.findall(readme.read_text()) if not (CHECKOUT / path).exists()]
    assert missing == []


@pytest.mark.parametrize("readme", READMES, ids=lambda path: path.parent.name)
def test_every_command_named_can_be_asked_for_help(readme: Path):
    for words in set(
        COMMAND.findall(" ".join(re.findall(r"`[^`]+`|^\S*parta .+$", readme.read_text(), re.MULTILINE)))
    ):
        first = main.get_command(None, words[0])  # type: ignore[arg-type]
        assert first, words
        arguments = [word for word in words if word] if hasattr(first, "commands") else [words[0]]
        answer = CliRunner().invoke(main, [*arguments, "--help"])
        assert answer.exit_code == 0, (arguments, answer.output)


@pytest.mark.parametrize("readme", READMES, ids=lambda path: path.parent.name)
def test_a_readme_is_short_enough_to_be_read(readme: Path):
    assert len(readme.read_text().splitlines()) <= (150 if readme.parent == CHECKOUT else 120)


def test_the_table_of_who_may_do_what_is_that_of_the_policy():
    readme = (CHECKOUT / "README.md").read_text()

    assert readme == put_into(readme), "Run: parta policy --into README.md"
