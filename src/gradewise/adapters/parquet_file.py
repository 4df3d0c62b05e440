"""Essays from Parquet, by pyarrow (``pip install 'gradewise[parquet]'``)."""

import importlib
import json
import math
from collections.abc import Iterator, Mapping
from datetime import date, time
from functools import cached_property
from pathlib import Path
from typing import Any

from gradewise.adapters.table_file import TableFile, reading, require_distinct
from gradewise.errors import InputError, MissingDependencyError
from gradewise.essays.bad_rows import BadRow, Fault

_ROWS_AT_ONCE = 1024
PROVENANCE = b"gradewise.provenance"
"""Under which name a file says where its essays came from."""


class ParquetFile(TableFile):
    """Rows of a Parquet file. Dates become ISO 8601, lists and structs JSON. An `EssaySource`."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        try:
            self._parquet: Any = importlib.import_module("pyarrow.parquet")
            self._pyarrow: Any = importlib.import_module("pyarrow")
        except ImportError as error:
            raise MissingDependencyError(
                f"reading {path} needs pyarrow: pip install 'gradewise[parquet]'"
            ) from error

    @property
    def notices(self) -> tuple[str, ...]:
        """What a user should know about the labels, where the file says where it came from."""
        with reading(self._path), self._path.open("rb") as handle:
            facts = self._opened(handle).metadata.metadata or {}
        return _label_notices(facts.get(PROVENANCE), of=self.location)

    def columns(self) -> tuple[str, ...]:
        """Column names, in order."""
        return self._columns

    def records(self) -> Iterator[Mapping[str, str] | BadRow]:
        """Rows in order, some at a time; nulls and not-a-numbers are empty, rows that hold bytes told."""
        columns, row = self._columns, 0
        for batch in self._batches():
            for item in batch:
                row += 1
                held = next((name for name in columns if isinstance(item[name], bytes)), None)
                if held is None:
                    yield {name: _text(item[name]) for name in columns}
                else:
                    yield BadRow(f"row {row}, {held}", Fault("not plain", "holds bytes; store it as text"))

    @cached_property
    def _columns(self) -> tuple[str, ...]:
        with reading(self._path), self._path.open("rb") as handle:
            columns = tuple(str(name) for name in self._opened(handle).schema_arrow.names)
        if not columns:
            raise InputError(f"{self.location} has no columns; give a table of texts and labels")
        require_distinct(columns, self.location)
        return columns

    def _batches(self) -> Iterator[list[dict[str, Any]]]:
        with reading(self._path), self._path.open("rb") as handle:
            batches = self._opened(handle).iter_batches(batch_size=_ROWS_AT_ONCE)
            while (batch := self._translated(lambda: next(batches, None))) is not None:
                yield batch.to_pylist()

    def _opened(self, handle: Any) -> Any:
        return self._translated(lambda: self._parquet.ParquetFile(handle))

    def _translated(self, read: Any) -> Any:
        """Do a step of reading, in our words when it fails."""
        try:
            return read()
        except (self._pyarrow.ArrowException, OSError) as error:
            raise InputError(f"{self.location} is not a sound Parquet file; write it again") from error


def _label_notices(record: bytes | None, *, of: str) -> tuple[str, ...]:
    try:
        label = json.loads(record or b"{}").get("label", {})
        origin, circular = label.get("origin"), label.get("circular")
    except (ValueError, AttributeError):  # somebody else's record
        return ()
    if origin != "judgement":
        return ()
    beside = "; columns beside it decide the label: do not train on them" if circular else ""
    notice = (
        f"the grades of {of} come of comparative judgement, not from teachers: figures say how well those "
        f"are imitated, wherever a teacher’s grade is named{beside}"
    )
    return (notice,)


def _text(value: object) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool | list | dict):
        return json.dumps(value, ensure_ascii=False, default=str)
    return value.isoformat() if isinstance(value, date | time) else str(value)
