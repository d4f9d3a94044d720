"""Files as people hand them in, good and bad, made in memory."""

import io
import zipfile
import zlib

OFFICE = "application/vnd.openxmlformats-officedocument"
MAIN = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml", "pptx": "ppt/presentation.xml"}
OPEN = {"odt": "text", "ods": "spreadsheet", "odp": "presentation"}
PNG = bytes.fromhex("89504e470d0a1a0a0000000d494844520000000100000001080600000000000000")
JPEG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffd9")
MP3 = b"ID3\x03\0\0\0\0\0\0\xff\xfb\x90\x64" + b"\0" * 200
M4A = b"\0\0\0\x20ftypM4A \0\0\0\0M4A mp42isom\0\0\0\0"
PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n%%EOF\n"


def package(parts: dict[str, bytes], *, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", compression) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return packed.getvalue()


def office(kind: str, *, types: bytes = b"<Types/>", **more: bytes) -> bytes:
    return package({"[Content_Types].xml": types, MAIN[kind]: b"<x/>", **more})


def open_document(kind: str, **more: bytes) -> bytes:
    media = f"application/vnd.oasis.opendocument.{OPEN[kind]}".encode()
    return package({"mimetype": media, "content.xml": b"<x/>", **more})


def pdf_with_packed(objects: bytes) -> bytes:
    return (
        b"%PDF-1.7\n1 0 obj\n<< /Type /ObjStm /N 1 >>\nstream\n" + zlib.compress(objects) + b"\nendstream\n"
    )


GOOD = {
    "Доклад.pdf": PDF,
    "Сочинение.docx": office("docx"),
    "Таблица.xlsx": office("xlsx"),
    "Рассказ.pptx": office("pptx"),
    "Текст.odt": open_document("odt"),
    "Счёт.ods": open_document("ods"),
    "Показ.odp": open_document("odp"),
    "рисунок.png": PNG,
    "ФОТО.JPG": JPEG,
    "ответ.txt": "№ 12: 5 > 3, а 2 < 4".encode(),
    "старый.txt": "Ответ из старой программы".encode("cp1251"),
    "чтение.mp3": MP3,
    "голос.m4a": M4A,
}
BOMB = office("docx", **{f"word/media/{n}.bin": bytes(60_000_000) for n in range(5)})
BAD = {
    "a page as a text": ("page.txt", b"<html><script>alert(1)</script></html>"),
    "a drawing with a script as a text": ("x.txt", b"<?xml version='1.0'?><svg onload='x'/>"),
    "a shell script as a text": ("x.txt", b"#!/bin/sh\nrm -rf /\n"),
    "a program as a text": ("x.txt", b"MZ\x90\x00\x03" + b"\0" * 60),
    "a program as a PDF": ("x.pdf", b"MZ\x90\x00\x03" + b"\0" * 60),
    "a page as a picture": ("x.png", b"<html></html>"),
    "a picture with a page behind it": ("x.png", PNG + b"<script>alert(1)</script>"),
    "an archive behind a picture": ("x.jpg", JPEG + package({"a.class": b"x"})),
    "an archive behind a PDF": ("x.pdf", PDF + package({"a.class": b"x"})),
    "a PDF before a document": ("x.docx", b"%PDF-1.7\n" + office("docx")),
    "an archive as a document": ("x.docx", package({"x.txt": b"x"})),
    "a sheet as a text": ("x.docx", office("xlsx")),
    "an old document": ("x.docx", bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 512),
    "a macro": ("x.docx", office("docx", **{"word/vbaProject.bin": b"x"})),
    "a macro by its type alone": (
        "x.xlsx",
        office("xlsx", types=b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"),
    ),
    "an embedded program": ("x.docx", office("docx", **{"word/embeddings/oleObject1.bin": b"MZ"})),
    "a script in an open document": ("x.odt", open_document("odt", **{"Basic/Standard/Module1.xml": b"x"})),
    "another open document": ("x.odt", open_document("ods")),
    "a script in a PDF": ("x.pdf", PDF + b"<< /S /JavaScript /JS (app.alert(1)) >>"),
    "a script by a disguised name": ("x.pdf", PDF + b"<< /S /Java#53cript >>"),
    "a script packed in a PDF": ("x.pdf", pdf_with_packed(b"<< /S /JavaScript >>")),
    "a launch in a PDF": ("x.pdf", PDF + b"<< /S /Launch /F (cmd.exe) >>"),
    "a bomb": ("x.docx", BOMB),
    "a small bomb": ("x.docx", office("docx", **{"word/media/1.bin": bytes(20_000_000)})),
    "a document of unknown parts": ("x.docx", office("docx", types=b"x")),
    "a damaged document": ("x.docx", office("docx")[:-40]),
    "nothing": ("x.pdf", b""),
}
