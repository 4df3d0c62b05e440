"""From the rows of a table to essays: columns named, labels spelled by the scale, damage repaired."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from gradewise.errors import InputError
from gradewise.essays.bad_rows import FILE_REASONS, REASONS, BadRow, Rejected
from gradewise.essays.cell_limits import MAX_CHARACTERS, MAX_ID_CHARACTERS, NO_TEXT
from gradewise.essays.expectations import Expectations, require_expected_columns
from gradewise.essays.given_names import parse_given
from gradewise.essays.prompt_scales import PromptScales
from gradewise.essays.records import Essay
from gradewise.essays.row_reading import ColumnMap, row_reader
from gradewise.essays.scales import Scale
from gradewise.essays.suggestions import quotable, suggest

__all__ = (
    "MAX_CHARACTERS", "MAX_ID_CHARACTERS", "NO_TEXT", "REASONS", "ColumnMap", "Intake", "OnBadRows",
    "Rejected", "examine_rows", "take_in",
)  # fmt: skip

OnBadRows = Literal["stop", "set_aside"]


@dataclass(frozen=True, slots=True)
class Intake:
    """The essays of a table, and what became of the rest."""

    essays: tuple[Essay, ...]
    """Usable essays in table order, ids unique, at least one."""
    set_aside: tuple[Rejected, ...] = ()
    """Rows left out."""
    repaired: Mapping[str, int] = field(default_factory=dict)
    """Essays by kind of repair made to their text."""


def take_in(
    rows: Iterable[Mapping[str, str] | BadRow],
    columns: Sequence[str],
    column_map: ColumnMap,
    scale: Scale | PromptScales | None,
    *,
    location: str,
    on_bad_rows: OnBadRows = "stop",
    trait_scale: Scale | PromptScales | None = None,
    max_characters: int = MAX_CHARACTERS,
    expected: Expectations | None = None,
    needs_words: bool = False,
) -> Intake:
    """Make essays of rows.

    Args:
        rows: the table, each row a mapping from column to text, absent values empty; or a row that could not
            be read.
        columns: the table's columns.
        column_map: which column holds what.
        scale: spells the labels; ``None`` keeps them as they are.
        location: where the rows come from, for messages.
        on_bad_rows: whether a bad row is an error, or is left out and listed.
        trait_scale: spells the grades of traits; ``None`` keeps them as they are.
        max_characters: a longer text is a bad row.
        expected: what columns must hold; a row that holds otherwise is a bad row.
        needs_words: whether a text without a word is a bad row: there is nothing in it to grade.

    Raises:
        InputError: a column is missing, a row is bad (with ``stop``), or nothing is left.
    """
    taken = examine_rows(
        rows, columns, column_map, scale, location=location, trait_scale=trait_scale,
        max_characters=max_characters, expected=expected, needs_words=needs_words,
    )  # fmt: skip
    rejected, n_rows = taken.set_aside, len(taken.essays) + len(taken.set_aside)
    if rejected and (on_bad_rows == "stop" or not taken.essays):
        told = _Refusal(rejected, n_rows, location, on_bad_rows, graded=column_map.label is not None)
        raise InputError(told.message)
    if not taken.essays:
        raise InputError(f"{location} has no rows under its header; it must hold at least one essay")
    return taken


def examine_rows(
    rows: Iterable[Mapping[str, str] | BadRow],
    columns: Sequence[str],
    column_map: ColumnMap,
    scale: Scale | PromptScales | None,
    *,
    location: str,
    trait_scale: Scale | PromptScales | None = None,
    max_characters: int = MAX_CHARACTERS,
    expected: Expectations | None = None,
    needs_words: bool = False,
) -> Intake:
    """Look at every row, sound or not, as `take_in` does; there may be no sound one.

    Raises:
        InputError: a column is missing.
    """
    _require_columns(columns, column_map, scale, location)
    require_expected_columns(expected or {}, columns, location)
    reader = row_reader(
        columns, column_map, (scale, trait_scale), location=location, max_characters=max_characters,
        expected=expected or {}, needs_words=needs_words,
    )  # fmt: skip
    essays: list[Essay] = []
    rejected: list[Rejected] = []
    repaired: Counter[str] = Counter()
    seen: dict[str, int] = {}
    for number, row in enumerate(rows, start=1):
        found = (
            Rejected(number, "", row.fault.reason, str(row), location=reader.location)
            if isinstance(row, BadRow)
            else reader.read(number, row, seen)
        )
        if isinstance(found, Rejected):
            rejected.append(found)
        else:
            essays.append(found[0])
            repaired.update(found[1])
    return Intake(tuple(essays), tuple(rejected), dict(sorted(repaired.items())))


def _require_columns(
    columns: Sequence[str], column_map: ColumnMap, scale: Scale | PromptScales | None, location: str
) -> None:
    _require_present(columns, column_map, location)
    _refuse_taught(columns, column_map, location)
    if isinstance(scale, PromptScales) and column_map.prompt is None:
        raise InputError(f"{location}: a scale for each prompt needs the prompt's column; set columns.prompt")
    if column_map.second_label is not None and column_map.second_label == column_map.label:
        raise InputError(
            f"{location}: column {quotable(column_map.label)!r} cannot hold both the teacher's grades and a "
            "second teacher's; name another column in data.columns.second_label"
        )


def _require_present(columns: Sequence[str], column_map: ColumnMap, location: str) -> None:
    for name in column_map.named:
        column = parse_given(name, columns).column if name in column_map.given else name
        if column not in columns:
            present = ", ".join(quotable(column) for column in columns)
            raise InputError(
                f"{location} has no column {quotable(name)!r}"
                f"{', a given feature' if name in column_map.given else ''}; it has {present}"
                f"{suggest(name, columns)}"
            )


def _refuse_taught(columns: Sequence[str], column_map: ColumnMap, location: str) -> None:
    """Refuse a column of grades or essays as a trait or a given feature: a model would read the answer."""
    if column_map.label in column_map.traits:
        raise InputError(
            f"{location}: column {quotable(column_map.label or '')!r} holds the overall grade, and is a "
            "trait too; take it out of columns.traits"
        )
    graded = {column_map.label, column_map.second_label, *column_map.traits, column_map.text}
    held = (parse_given(name, columns).column for name in column_map.given)
    if taught := [name for name in held if name in graded]:
        raise InputError(
            f"{location}: column {quotable(taught[0])!r} holds grades or essays, and is a given feature too; "
            "take it out of features.given"
        )


@dataclass(frozen=True, slots=True)
class _Refusal:
    """Rows that keep a table from being read."""

    rejected: Sequence[Rejected]
    """At least one."""
    n_rows: int
    """All rows of the table."""
    location: str
    """Where they come from."""
    on_bad_rows: OnBadRows
    """What was asked for."""
    graded: bool
    """Whether the table has grades, as those that train do."""

    @property
    def message(self) -> str:
        """Where the first is, what is wrong with it, how many more there are, and what to do."""
        first = self.rejected[0]
        others = len(self.rejected) - 1
        more = f"; and {others} more bad row{'s' if others > 1 else ''}" if others else ""
        place = (
            f", row {first.row} (essay {first.essay_id!r}): " if first.reason not in FILE_REASONS else ", "
        )
        return f"{self.location}{place}{first.detail}{more}; {self._advice}"

    @property
    def _advice(self) -> str:
        if 2 * sum(each.reason == "unknown label" for each in self.rejected) > self.n_rows:
            return "choose the scale and the label column that belong together"
        if self.on_bad_rows != "stop":
            return "no usable row is left"
        if len(self.rejected) == self.n_rows > 1:
            columns = "--text-column and --label-column name" if self.graded else "--text-column names"
            return f"no row can be used, so see that each column is the right one: {columns} another"
        if not self.graded:
            return "leave bad rows out with --set-aside"
        return (
            "gradewise check-data shows every one; leave them out with --set-aside "
            "(data.on_bad_rows: set_aside)"
        )
