"""Plain printed papers: forms, acts and extracts of running text, in the letters of PT Sans."""

import io
from collections.abc import Iterable, Sequence
from functools import lru_cache
from html import escape
from typing import Any

from fontpkg_pt_sans import ROOT
from reportlab.lib.colors import black, grey
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase.pdfmetrics import registerFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, PageBreak, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

REGULAR, BOLD = "Paper", "Paper-Bold"
MARGIN, WIDE = 42.0, 62.0  # The left one is for the binding.
WIDTH = A4[0] - MARGIN - WIDE
ACROSS = A4[1] - MARGIN - WIDE
"""The width of what is written on a sheet lying on its side."""


@lru_cache
def _fonts() -> None:
    for name, file in ((REGULAR, "PT_Sans-Web-Regular.ttf"), (BOLD, "PT_Sans-Web-Bold.ttf")):
        registerFont(TTFont(name, str(ROOT / "files" / file)))


def _style(font: str = REGULAR, size: float = 10.5, **more: Any) -> ParagraphStyle:
    return ParagraphStyle(font, fontName=font, fontSize=size, leading=size * 1.3, **more)


class _Cell(Paragraph):
    """A cell of a table, which asks for its height again and again: its lines are broken once for a width."""

    _asked, _taken = -1.0, (0.0, 0.0)

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        """Return how much room it takes."""
        if self._asked != width or not hasattr(self, "blPara"):
            self._asked, self._taken = width, super().wrap(width, height)
        return self._taken


def title(text: str, *, size: float = 14) -> Flowable:
    """Return a paper's title, in the middle."""
    _fonts()
    return Paragraph(escape(text), _style(BOLD, size, alignment=1, spaceAfter=8))


def heading(text: str) -> Flowable:
    """Return a heading within a paper."""
    _fonts()
    return Paragraph(escape(text), _style(BOLD, 11.5, spaceBefore=8, spaceAfter=3, keepWithNext=1))


def text(words: str, *, small: bool = False) -> Flowable:
    """Return a paragraph; its own line breaks stay."""
    _fonts()
    return Paragraph(escape(words).replace("\n", "<br/>"), _style(size=8.5 if small else 10.5, spaceAfter=4))


def blank(label: str, filled: str = "") -> Flowable:
    """Return a line to be filled in by hand, or one that is filled already."""
    _fonts()
    label_cell = Paragraph(escape(label), _style(size=9.5))
    line = Table([[label_cell, Paragraph(escape(filled), _style())]], colWidths=(WIDTH * 0.38, WIDTH * 0.62))
    line.setStyle(
        TableStyle([("LINEBELOW", (1, 0), (1, 0), 0.5, black), ("VALIGN", (0, 0), (-1, -1), "BOTTOM")])
    )
    return line


def table(
    rows: Sequence[Sequence[str]],
    widths: Sequence[float] | None = None,
    *,
    size: float = 8.5,
    width: float = WIDTH,
) -> Flowable:
    """Return a table whose first row is its head, repeated on each page; widths are shares of the whole.

    `size` is that of the letters, `width` that of the table (`ACROSS` on a sheet on its side), in points.
    """
    _fonts()
    head, plain = _style(BOLD, size), _style(size=size)
    cells = [
        [_Cell(escape(cell), plain if number else head) for cell in row] for number, row in enumerate(rows)
    ]
    shares = widths or [1 / len(rows[0])] * len(rows[0])
    made = Table(cells, colWidths=[width * share for share in shares], repeatRows=1)
    made.setStyle(TableStyle([("GRID", (0, 0), (-1, -1), 0.4, grey), ("VALIGN", (0, 0), (-1, -1), "TOP")]))
    return made


def gap(points: float = 10) -> Flowable:
    """Return room."""
    return Spacer(1, points)


def new_page() -> Flowable:
    """Begin a new sheet."""
    return PageBreak()


def draw(story: Iterable[Flowable], name: str, *, is_across: bool = False) -> bytes:
    """Return the PDF, the same bytes for the same story; `name` is what a reader shows as its title."""
    _fonts()
    file = io.BytesIO()
    SimpleDocTemplate(
        file,
        pagesize=landscape(A4) if is_across else A4,
        leftMargin=WIDE,
        rightMargin=MARGIN,
        topMargin=MARGIN,
        bottomMargin=MARGIN,
        title=name,
        invariant=1,
    ).build(list(story), onFirstPage=_foot, onLaterPages=_foot)
    return file.getvalue()


def _foot(canvas: Canvas, document: Any) -> None:
    canvas.setFont(REGULAR, 8)
    canvas.drawRightString(document.pagesize[0] - MARGIN, MARGIN / 2, str(canvas.getPageNumber()))
