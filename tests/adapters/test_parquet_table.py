"""Parquet files that are written as rows come."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from unittest.mock import patch

import pyarrow.parquet as pq
import pytest

from gradewise.adapters import parquet_table as module
from gradewise.adapters.parquet_table import parquet_table
from gradewise.errors import InputError, MissingDependencyError
from gradewise.protocols.tables import TableColumn

COLUMNS = (TableColumn("text", "text"), TableColumn("x", "number"), TableColumn("at", "time"))


def test_rows_come_back_in_row_groups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Groups are bounded by what they hold; nothing is lost between them."""
    monkeypatch.setattr(module, "GROUP_BYTES", 4000)
    path, moment = tmp_path / "deep" / "a.parquet", datetime(2025, 1, 1, tzinfo=UTC)
    with parquet_table(path, COLUMNS) as table:
        for n in range(1234):
            table.add((f"text {n}", n / 2, moment if n else None))
        table.describe({"facts": "å"})
    assert [("text 0", 0.0, None), ("text 1", 0.5, moment)] == [
        tuple(row.values()) for row in pq.read_table(path).slice(0, 2).to_pylist()
    ]
    metadata = pq.read_metadata(path)
    assert (1234, 3, "å".encode()) == (
        metadata.num_rows,
        metadata.num_row_groups,
        metadata.metadata[b"facts"],
    )
    assert ["a.parquet"] == [each.name for each in path.parent.iterdir()]


def test_a_failure_leaves_the_old_file(tmp_path: Path) -> None:
    """Whole or not at all: nothing of the new one stays."""
    path = tmp_path / "a.parquet"
    path.write_text("old")
    with pytest.raises(ZeroDivisionError), parquet_table(path, COLUMNS) as table:
        table.add(("a", 1 / 0, None))
    assert ("old", [path]) == (path.read_text(), list(tmp_path.iterdir()))


def test_other_names_and_a_missing_library_are_refused(tmp_path: Path) -> None:
    """The message says what to do."""
    with pytest.raises(InputError, match="end in .parquet"), parquet_table(tmp_path / "a.csv", COLUMNS):
        pass
    with (
        patch.dict(sys.modules, {"pyarrow": None}),
        pytest.raises(MissingDependencyError, match=r"gradewise\[parquet\]"),
        parquet_table(tmp_path / "a.parquet", COLUMNS),
    ):
        pass
