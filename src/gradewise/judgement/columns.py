"""Which column of a table of decisions holds what, told by the names that such tables use."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gradewise.errors import InputError
from gradewise.judgement.comparisons import ComparisonColumns

DECIDED = (
    ("candidate_chosen", "candidate_not_chosen"),
    ("chosen", "notchosen"),
    ("chosen", "not_chosen"),
    ("winner_id", "loser_id"),
    ("winner", "loser"),
    ("better", "worse"),
)
"""Pairs of columns of which the first holds the better item, in small letters."""
SHOWN = (
    ("essay_a_els_id", "essay_b_els_id"),
    ("essay_a_id", "essay_b_id"),
    ("essay_a", "essay_b"),
    ("first", "second"),
    ("left", "right"),
    ("item_a", "item_b"),
    ("a_id", "b_id"),
    ("id1", "id2"),
)
"""Pairs of columns that hold the items as they were shown; another column holds the winner."""
WINNERS = ("winner", "winner_essay_id", "winner_id", "better_id", "preferred", "choice")
JUDGES = ("judge", "judge_id", "judgeid", "judge_name", "assessor", "rater", "rater_id")
CONFIDENCES = ("confidence", "judge_confidence")


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedColumns:
    """Columns that somebody named; ``None`` where the table is to tell."""

    first: str | None = None
    """One item."""
    second: str | None = None
    """The other."""
    winner: str | None = None
    """Which was better."""
    judge: str | None = None
    """Who decided."""
    confidence: str | None = None
    """How sure the judge was."""


def guess_columns(columns: Sequence[str], named: NamedColumns | None = None) -> ComparisonColumns:
    """Which column holds what: as named, else by usual names, capitals or not.

    Args:
        columns: Of the table.
        named: What somebody said; both items, or neither.

    Raises:
        InputError: a named column is missing, one item alone is named, or no two columns hold items.

    >>> guess_columns(["ID1", "ID2", "better_id"]).winner
    'better_id'
    >>> guess_columns(["candidate_chosen", "candidate_not_chosen"]).winner is None
    True
    """
    named = named or NamedColumns()
    _check_named(columns, named)
    present = {column.strip().casefold(): column for column in reversed(columns)}
    first, second, decided = _items(columns, present, named)
    winner = named.winner
    if winner is None and not decided:
        winner = _usual(present, WINNERS, taken={first, second})
        if winner is None:
            raise InputError(
                f"columns {first!r} and {second!r} hold the essays, and none holds the winner among "
                f"{_listed(columns)}; name it: --winner COLUMN"
            )
    return ComparisonColumns(
        first=first,
        second=second,
        winner=winner,
        judge=named.judge or _usual(present, JUDGES),
        confidence=named.confidence or _usual(present, CONFIDENCES),
    )


def _check_named(columns: Sequence[str], named: NamedColumns) -> None:
    for name in (named.first, named.second, named.winner, named.judge, named.confidence):
        if name is not None and name not in columns:
            raise InputError(f"column {name!r} is missing; there are {_listed(columns)}")
    if (named.first is None) != (named.second is None):
        raise InputError(
            f"--first is {named.first!r} and --second is {named.second!r}; name both columns, or neither"
        )


def _items(columns: Sequence[str], present: Mapping[str, str], named: NamedColumns) -> tuple[str, str, bool]:
    """The columns of the items, and whether the first of them holds the better one."""
    if named.first is not None and named.second is not None:
        pair = (named.first.strip().casefold(), named.second.strip().casefold())
        known = pair in DECIDED or _usual(present, WINNERS, taken={named.first, named.second}) is None
        return named.first, named.second, known and named.winner is None and pair not in SHOWN
    usual = [(pair, True) for pair in DECIDED] + [(pair, False) for pair in SHOWN]
    for (one, other), decided in usual:
        if one in present and other in present:
            return present[one], present[other], decided and named.winner is None
    raise InputError(
        f"no two columns hold essays that were compared among {_listed(columns)}; name them: "
        "--first COLUMN --second COLUMN, and --winner COLUMN unless the first is the better one"
    )


def _usual(present: Mapping[str, str], usual: Sequence[str], *, taken: set[str] | None = None) -> str | None:
    found = (present[name] for name in usual if name in present)
    return next((name for name in found if name not in (taken or set())), None)


def _listed(columns: Sequence[str]) -> str:
    return ", ".join(repr(column) for column in columns)
