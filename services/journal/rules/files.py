"""Which files are taken: their names, sizes and kinds, and whether they are what they say they are.

A file is judged by its content, never by what the sender says of it. What could act by itself is
refused: macros, scripts, programs, and anything that is two kinds of file at once.
"""

import io
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

import puremagic

from shared.errors import Invalid, Text
from shared.file_kinds import FILE_KINDS
from shared.imports import MAX_RATIO, UnreadableText, decode

MOST_MEGABYTES = 10
MEGABYTE = 1024 * 1024
KINDS = tuple(FILE_KINDS)
MOST_PARTS = 5000
MOST_UNPACKED = 128 * MEGABYTE
MOST_OBJECTS = 64 * MEGABYTE  # Unpacked, in all streams of objects of a PDF.
MOST_STREAMS = 3000
LONGEST_NAME = 150
_CHUNK = 64 * 1024

_ENDINGS = {ending: name for name, kind in FILE_KINDS.items() for ending in kind.endings}
_MAIN_PARTS = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml", "pptx": "ppt/presentation.xml"}
_CONTENT_TYPES = "[Content_Types].xml"
_TYPES = re.compile(rb"<(\w+:)?Types\b")
_OPEN_DOCUMENTS = ("odt", "ods", "odp")
_ACTIVE_TYPES = re.compile(rb"macroEnabled|vbaProject|activeX|oleObject|javascript|text/html", re.IGNORECASE)
_ACTIVE_PARTS = re.compile(
    r"(^|/)(basic|scripts|activex|embeddings)/|vbaproject|\.(exe|dll|com|bat|cmd|js|vbs|ps1|jar|html?|svgz?|hta)$",
    re.IGNORECASE,
)
_ACTIVE_PDF = re.compile(rb"/(JavaScript|Launch|EmbeddedFile|RichMedia)")
_PDF_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
_PDF_OBJECTS = re.compile(rb"/ObjStm\b[^\0]{0,400}?stream\r?\n")
_MARKUP = re.compile(rb"<\s*(script|html|svg|iframe)\b|<\?php", re.IGNORECASE)
_STARTS_ACTIVE = re.compile(r"\s*(<|#!|%PDF|MZ\b|@echo)", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")


class FileTooLarge(Invalid):
    """The file is larger than the school takes."""

    title = Text("Файл слишком большой", "The file is too large")
    detail = Text(
        "«{name}» больше {most} МБ. Уменьшите его (снимите фото мельче) или дайте ссылку.",
        "“{name}” is larger than {most} MB. Make it smaller (a smaller photo, say) or give a link instead.",
    )


class UnknownFileKind(Invalid):
    """The school does not take files of this kind."""

    title = Text("Такие файлы не принимаются", "Files of this kind are not taken")
    detail = Text(
        "«{name}» не принят. Школа принимает файлы: {known}. Сохраните файл в одном из этих видов.",
        "“{name}” was not taken. The school takes these files: {known}. Save it as one of them.",
    )


class OtherContent(Invalid):
    """The file is not what its name says, is damaged, or holds what could act by itself."""

    title = Text("Файл не принят", "The file was not taken")
    detail = Text(
        "«{name}»: {why} Сохраните документ заново без макросов и вложений или отправьте его в PDF.",
        "“{name}”: {why_en} Save the document anew without macros and attachments, or send it as a PDF.",
    )


class Checked(NamedTuple):
    """A file that will do: its name as it may be shown, its kind, its content."""

    name: str
    kind: str
    content: bytes


def check_file(name: str, content: bytes, kinds: Collection[str], most_megabytes: int) -> Checked:
    """Return the file as it may be kept; raises FileTooLarge, UnknownFileKind or OtherContent."""
    shown = plain_name(name)
    kind = _ENDINGS.get(shown.rpartition(".")[2].lower())
    if kind is None or kind not in kinds:
        known = [ending for one in kinds if one in FILE_KINDS for ending in FILE_KINDS[one].endings]
        raise UnknownFileKind(name=shown, known=", ".join(known))
    if len(content) > most_megabytes * MEGABYTE:
        raise FileTooLarge(name=shown, most=most_megabytes)
    wrong = _wrong(kind, content)
    if wrong:
        raise OtherContent(name=shown, why=wrong.ru, why_en=wrong.en)
    return Checked(shown, kind, content)


def plain_name(name: str) -> str:
    """Return a file's name without path, control characters and signs that turn the text around."""
    bare = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    seen = "".join(sign for sign in bare if unicodedata.category(sign)[0] != "C").strip(" .")
    stem, dot, ending = seen.rpartition(".")
    return f"{stem[: LONGEST_NAME - len(ending) - 1]}{dot}{ending}" if dot else seen[:LONGEST_NAME]


_DAMAGED = Text("файл пуст или повреждён.", "the file is empty or damaged.")
_OTHER = Text("содержимое не такое, как говорит имя.", "the content is not what its name says.")
_ACTIVE = Text("в нём макросы, сценарии или вложенные файлы.", "it holds macros, scripts or embedded files.")
_BOMB = Text("при распаковке он слишком велик.", "it grows too large when unpacked.")


def _wrong(kind: str, content: bytes) -> Text | None:
    if not content:
        return _DAMAGED
    if kind in _MAIN_PARTS or kind in _OPEN_DOCUMENTS:
        return _wrong_package(kind, content)
    if zipfile.is_zipfile(io.BytesIO(content)):  # An archive behind something else: both at once.
        return _OTHER
    if kind == "txt":
        return _wrong_text(content)
    if FILE_KINDS[kind].endings[0] not in _seen_as(content):
        return _OTHER
    if kind == "pdf":
        return _ACTIVE if any(_ACTIVE_PDF.search(part) for part in _pdf_parts(content)) else None
    return _ACTIVE if _MARKUP.search(content) else None


def _seen_as(content: bytes) -> set[str]:
    try:
        return {match.extension.lstrip(".") for match in puremagic.magic_string(content)}
    except puremagic.PureError:
        return set()


def _wrong_text(content: bytes) -> Text | None:
    try:
        text = decode(content, "")
    except UnreadableText:
        return _OTHER
    return _OTHER if _CONTROL.search(text) or _STARTS_ACTIVE.match(text) else None


def _pdf_parts(content: bytes) -> Iterator[bytes]:
    """Yield a PDF's text with names as they read, and the objects that are packed within it."""
    yield _unescaped(content)
    whole, left = memoryview(content), MOST_OBJECTS
    for number, packed in enumerate(_PDF_OBJECTS.finditer(content)):
        if left <= 0 or number >= MOST_STREAMS:
            yield b"/EmbeddedFile"  # Nobody's homework: as good as active.
            return
        begins = packed.end()
        try:
            objects = zlib.decompressobj().decompress(whole[begins : begins + MEGABYTE], left)
        except zlib.error:
            continue
        yield _unescaped(objects)
        left -= len(objects)


def _unescaped(part: bytes) -> bytes:
    return _PDF_ESCAPE.sub(lambda found: bytes([int(found[1], 16)]), part)


def _wrong_package(kind: str, content: bytes) -> Text | None:
    if not content.startswith(b"PK\x03\x04"):
        return _OTHER
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            return _wrong_parts(kind, package, min(MOST_UNPACKED, max(len(content), _CHUNK) * MAX_RATIO))
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError, ValueError, RuntimeError):
        return _DAMAGED


def _wrong_parts(kind: str, package: zipfile.ZipFile, most: int) -> Text | None:
    parts = {one.filename: one for one in package.infolist()}
    if len(parts) > MOST_PARTS or not _fits_unpacked(package, parts, most):
        return _BOMB
    if any(_ACTIVE_PARTS.search(name) for name in parts):
        return _ACTIVE
    if kind in _OPEN_DOCUMENTS:
        said = package.read("mimetype") if "mimetype" in parts else b""
        return None if said.strip() == FILE_KINDS[kind].media_type.encode() else _OTHER
    if _CONTENT_TYPES not in parts or _MAIN_PARTS[kind] not in parts:
        return _OTHER
    types = package.read(_CONTENT_TYPES).replace(b"\0", b"")  # It may be in UTF-16.
    if _ACTIVE_TYPES.search(types):
        return _ACTIVE
    return None if _TYPES.search(types) else _DAMAGED


def _fits_unpacked(package: zipfile.ZipFile, parts: Mapping[str, zipfile.ZipInfo], left: int) -> bool:
    """Whether all parts together stay small; the sizes a package tells of itself are not believed."""
    for part in parts.values():
        with package.open(part) as stream:
            while chunk := stream.read(_CHUNK):
                left -= len(chunk)
                if left < 0:
                    return False
    return True
