"""What has changed of the texts that a service answered, as the terminal shows it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from gradewise.cli.columns import listed
from gradewise.cli.grading.drift import DRIFTED
from gradewise.cli.grading.drifting import drift_table, gauges_into
from gradewise.cli.moments import moment, start_of_window
from gradewise.cli.scores.named_bundles import bundle_finder
from gradewise.cli.scores.running import with_score_log
from gradewise.cli.terminal import err, out, printable, progress_shown
from gradewise.reporting.page import render_page_html
from gradewise.reporting.topics.drift import drift_statements
from gradewise.reporting.wording import counted
from gradewise.telemetry import all_hear
from gradewise.whole_files import write_whole
from gradewise.workflows.registry.export import answer_json
from gradewise.workflows.scoring.answer_drift import (
    AnswerDrift,
    AskedAnswers,
    ModelDrift,
    find_answer_drift,
)
from gradewise.workflows.scoring.answer_drift_page import answer_drift_page, answer_drift_record

NOT_LOOKED_AT = 1
"""Exit code where a model that answered is not at hand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedAnswerDrift:
    """What was typed after `gradewise scores drift`."""

    since: str
    """Where the window begins, as typed."""
    model: str | None
    """Name of the models."""
    bundles: tuple[Path, ...]
    """Models that are in no store."""
    alarm: float
    """False alarms that are allowed, a share of runs."""
    output: Path | None
    """The page."""
    as_json: bool
    """Whether everything goes out as JSON."""
    metrics: Path | None
    """File of gauges."""


def answer_drift_shown(asked: AskedAnswerDrift, *, quiet: bool) -> int:
    """Hold answers against what their models learnt from, show what has moved; the exit code."""
    now = datetime.now(UTC)
    since = start_of_window(asked.since, now=now)
    wanted = AskedAnswers(since=since, model_name=asked.model, alarm=asked.alarm)
    find_model = bundle_finder(asked.bundles)
    with progress_shown(quiet=quiet) as listener, gauges_into(asked.metrics) as gauges:
        hears = all_hear(listener, gauges)
        found = with_score_log(
            lambda log: find_answer_drift(log, wanted, find_model, until=now, listener=hears)
        )
    if asked.output is not None:
        write_whole(asked.output, render_page_html(answer_drift_page(found, alarm=asked.alarm)))
    if asked.as_json:
        out.print(answer_json(**answer_drift_record(found)), soft_wrap=True)
    else:
        _show(found)
    if asked.output is not None and not asked.as_json:
        err.print(listed({"page": asked.output}), soft_wrap=True)
    return _code(found.models) if found.verdict != "drift" else DRIFTED


def _code(models: Sequence[ModelDrift]) -> int:
    return NOT_LOOKED_AT if any(each.not_looked_at for each in models) else 0


def _show(found: AnswerDrift) -> None:
    if not found.models:
        err.print(printable(f"no answers since {moment(found.since)} UTC"), soft_wrap=True)
    for place, each in enumerate(found.models):
        if place:
            out.print()
        title = f"{each.name} {each.version} ({each.digest[:12]}): {counted(each.n_answers, 'answer')}"
        if each.first and each.last:
            times = f"{moment(each.first)} to {moment(each.last)} UTC"
            title = f"{title} about {counted(each.n_texts, 'text')}, {times}"
        out.print(printable(title), soft_wrap=True)
        if each.report is None:
            out.print(printable(f"not looked at: {each.why}"), soft_wrap=True)
            continue
        out.print(drift_table(each.report))
        out.print()
        for statement in drift_statements(each.report):
            out.print(printable(statement.text), soft_wrap=True)
