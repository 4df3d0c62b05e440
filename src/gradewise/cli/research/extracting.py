"""Extraction from a database as the terminal shows it."""

import asyncio
from pathlib import Path

from gradewise.bootstrap import source_services
from gradewise.cli.columns import listed
from gradewise.cli.terminal import out, printable, progress_shown
from gradewise.reporting.wording import counted
from gradewise.settings import source_url_in
from gradewise.telemetry import Notice
from gradewise.workflows.datasets.extract_data import Extraction, extract_training_data, output_of
from gradewise.workflows.plans.plan import Plan
from gradewise.workflows.plans.source import SourcePlan

IN_HISTORY = "a URL that is typed stays in the shell's history; set GRADEWISE_SOURCE_URL instead"


def extract_shown(plan: Plan, output: Path | None, *, source_url: str | None, quiet: bool) -> None:
    """Extract with progress on the terminal, and show what came of it."""
    asked = plan.source or SourcePlan()
    path = output_of(plan, output)
    url = source_url or source_url_in(asked.url_variable)
    services = source_services(url)
    with progress_shown(quiet=quiet) as listener:
        if source_url is not None:
            listener(Notice(IN_HISTORY))
        made = asyncio.run(extract_training_data(plan, path, services, listener=listener))
    _show(made)


def _show(made: Extraction) -> None:
    provenance = made.provenance
    counts = provenance.counts
    labels = ", ".join(f"{printable(label)} {count}" for label, count in sorted(counts.labels.items()))
    given = (
        f"{counted(len(made.features), 'column')} given_…; train with --given all to use them"
        if made.features
        else "none"
    )
    filtered = counts.in_table - counts.asked
    facts = {
        "essays": f"{counts.kept:,} of {counts.asked:,} read; the filters left {filtered:,} out",
        "grades": f"{labels} (from {provenance.query.label_origin})",
        "features": given,
        "file": made.table,
        "record": made.record,
    }
    out.print(listed(facts), soft_wrap=True)
    out.print(f"\nTrain on it:  gradewise train {made.table}", soft_wrap=True)
