"""Words longer than a line: where they break, and what that costs."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.reporting.actions.drawing import typesetting
from services.reporting.actions.drawing.ink import REGULAR, width_of
from services.reporting.actions.drawing.typesetting import fitted, wrapped

SIZE, WIDTH = 7.5, 40.0
words = st.text("ЖильWa.-/", min_size=1, max_size=200)


def fits(text):
    return width_of(text, REGULAR, SIZE) <= WIDTH


@given(words)
def test_lines_hold_the_whole_word_and_each_as_much_of_it_as_it_can(word):
    lines = wrapped(word, SIZE, WIDTH).lines

    assert "".join(lines) == word
    assert all(map(fits, lines))
    for line, following in pairwise(lines):
        assert line.endswith(("-", "/")) or not fits(line + following[0])


def test_a_word_breaks_after_a_hyphen_unless_that_leaves_half_of_the_line_empty():
    assert wrapped("северо-западный", SIZE, WIDTH).lines == ("северо-", "западный")
    assert wrapped("по-западносибирскому", SIZE, WIDTH).lines == ("по-западно", "сибирскому")


def test_a_letter_wider_than_the_line_has_a_line_of_its_own():
    assert wrapped("ЖЖЖ", SIZE, 2).lines == ("Ж", "Ж", "Ж")


@pytest.fixture
def measured(monkeypatch):
    """How many letters each measurement had."""
    counted = []

    def counting(text, font, size):
        counted.append(len(text))
        return width_of(text, font, size)

    monkeypatch.setattr(typesetting, "width_of", counting)
    return counted


@pytest.mark.parametrize(
    "set_in", [lambda text: wrapped(text, SIZE, 80), lambda text: fitted(text, SIZE, 80, 400)]
)
def test_a_text_without_spaces_costs_what_its_letters_do(measured, set_in):
    costs = []
    for letters in (4000, 8000):
        measured.clear()
        set_in("Ж" * letters)
        costs.append(sum(measured))

    sizes = 18  # From 7.5 down to 3.5 by quarters, and the last once more.
    assert costs[0] < sizes * 10 * 4000
    assert costs[1] < 2.1 * costs[0]
