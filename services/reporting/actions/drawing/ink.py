"""A pen for dense tables: text, rules and fills written straight as PDF operators.

reportlab's `drawString` costs more than a whole cell may take here, so a sheet is collected as
operators and handed to the canvas in one piece. Fonts, their subsets, pages and the file itself
stay reportlab's work. Coordinates are points from the lower left corner of the sheet.
"""

import io
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from fontpkg_pt_sans import ROOT
from reportlab import rl_config
from reportlab.lib.pagesizes import A4, landscape
from reportlab.pdfbase.pdfmetrics import registerFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

WIDTH, HEIGHT = landscape(A4)
REGULAR, BOLD = "PTSans", "PTSans-Bold"
FONTS = {
    name: TTFont(name, str(ROOT / "files" / file), asciiReadable=False)
    for name, file in ((REGULAR, "PT_Sans-Web-Regular.ttf"), (BOLD, "PT_Sans-Web-Bold.ttf"))
}
for _font in FONTS.values():
    registerFont(_font)

# Files are read by programs: letters for bytes would take a third of the time and of the room.
rl_config.useA85 = 0

Line = tuple[float, float, float, float]
Box = tuple[float, float, float, float]


@lru_cache(maxsize=20_000)
def printable(text: str) -> str:
    """Return the text in letters the font has: «ѝ» without its accent, «?» for a picture."""
    known = FONTS[REGULAR].face.charToGlyph
    text = unicodedata.normalize("NFC", text)
    if all(ord(letter) in known for letter in text):
        return text
    return "".join(_known_letter(letter, known) for letter in text)


def _known_letter(letter: str, known: dict[int, int]) -> str:
    if ord(letter) in known:
        return letter
    if letter.isspace():
        return " "
    base = unicodedata.normalize("NFD", letter)[0]
    return base if ord(base) in known else "" if unicodedata.combining(letter) else "?"


@lru_cache(maxsize=50_000)
def _thousandths(text: str, font: str) -> float:
    face = FONTS[font].face
    widths, default = face.charWidths, face.defaultWidth
    return float(sum(widths.get(ord(letter), default) for letter in printable(text)))


def width_of(text: str, font: str, size: float) -> float:
    """Return the width of a line of text in points."""
    return _thousandths(text, font) * size / 1000


class Ink:
    """One document being drawn."""

    def __init__(self, title: str) -> None:
        """Open a document; the same drawing gives the same bytes."""
        self._file = io.BytesIO()
        # Another first font than ours would put a Helvetica that is not embedded into the file.
        first_font: Any = {"initialFontName": REGULAR}  # Its stubs take it for a number.
        self._canvas: Any = Canvas(
            self._file,
            pagesize=(WIDTH, HEIGHT),
            **first_font,
            invariant=1,
            pageCompression=1,
            lang="ru-RU",
        )
        self._canvas.setTitle(title)
        self._canvas.setCreator("Parta")
        self._canvas.setAuthor("Parta")
        self._runs: dict[tuple[str, str], list[tuple[str, str]]] = {}
        self._font: tuple[str, float] | None = None  # chosen on this sheet
        self._code: list[str] = []

    def text(
        self, x: float, y: float, text: str, size: float, *, font: str = REGULAR, gray: float = 0
    ) -> None:
        """Write a line that begins at x."""
        self._write(f"1 0 0 1 {x:.2f} {y:.2f}", text, font, size, gray)

    def text_right(
        self, x: float, y: float, text: str, size: float, *, font: str = REGULAR, gray: float = 0
    ) -> None:
        """Write a line that ends at x."""
        self.text(x - width_of(text, font, size), y, text, size, font=font, gray=gray)

    def text_middle(
        self, x: float, y: float, text: str, size: float, *, font: str = REGULAR, gray: float = 0
    ) -> None:
        """Write a line centred on x."""
        self.text(x - width_of(text, font, size) / 2, y, text, size, font=font, gray=gray)

    def text_upwards(self, x: float, y: float, text: str, size: float, *, font: str = REGULAR) -> None:
        """Write a line that runs upwards from y, its baseline at x."""
        self._write(f"0 1 -1 0 {x:.2f} {y:.2f}", text, font, size, 0)

    def texts_middle(self, places: Iterable[tuple[float, float, str]], size: float) -> None:
        """Write many short lines of one size, each centred on its place (x, y, text)."""
        per_unit = size / 2000
        code = ["BT 0 g"]
        for x, y, text in places:
            left = x - _thousandths(text, REGULAR) * per_unit
            code.append(f"1 0 0 1 {left:.1f} {y:.1f} Tm {self._shown(text, REGULAR, size)}")
        code.append("ET")
        self._code.append("\n".join(code))

    def rules(self, lines: Sequence[Line], thickness: float, gray: float) -> None:
        """Rule straight lines (x1, y1, x2, y2) of one thickness."""
        if lines:
            path = "".join(f"{a:.2f} {b:.2f} m {c:.2f} {d:.2f} l\n" for a, b, c, d in lines)
            self._code.append(f"{thickness:.2f} w {gray:.3g} G\n{path}S")

    def fill(self, boxes: Sequence[Box], gray: float) -> None:
        """Fill boxes (x, y, width, height)."""
        if boxes:
            path = "".join(f"{x:.2f} {y:.2f} {w:.2f} {h:.2f} re\n" for x, y, w, h in boxes)
            self._code.append(f"{gray:.3g} g\n{path}f")

    def stamp(self, operators: str, x: float, y: float, scale: float) -> None:
        """Draw ready operators in a coordinate system of their own, its origin at x, y."""
        self._code.append(f"q {scale:.4f} 0 0 {scale:.4f} {x:.2f} {y:.2f} cm 0 g\n{operators}\nQ")

    def link(self, url: str, box: Box) -> None:
        """Make a box (x, y, width, height) open an address."""
        x, y, width, height = box
        self._canvas.linkURL(url, (x, y, x + width, y + height))

    def next_sheet(self) -> None:
        """Finish this sheet and begin another."""
        self._canvas._code.extend(self._code)  # noqa: SLF001 (the one way to give it operators)
        self._canvas.showPage()
        self._code, self._font = [], None

    def finished(self) -> bytes:
        """Return the document."""
        self._canvas.save()
        return self._file.getvalue()

    def _write(self, matrix: str, text: str, font: str, size: float, gray: float) -> None:
        self._code.append(f"BT {gray:.3g} g {matrix} Tm {self._shown(text, font, size)} ET")

    def _shown(self, text: str, font: str, size: float) -> str:
        """Return the operators that show a text; the font is named only where it changes."""
        parts = self._runs.get((text, font))
        if parts is None:
            parts = self._runs[text, font] = self._encoded(text, font)
        code = ""
        for name, letters in parts:
            if self._font != (name, size):
                self._font = (name, size)
                code += f"{name} {size:.2f} Tf "
            code += letters
        return code

    def _encoded(self, text: str, font: str) -> list[tuple[str, str]]:
        face, document = FONTS[font], self._canvas._doc  # noqa: SLF001 (subsets belong to the document)
        return [
            (face.getSubsetInternalName(subset, document), f"<{letters.hex()}> Tj ")
            for subset, letters in face.splitString(printable(text), document)
        ]
