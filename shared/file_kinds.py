"""The kinds of files a school may take from people: those whose content can be checked (clause 3.9.6).

Nothing that a program or a browser would run is among them, and no school can let it in.
"""

from typing import NamedTuple

from shared.errors import Text


class FileKind(NamedTuple):
    """A kind of file: its media type, the endings of its name, and what it is called."""

    media_type: str
    endings: tuple[str, ...]
    title: Text


_OFFICE = "application/vnd.openxmlformats-officedocument"
_OPEN = "application/vnd.oasis.opendocument"

FILE_KINDS = {
    "pdf": FileKind("application/pdf", ("pdf",), Text("PDF", "PDF")),
    "docx": FileKind(f"{_OFFICE}.wordprocessingml.document", ("docx",), Text("Word (docx)", "Word (docx)")),
    "xlsx": FileKind(f"{_OFFICE}.spreadsheetml.sheet", ("xlsx",), Text("Excel (xlsx)", "Excel (xlsx)")),
    "pptx": FileKind(
        f"{_OFFICE}.presentationml.presentation", ("pptx",), Text("PowerPoint (pptx)", "PowerPoint (pptx)")
    ),
    "odt": FileKind(f"{_OPEN}.text", ("odt",), Text("текст OpenDocument (odt)", "OpenDocument text (odt)")),
    "ods": FileKind(
        f"{_OPEN}.spreadsheet", ("ods",), Text("таблица OpenDocument (ods)", "OpenDocument sheet (ods)")
    ),
    "odp": FileKind(
        f"{_OPEN}.presentation", ("odp",), Text("презентация OpenDocument (odp)", "OpenDocument slides (odp)")
    ),
    "png": FileKind("image/png", ("png",), Text("рисунок PNG", "PNG picture")),
    "jpeg": FileKind("image/jpeg", ("jpeg", "jpg"), Text("фотография JPEG", "JPEG photo")),
    "txt": FileKind("text/plain", ("txt",), Text("простой текст (txt)", "plain text (txt)")),
    "mp3": FileKind("audio/mpeg", ("mp3",), Text("звук MP3", "MP3 sound")),
    "m4a": FileKind("audio/mp4", ("m4a",), Text("запись диктофона (m4a)", "voice memo (m4a)")),
}
