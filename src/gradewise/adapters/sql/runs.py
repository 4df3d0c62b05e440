"""Questions about runs, answered within a fifth of a second among a hundred thousand."""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import Row, Select, func, select

from gradewise.adapters.sql.tables import RUNS
from gradewise.evaluation.metric_names import ERRORS
from gradewise.registry.records import RunSummary


def runs_query(*, experiment: str | None, state: str | None, limit: int | None) -> Select[Any]:
    """Runs, newest first by when they began."""
    query = select(RUNS.c.run_id, RUNS.c.entry).order_by(RUNS.c.started_at.desc(), RUNS.c.run_id.desc())
    if experiment is not None:
        query = query.where(RUNS.c.experiment == experiment)
    if state is not None:
        query = query.where(RUNS.c.state == state)
    return query if limit is None else query.limit(limit)


def summary_query() -> Select[Any]:
    """Counts and bounds for each metric of the runs of a state, command and experiment.

    Grouped in the order of the index `training_runs_summary`, which alone is read.
    """
    by = (RUNS.c.experiment, RUNS.c.command, RUNS.c.metric_name, RUNS.c.state)
    return (
        select(
            *by,
            func.count().label("n"),
            func.min(RUNS.c.metric_value).label("least"),
            func.max(RUNS.c.metric_value).label("greatest"),
            func.max(RUNS.c.told_at).label("latest_at"),
        )
        .group_by(*by)
        .order_by(*by)
    )


def summaries(rows: Iterable[Row[Any]]) -> tuple[RunSummary, ...]:
    """One summary for each command of each experiment; of several metrics, that of most runs."""
    ordered = sorted(rows, key=lambda row: (row.experiment, row.command))
    groups = groupby(ordered, key=lambda row: (row.experiment, row.command))
    return tuple(_summary(list(group)) for _, group in groups)


def _summary(rows: Sequence[Row[Any]]) -> RunSummary:
    in_state: Counter[str] = Counter()
    measured: Counter[str] = Counter()
    for row in rows:
        in_state[row.state] += row.n
        if row.metric_name is not None:
            measured[row.metric_name] += row.n
    metric = max(measured, key=lambda name: (measured[name], name), default=None)
    return RunSummary(
        experiment=rows[0].experiment,
        command=rows[0].command,
        n=in_state.total(),
        completed=in_state["completed"],
        failed=in_state["failed"],
        metric=metric,
        best=_best(row for row in rows if row.metric_name == metric and row.state == "completed"),
        latest_at=max(row.latest_at for row in rows),
    )


def _best(rows: Iterable[Row[Any]]) -> float | None:
    """The least of errors, the greatest of other figures; of a metric that is none, ``None``."""
    row = next(iter(rows), None)
    if row is None:
        return None
    best: float | None = row.least if row.metric_name in ERRORS else row.greatest
    return best
