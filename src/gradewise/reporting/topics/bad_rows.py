"""Topic: rows that were left out, by what is wrong with them."""

from collections.abc import Iterator, Sequence

from gradewise.essays.bad_rows import Rejected
from gradewise.reporting.parts import Figure, Section, Statement, table
from gradewise.reporting.wording import counted


def bad_rows_sections(rejected: Sequence[Rejected]) -> tuple[Section, ...]:
    """The topic, where any row was left out."""
    if not rejected:
        return ()
    by_reason = dict(rows_by_reason(rejected))
    return (
        Section(
            name="bad_rows",
            heading="Rows that were left out",
            intro="Everything that is wrong with a row is counted, so one row may stand under several "
            "reasons. reports/rows_set_aside.jsonl of the run names each row with each reason.",
            figures=(_reasons_figure(by_reason), _rows_figure(rejected)),
            statements=(Statement("warn", f"{counted(len(rejected), 'row')} could not be used."),),
            record={
                "rows": len(rejected),
                "by_reason": {reason: len(rows) for reason, rows in by_reason.items()},
            },
        ),
    )


def rows_by_reason(rejected: Sequence[Rejected]) -> Iterator[tuple[str, tuple[Rejected, ...]]]:
    """Rows by each reason that holds of them, most rows first."""
    by_reason: dict[str, list[Rejected]] = {}
    for each in rejected:
        for reason in dict.fromkeys(fault.reason for fault in each.faults):
            by_reason.setdefault(reason, []).append(each)
    for reason in sorted(by_reason, key=lambda name: (-len(by_reason[name]), name)):
        yield reason, tuple(by_reason[reason])


def _reasons_figure(by_reason: dict[str, tuple[Rejected, ...]]) -> Figure:
    rows = ((reason, f"{len(rows):,}", f"{rows[0].row:,}") for reason, rows in by_reason.items())
    return Figure.in_numbers(
        "What is wrong with them",
        "Rows are counted from 1 under the header.",
        table(("Reason", "Rows", "First row"), rows),
    )


def _rows_figure(rejected: Sequence[Rejected]) -> Figure:
    rows = (
        (f"{each.row:,}", each.essay_id or "–", "; ".join(fault.detail for fault in each.faults))
        for each in rejected
    )
    return Figure.in_numbers(
        "The first of them",
        "Never with their text.",
        table(("Row", "Id", "What is wrong"), rows, prose=True),
    )
