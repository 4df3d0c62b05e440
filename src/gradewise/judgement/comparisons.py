"""Judges say which of two essays is better: the decisions, as rows and as arrays."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import nan
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from gradewise.errors import InputError
from gradewise.essays.cell_limits import NO_TEXT
from gradewise.essays.numbers import finite_number
from gradewise.essays.spreadsheet_cells import unshielded
from gradewise.judgement.decisions import Comparison

Floats = NDArray[np.float64]
"""Any array of figures."""
Ints = NDArray[np.int64]
"""Codes: positions in a tuple of names."""
Flags = NDArray[np.bool_]
"""Yes or no, element by element."""

UNKNOWN_JUDGE = -1
"""The code of a judge who is not named."""

Reason = Literal["missing item", "unknown item", "self-pair", "undecided", "bad confidence"]
"""Why a row is no comparison, in the order in which it is looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparisonColumns:
    """Which column of a table of decisions holds what."""

    first: str = "candidate_chosen"
    """One item."""
    second: str = "candidate_not_chosen"
    """The other."""
    winner: str | None = None
    """Which was better: the item itself, ``first``/``second`` or ``essay_a``/``essay_b``; anything else is
    undecided. ``None`` where the first column is the better one: then nobody knows which was shown first."""
    judge: str | None = "judge"
    """Who decided."""
    confidence: str | None = None
    """How sure the judge was."""

    @property
    def named(self) -> tuple[str, ...]:
        """Every column that is asked for."""
        roles = (self.first, self.second, self.winner, self.judge, self.confidence)
        return tuple(name for name in roles if name is not None)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Comparisons:
    """Decisions between items, as arrays with one entry a comparison."""

    items: tuple[str, ...]
    """What is compared, sorted; some may have been in no comparison."""
    first: Ints
    """Position in `items` of the one shown first: shape ``(n,)``."""
    second: Ints
    """Position of the other: shape ``(n,)``."""
    first_won: Flags
    """Whether the first was found better: shape ``(n,)``."""
    judge_names: tuple[str, ...]
    """Who decided, sorted."""
    judges: Ints
    """Position in `judge_names`, or `UNKNOWN_JUDGE`: shape ``(n,)``."""
    confidences: NDArray[np.float64]
    """How sure judges were, ``nan`` where they did not say: shape ``(n,)``."""
    positions_known: bool = True
    """Whether `first` is what was shown first, and not merely what won."""

    @property
    def n(self) -> int:
        """Comparisons."""
        return self.first.size

    @property
    def winners(self) -> Ints:
        """Position in `items` of the better one: shape ``(n,)``."""
        return np.where(self.first_won, self.first, self.second)

    @property
    def losers(self) -> Ints:
        """Position in `items` of the other one: shape ``(n,)``."""
        return np.where(self.first_won, self.second, self.first)

    def only(self, chosen: Flags | Ints) -> "Comparisons":
        """Some of the comparisons, between the same items.

        Args:
            chosen: A flag each, shape ``(n,)``, or positions, which may repeat.
        """
        return replace(
            self,
            first=self.first[chosen],
            second=self.second[chosen],
            first_won=self.first_won[chosen],
            judges=self.judges[chosen],
            confidences=self.confidences[chosen],
        )

    def swapped(self) -> "Comparisons":
        """The same decisions with first and second exchanged."""
        return replace(self, first=self.second, second=self.first, first_won=~self.first_won)


@dataclass(frozen=True, slots=True)
class Judged:
    """The comparisons of a table, and what became of the rest."""

    comparisons: Comparisons
    """What was decided."""
    set_aside: Mapping[Reason, int]
    """Rows left out, by reason; only reasons that occurred."""
    first_rows: Mapping[Reason, int] = field(default_factory=dict)
    """The first row left out for each reason, counted from 1."""


def compare(
    decided: Iterable[Comparison], *, items: Collection[str] | None = None, positions_known: bool = True
) -> Comparisons:
    """Make arrays of decisions.

    Args:
        decided: One each.
        items: Everything that could be compared; what occurs in `decided` when left out.
        positions_known: Whether `Comparison.first` is what was shown first.

    Raises:
        InputError: an item is compared with itself, is not among `items`, or there is no item at all.

    >>> compare([Comparison("b", "a", first_won=True)]).items
    ('a', 'b')
    """
    rows = tuple(decided)
    occurring = {row.first for row in rows} | {row.second for row in rows}
    names = tuple(sorted(occurring if items is None else set(items)))
    _check(rows, occurring.difference(names), n_items=len(names))
    code = {name: position for position, name in enumerate(names)}
    judges = tuple(sorted({row.judge for row in rows} - {""}))
    judge_code = {name: position for position, name in enumerate(judges)} | {"": UNKNOWN_JUDGE}
    sureness = (nan if row.confidence is None else row.confidence for row in rows)
    return Comparisons(
        items=names,
        first=np.array([code[row.first] for row in rows], dtype=np.int64),
        second=np.array([code[row.second] for row in rows], dtype=np.int64),
        first_won=np.array([row.first_won for row in rows], dtype=np.bool_),
        judge_names=judges,
        judges=np.array([judge_code[row.judge] for row in rows], dtype=np.int64),
        confidences=np.fromiter(sureness, dtype=np.float64, count=len(rows)),
        positions_known=positions_known,
    )


def _check(rows: Sequence[Comparison], unknown: Collection[str], *, n_items: int) -> None:
    if unknown:
        raise InputError(
            f"item {min(unknown)!r} is compared and is not among the {n_items} items given; add it, or leave "
            "its comparisons out"
        )
    if n_items == 0:
        raise InputError("there is no comparison and no item; give at least one comparison")
    for row in rows:
        if row.first == row.second:
            raise InputError(f"item {row.first!r} is compared with itself; leave that comparison out")


def take_in(
    rows: Iterable[Mapping[str, str]],
    columns: ComparisonColumns | None = None,
    *,
    items: Collection[str] | None = None,
) -> Judged:
    """Make comparisons of the rows of a table; a row that is none is set aside and counted.

    Args:
        rows: Cells by column name.
        columns: Which column holds what; when left out, the names that published sessions use.
        items: Everything that could be compared; a row about anything else is set aside.

    Raises:
        InputError: a column is missing, or no row is a comparison and no `items` are given.

    >>> table = [{"candidate_chosen": "b", "candidate_not_chosen": "a", "judge": "7"},
    ...          {"candidate_chosen": "a", "candidate_not_chosen": "a", "judge": "7"}]
    >>> take_in(table).set_aside
    {'self-pair': 1}
    """
    columns = columns or ComparisonColumns()
    known = None if items is None else frozenset(items)
    read = [_read_row(row, columns, known=known) for row in rows]
    decided = [row for row in read if isinstance(row, Comparison)]
    aside = [(row, place) for place, row in enumerate(read, start=1) if not isinstance(row, Comparison)]
    counts = Counter(reason for reason, _ in aside)
    if aside and not decided and known is None:
        raise InputError(f"no row is a comparison: {_counted(counts, columns)}")
    comparisons = compare(decided, items=known, positions_known=columns.winner is not None)
    return Judged(comparisons, dict(counts), dict(reversed(aside)))


def _counted(counts: Mapping[Reason, int], columns: ComparisonColumns) -> str:
    """Reasons with their counts, and what to do about the one that a file not yet filled in has."""
    said = ", ".join(f"{count} {reason}" for reason, count in counts.items())
    if "undecided" in counts and columns.winner is not None:
        return f"{said}; write the id of the better essay into column {columns.winner!r}"
    return f"{said}; give at least one comparison"


def _read_row(
    row: Mapping[str, str], columns: ComparisonColumns, *, known: frozenset[str] | None
) -> Comparison | Reason:
    """The comparison that a row is, or why it is none."""
    cells = _cells(row, columns)
    first, second = cells[columns.first], cells[columns.second]
    if not (first and second):
        return "missing item"
    if known is not None and not known >= {first, second}:
        return "unknown item"
    if first == second:
        return "self-pair"
    first_won = columns.winner is None or _first_won(cells[columns.winner], first=first, second=second)
    if first_won is None:
        return "undecided"
    try:
        confidence = _confidence(cells.get(columns.confidence or "", ""))
    except InputError:
        return "bad confidence"
    return Comparison(first, second, first_won, cells.get(columns.judge or "", ""), confidence)


def _cells(row: Mapping[str, str], columns: ComparisonColumns) -> dict[str, str]:
    missing = [name for name in columns.named if name not in row]
    if missing:
        raise InputError(f"column {missing[0]!r} is missing; there are {', '.join(map(repr, row))}")
    stripped = {name: unshielded(row[name].strip()) for name in columns.named}
    return {name: "" if cell.lower() in _NOTHING else cell for name, cell in stripped.items()}


_NOTHING = NO_TEXT | {"na"}  # as R writes it


def _first_won(winner: str, *, first: str, second: str) -> bool | None:
    """Whether the first is the winner; ``None`` when that is not decided."""
    if winner in (first, "first", "essay_a"):
        return True
    return False if winner in (second, "second", "essay_b") else None


def _confidence(cell: str) -> float | None:
    return finite_number(cell) if cell else None
