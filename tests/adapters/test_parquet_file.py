"""Parquet files."""

import datetime as dt
import sys
from pathlib import Path
from typing import Any

import pytest

from gradewise.adapters.parquet_file import ParquetFile
from gradewise.errors import InputError, MissingDependencyError
from gradewise.essays.bad_rows import BadRow
from gradewise.testing.contracts.essay_source import EssaySourceContract, MakeSource, Rows

pyarrow = pytest.importorskip("pyarrow", reason="needs the extra gradewise[parquet]")
parquet: Any = pytest.importorskip("pyarrow.parquet", reason="needs the extra gradewise[parquet]")


class TestParquetFile(EssaySourceContract):
    """A Parquet file."""

    @pytest.fixture
    def make_source(self, tmp_path: Path) -> MakeSource:
        """Store rows as Parquet."""

        def store(rows: Rows) -> ParquetFile:
            path = tmp_path / "essays.parquet"
            parquet.write_table(pyarrow.Table.from_pylist([dict(row) for row in rows]), path)
            return ParquetFile(path)

        return store


def _stored(path: Path, table: Any) -> ParquetFile:
    parquet.write_table(table, path)
    return ParquetFile(path)


def test_values_of_every_kind_become_text(tmp_path: Path) -> None:
    """Null and not-a-number are empty, dates are ISO 8601, lists are JSON."""
    row = {
        "a": 3.0,
        "b": 7,
        "c": dt.datetime(2025, 5, 14, 9, 30, tzinfo=dt.UTC),
        "d": True,
        "e": ["å"],
        "f": dt.date(2025, 5, 14),
    }
    source = _stored(tmp_path / "a.parquet", pyarrow.Table.from_pylist([row, {"a": float("nan")}]))
    assert [tuple(found.values()) for found in source.rows()] == [
        ("3.0", "7", "2025-05-14T09:30:00+00:00", "true", '["å"]', "2025-05-14"),
        ("", "", "", "", "", ""),
    ]
    assert source.notices == ()


def test_bytes_are_refused(tmp_path: Path) -> None:
    """A column of bytes has no text; the message names row and column."""
    source = _stored(tmp_path / "a.parquet", pyarrow.Table.from_pylist([{"a": "x", "b": b"y"}]))
    with pytest.raises(InputError, match="row 1, b holds bytes"):
        list(source.rows())
    (row,) = source.records()
    assert isinstance(row, BadRow)
    assert ("row 1, b", "not plain") == (row.place, row.fault.reason)


def test_doubtful_columns_are_refused(tmp_path: Path) -> None:
    """A table must have columns, each once."""
    twice = pyarrow.Table.from_arrays([pyarrow.array([1]), pyarrow.array([2])], names=["a", "a"])
    with pytest.raises(InputError, match="column 'a' twice"):
        _stored(tmp_path / "a.parquet", twice).columns()
    with pytest.raises(InputError, match="has no columns"):
        _stored(tmp_path / "b.parquet", pyarrow.table({})).columns()


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    """What is no Parquet, or damaged inside, is an input error; so is an absent file."""
    path = tmp_path / "a.parquet"
    path.write_bytes(b"PAR1 nothing of the kind PAR1")
    with pytest.raises(InputError, match="not a sound Parquet file"):
        ParquetFile(path).columns()
    _stored(path, pyarrow.table({"a": [f"text {number}" for number in range(5000)]}))
    content = bytearray(path.read_bytes())
    content[10:3000] = b"\xff" * 2990
    path.write_bytes(content)
    with pytest.raises(InputError, match="not a sound Parquet file"):
        list(ParquetFile(path).rows())
    with pytest.raises(InputError, match="does not exist"):
        ParquetFile(tmp_path / "none.parquet").columns()


def test_without_pyarrow_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where pyarrow is not installed the error says how to get it."""
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    with pytest.raises(MissingDependencyError, match=r"pip install 'gradewise\[parquet\]'"):
        ParquetFile(tmp_path / "a.parquet")
