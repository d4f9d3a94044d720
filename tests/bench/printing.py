"""The printed spread of a class-subject page: 30 pupils, 40 lessons, and the page of topics."""

import io
import time
from collections.abc import Callable, Iterator

from reportlab.lib.pagesizes import A4, landscape
from reportlab.pdfgen.canvas import Canvas

from services.reporting.actions.drawing.spread import draw_spread
from tests.bench.measure import Figure, in_turn
from tests.reporting.makers import make_spread
from tests.support.postgres import Postgres
from tests.support.rabbitmq import RabbitMQ

WANTED = 40.0
SECONDS = 4.0


def figures(_cluster: Postgres, _broker: RabbitMQ) -> Iterator[Figure]:
    """Measure spreads a second on one core, beside a bare canvas that writes as many strings."""
    spread = make_spread(pupils=30, lessons=40)
    strings = 30 + 40 * 3 + len(spread.cells)
    ours, limit = in_turn(
        lambda: _a_second(lambda: draw_spread(spread)), lambda: _a_second(lambda: _bare(strings))
    )
    note = f"({len(draw_spread(spread)) / 1024:.0f} KiB each)"
    yield Figure(
        "print a spread",
        "spreads/s",
        ours,
        limit,
        "bare canvas, as many strings",
        "≥ 40/s",
        ours >= WANTED,
        note,
    )


def _a_second(turn: Callable[[], object]) -> float:
    turn()
    count, began = 0, time.process_time()
    while time.process_time() - began < SECONDS:
        turn()
        count += 1
    return count / (time.process_time() - began)


def _bare(strings: int) -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=landscape(A4))
    canvas.setFont("Helvetica", 8)
    for number in range(strings):
        canvas.drawString(20 + number % 40 * 15, 20 + number // 40 * 10, "5 4")
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()
