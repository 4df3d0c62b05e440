"""What a run writes down about itself while it goes on: status, progress and log."""

import json
import os
import platform
import signal
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from gradewise.redaction import redacted, redacted_value
from gradewise.telemetry import Event, Listener, StageAdvanced, StageFinished, StageStarted, correlation_id
from gradewise.workflows.runs.directory import RunDirectory
from gradewise.workflows.runs.heartbeat import beating
from gradewise.workflows.runs.identity import RunIdentity
from gradewise.workflows.runs.progress import Stages
from gradewise.workflows.runs.state import PROGRESS, STATUS, RunState

PROGRESS_EVERY_S = 0.5
LOG_EVERY_S = 10.0
BEAT_EVERY_S = 5.0
LOG = "run.log"
# What a shell adds to the number of the signal that ended a process.
SIGNALLED = 128


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why a run ended before its time."""

    failure_reason: str
    """In a line or more."""
    error_type: str
    """Kind of the error."""
    signal: str | None
    """The signal that ended it, when one did."""


class Recorder:
    """Keeps ``status.json``, ``progress.json`` and ``run.log``; safe for threads that report at once."""

    def __init__(
        self,
        run: RunDirectory,
        identity: RunIdentity,
        listener: Listener,
        *,
        clock: Callable[[], datetime],
        earlier: RunState | None = None,
    ) -> None:
        """Record a run; `earlier` is what it said of itself before it is resumed."""
        self._run, self._identity, self._listener, self._clock = run, identity, listener, clock
        self._lock = threading.RLock()
        self._began = self._last_progress = self._last_logged = time.monotonic()
        self._worked = earlier.elapsed_seconds if earlier else 0.0
        self._resumed = earlier.resumed + 1 if earlier else 0
        self.started_at = earlier.started_at if earlier and earlier.started_at else self.now()
        self._stages = Stages()
        self.correlation_id = correlation_id()  # threads that tell of the run have no other way to know it
        self.state = "running"
        self.failure: Failure | None = None

    @property
    def stage(self) -> str:
        """The stage that goes on around all others, or the last one."""
        return self._stages.outermost

    @property
    def elapsed_seconds(self) -> float:
        """Work so far, earlier attempts included."""
        return round(self._worked + time.monotonic() - self._began, 3)

    def now(self) -> str:
        """The time: ISO 8601, UTC."""
        return self._clock().astimezone(UTC).isoformat(timespec="milliseconds")

    def begin(self) -> None:
        """The run goes on, from its beginning or from where it was."""
        self.write_status()
        self.log(
            "RunResumed" if self._resumed else "RunStarted",
            command=self._identity.command,
            run_name=self._identity.run_name,
            pid=os.getpid(),
        )

    def complete(self) -> None:
        """The run has done what it was asked."""
        self.state = "completed"
        self.write_status()
        self.log("RunCompleted", seconds=self.elapsed_seconds)

    def fail(self, error: BaseException) -> None:
        """The run ends with an error; that it cannot be written down must not hide it."""
        self.state, self.failure = "failed", describe_failure(error)
        with suppress(OSError):
            self.write_status()
        with suppress(OSError):
            self.log("RunFailed", **asdict(self.failure))
        with suppress(OSError):
            _append(self._run.path / "stderr.log", redacted("".join(traceback.format_exception(error))))

    def write_status(self) -> None:
        """Say what the run does now; this is the heartbeat too."""
        with self._lock:
            now, versions = self.now(), self._identity.versions
            content: dict[str, Any] = {
                "schema_version": 1,
                "state": self.state,
                "command": self._identity.command,
                "run_name": self._identity.run_name,
                "run_id": self._identity.run_id,
                "correlation_id": self.correlation_id,
                "stage": self._stages.outermost,
                "started_at": self.started_at,
                "timestamp": now,
                "heartbeat": now,
                "elapsed_seconds": self.elapsed_seconds,
                "pid": os.getpid(),
                "host": platform.node(),
                "resumed": self._resumed,
                "git_sha": versions.get("git"),
                "versions": dict(versions),
            }
            self._run.write_json(STATUS, content | (asdict(self.failure) if self.failure else {}))

    def hear(self, event: Event) -> None:
        """Write down what happens, and pass it on."""
        with self._lock:
            match event:
                case StageStarted(stage=name, total=total, unit=unit):
                    self._stages.start(name, total, unit, now=time.monotonic())
                    self._stage_changed()
                case StageAdvanced(stage=name, done=done):
                    self._stages.advance(name, done)
                    self._advanced()
                case StageFinished(stage=name):
                    inner = self._stages.nested
                    self._stages.finish(name)
                    self._write_progress(at_once=not inner)
            if not isinstance(event, StageAdvanced):
                self.log(type(event).__name__, **asdict(event))
        self._listener(event)

    def log(self, event: str, **details: Any) -> None:
        """Add a line to ``run.log``."""
        line = {
            "timestamp": self.now(),
            "event": event,
            **redacted_value(details),
            "correlation_id": self.correlation_id,
        }
        with self._lock:
            _append(self._run.path / LOG, json.dumps(line, ensure_ascii=False) + "\n")

    def _stage_changed(self) -> None:
        """A stage around all others is told at once; one within may be over before a file is written."""
        self._last_logged = time.monotonic()
        if not self._stages.nested:
            self.write_status()
        self._write_progress(at_once=not self._stages.nested)

    def _advanced(self) -> None:
        self._write_progress(at_once=False)
        now = time.monotonic()
        if now - self._last_logged >= LOG_EVERY_S:
            self._last_logged = now
            self.log("Progress", **self._stages.record(now))

    def _write_progress(self, *, at_once: bool) -> None:
        now = time.monotonic()
        if at_once or now - self._last_progress >= PROGRESS_EVERY_S:
            self._last_progress = now
            self._run.write_json(
                PROGRESS, {"schema_version": 1, "timestamp": self.now(), **self._stages.record(now)}
            )


@contextmanager
def recorded(recorder: Recorder, *, beat_every_s: float = BEAT_EVERY_S) -> Iterator[Recorder]:
    """Keep a run's records true until the block ends; a failure is recorded and raised again."""
    try:
        recorder.begin()
        with beating(recorder.write_status, every_s=beat_every_s):
            yield recorder
    except BaseException as error:
        recorder.fail(error)
        raise
    recorder.complete()


def describe_failure(error: BaseException) -> Failure:
    """Why a run ended, as its status tells it."""
    if isinstance(error, KeyboardInterrupt):
        return Failure(
            failure_reason="stopped by the user", error_type="KeyboardInterrupt", signal=signal.SIGINT.name
        )
    return Failure(
        failure_reason=redacted(str(error)) or type(error).__name__,
        error_type=type(error).__name__,
        signal=_signal_of(error),
    )


def _signal_of(error: BaseException) -> str | None:
    """The signal that an exit code tells of, as shells count."""
    if isinstance(error, SystemExit) and isinstance(error.code, int):
        numbers = {each.value: each.name for each in signal.Signals}
        return numbers.get(error.code - SIGNALLED)
    return None


def _append(path: Path, text: str) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(text)
