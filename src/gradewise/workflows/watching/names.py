"""What files of data are called: wildcards, and dates written as in ``balanced_dataset_%Y%m%d.csv``."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from gradewise.errors import InputError

_DIRECTIVES: Mapping[str, tuple[str, str]] = {
    "Y": ("year", r"\d{4}"),
    "m": ("month", r"\d{2}"),
    "d": ("day", r"\d{2}"),
    "H": ("hour", r"\d{2}"),
    "M": ("minute", r"\d{2}"),
    "S": ("second", r"\d{2}"),
}
_DAY = ("year", "month", "day")
SUFFIXES = (".csv", ".tsv", ".jsonl", ".ndjson", ".parquet")
"""How files end that are taken where no pattern is given; the texts among them ``.gz`` too."""
UNFINISHED = (".tmp", ".temp", ".part", ".partial", ".filepart", ".crdownload", ".swp", "~")
"""How names end under which programs write what they rename later."""
_UNWRITABLE = frozenset({"Cc", "Cs", "Zl", "Zp"})  # controls, undecodable bytes, breaks of lines
DONE = ".done"
"""What stands behind the name of a file that says of another that it is whole."""


def is_unfinished(name: str) -> bool:
    """Whether a file is called like something that is still being written, or is hidden."""
    return name.startswith(".") or name.lower().endswith(UNFINISHED)


def is_writable(name: str) -> bool:
    r"""Whether a file's name can stand in a line of a log; Linux allows any bytes.

    >>> is_writable("å b.csv"), is_writable("a\nb.csv"), is_writable("a\udcff.csv")
    (True, False, False)
    """
    return not any(unicodedata.category(character) in _UNWRITABLE for character in name)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A name that a pattern fits."""

    moment: datetime | None
    """The date in it; ``None`` where the pattern has none."""


@dataclass(frozen=True, slots=True)
class NoDate:
    """A name that would fit, if what stands in it were a date."""

    reason: str
    """Why it is none."""


@dataclass(frozen=True)
class NamePattern:
    """Which names are meant.

    ``%Y %m %d %H %M %S`` stand for parts of a date, each with all its digits, ``*`` for any characters, ``?``
    for one, ``%%`` for a per cent sign.

    >>> pattern = NamePattern("balanced_dataset_%Y%m%d.csv")
    >>> pattern.read("balanced_dataset_20260228.csv")
    Wanted(moment=datetime.datetime(2026, 2, 28, 0, 0))
    >>> pattern.read("balanced_dataset_20260230.csv")
    NoDate(reason='day is out of range for month')
    >>> pattern.read("other.csv") is None
    True

    Raises:
        InputError: the pattern has another directive, only a part of a date, or names a directory.
    """

    text: str
    """As it is written."""

    def __post_init__(self) -> None:
        if not self.text or "/" in self.text or "\\" in self.text:
            raise InputError(f"pattern {self.text!r} names no file; write one such as data_%Y%m%d.csv")
        parts = self._expression.groupindex
        if parts and not parts.keys() >= set(_DAY):
            raise InputError(f"pattern {self.text!r} has a part of a date; write %Y, %m and %d")

    def read(self, name: str) -> Wanted | NoDate | None:
        """What a name says; ``None`` where it is not meant."""
        found = self._expression.fullmatch(name)
        if found is None:
            return None
        parts = {part: int(digits) for part, digits in found.groupdict().items()}
        try:
            return Wanted(datetime(**parts) if parts else None)  # type: ignore[arg-type]  # noqa: DTZ001
        except ValueError as error:
            return NoDate(str(error).split(",")[0])

    @cached_property
    def _expression(self) -> re.Pattern[str]:
        seen: set[str] = set()
        pieces = re.findall(r"%.?|[^%]", self.text, flags=re.DOTALL)
        return re.compile("".join(_piece(piece, seen, self.text) for piece in pieces))


def _piece(piece: str, seen: set[str], pattern: str) -> str:
    if piece in "*?":
        return ".*" if piece == "*" else "."
    if piece == "%%" or not piece.startswith("%"):
        return re.escape(piece[-1])
    if piece[1:] not in _DIRECTIVES:
        known = " ".join(f"%{letter}" for letter in _DIRECTIVES)
        raise InputError(f"pattern {pattern!r} has {piece!r}; it may have {known}, * and ?")
    part, digits = _DIRECTIVES[piece[1:]]
    if part in seen:
        return f"(?P={part})"
    seen.add(part)
    return f"(?P<{part}>{digits})"


@dataclass(frozen=True, slots=True)
class AnyTable:
    """Every table, by how its name ends."""

    def read(self, name: str) -> Wanted | NoDate | None:
        """What a name says; ``None`` where it is not meant."""
        bare = name.lower().removesuffix(".gz")
        return Wanted(None) if bare.endswith(SUFFIXES) else None


Names = NamePattern | AnyTable
"""Which files of a directory are meant."""
