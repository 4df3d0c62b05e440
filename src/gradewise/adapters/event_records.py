"""What an event is in a log: a name, a level, and details."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from gradewise.experiments import ExperimentEntry
from gradewise.service_events import RequestAnswered
from gradewise.telemetry import Event, StageAdvanced
from gradewise.work_events import (
    ActEnded,
    CommandEnded,
    DatasetStep,
    DriftMeasured,
    GatesJudged,
    RunBegan,
    RunEnded,
)

EVENT_LOGGER = "gradewise.telemetry"
"""The logger of events."""

Level = Literal["debug", "info", "warning", "error"]
FAULTY = 500
"""The HTTP status of a fault of gradewise itself; above it something that it needs is wanting."""
_CAPITAL = re.compile(r"(?<!^)(?=[A-Z])")
_GRAVE: Mapping[str, Level] = {"done": "info", "failed": "error", "unavailable": "error"}


@dataclass(frozen=True, slots=True)
class EventRecord:
    """An event as a log says it."""

    name: str
    """``stage_started``, ``run_ended`` …"""
    level: Level
    """How grave it is."""
    details: Mapping[str, Any]
    """JSON values."""


def event_record(event: Event) -> EventRecord:
    """An event as a log says it.

    >>> from gradewise.telemetry import StageFinished
    >>> record = event_record(StageFinished("features", 1.25))
    >>> record.name, record.level, dict(record.details)
    ('stage_finished', 'info', {'stage': 'features', 'seconds': 1.25})
    """
    name = _CAPITAL.sub("_", type(event).__name__).lower()
    if isinstance(event, (RunBegan, RunEnded)):
        return EventRecord(name, _run_level(event.entry), _run_details(event.entry))
    details = {key: _plain(value) for key, value in asdict(event).items() if value not in (None, "", (), {})}
    return EventRecord(name, _level(event), details)


def _plain(value: Any) -> Any:
    """Durations to the microsecond; the rest as it is."""
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    return round(value, 6) if isinstance(value, float) else value


def _level(event: Event) -> Level:
    match event:
        case StageAdvanced():
            return "debug"
        case CommandEnded(outcome=outcome) | ActEnded(outcome=outcome):
            return _GRAVE.get(outcome, "warning")
        case (
            GatesJudged(passed=False)
            | DriftMeasured(verdict="drift")
            | DatasetStep(step="held back" | "put off")
        ):
            return "warning"
        case DatasetStep(step="failed"):
            return "error"
        case RequestAnswered(status=status) if status >= FAULTY:
            return "error" if status == FAULTY else "warning"
        case _:
            return "info"


def _run_level(entry: ExperimentEntry) -> Level:
    return "error" if entry.state == "failed" else "info"


def _run_details(entry: ExperimentEntry) -> dict[str, Any]:
    """What leads to a run, and what became of it; everything else lies in its directory."""
    ended = {
        "stage": entry.stage,
        "failure_reason": entry.failure_reason,
        "seconds": entry.elapsed_seconds,
        "metrics": dict(entry.metrics),
    }
    return {
        "run_id": entry.run_id,
        "run_name": entry.run_name,
        "experiment": entry.experiment,
        "run_command": entry.command,
        "state": entry.state,
        "output": entry.output,
        **({} if entry.state == "running" else {key: value for key, value in ended.items() if value}),
    }
