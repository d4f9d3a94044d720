"""What every sheet has: the title, the digest with its QR code, the foot with the page number."""

from dataclasses import dataclass

from services.reporting.actions.drawing.ink import BOLD, HEIGHT, REGULAR, WIDTH, Ink, width_of
from services.reporting.actions.drawing.qr import qr_operators
from services.reporting.actions.drawing.typesetting import LEADING, fitted
from services.reporting.rules import Spread, digest_of
from services.reporting.rules.corrections import CORRECTED

LEFT, RIGHT = 42.0, WIDTH - 28.0  # The left margin is wide enough for the binding.
TOP, BOTTOM = HEIGHT - 26.0, 38.0
QR_SIDE = 62.0
TABLE_TOP = TOP - QR_SIDE - 7
MUTED = 0.38
CORRECTED_NOTE = f"{CORRECTED} изменено после закрытия периода, см. лист исправлений"


@dataclass(frozen=True, slots=True)
class Heading:
    """The three lines at the top of a sheet, and a fourth where it shows a part of the page alone."""

    above: str
    title: str
    below: str
    extract: str = ""


def draw_frame(ink: Ink, spread: Spread, heading: Heading, page: int, pages: int) -> None:
    """Draw all of a sheet that is not its table."""
    facts = _digest_lines(spread)
    room = RIGHT - QR_SIDE - 10 - max(width_of(line, font, size) for line, font, size in facts)
    draw_heading(ink, heading, room - LEFT - 16)
    _draw_digest(ink, spread, facts)
    what = "Выписка из классного журнала" if spread.extract else "Классный журнал"
    draw_foot(ink, f"{what} · {spread.group} · {spread.period}", page, pages)


def draw_heading(ink: Ink, heading: Heading, width: float) -> None:
    """Draw the lines at the top, at most so wide."""
    heights = (10.5, 24, 13, 12.5) if heading.extract else (17, 29, 14)
    lines = (
        (heading.above, 8.5, REGULAR, MUTED),
        (heading.title, 20, BOLD, 0.0),
        (heading.below, 10.5, REGULAR, 0.0),
        (heading.extract, 10, BOLD, 0.0),
    )
    blocks = [
        (fitted(text, size, width, height, font), font, gray)
        for (text, size, font, gray), height in zip(lines, heights, strict=False)
    ]
    gap = (QR_SIDE - sum(block.height for block, _, _ in blocks)) / (len(blocks) - 1)
    top = TOP
    for block, font, gray in blocks:
        for number, line in enumerate(block.lines):
            baseline = top - block.size * (0.92 + number * LEADING)
            ink.text(LEFT, baseline, line, block.size, font=font, gray=gray)
        top -= block.height + gap


def _digest_lines(spread: Spread) -> list[tuple[str, str, float]]:
    digest = digest_of(spread.head)
    grouped = " ".join(digest[n : n + 4] for n in range(0, len(digest), 4))
    site = spread.verify_url.partition("://")[2].partition("/verify/")[0]
    as_of = f"состояние на {spread.as_of}" if spread.as_of else "записей ещё нет"
    return [
        ("Свёртка истории страницы", REGULAR, 7.5),
        (grouped, BOLD, 11.0),
        (f"изменение № {spread.seq}, {as_of}" if spread.seq else as_of, REGULAR, 7.5),
        (f"проверка по коду на сайте {site}", REGULAR, 7.5),
    ]


def _draw_digest(ink: Ink, spread: Spread, lines: list[tuple[str, str, float]]) -> None:
    operators, side = qr_operators(spread.verify_url)
    corner = (RIGHT - QR_SIDE, TOP - QR_SIDE)
    ink.stamp(operators, *corner, QR_SIDE / side)
    ink.link(spread.verify_url, (*corner, QR_SIDE, QR_SIDE))
    y = TOP - 9
    for line, font, size in lines:
        ink.text_right(corner[0] - 8, y, line, size, font=font, gray=0 if font == BOLD else MUTED)
        y -= 16 if line is lines[0][0] or font == BOLD else 13


def draw_foot(ink: Ink, what: str, page: int, pages: int) -> None:
    """Draw what the sheet is of, its number, and how many sheets of paper there are."""
    sheets = (pages + 1) // 2  # Printed on both sides.
    y = BOTTOM - 16
    left = fitted(what, 7.5, 310, 17)
    for number, line in enumerate(reversed(left.lines)):
        ink.text(LEFT, y + number * left.size * LEADING, line, left.size, gray=MUTED)
    ink.text_middle((LEFT + RIGHT) / 2, y, f"стр. {page} из {pages}", 9)
    ink.text_right(RIGHT, y, f"листов: {sheets}", 7.5, gray=MUTED)


def draw_corrected_note(ink: Ink) -> None:
    """Say at the foot of a sheet what its asterisks mean."""
    ink.text_right(RIGHT - 52, BOTTOM - 16, CORRECTED_NOTE, 7.5, gray=MUTED)
