"""Runs that the registry takes for going on, though their directories know better.

A run that is killed outright cannot say so, nor can one whose database was down when it ended.
"""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from gradewise.errors import RunError
from gradewise.experiments import HOST, ExperimentEntry, entry_from_json
from gradewise.protocols.registry import ModelRegistry
from gradewise.workflows.runs.lock import is_worked_in
from gradewise.workflows.runs.state import ENTRY, RunState, read_run_state

GONE = "its run directory is gone"
"""Why a run counts as failed whose directory nobody can look into."""


async def reconcile_runs(registry: ModelRegistry, *, host: str, now: datetime) -> tuple[ExperimentEntry, ...]:
    """Tell the registry what became of runs of this machine that it takes for running.

    Runs of other machines are left alone: whether they are alive is not to be seen from here.

    Args:
        registry: where runs are kept.
        host: the name of this machine, as `RegistryTracker` was told.
        now: the time, with its zone.

    Returns:
        The entries that were put right.

    Raises:
        UnavailableError: the database does not answer.
    """
    going_on = await registry.runs(state="running")
    ended = [
        entry for each in going_on if each.facts.get(HOST) == host and (entry := true_entry(each, now=now))
    ]
    for entry in ended:
        await registry.record_run(entry)
    return tuple(ended)


def true_entry(entry: ExperimentEntry, *, now: datetime) -> ExperimentEntry | None:
    """What has become of a run that is said to be running; ``None`` when it is, or cannot be told yet."""
    directory = Path(entry.output)
    try:
        state = read_run_state(directory, now=now)
    except RunError:
        return replace(entry, state="failed", failure_reason=GONE, timestamp=_text(now))
    if state.state == "running" or is_worked_in(directory):  # it ends just now, and will say so itself
        return None
    said = _said(directory, entry.run_id)
    if said is not None and said.state == state.state:
        return replace(said, output=entry.output, facts={**said.facts, HOST: entry.facts[HOST]})
    return _from_state(entry, state, now)


def _from_state(entry: ExperimentEntry, state: RunState, now: datetime) -> ExperimentEntry:
    return replace(
        entry,
        state="completed" if state.state == "completed" else "failed",
        stage="" if state.state == "completed" else state.stage,
        failure_reason=state.failure_reason,
        elapsed_seconds=state.elapsed_seconds,
        timestamp=_text(now),
    )


def _said(directory: Path, run_id: str) -> ExperimentEntry | None:
    """What the run told the experiment log as it ended, if it came to that."""
    try:
        entry = entry_from_json(json.loads((directory / ENTRY).read_text(encoding="utf-8")))
    except (OSError, ValueError, AttributeError, TypeError):
        return None
    return entry if entry.run_id == run_id else None


def _text(now: datetime) -> str:
    return now.astimezone(UTC).isoformat(timespec="milliseconds")
