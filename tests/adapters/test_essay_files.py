"""Choosing a reader by name."""

from pathlib import Path

import pytest

from gradewise.adapters.csv_file import CsvFile
from gradewise.adapters.essay_files import open_essay_file
from gradewise.adapters.jsonl_file import JsonlFile
from gradewise.adapters.parquet_file import ParquetFile
from gradewise.errors import InputError


@pytest.mark.parametrize(
    ("name", "reader"),
    [
        ("a.csv", CsvFile),
        ("a.b.CSV.GZ", CsvFile),
        ("a.tsv", CsvFile),
        ("a.jsonl", JsonlFile),
        ("a.ndjson.gz", JsonlFile),
        ("a.parquet", ParquetFile),
    ],
)
def test_the_suffix_chooses_the_reader(name: str, reader: type) -> None:
    """A file's name says how it is read, in whatever case."""
    assert isinstance(open_essay_file(Path(name)), reader)


@pytest.mark.parametrize("name", ["a.doc", "a", "a.gz", "a.parquet.gz", "a.json"])
def test_another_format_is_refused_with_what_is_read(name: str) -> None:
    """A format that is not read is refused with those that are."""
    with pytest.raises(InputError, match=r"save it as \.csv"):
        open_essay_file(Path(name))


@pytest.mark.parametrize("name", ["a.xlsx", "a.XLS", "a.ods"])
def test_a_workbook_is_refused_with_the_way_to_what_is_read(name: str) -> None:
    """Who has a spreadsheet is told what to choose in its menu."""
    with pytest.raises(InputError, match=r"choose Save As and the type CSV UTF-8"):
        open_essay_file(Path(name))
