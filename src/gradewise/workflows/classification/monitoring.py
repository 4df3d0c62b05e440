"""The monitoring log: a line of JSON for every training of classes, failed ones too."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC
from pathlib import Path
from typing import Any

from gradewise.file_locks import locked
from gradewise.json_lines import json_lines
from gradewise.redaction import redacted, redacted_value
from gradewise.telemetry import Listener, Notice, outcome_of, reason_of
from gradewise.whole_files import append_whole
from gradewise.workflows.plans.plan import Plan
from gradewise.workflows.services import Services

MONITORING_LOG = "monitoring_log.jsonl"
"""What it is called in an output directory."""


@dataclass(slots=True)
class Monitored:
    """What a run tells the log of itself, piece by piece: what was told stays when it fails later."""

    facts: dict[str, Any] = field(default_factory=dict)
    """By name: JSON values, no text of anybody among them."""

    def tell(self, **facts: Any) -> None:
        """Add to what the line will say."""
        self.facts.update(facts)


@contextmanager
def monitored(plan: Plan, command: str, services: Services, listener: Listener) -> Iterator[Monitored]:
    """Add a line to the monitoring log when the block ends, well or not.

    A log that cannot be written is said and fails nothing: what was trained is there.
    """
    told, started, ended = Monitored(), time.perf_counter(), None
    try:
        yield told
    except BaseException as error:
        ended = error
        raise
    finally:
        line = {
            "schema_version": 1,
            "timestamp": services.clock().astimezone(UTC).isoformat(timespec="seconds"),
            "experiment": plan.name,
            "command": command,
            "task": plan.task,
            "outcome": outcome_of(ended),
            "seconds": round(time.perf_counter() - started, 3),
            **({} if ended is None else _failure(ended)),
            **redacted_value(told.facts),
        }
        _append(plan.files.monitoring_log or plan.output / MONITORING_LOG, line, listener)


def _failure(error: BaseException) -> dict[str, str]:
    return {"error_type": type(error).__name__, "reason": redacted(reason_of(error) or "")}


def _append(path: Path, line: dict[str, Any], listener: Listener) -> None:
    """Add a line: whole or not at all, one process after the other."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with locked(path) as descriptor:
            append_whole(descriptor, json_lines([line]).encode())
    except OSError as error:
        listener(Notice(f"monitoring log {path} cannot be written: {error.strerror or os.strerror(0)}"))
