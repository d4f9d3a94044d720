"""A look at the XML inside a workbook before anything else reads it.

A document type could hold entities that grow or point outside, a single cell in the last corner of
a sheet makes whoever reads it a table of sixteen milliard cells, and a long text that stands in the
file once may be what every cell shows. All are refused before that.
"""

import re
from collections import Counter
from xml.parsers import expat

from shared.errors import Invalid, Text

MAX_ROW = 25_000
MAX_COLUMN = 150
MAX_TEXT = 50_000_000  # Characters in all cells together: a list of a school has two million.
_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})$")


class BadWorkbook(Invalid):
    """A part of the workbook is damaged, or built to do harm."""

    title = Text("Таблица не принята", "The table was not accepted")
    detail = Text(
        "{why} Сохраните список как обычную книгу XLSX или как CSV и загрузите снова.",
        "{why_en} Save the list as a plain XLSX workbook or as CSV and import it again.",
    )


class Texts:
    """The texts that cells share: how long each is, and how many cells show it."""

    def __init__(self) -> None:
        self._lengths: list[int] = []
        self._shown: Counter[int] = Counter()

    def keep(self, number: int, length: int) -> None:
        """Note a text by its number; of several parts that hold such texts any may be the one read."""
        if number == len(self._lengths):
            self._lengths.append(length)
        self._lengths[number] = max(self._lengths[number], length)

    def show(self, number: str) -> None:
        """Note that a cell shows a text."""
        if number.isdecimal() and len(number) < 9:
            self._shown[int(number)] += 1

    def check(self) -> None:
        """Refuse a workbook whose cells would show more than any list holds."""
        known = self._lengths
        if sum(known[one] * times for one, times in self._shown.items() if one < len(known)) > MAX_TEXT:
            raise BadWorkbook(why="В книге слишком много текста.", why_en="The workbook holds too much text.")


class _Look:
    """What is kept while a part is read: where the present cell stands, and what texts there are."""

    def __init__(self, texts: Texts) -> None:
        self.row = self.column = 0
        self.texts, self.kept = texts, 0
        self.is_shared = False  # The present cell shows a shared text.
        self.reads = ""  # What is between these tags: `si`, a shared text, or `v`, a value.
        self.text: list[str] = []

    def start(self, name: str, attrs: dict[str, str]) -> None:
        tag = name.rpartition("}")[2]
        if tag == "row":
            given = attrs.get("r", "")
            self.row = int(given) if given.isdecimal() and len(given) < 9 else self.row + 1
            self.column = 0
        elif tag == "c":
            self.is_shared = attrs.get("t") == "s"
            self._place(attrs.get("r"))
        elif tag in ("v", "is") and (self.row > MAX_ROW or self.column > MAX_COLUMN):
            raise BadWorkbook(
                why=f"На листе больше {MAX_ROW} строк или {MAX_COLUMN} столбцов.",
                why_en=f"A sheet has more than {MAX_ROW} rows or {MAX_COLUMN} columns.",
            )

        if tag == "si" or (tag == "v" and self.is_shared):
            self.reads, self.text = tag, []

    def data(self, text: str) -> None:
        if self.reads:
            self.text.append(text)

    def end(self, name: str) -> None:
        if not self.reads or name.rpartition("}")[2] != self.reads:
            return
        if self.reads == "si":
            self.texts.keep(self.kept, sum(map(len, self.text)))
            self.kept += 1
        else:
            self.texts.show("".join(self.text).strip())
        self.reads = ""

    def _place(self, reference: str | None) -> None:
        if reference is None:
            self.column += 1
            return
        found = _REFERENCE.match(reference)
        if found is None:
            raise BadWorkbook(why="Книга повреждена.", why_en="The workbook is damaged.")
        self.row, self.column = int(found[2]), 0
        for letter in found[1]:
            self.column = self.column * 26 + ord(letter) - 64


def check_part(part: bytes, texts: Texts) -> None:
    """Refuse a part with a document type, or with a cell beyond any class list; note its texts."""
    parser, look = expat.ParserCreate(namespace_separator="}"), _Look(texts)
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.StartElementHandler, parser.EndElementHandler = look.start, look.end
    parser.CharacterDataHandler = look.data
    try:
        parser.Parse(part, True)
    except expat.ExpatError as wrong:
        raise BadWorkbook(why="Книга повреждена.", why_en="The workbook is damaged.") from wrong


def _refuse_doctype(*_: object) -> None:
    raise BadWorkbook(
        why="В книге есть описание типа документа (DTD).", why_en="The workbook holds a document type (DTD)."
    )
