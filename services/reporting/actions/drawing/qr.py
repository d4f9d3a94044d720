"""The QR code that leads from a sheet of paper to its verification."""

from functools import lru_cache

import segno

QUIET = 2
"""Empty modules around the code; the paper around it does the rest."""


@lru_cache(maxsize=256)
def qr_operators(url: str) -> tuple[str, int]:
    """Return PDF operators that fill the code's modules, one unit each, and its side in units."""
    # The mask is only a matter of looks; choosing the best of eight costs more than the drawing.
    matrix = segno.make(url, micro=False, error="m", boost_error=False, mask=3).matrix
    side = len(matrix) + 2 * QUIET
    runs = [
        f"{x + QUIET} {side - QUIET - y - 1} {length} 1 re"
        for y, row in enumerate(matrix)
        for x, length in _dark_runs(bytes(row))
    ]
    return "\n".join(runs) + "\nf", side


def _dark_runs(row: bytes) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    x = 0
    for part in row.split(b"\0"):
        if part:
            runs.append((x, len(part)))
        x += len(part) + 1
    return runs
