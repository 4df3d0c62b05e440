"""Whether a run goes on, has ended, or is dead: the one place that decides."""

import json
import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from gradewise.errors import RunError
from gradewise.workflows.runs.lock import is_worked_in

STATUS, PROGRESS, ENTRY = "status.json", "progress.json", "experiment.json"
"""What a run says of itself, how far it is, and what the experiment log says of it."""
IDENTITY = "run.json"
"""Where a run directory says what run it is."""

SILENCE = timedelta(minutes=1)
"""A run of another machine that has not beaten for as long is dead."""

State = Literal["running", "completed", "failed", "dead"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunState:
    """What there is to know of a run from outside."""

    path: Path
    """The run directory."""
    state: State
    """``dead`` when it was killed and could not say so."""
    command: str
    """Which use case."""
    run_name: str
    """As the plan or the command names it."""
    stage: str
    """The stage that goes on, or the last one."""
    percent: float | None
    """Of that stage, when known."""
    eta_seconds: float | None
    """Until that stage ends, when known."""
    started_at: str
    """ISO 8601, UTC; empty when it was killed before it could say."""
    timestamp: str
    """When it last said something."""
    elapsed_seconds: float
    """Work until then, earlier attempts included."""
    resumed: int
    """How often it was resumed."""
    pid: int | None
    """The process that works or worked in it."""
    host: str | None
    """The machine of that process."""
    failure_reason: str | None
    """Why it failed, or that it is dead."""
    error_type: str | None
    """Kind of the error."""
    signal: str | None
    """The signal that ended it, when one did."""
    metrics: Mapping[str, float | None]
    """What it found, the figure that counts most first."""

    @property
    def ended(self) -> bool:
        """Whether nobody works on it."""
        return self.state != "running"

    def to_json(self) -> dict[str, Any]:
        """As JSON values."""
        return {**asdict(self), "path": str(self.path)}


def read_run_state(path: Path, *, now: datetime | None = None, host: str | None = None) -> RunState:
    """The state of the run in a directory.

    A run that says it is running is dead when no process of this machine holds its lock, or when, on another
    machine, its heart has not beaten for a minute.

    Args:
        path: the run directory.
        now: the time; the clock's when left out.
        host: the name of this machine; the system's when left out.

    Raises:
        RunError: there is no run.
    """
    # The lock first: a run that lets go of it right now has written its last word by the time it is read.
    worked_in = is_worked_in(path)
    status = _read(path / STATUS)
    if status is None and not (path / "run.json").is_file():
        raise RunError(f"{path} holds no run ({STATUS}); name a run directory")
    said = status or {"state": "running"}
    alive = worked_in or _beats_elsewhere(said, now or datetime.now(UTC), host or platform.node())
    dead = said["state"] == "running" and not alive
    return _state(path, said, "dead" if dead else said["state"])


def _state(path: Path, said: Mapping[str, Any], state: State) -> RunState:
    identity, progress = _read(path / "run.json") or {}, _read(path / PROGRESS) or {}
    stage = said.get("stage", "starting")
    of_stage = progress.get("details", {}).get(stage, progress) if progress.get("stage") == stage else {}
    killed = "killed, or its machine stopped, before it could say why" if state == "dead" else None
    return RunState(
        path=path,
        state=state,
        command=said.get("command") or identity.get("command", ""),
        run_name=said.get("run_name") or identity.get("run_name", path.name),
        stage=stage,
        percent=of_stage.get("percent"),
        eta_seconds=of_stage.get("eta_seconds") if state == "running" else None,
        started_at=said.get("started_at", ""),
        timestamp=said.get("timestamp", ""),
        elapsed_seconds=float(said.get("elapsed_seconds", 0.0)),
        resumed=int(said.get("resumed", 0)),
        pid=said.get("pid"),
        host=said.get("host"),
        failure_reason=said.get("failure_reason") or killed,
        error_type=said.get("error_type"),
        signal=said.get("signal"),
        metrics=(_read(path / ENTRY) or {}).get("metrics", {}) if state == "completed" else {},
    )


def _beats_elsewhere(said: Mapping[str, Any], now: datetime, host: str) -> bool:
    if said.get("host") in {None, host}:
        return False
    try:
        return now - datetime.fromisoformat(said["heartbeat"]) <= SILENCE
    except (KeyError, TypeError, ValueError):
        return False


def _read(path: Path) -> dict[str, Any] | None:
    """A JSON object; ``None`` when there is none that can be read."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return content if isinstance(content, dict) else None
