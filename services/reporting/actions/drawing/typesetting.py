"""Lines that fit: text is broken between words, or made smaller, and never cut off."""

from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache

from services.reporting.actions.drawing.ink import REGULAR, width_of

LEADING = 1.18
SMALLEST = 3.5


@dataclass(frozen=True, slots=True)
class Block:
    """Lines of one size."""

    lines: tuple[str, ...]
    size: float

    @property
    def height(self) -> float:
        """The height of all lines in points."""
        return len(self.lines) * self.size * LEADING


@lru_cache(maxsize=20_000)
def wrapped(text: str, size: float, width: float, font: str = REGULAR) -> Block:
    """Break a text into lines of at most this width; its own line breaks stay."""
    lines: list[str] = []
    for paragraph in text.splitlines():
        lines.extend(_broken(paragraph, size, width, font))
    return Block(tuple(lines), size)


def _broken(paragraph: str, size: float, width: float, font: str) -> list[str]:
    if width_of(paragraph, font, size) <= width:
        return [paragraph.strip()]
    lines, line = [], ""
    for word in paragraph.split():
        longer = f"{line} {word}" if line else word
        if width_of(longer, font, size) <= width:
            line = longer
            continue
        if line:
            lines.append(line)
        *full, line = _pieces(word, size, width, font)
        lines.extend(full)
    return [*lines, line]


def _pieces(word: str, size: float, width: float, font: str) -> list[str]:
    """Break a word that is longer than a line, after a hyphen or slash where it has one."""
    pieces: list[str] = []
    while (end := _fitting(word, size, width, font)) < len(word):
        seam = max(word.rfind(mark, 0, end) for mark in "-/") + 1
        end = seam if seam > end // 2 else end
        pieces.append(word[:end])
        word = word[end:]
    return [*pieces, word]


def _fitting(word: str, size: float, width: float, font: str) -> int:
    """Return how many of a word's letters fit into a line, one at least.

    Nothing much longer than the line is measured: a text without spaces is to cost what its letters do.
    """

    def measured(letters: int) -> float:
        return width_of(word[:letters], font, size)

    fits = 1
    while fits < len(word) and measured(2 * fits) <= width:
        fits *= 2
    longer = range(fits + 1, min(2 * fits, len(word)))
    return min(fits + bisect_right(longer, width, key=measured), len(word))


@lru_cache(maxsize=20_000)
def fitted(text: str, size: float, width: float, height: float, font: str = REGULAR) -> Block:
    """Set a text as large as it goes, up to this size, into a box.

    One line is preferred while its letters stay legible (three quarters of the size).
    """
    natural = width_of(text, font, size)
    if natural <= width:
        return Block((text,), size)
    single = size * width / natural
    if single >= 0.75 * size:
        return Block((text,), single)
    while size > SMALLEST:
        block = wrapped(text, size, width, font)
        if block.height <= height:
            return block
        size -= 0.25
    return wrapped(text, SMALLEST, width, font)
