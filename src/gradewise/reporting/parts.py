"""What reports are made of: tables, pictures, and sections that any topic may add."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Self

Kind = Literal["good", "warn", "bad", "info"]
"""What a statement amounts to."""

MOST_ROWS = 40
"""Longer tables are cut, and say so."""
SHORT = 4
"""Most columns of a table that stands open beside its picture, and a third of its rows."""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of text under a head."""

    columns: tuple[str, ...]
    """The head; the first column names the row, the others hold figures."""
    rows: tuple[tuple[str, ...], ...]
    """Cells, as many in each row as in the head."""
    left_out: int = 0
    """Rows cut off; they are in the record."""
    prose: bool = False
    """Whether cells hold words rather than figures."""


def table(columns: Sequence[str], rows: Iterable[Sequence[str]], *, prose: bool = False) -> Table:
    """A table of at most `MOST_ROWS` rows."""
    every = [tuple(row) for row in rows]
    return Table(tuple(columns), tuple(every[:MOST_ROWS]), max(0, len(every) - MOST_ROWS), prose)


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture that can be read without a statistician."""

    heading: str
    """What it shows, in a reader's words."""
    svg: str
    """The picture, as markup that is safe to show; empty where the numbers say more."""
    reading: str
    """How to read it."""
    table: Table | None
    """The same in numbers."""

    @classmethod
    def in_numbers(cls, heading: str, reading: str, shown: Table) -> Self:
        """A table without a picture: what it shows, how to read it, and the numbers."""
        return cls(heading, "", reading, shown)

    @property
    def wide(self) -> bool:
        """Whether it is a table that needs the whole width of a page."""
        most = 2 if self.table and self.table.prose else 3
        return not self.svg and bool(self.table and len(self.table.columns) > most)

    @property
    def short(self) -> bool:
        """Whether its numbers take no more room than the picture."""
        return bool(self.table and len(self.table.columns) <= SHORT and len(self.table.rows) <= 3 * SHORT)

    @property
    def shown(self) -> bool:
        """Whether there is anything to look at."""
        return bool(self.svg or (self.table and self.table.rows))


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence or two of a verdict."""

    kind: Kind
    """``good``, ``warn``, ``bad``, or ``info`` where the figures do not decide."""
    text: str
    """Plain text, not escaped: names in it are as the user spelled them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One topic of a report, shown after the figures of the model: every rendering shows it alike."""

    name: str
    """Names it in the record and in links: letters, digits and ``_``, unique within a report."""
    heading: str
    """The topic, in a reader's words."""
    intro: str
    """What the section is about and how far to trust it, in a sentence or three."""
    figures: tuple[Figure, ...]
    """Pictures with their tables, in reading order."""
    statements: tuple[Statement, ...] = ()
    """What the topic adds to the verdict of the report, weightiest first."""
    record: Mapping[str, Any] = field(default_factory=dict)
    """The same for programs: JSON values, ``None`` where a figure is not defined."""
