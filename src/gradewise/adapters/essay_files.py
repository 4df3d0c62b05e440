"""Which reader a file of essays needs, told by its name."""

from collections.abc import Callable, Mapping
from pathlib import Path

from gradewise.adapters.csv_file import CsvFile
from gradewise.adapters.jsonl_file import JsonlFile
from gradewise.adapters.parquet_file import ParquetFile
from gradewise.errors import InputError

EssayFile = CsvFile | JsonlFile | ParquetFile
"""An `EssaySource` on disk, which also has ``notices`` about how it was read."""

_READERS: Mapping[str, Callable[[Path], EssayFile]] = {
    ".csv": CsvFile,
    ".tsv": CsvFile,
    ".txt": CsvFile,
    ".jsonl": JsonlFile,
    ".ndjson": JsonlFile,
    ".parquet": ParquetFile,
}
_WORKBOOKS = (".xlsx", ".xls", ".ods", ".numbers")
_PICKLES = (".pkl", ".pickle")
_COMPRESSIBLE = (".csv", ".tsv", ".txt", ".jsonl", ".ndjson")


def _how_to_save(suffix: str) -> str:
    if suffix in _WORKBOOKS:
        return "in the spreadsheet program, choose Save As and the type CSV UTF-8; what is read: "
    return "save it as "


def open_essay_file(path: Path) -> EssayFile:
    """A file of essays as a table: ``.csv``, ``.tsv``, ``.jsonl``, these with ``.gz``, or ``.parquet``.

    Nothing is read yet.

    Raises:
        InputError: the name says another format, or a pickle, which is never opened unasked.
        MissingDependencyError: it is Parquet, and pyarrow is not installed.
    """
    compressed = path.suffix.lower() == ".gz"
    if path.suffix.lower() in _PICKLES:
        raise InputError(
            f"{path} is a pickle, which is read only where you allow it (data.allow_pickle: true, "
            "--allow-pickle), and only one that you wrote yourself; better save it as .parquet or .jsonl"
        )
    suffix = path.with_suffix("").suffix.lower() if compressed else path.suffix.lower()
    if suffix not in _READERS or (compressed and suffix not in _COMPRESSIBLE):
        raise InputError(
            f"{path} is not a format that is read ({path.suffix or 'no suffix'}); "
            f"{_how_to_save(suffix)}.csv, .tsv, .jsonl (each perhaps .gz) or .parquet"
        )
    return _READERS[suffix](path)
