"""What `check-data` shows."""

from gradewise.cli.columns import in_columns
from gradewise.reporting.wording import counted
from gradewise.workflows.datasets.check_data import CheckedFile, DataCheck, check_to_json
from gradewise.workflows.registry.export import answer_json

SPREADSHEETS = (".csv", ".tsv")
"""Endings of files that people open in a program that counts the headings as a row."""


def check_json(check: DataCheck) -> str:
    """Every bad row with every reason."""
    return answer_json(**check_to_json(check))


def check_page(check: DataCheck, *, n_rows: int) -> str:
    """Bad rows by reason, the first of them, and what a training would do."""
    return "\n\n".join((*(_file(each, n_rows) for each in check.files), _verdict(check)))


def _file(file: CheckedFile, n_rows: int) -> str:
    bad = len(file.rejected)
    head = f"{file.location}: {counted(file.n_rows, 'row')}, " + (
        f"{bad:,} of them bad" if bad else "all sound"
    )
    if not bad:
        return head
    cells = [(reason, f"{len(rows):,}", f"{rows[0].row:,}") for reason, rows in file.by_reason.items()]
    by_reason = in_columns([("reason", "rows", "first row"), *cells], right=(1, 2))
    first = [
        f"row {each.row}{f' ({each.essay_id})' if each.essay_id else ''}: "
        + "; ".join(fault.detail for fault in each.faults)
        for each in file.rejected[:n_rows]
    ]
    more = [f"… and {bad - n_rows:,} more: --rows N, or --json for all"] if bad > n_rows else []
    if file.location.lower().removesuffix(".gz").endswith(SPREADSHEETS):
        more.append("rows are counted below the headings: a spreadsheet numbers them one higher")
    return "\n".join((head, "", by_reason, "", *first, *more)).rstrip()


def _verdict(check: DataCheck) -> str:
    if not check.n_sound:
        return "no row can be used"
    if not check.n_bad:
        return f"{counted(check.n_sound, 'row')} can be used"
    if check.stops:
        return "a training stops at these rows; correct them, or leave them out: --set-aside"
    return f"a training leaves these rows out and uses {counted(check.n_sound, 'row')}"
