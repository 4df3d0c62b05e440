"""Parquet files that are written as rows come, and appear whole or not at all (``gradewise[parquet]``)."""

import importlib
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from gradewise.errors import InputError, MissingDependencyError
from gradewise.protocols.tables import TableColumn

ROWS_AT_ONCE = 500
"""Rows that are held as Python values."""
GROUP_BYTES = 16 * 2**20
"""What is held of a row group, uncompressed, before it is written: more would only cost memory."""


class ParquetTable:
    """A Parquet file in the making. A `TableWriter`."""

    def __init__(self, path: Path, columns: Sequence[TableColumn], *, pyarrow: Any, writer: Any) -> None:
        self._path, self._columns = path, columns
        self._pyarrow, self._writer = pyarrow, writer
        self._rows: list[Sequence[Any]] = []
        self._batches: list[Any] = []
        self._held = 0

    def add(self, values: Sequence[Any]) -> None:
        """Take a row, one value a column; ``None`` is absent."""
        self._rows.append(values)
        if len(self._rows) == ROWS_AT_ONCE:
            self._pack()
        if self._held >= GROUP_BYTES:
            self._write_group()

    def describe(self, facts: Mapping[str, str]) -> None:
        """Keep facts about the table in the file."""
        self._writer.add_key_value_metadata(dict(facts))

    def finish(self) -> None:
        """Write what is held, and the footer."""
        self._pack()
        self._write_group()
        self._writer.close()

    def _pack(self) -> None:
        if self._rows:
            columns = zip(*self._rows, strict=True)
            arrays = [
                self._pyarrow.array(values, type=field.type)
                for values, field in zip(columns, self._writer.schema, strict=True)
            ]
            batch = self._pyarrow.RecordBatch.from_arrays(arrays, schema=self._writer.schema)
            self._batches.append(batch)
            self._held += batch.nbytes
            self._rows = []

    def _write_group(self) -> None:
        if self._batches:
            self._writer.write_table(self._pyarrow.Table.from_batches(self._batches))
            self._batches, self._held = [], 0


@contextmanager
def parquet_table(path: Path, columns: Sequence[TableColumn]) -> Iterator[ParquetTable]:
    """Write a Parquet file: it takes its name when the block ends well, and leaves nothing when it does not.

    Raises:
        InputError: the name does not end in ``.parquet``.
        MissingDependencyError: pyarrow is not installed.
        OSError: it cannot be written.
    """
    pyarrow, parquet = _pyarrow(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            kinds = {
                "text": pyarrow.string(),
                "number": pyarrow.float64(),
                "boolean": pyarrow.bool_(),
                "time": pyarrow.timestamp("us", tz="UTC"),
            }
            schema = pyarrow.schema([(column.name, kinds[column.holds]) for column in columns])
            with parquet.ParquetWriter(file, schema, compression="zstd") as writer:
                table = ParquetTable(path, columns, pyarrow=pyarrow, writer=writer)
                yield table
                table.finish()
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o644)
        Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)


def _pyarrow(path: Path) -> tuple[Any, Any]:
    if path.suffix != ".parquet":
        raise InputError(f"{path} is no name of a Parquet file; let it end in .parquet")
    try:
        return importlib.import_module("pyarrow"), importlib.import_module("pyarrow.parquet")
    except ImportError as error:
        raise MissingDependencyError(
            f"writing {path} needs pyarrow: pip install 'gradewise[parquet]'"
        ) from error
