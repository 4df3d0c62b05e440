"""Essays from JSON Lines: one JSON object a line."""

import json
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from gradewise.adapters.table_file import TableFile, open_bytes, reading
from gradewise.errors import InputError
from gradewise.essays.bad_rows import BadRow, Fault
from gradewise.essays.suggestions import quotable

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
DEEPEST = 20
"""Lists and objects within each other in one value."""


class JsonlFile(TableFile):
    """Rows of a JSON Lines file, ``.gz`` or not, in UTF-8.

    The columns are all keys that occur, in the order in which they first do, so that finding them reads
    the file once. Numbers keep their spelling; lists and objects stay JSON. An `EssaySource`.
    """

    def columns(self) -> tuple[str, ...]:
        """Every key that occurs, in order of first occurrence."""
        return self._columns

    def records(self) -> Iterator[Mapping[str, str] | BadRow]:
        """Rows in order, streamed; empty lines are passed over, absent keys are empty, bad lines told."""
        columns = self._columns
        for number, item in self._objects():
            if isinstance(item, Fault):
                yield BadRow(f"line {number}", item)
                continue
            row = {name: _text(item.get(name)) for name in columns}
            if any("\0" in cell for cell in row.values()):
                yield BadRow(f"line {number}", Fault("NUL character", "it holds a NUL character"))
            else:
                yield row

    @cached_property
    def _columns(self) -> tuple[str, ...]:
        columns: dict[str, None] = {}
        first = ""
        for number, item in self._objects():
            if isinstance(item, Fault):
                first = first or str(BadRow(f"line {number}", item))
            else:
                columns |= dict.fromkeys(item)
        if not columns and first:
            raise InputError(f"{self.location}, {first}")
        if not columns:
            raise InputError(f"{self.location} is empty; it must hold one JSON object a line")
        return tuple(columns)

    def _objects(self) -> Iterator[tuple[int, dict[str, Any] | Fault]]:
        """Each line's object with the number of the line, or what is wrong with it."""
        with reading(self._path), open_bytes(self._path) as handle:
            for number, line in enumerate(handle, start=1):
                content = line.removeprefix(_BYTE_ORDER_MARK) if number == 1 else line
                if content.strip():
                    yield number, _parse_line(content)


class _Spelled(str):
    """A number as it is written."""

    __slots__ = ()


class _Constant(str):
    """``NaN`` or ``Infinity``, which some writers put for absent values."""

    __slots__ = ()


class _TwiceError(ValueError):
    """An object that holds a key twice."""


def _parse_line(line: bytes) -> dict[str, Any] | Fault:
    try:
        item = _DECODER.decode(line.decode())
        if isinstance(item, dict):
            for value in item.values():
                _require_shallow(value)
            return item
    except UnicodeDecodeError as error:
        detail = f"is not UTF-8 at byte {error.start + 1} (0x{line[error.start]:02x}); save the file as UTF-8"
        return Fault("not UTF-8", detail)
    except json.JSONDecodeError as error:
        return Fault("not JSON", f"is not JSON: {error.msg.removesuffix(' at')} at character {error.colno}")
    except _TwiceError as error:
        return Fault("key twice", f"key {error} stands twice in it; give each value a name of its own")
    except RecursionError:
        return Fault("nested too deeply", "is nested too deeply; write one flat object a line")
    kind = type(item).__name__
    return Fault(
        "not an object", f"is a JSON {_KINDS.get(kind, kind)}, not an object; write one object a line"
    )


def _require_shallow(value: object, depth: int = 0) -> None:
    """Pass when lists and objects are not nested deeper than anybody reads them; raises `RecursionError`."""
    if isinstance(value, list | dict):
        if depth >= DEEPEST:
            raise RecursionError
        inner = value if isinstance(value, list) else value.values()
        if depth == 0 and isinstance(value, list) and value and isinstance(value[0], _Spelled):
            inner = [each for each in value if isinstance(each, list | dict)]
        for each in inner:
            _require_shallow(each, depth + 1)


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    item = dict(pairs)
    if len(item) < len(pairs):
        keys = [key for key, _ in pairs]
        raise _TwiceError(repr(quotable(next(key for key in keys if keys.count(key) > 1))))
    return item


_DECODER = json.JSONDecoder(
    object_pairs_hook=_distinct, parse_int=_Spelled, parse_float=_Spelled, parse_constant=_Constant
)
_KINDS = {"_Spelled": "number", "_Constant": "number", "str": "string", "bool": "truth", "NoneType": "null"}


def _text(value: object) -> str:
    if value is None or isinstance(value, _Constant):
        return ""
    if isinstance(value, str):
        return str(value)
    return f"[{', '.join(map(_written, value))}]" if isinstance(value, list) else _written(value)


def _written(value: object) -> str:
    """As JSON, numbers as they were spelled."""
    return value if isinstance(value, _Spelled | _Constant) else json.dumps(value, ensure_ascii=False)
