"""Tables as spreadsheet programs of most of Europe open them by a click: semicolons and decimal commas."""

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any

from gradewise.essays.spreadsheet_cells import shielded

BYTE_ORDER_MARK = "\ufeff"
"""By which spreadsheet programs know UTF-8."""
_DIGITS = 6


def spreadsheet_text(rows: Iterable[Mapping[str, Any]]) -> str:
    r"""Rows that have the same columns, under a head; nothing where there are none.

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
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return str(round(value, _DIGITS)).replace(".", ",")
    text = "" if value is None else str(value)
    return shielded(text) if isinstance(value, str) else text
