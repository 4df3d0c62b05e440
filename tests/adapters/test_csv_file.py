"""CSV files as schools and spreadsheets write them."""

import csv
import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

from gradewise.adapters.csv_file import CsvFile
from gradewise.errors import InputError
from gradewise.essays.bad_rows import BadRow
from gradewise.testing.contracts.essay_source import EssaySourceContract, MakeSource, Rows

Write = Callable[[bytes], CsvFile]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Store bytes as a CSV file."""

    def store(content: bytes) -> CsvFile:
        path = tmp_path / "essays.csv"
        path.write_bytes(content)
        return CsvFile(path)

    return store


class TestCsvFile(EssaySourceContract):
    """A plain CSV file."""

    @pytest.fixture(params=[(",", ""), (";", ""), ("\t", ""), (",", ".gz")], ids=repr)
    def make_source(self, request: pytest.FixtureRequest, tmp_path: Path) -> MakeSource:
        """Store rows as CSV."""
        delimiter, suffix = request.param

        def store(rows: Rows) -> CsvFile:
            path = tmp_path / f"essays.csv{suffix}"
            opened = gzip.open if suffix else open
            with opened(path, "wt", encoding="utf-8", newline="") as handle:
                writer = csv.DictWriter(handle, list(rows[0]), delimiter=delimiter)
                writer.writeheader()
                writer.writerows(rows)
            return CsvFile(path)

        return store


def test_a_spreadsheet_in_windows_1252_is_read_and_said(write: Write) -> None:
    """Semicolons and Windows-1252, as a Swedish spreadsheet saves, are understood and noticed."""
    source = write("id;text\r\n1;En resa på sjön\r\n".encode("cp1252"))
    assert [dict(row) for row in source.rows()] == [{"id": "1", "text": "En resa på sjön"}]
    assert "Windows-1252" in source.notices[0]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_unicode_is_read_without_a_notice(write: Write, encoding: str) -> None:
    """UTF-8 with or without a mark, and UTF-16 with one, are read as they are."""
    source = write("text,grade\nPå sjön,A\n".encode(encoding))
    assert source.columns() == ("text", "grade")
    assert [row["text"] for row in source.rows()] == ["På sjön"]
    assert source.notices == ()


def test_a_declared_delimiter_is_obeyed(write: Write) -> None:
    """A first line ``sep=;`` sets the delimiter and is no header."""
    source = write(b"sep=|\na|b,c\n1|2\n3\n")
    assert source.columns() == ("a", "b,c")
    with pytest.raises(InputError, match="line 4: 1 fields"):
        list(source.rows())


def test_empty_lines_are_passed_over(write: Write) -> None:
    """Lines without anything are no rows, before the header or after it."""
    source = write(b"\r\na,b\r\n\r\n1,2\r\n\r\n")
    assert [dict(row) for row in source.rows()] == [{"a": "1", "b": "2"}]


def test_rows_that_a_spreadsheet_cleared_end_no_table(write: Write) -> None:
    """Empty cells after the last row are no rows; between rows they stay, so that others keep their place."""
    assert [{"a": "1", "b": "2"}, {"a": "", "b": " "}, {"a": "3", "b": "4"}] == list(
        write(b"a,b\n1,2\n, \n3,4\n,\n\n,\n").records()
    )


def test_a_column_without_a_name_gets_one(write: Write) -> None:
    """Nameless columns are called by their position."""
    assert write(b"a,,\n1,2,3\n").columns() == ("a", "column 2", "column 3")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"\n \n", "is empty"),
        (b"sep=;\n", "is empty"),
        (b"a,b,a\n", "column 'a' twice"),
        (b'"a,b\n1,2\n', "column names cannot be read"),
        (b"a,b\n1,2\n1,2,3\n", "line 3: 3 fields, and the header has 2"),
        (b'a,b\n1,"2\n3,4\n', "line 2: a double quote is not closed"),
        (b'a,b\n1,"2"x\n', "line 2: a double quote .* stands within a cell"),
        ("a,b\nå,ä\n".encode() + b"\xe5,x\n", r"line 3 is not UTF-8 at byte 1 \(0xe5\)"),
        (b"a,b\n\xe5\x81,x\n", r"line 2 is not UTF-8 at byte 1 \(0xe5\)"),
        (b"a,\xe5\n\xc3\xa5,2\n", "the name of column 2 is not UTF-8"),
        ("a,b\n1,2\n".encode("utf-16") + b"x", "not sound UTF-16"),
    ],
)
def test_what_cannot_be_read_is_one_clear_line(write: Write, content: bytes, message: str) -> None:
    """A malformed file is refused with its place, in one line."""
    source = write(content)
    with pytest.raises(InputError, match=message) as caught:
        list(source.rows())
    assert source.location in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_damaged_archive_is_refused(tmp_path: Path) -> None:
    """A truncated or false ``.gz`` is called damaged."""
    path = tmp_path / "essays.csv.gz"
    path.write_bytes(gzip.compress(b"a,b\n" + bytes(range(256)) * 99)[:80])
    with pytest.raises(InputError, match="damaged"):
        CsvFile(path).columns()
    path.write_bytes(b"a,b\n")
    with pytest.raises(InputError, match="damaged"):
        CsvFile(path).columns()


def test_an_absent_file_is_named(tmp_path: Path) -> None:
    """A path without a file, or with a directory, is an input error."""
    with pytest.raises(InputError, match="does not exist"):
        CsvFile(tmp_path / "none.csv").columns()
    with pytest.raises(InputError, match="does not exist"):
        CsvFile(tmp_path / "none.csv").sha256()
    with pytest.raises(InputError, match="is a directory"):
        CsvFile(tmp_path).columns()


def test_a_file_that_may_not_be_read_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Any other fault of the file system becomes an input error."""

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(InputError, match="cannot be read: Permission denied"):
        CsvFile(tmp_path / "essays.csv").columns()


def _told(source: CsvFile) -> list[str | tuple[str, ...]]:
    """Sound rows as their cells, bad ones as place and reason."""
    return [
        f"{row.place}: {row.fault.reason}" if isinstance(row, BadRow) else tuple(row.values())
        for row in source.records()
    ]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("1\n2,b,c,d\n3,c\n", ["line 2: too few cells", "line 3: too many cells", ("3", "c")]),
        ('1,"a\n2,b\n3,"c"\n', ["line 2: broken quotes", ("2", "b"), ("3", "c")]),
        ('1,"a\n2,b\n3,c\n', ["line 2: broken quotes", ("2", "b"), ("3", "c")]),
        ('1,"a\n2,"b\n3,c\n', ["line 2: broken quotes", "line 3: broken quotes", ("3", "c")]),
        ('1,"a\n2,b\n3,c"\n4,d\n', [("1", "a\n2,b\n3,c"), ("4", "d")]),
        ('1,"a\n2,b\n3,c",x\n4,d\n', ["lines 2 to 4: too many cells", ("4", "d")]),
        (
            '1,"a, b\nhe said "no", then\nleft"\n4,d\n',
            ["lines 2 to 3: broken quotes", "line 4: too few cells", ("4", "d")],
        ),
        ("1,a\0b\n2,b\n", ["line 2: NUL character", ("2", "b")]),
    ],
    ids=[
        "cells", "not closed", "never closed", "two in a row", "closed late", "closed late with a cell more",
        "a quote in a text of several lines", "zero byte",
    ],
)  # fmt: skip
def test_a_malformed_row_takes_no_sound_one_with_it(
    write: Write, content: str, told: list[str | tuple[str, ...]]
) -> None:
    """It is told in its place, and reading goes on with the next row."""
    assert told == _told(write(f"id,text\n{content}".encode()))


def test_where_no_cell_holds_line_breaks_an_open_quote_ends_with_its_line(write: Write) -> None:
    """What follows is looked at line by line, sound or not; the numbers of lines stay right."""
    sound = "".join(f"{number},text {number}\n" for number in range(30))
    told = _told(write(f'id,text\n{sound}x,"open\ny\nz, with a blank\n7,"closed"\nå,b'.encode()))[30:]
    assert ["line 32: broken quotes", "line 33: too few cells", ("z", " with a blank")] == told[:3]
    assert [("7", "closed"), ("å", "b")] == told[3:]
    late = _told(write(f'id,text\n{sound}x,"open\n8,b\n9,c",d\n10,e\n'.encode()))[30:]
    assert ["line 32: broken quotes", ("8", "b"), "line 34: too many cells", ("10", "e")] == late


def test_a_quote_that_is_never_closed_does_not_hold_the_file_in_memory(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After so many characters it is given up."""
    monkeypatch.setattr("gradewise.adapters.csv_records.LONGEST_RECORD", 50)
    told = _told(write(b'id,text\n1,"a\n' + b"2,b\n" * 40))
    assert ["line 2: broken quotes", ("2", "b")] == told[:2]
    assert 41 == len(told)


def test_a_line_that_is_no_utf_8_is_told_alone(write: Write) -> None:
    """Where other lines are sound UTF-8, the file is damaged rather than of another encoding."""
    assert [("1", "å"), "line 3: not UTF-8", ("3", "ö")] == _told(
        write(b"id,text\n1,\xc3\xa5\n2,\xe5\n3,\xc3\xb6\n")
    )
