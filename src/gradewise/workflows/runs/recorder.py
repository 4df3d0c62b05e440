"""What a run writes down about itself while it goes on: status, progress and log."""

import json
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from gradewise.telemetry import Event, Listener, Notice, StageAdvanced, StageFinished, StageStarted
from gradewise.whole_files import write_whole
from gradewise.workflows.runs.directory import RunDirectory

PROGRESS_EVERY_S = 0.5


@contextmanager
def recorded(run: RunDirectory, listener: Listener, *, clock: Callable[[], datetime]) -> Iterator[Listener]:
    """Keep ``status.json``, ``progress.json`` and ``run.log`` true while a run goes on.

    Yields a listener that writes what it hears and passes it on. A failure is recorded with its reason and
    raised again.
    """
    recorder = _Recorder(run, listener, clock)
    recorder.status("running")
    try:
        yield recorder.hear
    except BaseException as error:
        recorder.status("failed", failure_reason=_reason(error), error_type=type(error).__name__)
        write_whole(run.path / "stderr.log", "".join(traceback.format_exception(error)))
        raise
    recorder.status("completed")


def _reason(error: BaseException) -> str:
    if isinstance(error, KeyboardInterrupt):
        return "stopped by the user"
    return str(error) or type(error).__name__


class _Recorder:
    """Writes what a run reports."""

    def __init__(self, run: RunDirectory, listener: Listener, clock: Callable[[], datetime]) -> None:
        self._run, self._listener, self._clock = run, listener, clock
        self._started = self._last_progress = time.monotonic()
        self._stage = "starting"
        self._total: int | None = None

    def status(self, state: str, **details: str) -> None:
        elapsed = round(time.monotonic() - self._started, 3)
        content = {"state": state, "stage": self._stage, "timestamp": self._now(), "elapsed_seconds": elapsed}
        self._run.write_json("status.json", content | details)

    def hear(self, event: Event) -> None:
        match event:
            case StageStarted(stage=name, total=total):
                self._stage, self._total = name, total
                self.status("running")
                self._progress(0)
            case StageAdvanced(done=done):
                if time.monotonic() - self._last_progress >= PROGRESS_EVERY_S:
                    self._progress(done)
            case StageFinished() | Notice():
                pass
        if not isinstance(event, StageAdvanced):
            self._log(event)
        self._listener(event)

    def _progress(self, done: int) -> None:
        self._last_progress = time.monotonic()
        percent = round(100 * done / self._total, 1) if self._total else None
        self._run.write_json(
            "progress.json",
            {"schema_version": 1, "timestamp": self._now(), "stage": self._stage, "processed": done,
             "total": self._total, "percent": percent},
        )  # fmt: skip

    def _log(self, event: Event) -> None:
        line: dict[str, Any] = {"timestamp": self._now(), "event": type(event).__name__, **asdict(event)}
        with (self._run.path / "run.log").open("a", encoding="utf-8") as log:
            log.write(json.dumps(line, ensure_ascii=False) + "\n")

    def _now(self) -> str:
        return self._clock().astimezone(UTC).isoformat(timespec="milliseconds")
