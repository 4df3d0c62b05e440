"""Tuning as the terminal shows it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from rich.table import Table

from gradewise.bootstrap import services_from
from gradewise.cli.columns import listed
from gradewise.cli.terminal import out, printable, progress_shown
from gradewise.reporting.charts.search import said_gain
from gradewise.reporting.topics.gains import GAINED
from gradewise.reporting.tuning_verdict import TuningFindings
from gradewise.reporting.wording import decimal
from gradewise.settings import read_settings
from gradewise.workflows.plans.plan import Plan
from gradewise.workflows.research.tune import JoinedRun, join_study, join_tuning, tune
from gradewise.workflows.services import Services


def tune_shown(plan: Plan, *, workers: int | None, quiet: bool) -> None:
    """Tune with progress on the terminal, and show what came of it."""
    with _services(workers) as services, progress_shown(quiet=quiet) as listener:
        run = tune(plan, services, listener=listener)
    out.print()
    if run.metrics_allowed:
        out.print(tuning_table(run.findings))
        out.print()
    for statement in run.page.statements:
        out.print(printable(f"• {statement.text}"), soft_wrap=True)
    out.print()
    out.print(listed({"report": run.html, "plan": run.tuned_plan, "run": run.directory}), soft_wrap=True)
    if run.metrics_allowed:
        out.print(f"\nTrain with it:  gradewise train {run.tuned_plan}", soft_wrap=True)


def join_shown(directory: Path, *, workers: int | None, quiet: bool) -> None:
    """Help a running search with progress on the terminal."""
    with _services(workers) as services, progress_shown(quiet=quiet) as listener:
        _show_help(join_tuning(directory, services, listener=listener))


def help_shown(plan: Plan, study: str, *, workers: int | None, quiet: bool) -> None:
    """Help with a search of another machine with progress on the terminal."""
    with _services(workers) as services, progress_shown(quiet=quiet) as listener:
        _show_help(join_study(plan, study, services, listener=listener))


def _show_help(joined: JoinedRun) -> None:
    end = "the search has ended" if joined.ended else "nothing was left to do for long; is the run alive?"
    out.print(f"{joined.n_trials} trials evaluated here; {end}")


def tuning_table(found: TuningFindings) -> Table:
    """What the selected settings gain, where they were chosen and where they were not."""
    title = f"Best of {len(found.trials)} configurations against the plan's own settings"
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    for heading in ("", "own", "tuned", "better by"):
        table.add_column(heading, justify="right" if heading else "left", no_wrap=bool(heading))
    parts = [("search", found.claimed), ("unseen", found.confirmed or {})]
    for where, gains in parts:
        for name, gain in gains.items():
            before, after = (decimal(each, digits=4) for each in (gain.before, gain.after))
            table.add_row(f"{GAINED.get(name, name)}, {where}", before, after, said_gain(gain))
    return table


@contextmanager
def _services(workers: int | None) -> Iterator[Services]:
    with services_from(read_settings()) as services:
        yield services if workers is None else replace(services, workers=workers)
