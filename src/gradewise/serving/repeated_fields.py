"""Fields that come twice in one JSON object: of those, each reader takes another one for the right one."""

import json
from collections.abc import Mapping
from typing import Any

import msgspec

from gradewise.errors import InputError
from gradewise.essays.bad_rows import shown

_ONCE = msgspec.json.Decoder(dict[str, msgspec.Raw])


def require_single(body: bytes) -> None:
    """Refuse an object in which a field comes twice; objects within it are left alone.

    What stands before a service, such as a filter, may have read the first one, where the service reads the
    last one. An object without repetition that a program wrote is, field by field, what it was sent as: that
    is found several times faster than by looking at each field.

    Args:
        body: A JSON object that was decoded before.

    Raises:
        InputError: the message names the field; or what others sent within is nested too deeply to tell.

    Source: RFC 8259, section 4, on names that should be unique; RFC 7493, section 2.3, that they must.
    """
    try:
        pairs = _Pairs() if body == _as_programs_write(_ONCE.decode(body), body) else _all_pairs(body)
    except (msgspec.DecodeError, ValueError, RecursionError):
        raise InputError("it cannot be told whether a field comes twice; send plain JSON") from None
    pairs.require_single()


def _all_pairs(body: bytes) -> "_Pairs":
    # A number of any length is of no interest, and would take long to read.
    pairs: _Pairs = json.loads(
        body.decode(errors="replace"), object_pairs_hook=_Pairs, parse_int=str, parse_float=str
    )
    return pairs


def _as_programs_write(fields: Mapping[str, msgspec.Raw], body: bytes) -> bytes:
    """An object of these fields, with blanks where its first field has one, and nowhere else."""
    name = next(iter(fields), "")
    is_spaced = body[len(name) + 4 : len(name) + 5] == b" "
    before, after, between = b'{"', *((b'": ', b', "') if is_spaced else (b'":', b',"'))
    parts: list[bytes | msgspec.Raw] = []
    for name, value in fields.items():
        parts += before, name.encode(), after, value
        before = between
    return b"".join([*parts, b"}"])


class _Pairs(list[tuple[str, Any]]):
    """Fields of an object with what they hold, in the order in which they were sent."""

    def require_single(self) -> None:
        """Raise where one comes twice."""
        seen: set[str] = set()
        for name, _ in self:
            if name in seen:
                raise InputError(f"field {shown(name)} comes twice; send it once")
            seen.add(name)
