"""Plain values out of a pickle, read without the `pickle` module: nothing in it can call anything.

A pickle is a program for a small stack machine. Of its instructions only those are known here that build
``None``, truths, numbers, texts, lists, tuples and dicts; any other, such as the one that finds a class or
the one that calls it, ends the reading. What is allocated is bounded by the size of the file: lengths are
checked against what is left, and the memo is a dict, so that no index can make it large.

Source: https://docs.python.org/3/library/pickle.html and ``Lib/pickletools.py``, protocols 2 to 5.
"""

import struct
from collections.abc import Callable, Mapping
from typing import Any

from gradewise.errors import InputError
from gradewise.essays.suggestions import quotable

MOST_AT_ONCE = 1000
"""Decimal numbers that are read in one step."""
_DECIMAL_SIZE = 9
LARGEST_INTEGER = 16
"""Bytes of the longest whole number."""

_MARK = object()
_ADVICE = (
    "write plain lists and dicts of texts and numbers, or better a .parquet file (frame.to_parquet(path))"
)


class _Stopped(Exception):  # noqa: N818 - the end of a sound pickle is no error
    """The last instruction."""


class _Machine:
    """A stack, a memo and the bytes that are left."""

    def __init__(self, content: bytes) -> None:
        self.content, self.at = memoryview(content), 0
        self.stack: list[Any] = []
        self.memo: dict[int, Any] = {}

    def take(self, n: int) -> memoryview:
        """The next bytes."""
        end = self.at + n
        if end > len(self.content):
            raise InputError("it ends in the middle of a value")
        taken, self.at = self.content[self.at : end], end
        return taken

    def number(self, form: str) -> Any:
        """A number in this form of `struct`."""
        return struct.unpack(form, self.take(struct.calcsize(form)))[0]

    def text(self, form: str) -> str:
        """A text after its length."""
        return str(self.take(self.number(form)), "utf-8", "surrogatepass")

    def to_mark(self) -> list[Any]:
        """What lies above the last mark, taken off."""
        place = len(self.stack) - 1 - self.stack[::-1].index(_MARK)
        above = self.stack[place + 1 :]
        del self.stack[place:]
        return above

    def tuple_of(self, n: int) -> None:
        """The last values as a tuple."""
        values = self.stack[-n:]
        if len(values) < n or any(each is _MARK for each in values):
            raise IndexError
        self.stack[-n:] = [tuple(values)]

    def append(self, values: list[Any]) -> None:
        """To the list below them."""
        last = self.stack[-1]
        if type(last) is not list:
            raise TypeError
        last.extend(values)

    def set_items(self, values: list[Any]) -> None:
        """In the dict below them; a key that is no text is none of a table."""
        last = self.stack[-1]
        if type(last) is not dict or len(values) % 2:
            raise TypeError
        for key, value in zip(values[::2], values[1::2], strict=True):
            if type(key) is not str:
                raise InputError(f"a dict in it has a key that is no text but of type {type(key).__name__}")
            last[key] = value

    def integer(self, form: str) -> int:
        """A long whole number, lowest byte first."""
        size = self.number(form)
        if not 0 <= size <= LARGEST_INTEGER:
            raise InputError("it holds a whole number that is too large")
        return int.from_bytes(self.take(size), "little", signed=True)

    def decimals(self) -> list[float]:
        """The decimal numbers that follow one another here, each after its own instruction; at least one.

        Vectors are nearly all that large files hold; read one by one they take ten times as long.
        """
        begin = self.at - 1
        codes = bytes(self.content[begin : begin + MOST_AT_ONCE * _DECIMAL_SIZE : _DECIMAL_SIZE])
        left = (len(self.content) - begin) // _DECIMAL_SIZE
        n = max(1, min(len(codes) - len(codes.lstrip(b"G")), left))
        self.at = begin
        return list(struct.unpack(">" + "xd" * n, self.take(n * _DECIMAL_SIZE)))

    def skip_line(self) -> str:
        """The next text up to a line end."""
        rest = bytes(self.content[self.at : self.at + 256])
        line, _, _ = rest.partition(b"\n")
        self.at += len(line) + 1
        return line.decode("ascii", "replace")


def _stop(_machine: _Machine) -> None:
    raise _Stopped


def _refused(what: str) -> Callable[[_Machine], None]:
    def refuse(_machine: _Machine) -> None:
        raise InputError(f"it {what}, and nothing but plain values is read; {_ADVICE}")

    return refuse


def _find_class(machine: _Machine) -> None:
    name = f"{machine.skip_line()}.{machine.skip_line()}"
    raise InputError(f"it asks for {quotable(name)!r}, and nothing but plain values is read; {_ADVICE}")


def _find_stacked_class(machine: _Machine) -> None:
    name = ".".join(str(each) for each in machine.stack[-2:] if type(each) is str)
    raise InputError(f"it asks for {quotable(name)!r}, and nothing but plain values is read; {_ADVICE}")


_PUSH: Mapping[bytes, Callable[[_Machine], Any]] = {
    b"N": lambda _: None,
    b"\x88": lambda _: True,
    b"\x89": lambda _: False,
    b"]": lambda _: [],
    b"}": lambda _: {},
    b")": lambda _: (),
    b"(": lambda _: _MARK,
    b"K": lambda machine: machine.number("<B"),
    b"M": lambda machine: machine.number("<H"),
    b"J": lambda machine: machine.number("<i"),
    b"\x8a": lambda machine: machine.integer("<B"),
    b"\x8b": lambda machine: machine.integer("<i"),
    b"\x8c": lambda machine: machine.text("<B"),
    b"X": lambda machine: machine.text("<I"),
    b"\x8d": lambda machine: machine.text("<Q"),
    b"h": lambda machine: machine.memo[machine.number("<B")],
    b"j": lambda machine: machine.memo[machine.number("<I")],
    b"l": lambda machine: machine.to_mark(),
    b"t": lambda machine: tuple(machine.to_mark()),
}
"""Instructions that put a value on the stack."""

_ACT: Mapping[bytes, Callable[[_Machine], Any]] = {
    b"G": lambda machine: machine.stack.extend(machine.decimals()),
    b"\x80": lambda machine: machine.take(1),
    b"\x95": lambda machine: machine.take(8),
    b"\x94": lambda machine: machine.memo.__setitem__(len(machine.memo), machine.stack[-1]),
    b"q": lambda machine: machine.memo.__setitem__(machine.number("<B"), machine.stack[-1]),
    b"r": lambda machine: machine.memo.__setitem__(machine.number("<I"), machine.stack[-1]),
    b"a": lambda machine: machine.append([machine.stack.pop()]),
    b"e": lambda machine: machine.append(machine.to_mark()),
    b"s": lambda machine: machine.set_items([machine.stack.pop(-2), machine.stack.pop()]),
    b"u": lambda machine: machine.set_items(machine.to_mark()),
    b"\x85": lambda machine: machine.tuple_of(1),
    b"\x86": lambda machine: machine.tuple_of(2),
    b"\x87": lambda machine: machine.tuple_of(3),
    b".": _stop,
    b"c": _find_class,
    b"i": _find_class,
    b"\x93": _find_stacked_class,
    b"R": _refused("calls something"),
    b"o": _refused("makes an object"),
    b"\x81": _refused("makes an object"),
    b"\x92": _refused("makes an object"),
    b"b": _refused("makes an object"),
    b"P": _refused("names an object that is kept elsewhere"),
    b"Q": _refused("names an object that is kept elsewhere"),
    b"\x82": _refused("asks for a registered class"),
    b"\x83": _refused("asks for a registered class"),
    b"\x84": _refused("asks for a registered class"),
    b"C": _refused("holds bytes"),
    b"B": _refused("holds bytes"),
    b"\x8e": _refused("holds bytes"),
    b"\x96": _refused("holds bytes"),
}
"""Instructions that change what is there, and those that are refused by name."""


def _pushing(push: Callable[[_Machine], Any]) -> Callable[[_Machine], None]:
    return lambda machine: machine.stack.append(push(machine))


_INSTRUCTIONS = {code[0]: _pushing(push) for code, push in _PUSH.items()}
_INSTRUCTIONS |= {code[0]: act for code, act in _ACT.items()}


def read_plain_pickle(content: bytes) -> Any:
    """The value of a pickle of plain values: None, truths, numbers, texts, lists, tuples and dicts.

    Raises:
        InputError: it asks for anything else, or is damaged; nothing in it has been run.
    """
    machine = _Machine(content)
    try:
        while True:
            _INSTRUCTIONS.get(machine.take(1)[0], _unknown)(machine)
    except _Stopped:
        value = machine.stack[-1] if machine.stack else _MARK
    except (IndexError, KeyError, TypeError, ValueError, struct.error) as error:
        raise InputError(f"it is damaged at byte {machine.at:,}") from error
    if value is _MARK:
        raise InputError("it is damaged: it ends without a value")
    return value


def _unknown(machine: _Machine) -> None:
    code = machine.content[machine.at - 1]
    raise InputError(
        f"it holds instruction 0x{code:02x}, which plain values of protocol 2 to 5 do not need; {_ADVICE}"
    )
