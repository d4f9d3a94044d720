"""What all file imports have in common: hostile archives, unknown encodings, and bad rows.

An import validates everything first and reports every bad row with its place; it is applied
whole or not at all.
"""

import csv
import io
import stat
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import PurePosixPath

from shared.errors import Invalid, Text
from shared.names import tidy

MAX_FILES = 200
MAX_FILE_BYTES = 64 * 1024 * 1024
MAX_TOTAL_BYTES = 200 * 1024 * 1024
MAX_RATIO = 200  # A list of names shrinks to a tenth; a bomb to a thousandth.
MAX_ERRORS = 1000
MAX_ROWS = 200_000
MAX_CELL = 4000
SHOWN = 100  # Of a wrong value, to find it again.

DELIMITERS = ",;\t|"
_CHUNK = 64 * 1024


@dataclass(frozen=True, slots=True)
class RowError:
    """One thing wrong in a file: where, and what to do about it. Line 1 is the header; 0, the file."""

    file: str
    line: int
    column: str
    reason: Text
    value: str = ""


class BadRows(Invalid):
    """Some rows of a file cannot be taken over; `rows` are all of them."""

    title = Text("Файл не принят", "The file was not accepted")
    detail = Text(
        "Ошибок: {count}. Ничего не загружено. Исправьте указанные строки и загрузите файл снова.",
        "{count} errors. Nothing was imported. Correct the rows named and import the file again.",
    )

    def __init__(self, rows: Sequence[RowError]) -> None:
        """Keep the rows; their reasons are said in the language of whoever reads them."""
        self.rows = sorted(rows, key=lambda row: (row.file, row.line))[:MAX_ERRORS]
        super().__init__(errors={"rows": [_plain(row) for row in self.rows]}, count=len(rows))


def _plain(row: RowError) -> dict[str, object]:
    return {part.name: getattr(row, part.name) for part in fields(row)}


class BadArchive(Invalid):
    """The archive is damaged, or built to do harm."""

    title = Text("Архив не принят", "The archive was not accepted")
    detail = Text(
        "{why} Соберите обычный ZIP с файлами CSV и загрузите его снова.",
        "{why_en} Make a plain ZIP of the CSV files and import it again.",
    )


class UnreadableText(Invalid):
    """A file is not text in any encoding we know."""

    title = Text("Файл не является текстом", "The file is not text")
    detail = Text(
        "«{file}» не читается ни как UTF-8, ни как Windows-1251. Сохраните его в UTF-8 и загрузите снова.",
        "“{file}” is neither UTF-8 nor Windows-1251. Save it as UTF-8 and import it again.",
    )


def decode(content: bytes, file: str) -> str:
    """Decode by the byte order mark, else as strict UTF-8, else as Windows-1251."""
    boms = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
    marked = [encoding for bom, encoding in boms if content.startswith(bom)]
    for encoding in marked or ["utf-8", "cp1251"]:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise UnreadableText(file=file)


def unpack(content: bytes) -> dict[str, bytes]:
    """Return the files of a ZIP by their path, read into memory and nowhere else.

    Refuses paths that leave the archive, links, encrypted or doubled entries, and anything that
    grows beyond measure while it is read; the sizes an archive tells of itself are not believed.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            infos = [info for info in archive.infolist() if not info.is_dir()]
            _check_names(infos)
            return dict(_read_all(archive, infos))
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError, ValueError) as wrong:
        raise BadArchive(why="Архив повреждён.", why_en="The archive is damaged.") from wrong


def _check_names(infos: Sequence[zipfile.ZipInfo]) -> None:
    if len(infos) > MAX_FILES:
        raise BadArchive(why="В архиве слишком много файлов.", why_en="The archive holds too many files.")
    seen: set[str] = set()
    for info in infos:
        path = PurePosixPath(info.filename.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or ":" in info.filename:
            raise BadArchive(why="Путь ведёт за пределы архива.", why_en="A path leads out of the archive.")
        if stat.S_ISLNK(info.external_attr >> 16):
            raise BadArchive(why="В архиве есть ссылка.", why_en="The archive holds a link.")
        if info.flag_bits & 1:
            raise BadArchive(why="Архив зашифрован.", why_en="The archive is encrypted.")
        if str(path).casefold() in seen:
            raise BadArchive(why="Файл записан в архив дважды.", why_en="A file is in the archive twice.")
        seen.add(str(path).casefold())


def _read_all(archive: zipfile.ZipFile, infos: Iterable[zipfile.ZipInfo]) -> Iterator[tuple[str, bytes]]:
    left = MAX_TOTAL_BYTES
    for info in infos:
        limit = min(left, MAX_FILE_BYTES, max(info.compress_size, _CHUNK) * MAX_RATIO)
        read = bytearray()
        with archive.open(info) as stream:
            while chunk := stream.read(_CHUNK):
                read += chunk
                if len(read) > limit:
                    raise BadArchive(why="Архив слишком велик.", why_en="The archive is too large.")
        left -= len(read)
        yield str(PurePosixPath(info.filename.replace("\\", "/"))), bytes(read)


def is_zip(content: bytes) -> bool:
    """Whether the content is a ZIP archive."""
    return content.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def delimiter_of(text: str) -> str:
    """Return the delimiter of a CSV: the one that parts its header most often outside of quotes."""
    header = next((line for line in text.splitlines() if line.strip()), "")
    plain = "".join(header.split('"')[::2])
    return max(DELIMITERS, key=plain.count)


@dataclass(frozen=True)
class Row:
    """One row of a CSV: its line in the file, and its cells by the header's names, stripped."""

    file: str
    line: int
    cells: dict[str, str]

    def get(self, *names: str) -> str:
        """Return the first of these columns that is there and filled; else an empty text."""
        return next((value for name in names if (value := self.cells.get(name.casefold(), ""))), "")

    def error(self, column: str, ru: str, en: str) -> RowError:
        """Say what is wrong in a column of this row."""
        return RowError(self.file, self.line, column, Text(ru, en), self.get(column)[:SHOWN])


@dataclass(frozen=True)
class Table:
    """A CSV read whole: header names in lower case, rows, and what could not be read."""

    file: str
    columns: tuple[str, ...]
    rows: list[Row]
    errors: list[RowError]


def read_csv(content: bytes, file: str) -> Table:
    """Read a CSV of unknown encoding and delimiter; empty lines are passed over.

    A row with more cells than the header is an error; one with fewer has empty cells at its end.
    """
    text = decode(content, file)
    table = Table(file, (), [], [])
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text), strict=False)
    columns: list[str] = []
    end = 0
    try:
        for cells in reader:
            start, end = end + 1, reader.line_num
            stripped = [tidy(cell) for cell in cells]
            if not any(stripped):
                continue
            if not columns:
                columns = [cell.casefold() for cell in stripped]
                table.errors.extend(_twice(file, columns))
                continue
            _take(table, start, columns, stripped)
            if len(table.rows) > MAX_ROWS:
                said = Text(f"Больше {MAX_ROWS} строк; разделите файл.", f"More than {MAX_ROWS} rows.")
                table.errors.append(RowError(file, start, "", said))
                break
    except csv.Error as wrong:
        said = Text(f"Строку не удалось прочитать: {wrong}.", f"The line cannot be read: {wrong}.")
        table.errors.append(RowError(file, reader.line_num, "", said))
    return Table(file, tuple(columns), table.rows, table.errors)


def _twice(file: str, columns: Sequence[str]) -> Iterator[RowError]:
    for column in sorted({name for name in columns if name and columns.count(name) > 1}):
        yield RowError(
            file, 1, column, Text("Столбец назван дважды; оставьте один.", "Named twice; keep one column.")
        )


def _take(table: Table, line: int, columns: Sequence[str], cells: Sequence[str]) -> None:
    row = Row(table.file, line, dict(zip(columns, cells, strict=False)))
    if any(cells[len(columns) :]):
        table.errors.append(
            row.error("", "Ячеек больше, чем столбцов; проверьте кавычки.", "More cells than columns.")
        )
    long = next((name for name, cell in row.cells.items() if len(cell) > MAX_CELL), None)
    if long is not None:
        table.errors.append(row.error(long, "Текст слишком длинный.", "The text is too long."))
    table.rows.append(row)
