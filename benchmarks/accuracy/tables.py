"""Rows of figures with their intervals, as Markdown and as JSON."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.measurements import OUTPUT, machine
from gradewise.evaluation.results import Interval


@dataclass(frozen=True, slots=True)
class Row:
    """What was measured of one thing."""

    name: str
    """The thing."""
    figures: Mapping[str, Interval]
    """By column."""
    n: int = 0
    """Essays; 0 where a table is about one set of them."""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a title."""

    title: str
    """What was measured, on what, and how."""
    rows: tuple[Row, ...]
    """In the order in which they are shown."""


def markdown(table: Table) -> str:
    """A table as Markdown, intervals in brackets."""
    columns = list(dict.fromkeys(name for row in table.rows for name in row.figures))
    counted = any(row.n for row in table.rows)
    head = ["", *(["n"] if counted else []), *columns]
    lines = [f"### {table.title}", "", _line(head), _line(["---", *("---:" for _ in head[1:])])]
    for row in table.rows:
        cells = [_cell(row.figures.get(column)) for column in columns]
        lines.append(_line([row.name, *([f"{row.n:,}"] if counted else []), *cells]))
    return "\n".join([*lines, ""])


def write_tables(name: str, tables: Sequence[Table]) -> Path:
    """Write tables and the machine as JSON."""
    OUTPUT.mkdir(parents=True, exist_ok=True)
    path = OUTPUT / f"{name}.json"
    content = {"machine": machine(), "tables": [asdict(table) for table in tables]}
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False, default=dict) + "\n", encoding="utf-8")
    return path


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(interval: Interval | None) -> str:
    if interval is None:
        return ""
    if interval.low == interval.high:
        return f"{interval.estimate:.3f}"
    return f"{interval.estimate:.3f} ({interval.low:.3f}–{interval.high:.3f})"
