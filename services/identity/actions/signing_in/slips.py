"""The printed sheet of slips: for each person login, one-time code, and a QR code that signs in.

Ten slips on an A4 page with lines to cut along. What is printed here is kept nowhere.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import quote
from xml.sax.saxutils import escape

import segno
from fontpkg_pt_sans import ROOT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import registerFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph

REGULAR, BOLD = "PTSansSlip", "PTSansSlip-Bold"
registerFont(TTFont(REGULAR, str(ROOT / "files" / "PT_Sans-Web-Regular.ttf")))
registerFont(TTFont(BOLD, str(ROOT / "files" / "PT_Sans-Web-Bold.ttf")))

COLUMNS, ROWS = 2, 5
MARGIN_X, MARGIN_Y = 8 * mm, 8.5 * mm
WIDTH = (A4[0] - 2 * MARGIN_X) / COLUMNS
HEIGHT = (A4[1] - 2 * MARGIN_Y) / ROWS
PAD, QR_SIDE = 3.5 * mm, 29 * mm
QUIET = 4  # Empty modules around a QR code: phones in bad light need all four.

NAME = ParagraphStyle("name", fontName=BOLD, fontSize=11, leading=12.5)
SMALL = ParagraphStyle("small", fontName=REGULAR, fontSize=7.5, leading=9)
FACT = ParagraphStyle("fact", fontName=REGULAR, fontSize=9.5, leading=12.5)

MONTHS = "января февраля марта апреля мая июня июля августа сентября октября ноября декабря"
ADVICE = (
    "1. Наведите камеру телефона на код справа или откройте адрес и введите логин и код. "
    "2. Придумайте свой пароль. Код больше не понадобится — уничтожьте листок. "
    "Не вышло — обратитесь к классному руководителю."
)


@dataclass(frozen=True)
class Slip:
    """What one slip says."""

    name: str  # Full, in three parts.
    about: str  # «5А», «родитель: Петров Иван, 5А», a position.
    login: str
    code: str


def draw_slips(slips: Sequence[Slip], school: str, public_url: str, valid_until: date) -> bytes:
    """Return the sheet as PDF, in the order given."""
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=A4, lang="ru")
    canvas.setTitle("Коды для входа")
    canvas.setAuthor(school)
    for start in range(0, len(slips), COLUMNS * ROWS):
        _cut_lines(canvas)
        for place, slip in enumerate(slips[start : start + COLUMNS * ROWS]):
            row, column = divmod(place, COLUMNS)
            left = MARGIN_X + column * WIDTH
            top = A4[1] - MARGIN_Y - row * HEIGHT
            _draw(canvas, left, top, _lines(slip, school, public_url, valid_until))
            _draw_qr(canvas, sign_in_url(public_url, slip.login, slip.code), left, top)
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def sign_in_url(public_url: str, login: str, code: str) -> str:
    """Return the address that fills the sign-in form: what follows the # is sent to no server."""
    return f"{public_url}/sign-in#{quote(login, safe='')}:{code}"


def _lines(
    slip: Slip, school: str, public_url: str, valid_until: date
) -> list[tuple[str, ParagraphStyle, float]]:
    """Return the paragraphs of a slip: text, style, and the width it has beside the QR code or below."""
    beside, whole = WIDTH - 2 * PAD - QR_SIDE - 2 * mm, WIDTH - 2 * PAD
    address = public_url.partition("://")[2]
    until = f"{valid_until.day} {MONTHS.split()[valid_until.month - 1]} {valid_until.year}"
    facts = (("Адрес", address), ("Логин", slip.login), ("Код", slip.code))
    said = "<br/>".join(f'{name}: <font name="{BOLD}">{escape(value)}</font>' for name, value in facts)
    return [
        (escape(slip.name), NAME, beside),
        (f"{escape(slip.about)}<br/>{escape(school)}", SMALL, beside),
        (said, FACT, beside),
        (f'Код действует до <font name="{BOLD}">{until}</font>, один раз. {ADVICE}', SMALL, whole),
    ]


def _draw(canvas: Canvas, left: float, top: float, lines: list[tuple[str, ParagraphStyle, float]]) -> None:
    """Set the paragraphs one under another, smaller where names are so long that they would not fit."""
    for scale in (1.0, 0.9, 0.8, 0.7, 0.6):
        set_ = [(Paragraph(text, _scaled(style, scale)), width) for text, style, width in lines]
        heights = [one.wrap(width, HEIGHT)[1] for one, width in set_]
        if sum(heights) + 3 * mm <= HEIGHT - 2 * PAD:
            break
    y = top - PAD
    for (one, _), height in zip(set_, heights, strict=True):
        y -= height
        one.drawOn(canvas, left + PAD, y)
        y -= 1 * mm


def _scaled(style: ParagraphStyle, scale: float) -> ParagraphStyle:
    if scale == 1.0:
        return style
    return ParagraphStyle(
        style.name, style, fontSize=style.fontSize * scale, leading=style.leading * scale, splitLongWords=1
    )


def _draw_qr(canvas: Canvas, url: str, left: float, top: float) -> None:
    # The mask is only a matter of looks; choosing the best of eight costs more than all the rest.
    matrix = segno.make(url, micro=False, error="m", boost_error=False, mask=3).matrix
    side = QR_SIDE / (len(matrix) + 2 * QUIET)
    x0, y0 = left + WIDTH - PAD - QR_SIDE + QUIET * side, top - PAD - QUIET * side
    path = canvas.beginPath()
    for y, row in enumerate(matrix):
        x = 0
        for run in bytes(row).split(b"\0"):
            if run:
                path.rect(x0 + x * side, y0 - (y + 1) * side, len(run) * side, side)
            x += len(run) + 1
    canvas.drawPath(path, stroke=0, fill=1)


def _cut_lines(canvas: Canvas) -> None:
    canvas.saveState()
    canvas.setLineWidth(0.4)
    canvas.setStrokeGray(0.55)
    canvas.setDash(3, 3)
    for column in range(1, COLUMNS):
        canvas.line(MARGIN_X + column * WIDTH, 0, MARGIN_X + column * WIDTH, A4[1])
    for row in range(ROWS + 1):
        canvas.line(0, MARGIN_Y + row * HEIGHT, A4[0], MARGIN_Y + row * HEIGHT)
    canvas.restoreState()
