"""Files that may be hostile, or just strangely written."""

import io
import zipfile

import pytest

from shared import imports
from shared.errors import Text
from shared.imports import BadArchive, BadRows, RowError, UnreadableText, decode, read_csv, unpack

HEADER = "Фамилия;Имя\n"


def zipped(*files, **options):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            archive.writestr(name, content, **options)
    return buffer.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1251"])
def test_text_is_decoded_whatever_wrote_it(encoding):
    assert decode("Ёлкина".encode(encoding), "x.csv") == "Ёлкина"


@pytest.mark.parametrize("content", [b"\x00\x01\x02", "Ёлкина".encode("utf-32-le"), b"ab\x98\xff"])
def test_what_is_no_text_is_refused_by_name(content):
    with pytest.raises(UnreadableText) as refused:
        decode(content, "x.csv")
    assert "x.csv" in refused.value.say("ru")[1]


def test_the_files_of_an_archive_are_read_by_their_paths():
    assert unpack(zipped(("a/b.csv", "1"), ("c.csv", "2"))) == {"a/b.csv": b"1", "c.csv": b"2"}


@pytest.mark.parametrize(
    "path", ["../x.csv", "/etc/x.csv", "a/../../x.csv", "C:\\x.csv", "a\\..\\x.csv", "a/../x.csv"]
)
def test_a_path_that_leads_out_is_refused(path):
    with pytest.raises(BadArchive):
        unpack(zipped((path, "1")))


def test_a_link_is_refused():
    link = zipfile.ZipInfo("x.csv")
    link.external_attr = 0o120777 << 16
    with pytest.raises(BadArchive) as refused:
        unpack(zipped((link, "/etc/passwd")))
    assert "ссылка" in refused.value.say("ru")[1]


def test_a_file_that_grows_beyond_measure_is_given_up_while_it_grows():
    with pytest.raises(BadArchive) as refused:
        unpack(zipped(("x.csv", b"0" * 40_000_000)))
    assert "велик" in refused.value.say("ru")[1]


def test_many_files_and_many_bytes_in_all_are_refused(monkeypatch):
    monkeypatch.setattr(imports, "MAX_FILES", 3)
    with pytest.raises(BadArchive):
        unpack(zipped(*((f"{n}.csv", "1") for n in range(4))))
    monkeypatch.setattr(imports, "MAX_TOTAL_BYTES", 10)
    with pytest.raises(BadArchive):
        unpack(zipped(("a.csv", "123456"), ("b.csv", "123456")))


def test_a_damaged_archive_is_refused_whatever_is_broken():
    whole = zipped(("x.csv", "Ёлкина;Анна\n" * 50))
    for at in range(0, len(whole), 3):
        broken = whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :]
        try:
            unpack(broken)
        except BadArchive:
            continue


@pytest.mark.parametrize("by", [",", ";", "\t", "|"])
def test_rows_are_read_with_their_lines_whatever_parts_the_cells(by):
    text = f'Фамилия{by}Имя\n\n"Ёлкина{by}\nАнна"{by} Яна \nЖук{by}Ян\n'

    table = read_csv(text.encode(), "x.csv")

    assert table.columns == ("фамилия", "имя")
    assert [(row.line, row.get("Фамилия"), row.get("ИМЯ")) for row in table.rows] == [
        (3, f"Ёлкина{by.strip()} Анна", "Яна"),
        (5, "Жук", "Ян"),
    ]
    assert table.errors == []


def test_short_rows_end_in_empty_cells_and_long_ones_are_errors():
    table = read_csv(f"{HEADER}Жук\nЖук;Ян;лишнее\nЖук;Ян;;\n".encode(), "x.csv")

    assert [row.get("имя") for row in table.rows] == ["", "Ян", "Ян"]
    assert [(error.line, error.column) for error in table.errors] == [(3, "")]


def test_a_column_named_twice_and_an_endless_cell_are_errors():
    twice = read_csv("Имя;имя\nЯн;Ян\n".encode(), "x.csv")
    endless = read_csv(f"{HEADER}{'я' * 5000};x\n".encode(), "x.csv")

    assert [(error.line, error.column) for error in twice.errors] == [(1, "имя")]
    assert [(error.line, error.column) for error in endless.errors] == [(2, "фамилия")]


def test_a_cell_beyond_the_readers_limit_is_an_error_and_no_crash():
    table = read_csv(f"{HEADER}{'я' * 200_000};x\n".encode(), "x.csv")

    assert table.errors


def test_a_refusal_lists_its_rows_in_order_and_counts_those_left_off(monkeypatch):
    monkeypatch.setattr(imports, "MAX_ERRORS", 2)
    rows = [RowError("b.csv", n, "имя", Text("пусто", "empty")) for n in (3, 2)]

    refused = BadRows([*rows, RowError("a.csv", 9, "", Text("нет", "no"))])

    assert [(row["file"], row["line"]) for row in refused.errors["rows"]] == [("a.csv", 9), ("b.csv", 2)]
    assert "Ошибок: 3" in refused.say("ru")[1]


def test_cells_are_tidied_as_typed_text_is():
    table = read_csv("Фамилия,Имя\n Е\u0308лкина\u00a0 Петрова ,Я\n".encode(), "x.csv")

    assert table.rows[0].get("Фамилия") == "Ёлкина Петрова"


def test_an_endless_file_is_given_up(monkeypatch):
    monkeypatch.setattr(imports, "MAX_ROWS", 10)

    table = read_csv((HEADER + "Жук;Ян\n" * 1000).encode(), "x.csv")

    assert (len(table.rows), [error.line for error in table.errors]) == (11, [12])


def test_an_empty_file_is_an_empty_table():
    assert read_csv(b"", "x.csv").rows == []
