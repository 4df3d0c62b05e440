"""Questions about runs, answered within a fifth of a second among a hundred thousand."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import Row, Select, case, func, select

from gradewise.adapters.sql.tables import RUNS
from gradewise.evaluation.results import ERRORS
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
    """Counts and bounds for each metric of each command of each experiment."""
    by = (RUNS.c.experiment, RUNS.c.command, RUNS.c.metric_name)
    ended_well = RUNS.c.state == "completed"
    value = case((ended_well, RUNS.c.metric_value))
    return (
        select(
            *by,
            func.count().label("n"),
            func.sum(case((ended_well, 1), else_=0)).label("completed"),
            func.sum(case((RUNS.c.state == "failed", 1), else_=0)).label("failed"),
            func.min(value).label("least"),
            func.max(value).label("greatest"),
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
    measured = [row for row in rows if row.metric_name is not None]
    shown = max(measured, key=lambda row: (row.n, row.metric_name), default=None)
    best = None if shown is None else shown.least if shown.metric_name in ERRORS else shown.greatest
    return RunSummary(
        experiment=rows[0].experiment,
        command=rows[0].command,
        n=sum(row.n for row in rows),
        completed=sum(row.completed for row in rows),
        failed=sum(row.failed for row in rows),
        metric=None if shown is None else shown.metric_name,
        best=best,
        latest_at=max(row.latest_at for row in rows),
    )
