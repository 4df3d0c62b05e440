"""The rows that a run leaves out, written down one by one with everything that is wrong with each."""

from collections.abc import Sequence

from gradewise.essays.bad_rows import Rejected, rejected_to_json
from gradewise.json_lines import json_lines
from gradewise.workflows.runs.directory import RunDirectory

FILE = "reports/rows_set_aside.jsonl"
"""A line for each reason of each row: file, row, id, reason, detail."""


def write_rows_set_aside(run: RunDirectory, rejected: Sequence[Rejected]) -> None:
    """Write `FILE`, where there is anything to say; it holds no text of any row."""
    if rejected:
        run.write_text(FILE, rejected_lines(rejected))


def rejected_lines(rejected: Sequence[Rejected]) -> str:
    """A JSON object a line."""
    return json_lines(rejected_to_json(rejected))
