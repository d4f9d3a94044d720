"""What a PDF says."""

import io

from pypdf import PdfReader


def words_of(pdf: bytes) -> str:
    """Return the words of all pages, with single spaces between them."""
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())
