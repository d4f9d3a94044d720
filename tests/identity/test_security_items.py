"""Every requirement of security that is identity's to carry out has a test that names it: SECURITY n."""

import re

import pytest

from tests.support.home import CHECKOUT

ITEMS = (*range(1, 27), 28, 30, 31, 32, 38, *range(46, 54), 55)
NAMED = re.compile(r"SECURITY (\d+(?:(?:, | and )\d+)*)")


@pytest.fixture(scope="module")
def named() -> set[int]:
    texts = [file.read_text() for file in (CHECKOUT / "tests").rglob("test_*.py")]
    return {int(one) for text in texts for said in NAMED.findall(text) for one in re.findall(r"\d+", said)}


@pytest.mark.parametrize("item", ITEMS)
def test_the_requirement_has_a_test(named, item):
    assert item in named
