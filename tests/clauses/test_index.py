"""Every clause of the regulation that the journal carries out has a test of its own, by its number."""

import re
from pathlib import Path

import pytest

CHAPTERS = {
    "2.2": (1, 2, 3, 6, 9, 10),
    "3.5": (1, 6, 9, 10),
    "3.6": (1, 2, 3, 4, 5),
    "3.7": (2, 8),
    "3.8": (1, 2),
    "3.9": (1, 2, 4, 5, 6),
    "4.2": (1,),
}
CLAUSES = [f"{chapter}.{number}" for chapter, numbers in CHAPTERS.items() for number in numbers]

NUMBER = re.compile(r"(?<=test_|_and_)\d(?:_\d+){2}(?=_)")


def named() -> set[str]:
    files = Path(__file__).parent.glob("test_*.py")
    heads = re.findall(r"^def (test_\d\w+)", "\n".join(one.read_text() for one in files), re.MULTILINE)
    return {number.replace("_", ".") for head in heads for number in NUMBER.findall(head)}


@pytest.mark.parametrize("clause", CLAUSES)
def test_the_clause_has_a_test_of_its_own(clause):
    assert clause in named()


def test_no_test_names_a_clause_that_is_not_listed():
    assert named() <= set(CLAUSES)
