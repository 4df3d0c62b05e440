"""Essays from JSON Lines: one JSON object a line."""

import json
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from gradewise.adapters.table_file import file_sha256, open_bytes, reading
from gradewise.errors import InputError

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class JsonlFile:
    """Rows of a JSON Lines file, ``.gz`` or not, in UTF-8.

    The columns are all keys that occur, in the order in which they first do, so that finding them reads
    the file once. Numbers keep their spelling; lists and objects stay JSON. An `EssaySource`.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def location(self) -> str:
        """The path."""
        return str(self._path)

    @property
    def notices(self) -> tuple[str, ...]:
        """What a user should know about how the file was read: nothing."""
        return ()

    def columns(self) -> tuple[str, ...]:
        """Every key that occurs, in order of first occurrence."""
        return self._columns

    def rows(self) -> Iterator[Mapping[str, str]]:
        """Rows in order, streamed; empty lines are passed over, absent keys are empty."""
        columns = self._columns
        for item in self._objects():
            yield {name: _text(item.get(name)) for name in columns}

    def sha256(self) -> str:
        """Digest of the stored bytes."""
        return file_sha256(self._path)

    @cached_property
    def _columns(self) -> tuple[str, ...]:
        columns = tuple(dict.fromkeys(name for item in self._objects() for name in item))
        if not columns:
            raise InputError(f"{self.location} is empty; it must hold one JSON object a line")
        return columns

    def _objects(self) -> Iterator[dict[str, Any]]:
        with reading(self._path), open_bytes(self._path) as handle:
            for number, line in enumerate(handle, start=1):
                content = line.removeprefix(_BYTE_ORDER_MARK) if number == 1 else line
                if content.strip():
                    yield _parse_line(content, f"{self.location}, line {number}")


def _parse_line(line: bytes, where: str) -> dict[str, Any]:
    try:
        item = json.loads(line.decode(), parse_int=str, parse_float=str, parse_constant=_not_a_number)
    except UnicodeDecodeError as error:
        raise InputError(f"{where}, byte {error.start + 1} is not UTF-8; save the file as UTF-8") from error
    except json.JSONDecodeError as error:
        raise InputError(f"{where} is not JSON: {error.msg} at character {error.colno}") from error
    except RecursionError as error:
        raise InputError(f"{where} is nested too deeply; write one flat object a line") from error
    if not isinstance(item, dict):
        raise InputError(f"{where} is a JSON {type(item).__name__}, not an object; write one object a line")
    return item


def _not_a_number(_spelling: str) -> None:
    """Read ``NaN`` and ``Infinity``, which some writers put for absent values, as null."""


def _text(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
