"""Runs as a person reads them in a list."""

from collections.abc import Sequence

from gradewise.cli.columns import in_columns
from gradewise.experiments import headline
from gradewise.workflows.runs.state import RunState

HEADINGS = ("run", "command", "state", "step", "time", "figure")
"""A run's directory tells when it began (UTC) and what it is called."""


def run_table(runs: Sequence[RunState]) -> str:
    """One line a run, in columns that a pipe does not break."""
    return in_columns([HEADINGS, *(_row(run) for run in runs)])


def _row(run: RunState) -> tuple[str, ...]:
    return (
        run.path.name,
        run.command,
        run.state,
        "" if run.state == "completed" else step_words(run),
        duration(run.elapsed_seconds),
        headline(run.metrics),
    )


def step_words(run: RunState) -> str:
    """Which step a run is at, and how far with it."""
    share = "" if run.percent is None or run.state == "completed" else f" {run.percent:.0f} %"
    return f"{run.stage}{share}"


def duration(seconds: float) -> str:
    """In the two largest units.

    >>> [duration(seconds) for seconds in (4.2, 185, 7_260)]
    ['4 s', '3 min 05 s', '2 h 01 min']
    """
    minutes, rest = divmod(round(seconds), 60)
    hours, left = divmod(minutes, 60)
    if hours:
        return f"{hours} h {left:02d} min"
    return f"{minutes} min {rest:02d} s" if minutes else f"{rest} s"
