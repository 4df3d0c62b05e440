"""What has changed of texts, as the terminal shows it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.table import Table
from rich.text import Text

from gradewise.bootstrap import observed_by, services_from
from gradewise.cli.choosing import find_bundle
from gradewise.cli.columns import listed
from gradewise.cli.terminal import err, hear_plainly, out, printable, progress_shown
from gradewise.evaluation.drift_report import Check, DriftReport, Verdict
from gradewise.models.bundles.bundle import load_bundle
from gradewise.reporting.page import render_page_html
from gradewise.reporting.topics.data_profile import short
from gradewise.reporting.topics.drift import (
    drift_record,
    drift_statements,
    named,
    ranked,
    rarity,
    verdict,
)
from gradewise.reporting.wording import counted, decimal
from gradewise.settings import Observability, read_settings
from gradewise.telemetry import Listener, all_hear, silent
from gradewise.whole_files import write_whole
from gradewise.workflows.drift import Asked, Found, find_drift
from gradewise.workflows.plans.data import ColumnsPlan
from gradewise.workflows.registry.export import answer_json

STYLES: Mapping[Verdict, str] = {"alike": "green", "slight": "yellow", "drift": "red", "too few": "dim"}
FEWEST_ROWS, MOST_ROWS = 12, 40
"""Checks in the table, whether they have moved or not; the page and the JSON have them all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedDrift:
    """What was typed after `gradewise drift`."""

    essays: Path
    """File of texts."""
    model: Path | None
    """Bundle or run directory."""
    against: Path | None
    """File of other texts."""
    alarm: float
    """False alarms that are allowed, a share of runs."""
    output: Path | None
    """The page."""
    as_json: bool
    """Whether everything goes out as JSON."""
    metrics: Path | None
    """File of gauges."""
    text_column: str | None
    """Column of texts."""
    label_column: str | None
    """Column of labels."""
    prompt_text: str | None
    """The task."""
    embedding_model: Path | None
    """Directory of the text model that the bundle needs."""

    @property
    def compares_files(self) -> bool:
        """Whether two files are compared without a model."""
        return self.against is not None and self.model is None


def drift_shown(asked: AskedDrift, *, quiet: bool) -> bool:
    """Hold texts against a profile, show what has moved, write what was asked for; whether it is drift."""
    bundle = None if asked.compares_files else load_bundle(find_bundle(asked.model))
    settings = read_settings().with_embedding_model(asked.embedding_model)
    with (
        services_from(settings) as services,
        progress_shown(quiet=quiet) as listener,
        gauges_into(asked.metrics) as gauges,
    ):
        found = find_drift(
            Asked(
                essays=asked.essays,
                against=asked.against,
                columns=ColumnsPlan(text=asked.text_column, label=asked.label_column),
                prompt_text=asked.prompt_text,
                alarm=asked.alarm,
            ),
            bundle,
            services,
            listener=all_hear(listener, gauges),
        )
    _show(found, asked)
    return found.report.verdict == "drift"


@contextmanager
def gauges_into(file: Path | None) -> Iterator[Listener]:
    """What writes gauges, where somebody asked for a file of them."""
    if file is None:
        yield silent
        return
    with observed_by(Observability(metrics_file=file), command="drift", notify=hear_plainly) as listener:
        yield listener


def _show(found: Found, asked: AskedDrift) -> None:
    if asked.output is not None:
        write_whole(asked.output, render_page_html(found.page))
    if asked.as_json:
        out.print(answer_json(**drift_record(found.report)), soft_wrap=True)
        return
    out.print(drift_table(found.report))
    out.print()
    for statement in drift_statements(found.report):
        out.print(printable(statement.text), soft_wrap=True)
    if asked.output is not None:
        err.print(listed({"page": asked.output}), soft_wrap=True)


def drift_table(report: DriftReport) -> Table:
    """What has moved, and of the rest what has moved most, a row each."""
    table = Table(
        title=f"{counted(report.n_now, 'text')} held against {report.n_then:,}",
        title_justify="left",
        box=None,
        pad_edge=False,
    )
    table.add_column("check")
    for heading in ("then", "now", "moved by", "by luck"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    moved = sum(check.verdict in {"drift", "slight"} for check in report.checks)
    shown = ranked(report.checks)[: min(max(moved, FEWEST_ROWS), MOST_ROWS)]
    for check in shown:
        table.add_row(*_row(check))
    if len(report.checks) > len(shown):
        table.caption = f"and {counted(len(report.checks) - len(shown), 'check')} more"
        table.caption_justify = "left"
    return table


def _row(check: Check) -> tuple[str | Text, ...]:
    return (
        printable(named(check)),
        short(check.then),
        short(check.now),
        decimal(check.effect),
        rarity(check),
        Text(verdict(check), style=STYLES[check.verdict]),
    )
