"""Comparisons on the same folds as the terminal shows them: drop-column, sweep and ablation."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from rich.table import Table
from rich.text import Text

from gradewise.bootstrap import services_from
from gradewise.cli.columns import listed
from gradewise.cli.rendering import parted
from gradewise.cli.terminal import out, printable, progress_shown
from gradewise.evaluation.importance import Importance
from gradewise.evaluation.standings import Standing
from gradewise.reporting.page import Page
from gradewise.reporting.topics.gains import DIGITS, gain_words
from gradewise.reporting.topics.sweep import OWN
from gradewise.reporting.wording import ABSENT, decimal, percentage
from gradewise.settings import read_settings
from gradewise.telemetry import Listener
from gradewise.workflows.plans.plan import Plan
from gradewise.workflows.research.ablation import ablation
from gradewise.workflows.research.drop_column import drop_column
from gradewise.workflows.research.sweep import sweep
from gradewise.workflows.services import Services

COLUMNS_BESIDE, STANDINGS_BESIDE = 62, 49
"""Width of what stands beside a name in a table of columns, and of standings."""
SHOWN = 15
"""Rows of a table in the terminal; the report has all."""
STYLES = {"keep": "green", "inside the noise": "dim", "drop": "red"}


def show_columns(plan: Plan, *, quiet: bool) -> None:
    """Measure what each column adds, with progress on the terminal, and show it."""
    with _started(quiet=quiet) as (services, listener):
        run = drop_column(plan, services, listener=listener)
    table = None if run.importance is None else columns_table(run.importance)
    _show(run.page, table, html=run.html, directory=run.directory)


def show_sweep(plan: Plan, *, quiet: bool) -> None:
    """Evaluate a grid with progress on the terminal, and show how its settings stand."""
    with _started(quiet=quiet) as (services, listener):
        run = sweep(plan, services, listener=listener)
    table = None
    if run.ranking is not None:
        by = run.ranking.rank_by
        table = standings_table(run.ranking.standings, "settings", reference=OWN, by=by)
    _show(run.page, table, html=run.html, directory=run.directory)


def show_ablation(plan: Plan, *, quiet: bool) -> None:
    """Learn from parts of the columns with progress on the terminal, and show how they stand."""
    with _started(quiet=quiet) as (services, listener):
        run = ablation(plan, services, listener=listener)
    table = None
    if run.standings:
        table = standings_table(run.standings, "columns", reference=run.standings[0].name, by="qwk")
    _show(run.page, table, html=run.html, directory=run.directory)


def columns_table(importance: Importance) -> Table:
    """What each column adds, the most useful first."""
    table = _table("What each column adds to all the others", len(importance.columns))
    table.add_column("column", overflow="fold")
    by = importance.judged_by
    for heading in (f"gain ({by})", "in folds"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("advice", no_wrap=True)
    for column in importance.columns[:SHOWN]:
        table.add_row(
            parted(column.name, room=out.width - COLUMNS_BESIDE),
            gain_words(by, column.gains[by]),
            percentage(column.positive(by)),
            Text(column.advice, style=STYLES[column.advice]),
        )
    return table


def standings_table(standings: Sequence[Standing], kind: str, *, reference: str, by: str) -> Table:
    """How several ways to grade stand, in the order given; gains are over the reference, in one figure."""
    table = _table("Agreement with the teacher, out of fold", len(standings))
    table.add_column(kind, overflow="fold")
    for heading in ("QWK", "RPS", f"gain ({by})"):
        table.add_column(heading, justify="right", no_wrap=True)
    for each in standings[:SHOWN]:
        found = (decimal(each.figures[name].estimate, digits=DIGITS[name]) for name in ("qwk", "rps"))
        name = parted(each.name, room=out.width - STANDINGS_BESIDE)
        table.add_row(name, *found, ABSENT if each.name == reference else gain_words(by, each.gains[by]))
    return table


def _table(title: str, n_rows: int) -> Table:
    more = f"{n_rows - SHOWN} more are in the report" if n_rows > SHOWN else None
    return Table(
        title=title, title_justify="left", caption=more, caption_justify="left", box=None, pad_edge=False
    )


@contextmanager
def _started(*, quiet: bool) -> Iterator[tuple[Services, Listener]]:
    """Services and progress on the terminal."""
    with services_from(read_settings()) as services, progress_shown(quiet=quiet) as listener:
        yield services, listener


def _show(page: Page, table: Table | None, *, html: Path, directory: Path) -> None:
    """The table, the verdict in words, and where everything lies."""
    out.print()
    if table is not None:
        out.print(table)
        out.print()
    for statement in page.statements:
        out.print(printable(f"• {statement.text}"), soft_wrap=True)
    out.print()
    out.print(listed({"report": html, "run": directory}), soft_wrap=True)
