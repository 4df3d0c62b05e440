"""Rows as CSV: for programs, and as spreadsheet programs of most of Europe open them by a click."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from gradewise.essays.spreadsheet_cells import shielded

BYTE_ORDER_MARK = "\ufeff"
"""By which spreadsheet programs know UTF-8."""
_DIGITS = 6


def csv_text(rows: Sequence[Mapping[str, Any]]) -> str:
    r"""Rows that have the same columns, under a head; nothing where there are none.

    >>> csv_text([{"essay": "=a", "score": 1.5, "anchor": True, "place": None}])
    'essay,score,anchor,place\n=a,1.5,yes,\n'
    """
    if not rows:
        return ""
    written = io.StringIO(newline="")
    table = csv.DictWriter(written, fieldnames=list(rows[0]), lineterminator="\n")
    table.writeheader()
    table.writerows({name: _plain(value) for name, value in row.items()} for row in rows)
    return written.getvalue()


def spreadsheet_text(rows: Iterable[Mapping[str, Any]]) -> str:
    r"""The same with semicolons and decimal commas.

    Cells are texts, numbers, truths or nothing; numbers are rounded to six digits.

    >>> spreadsheet_text([{"essay": "=a", "score": 1.5, "anchor": True, "place": None}]).splitlines()
    ['\ufeffessay;score;anchor;place', "'=a;1,5;yes;"]
    """
    written = io.StringIO(newline="")
    table = csv.writer(written, lineterminator="\n", delimiter=";")
    for place, row in enumerate(rows):
        if place == 0:
            table.writerow(row)
        # Rows have the same columns: looking each cell up by its name takes as long as writing it.
        table.writerow(map(_cell, row.values()))
    text = written.getvalue()
    return f"{BYTE_ORDER_MARK}{text}" if text else ""


def _cell(value: Any) -> str:
    """A number with a decimal comma; text that the program would run as a formula stays text."""
    if isinstance(value, float):
        return str(round(value, _DIGITS)).replace(".", ",")
    text = str(_plain(value))
    return shielded(text) if isinstance(value, str) else text


def _plain(value: Any) -> Any:
    """A truth as a word, nothing as an empty cell."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else value
