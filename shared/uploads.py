"""Files that come in and tables that go out: how they are described, read and sent."""

from pathlib import PurePosixPath
from typing import Any

from flask import Response, request

from shared.errors import Invalid, Text
from shared.grids import Grid, read_grids
from shared.sheets import CSV, XLSX

MAX_UPLOAD_BYTES = 50 * 1024 * 1024
LONGEST_NAME = 120

BINARY = {"type": "string", "format": "binary"}


class FileNeeded(Invalid):
    """An import came without its file."""

    title = Text("Нет файла", "No file")
    detail = Text(
        "Приложите файл в поле «file» (multipart/form-data).",
        "Attach the file in the field “file” (multipart/form-data).",
    )


def multipart(file: dict[str, str] = BINARY, **fields: Any) -> dict[str, Any]:
    """Return the description of a body with a file in it, and perhaps other fields."""
    schema = {"type": "object", "required": ["file"], "properties": {"file": file, **fields}}
    return {"content": {"multipart/form-data": {"schema": schema}}, "required": True}


def uploaded() -> bytes:
    """Return the file sent in the multipart field `file`."""
    request.max_content_length = MAX_UPLOAD_BYTES
    file = request.files.get("file")
    if file is None:
        raise FileNeeded
    return bytes(file.read())


def file_name() -> str:
    """Return the uploaded file's own name, wherever it lay."""
    sent = request.files["file"].filename or ""
    return PurePosixPath(sent.replace("\\", "/")).name[:LONGEST_NAME] or "file"


def uploaded_grids() -> list[Grid]:
    """Return the sheets of an uploaded workbook, or the one table of a CSV."""
    content = uploaded()
    return read_grids(content, file_name())


def sent_table(content: bytes, kind: str, name: str) -> Response:
    """Send a table to be saved; `kind` is xlsx or csv and the name's ending."""
    headers = {"Content-Disposition": f'attachment; filename="{name}.{kind}"'}
    return Response(content, content_type=CSV if kind == "csv" else XLSX, headers=headers)
