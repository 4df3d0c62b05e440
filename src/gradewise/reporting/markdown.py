"""The report as Markdown: the same words and tables, without pictures."""

import re
from collections.abc import Iterator

from gradewise.reporting.class_wording import glossary_of, terms_of
from gradewise.reporting.figures import comparison_figure, figures, importance_figure
from gradewise.reporting.parts import Section, Table
from gradewise.reporting.report import TRAINED_ON, Report, publishable
from gradewise.reporting.svg import legal
from gradewise.reporting.tables import (
    counts_table,
    data_table,
    making_table,
    metrics_table,
    prompts_table,
)
from gradewise.reporting.verdict import verdict

MARKS = {"good": "✓", "warn": "!", "bad": "✗", "info": "·"}
"""How each kind of statement is marked in text."""
_SPECIAL = re.compile(r"([\\`*_\[\]<>|#~])")


def plain(text: str) -> str:
    r"""The text as it may stand in a line or a cell: nothing in it is read as Markdown or HTML.

    >>> print(plain("a|b <i>"))
    a\|b \<i\>
    """
    return _SPECIAL.sub(r"\\\1", " ".join(legal(text).split())).replace("&", "&amp;")


def render_markdown(report: Report) -> str:
    """The whole report as GitHub-flavoured Markdown."""
    shown = publishable(report)
    return "\n".join(
        (
            f"# {plain(shown.title)}\n",
            f"{plain(shown.model_name)} {plain(shown.model_version)} · {shown.created_at:%Y-%m-%d %H:%M}\n",
            "## Verdict\n",
            *(f"- **{MARKS[row.kind]}** {plain(row.text)}" for row in verdict(report)),
            "",
            *(f"> {plain(notice)}\n" for notice in shown.notices),
            *_results(shown),
            *(line for section in shown.sections for line in topic(section)),
            *_words(shown),
            "## Data\n",
            markdown_table(data_table(shown.data, shown.scale)),
            *_counts(shown),
            "## How it was made\n",
            markdown_table(making_table(shown)),
            *plan_block(shown.plan_yaml),
        )
    )


def _results(report: Report) -> Iterator[str]:
    if not report.evaluations:
        return
    yield "## Figures\n"
    yield markdown_table(metrics_table(report))
    comparison = comparison_figure(report)
    yield from _section(comparison.heading, comparison.reading, comparison.table)
    yield from _simple_rules(report)
    for named in report.evaluations:
        if named.name == TRAINED_ON:
            continue
        yield f"## {plain(named.name).capitalize()}\n"
        for figure in figures(named):
            yield from _section(figure.heading, figure.reading, figure.table)
    if report.importance:
        importance = importance_figure(report)
        yield "## What it looks at\n"
        yield from _section(importance.heading, importance.reading, importance.table)


def _words(report: Report) -> Iterator[str]:
    if report.evaluations:
        yield "## Words\n"
        yield from (
            f"- **{plain(words.label)}**: {plain(words.meaning)}"
            for words in glossary_of(report.scale).values()
        )
        yield ""


def _simple_rules(report: Report) -> Iterator[str]:
    if report.baselines:
        yield "### What the simple rules do\n"
        yield from (f"- **{plain(row.name)}**: {plain(row.description)}" for row in report.baselines)
        yield ""


def topic(section: Section) -> Iterator[str]:
    """A section of a report: its words and tables."""
    yield f"## {plain(section.heading)}\n"
    yield f"{plain(section.intro)}\n"
    for figure in section.figures:
        yield from _section(figure.heading, figure.reading, figure.table)


def _section(heading: str, reading: str, table: Table | None) -> Iterator[str]:
    if table is None or not table.rows:
        return
    yield f"### {plain(heading)}\n"
    yield f"{plain(reading)}\n"
    yield markdown_table(table)


def _counts(report: Report) -> Iterator[str]:
    label = terms_of(report.scale).label.capitalize()
    for counts in (counts_table(label, report.data.label_counts, report.scale), prompts_table(report)):
        if counts.rows:
            yield markdown_table(counts)


def plan_block(plan_yaml: str) -> Iterator[str]:
    """The plan as a block of YAML, fenced so that nothing in it ends the block."""
    if plan_yaml:
        longest = max((len(run) for run in re.findall("`+", plan_yaml)), default=0)
        fence = "`" * max(3, longest + 1)
        yield f"## Plan\n\n{fence}yaml\n{legal(plan_yaml).rstrip()}\n{fence}\n"


def markdown_table(table: Table) -> str:
    """A table, figures to the right and words to the left; what was cut off is counted beneath it."""
    rule = ("---", *("---" if table.prose else "---:" for _ in table.columns[1:]))
    lines = [
        "| " + " | ".join(cells) + " |"
        for cells in (
            [plain(cell) for cell in table.columns],
            rule,
            *([plain(cell) for cell in row] for row in table.rows),
        )
    ]
    more = f"\n{table.left_out} more are not shown.\n" if table.left_out else ""
    return "\n".join((*lines, more))
