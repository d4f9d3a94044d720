"""XML from outside, read into a small tree that remembers lines; no entities, no DTD."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from xml.sax import SAXParseException
from xml.sax.handler import ContentHandler

from defusedxml import DefusedXmlException
from defusedxml.sax import parseString

from shared.errors import Text
from shared.imports import BadRows, RowError

MAX_NODES = 500_000  # The largest real timetable known has a tenth of it.


@dataclass(slots=True)
class Node:
    """An element: its tag, its line in the file, its text, its children and its attributes."""

    tag: str
    line: int
    text: str = ""
    children: list["Node"] = field(default_factory=list)
    attributes: dict[str, str] = field(default_factory=dict)

    def all(self, tag: str) -> Iterator["Node"]:
        """Return the children of this tag."""
        return (child for child in self.children if child.tag == tag)

    def first(self, *tags: str) -> "Node | None":
        """Return the first child of one of these tags."""
        return next((child for child in self.children if child.tag in tags), None)

    def get(self, *tags: str) -> str:
        """Return the text of the first child of one of these tags; empty when there is none."""
        found = self.first(*tags)
        return found.text if found else ""


class _TooLarge(Exception):
    pass


class _Builder(ContentHandler):
    def __init__(self) -> None:
        super().__init__()
        self.top = Node("", 0)
        self.open = [self.top]
        self.pieces: list[str] = []
        self.count = 0
        self.locator: Any = None

    def setDocumentLocator(self, locator: Any) -> None:  # noqa: N802  # SAX names it so.
        self.locator = locator

    def startElement(self, name: str, attrs: Any) -> None:  # noqa: N802
        self.count += 1
        if self.count > MAX_NODES:
            raise _TooLarge
        node = Node(name, self.locator.getLineNumber())
        if attrs:
            node.attributes = dict(attrs)
        self.open[-1].children.append(node)
        self.open.append(node)
        self.pieces = []

    def characters(self, content: str) -> None:
        self.pieces.append(content)

    def endElement(self, name: str) -> None:  # noqa: ARG002, N802
        self.open.pop().text = "".join(self.pieces).strip()
        self.pieces = []


def read_xml(content: bytes, file: str) -> Node:
    """Return the root element; BadRows names the line that is not XML."""
    builder = _Builder()
    try:
        parseString(content, builder, forbid_dtd=True)
    except SAXParseException as wrong:
        line = wrong.getLineNumber() or 0
        said = Text(
            f"Это не правильный XML: {wrong.getMessage()}. Сохраните файл в своей программе заново.",
            f"This is not valid XML: {wrong.getMessage()}. Save the file in its program again.",
        )
        raise BadRows([RowError(file, line, "", said)]) from wrong
    except (DefusedXmlException, _TooLarge, ValueError, LookupError) as wrong:
        said = Text(
            "Файл слишком велик, либо в нём DTD или неизвестная кодировка; сохраните его заново.",
            "The file is too large, or holds a DTD or an unknown encoding; save it again.",
        )
        raise BadRows([RowError(file, 0, "", said)]) from wrong
    return builder.top.children[0]
