"""A table of graded essays with its grades on another scale beside them, by a map that is cited."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from gradewise.errors import InputError
from gradewise.essays.scale_maps import ScaleMap
from gradewise.essays.suggestions import quotable
from gradewise.protocols.tables import EssaySource
from gradewise.workflows.datasets.guesses import find_columns
from gradewise.workflows.datasets.table_rows import TableRows
from gradewise.workflows.plans.data import ColumnsPlan


@dataclass(frozen=True, slots=True, kw_only=True)
class MappedTable:
    """Rows whose grades have one on the other scale."""

    column: str
    """Where the grades stood."""
    rows: tuple[Mapping[str, str], ...]
    """In the order of the table, with a further column that is called as the other scale is."""
    left_out: Mapping[str, int]
    """How many rows have each grade that the map says nothing of, lowest first."""


def map_table(source: EssaySource, by: ScaleMap, *, label: str | None = None) -> MappedTable:
    """Put grades of another scale beside those of a table.

    Args:
        source: The table.
        by: What each grade is on the other scale.
        label: The column of grades; looked for by its usual names when left out.

    Raises:
        InputError: no column holds grades, the table has one called as the other scale is, a row has no
            grade or one that is not on the map's scale, or no grade has one on the other.
    """
    if label is not None and label not in source.columns():
        present = ", ".join(map(quotable, source.columns()))
        raise InputError(f"{source.location}: there is no column {quotable(label)!r} among {present}")
    column = label or find_columns(source, ColumnsPlan(), ("label",)).label or ""
    if by.target.name in source.columns():
        raise InputError(f"{source.location} has a column {by.target.name!r} already; rename it first")
    table, rows, without = TableRows(source), list[Mapping[str, str]](), Counter[str]()
    for number, row in table.rows():
        grade = table.filled(number, row, column)
        try:
            found = by.map_label(grade)
        except InputError as error:
            raise table.fault(number, column, str(error)) from error
        if found is None:
            without[by.source.canonical(grade)] += 1
        else:
            rows.append({**row, by.target.name: found})
    if not rows:
        raise InputError(f"{source.location}: no grade of {column!r} is one of {by.target.name} by {by.name}")
    left_out = {grade: without[grade] for grade in by.source.grades if without[grade]}
    return MappedTable(column=column, rows=tuple(rows), left_out=left_out)
