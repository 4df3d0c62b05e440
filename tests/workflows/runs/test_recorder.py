"""A run's directory tells the truth about the run."""

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gradewise.errors import InputError
from gradewise.telemetry import Event, Notice, StageAdvanced, StageStarted, silent, stage
from gradewise.workflows.runs.directory import RunDirectory, make_run_directory
from gradewise.workflows.runs.identity import RunIdentity
from gradewise.workflows.runs.recorder import Recorder, recorded
from trials import read_json

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@contextmanager
def recording(
    run: RunDirectory, identity: RunIdentity, listener: object = silent, *, beat_every_s: float = 5.0
) -> Iterator[Recorder]:
    """A run that is recorded, with a clock that stands."""
    recorder = Recorder(run, identity, listener, clock=lambda: NOW)  # type: ignore[arg-type]
    with recorded(recorder, beat_every_s=beat_every_s):
        yield recorder


def events(run: RunDirectory) -> list[str]:
    """What the log tells of."""
    return [json.loads(line)["event"] for line in (run.path / "run.log").read_text().splitlines()]


def test_runs_within_one_second_do_not_share_a_directory(tmp_path: Path) -> None:
    """The second gets a suffix."""
    first = make_run_directory(tmp_path, "essays", "cv", now=NOW)
    second = make_run_directory(tmp_path, "essays", "cv", now=NOW)
    assert ["20260102_030405_cv", "20260102_030405_cv_2"] == [first.path.name, second.path.name]


def test_a_finished_run_says_so_and_keeps_its_log(directory: RunDirectory, identity: RunIdentity) -> None:
    """Status, progress and log name the stages; the listener hears every event."""
    heard: list[Event] = []
    with recording(directory, identity, heard.append) as recorder:
        assert {"state": "running", "stage": "starting"}.items() <= status(directory).items()
        with stage(recorder.hear, "features", total=2) as done:
            done(1)
            recorder.hear(Notice("a word"))
            done(2)
    found = status(directory)
    assert {
        "schema_version": 1,
        "state": "completed",
        "stage": "features",
        "command": "cv",
        "run_name": "trial",
        "started_at": "2026-01-02T03:04:05.000+00:00",
        "heartbeat": "2026-01-02T03:04:05.000+00:00",
        "pid": os.getpid(),
        "resumed": 0,
        "versions": {"gradewise": "1"},
    }.items() <= found.items()
    assert {"schema_version": 1, "state": "completed", "processed": 2, "total": 2}.items() <= read_json(
        directory.path / "progress.json"
    ).items()
    assert ["RunStarted", "StageStarted", "Notice", "StageFinished", "RunCompleted"] == events(directory)
    assert 5 == len(heard)


def status(run: RunDirectory) -> dict[str, object]:
    """What a run says of itself."""
    return read_json(run.path / "status.json")


def test_a_failed_run_says_where_and_why(directory: RunDirectory, identity: RunIdentity) -> None:
    """The error is recorded, added to what is in the log already, and raised again."""
    (directory.path / "stderr.log").write_text("earlier\n")
    with (
        pytest.raises(InputError, match="bad grade"),
        recording(directory, identity) as recorder,
        stage(recorder.hear, "reading"),
    ):
        raise InputError("bad grade")
    expected = {"state": "failed", "stage": "reading", "failure_reason": "bad grade", "signal": None}
    assert expected.items() <= status(directory).items()
    assert "InputError" == status(directory)["error_type"]
    kept = (directory.path / "stderr.log").read_text()
    assert (True, True) == (kept.startswith("earlier\n"), kept.endswith("InputError: bad grade\n"))
    assert "RunFailed" == events(directory)[-1]


@pytest.mark.parametrize(
    ("error", "reason", "signal"),
    [
        (KeyboardInterrupt(), "stopped by the user", "SIGINT"),
        (SystemExit(143), "143", "SIGTERM"),
        (SystemExit(1), "1", None),
        (ValueError(), "ValueError", None),
        (OSError("full"), "full", None),
    ],
    ids=["interrupt", "terminated", "exit", "without-words", "disk"],
)
def test_every_failure_has_a_reason(
    directory: RunDirectory, identity: RunIdentity, error: BaseException, reason: str, signal: str | None
) -> None:
    """An interruption, and an error without words, are told too."""
    with pytest.raises(type(error)), recording(directory, identity):
        raise error
    assert (reason, signal) == (status(directory)["failure_reason"], status(directory)["signal"])


def test_progress_is_written_now_and_then(
    directory: RunDirectory, identity: RunIdentity, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each step is passed on; the file follows at most twice a second, the log every ten seconds."""
    heard: list[Event] = []
    clock = [0.0]
    monkeypatch.setattr("gradewise.workflows.runs.recorder.time.monotonic", lambda: clock[0])
    with recording(directory, identity, heard.append) as recorder:
        recorder.hear(StageStarted("features", 8, "essays"))
        for clock[0], done, written in ((0.1, 1, 0), (0.6, 4, 4), (0.7, 5, 4), (11.0, 6, 6)):
            recorder.hear(StageAdvanced("features", done))
            assert written == read_json(directory.path / "progress.json")["processed"]
    assert 5 == len(heard)
    assert ["RunStarted", "StageStarted", "Progress", "RunCompleted"] == events(directory)


def test_stages_within_a_stage_do_not_wear_out_the_disk(
    directory: RunDirectory, identity: RunIdentity, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A thousand short ones are told as often as time passes, and the status names the one around them."""
    written: list[str] = []
    monkeypatch.setattr(RunDirectory, "write_json", lambda _self, name, _content: written.append(name))
    with recording(directory, identity) as recorder, stage(recorder.hear, "sweep", total=1000) as done:
        began = time.monotonic()
        for count in range(1000):
            with stage(recorder.hear, "training"):
                done(count + 1)
        seconds = time.monotonic() - began
    assert len(written) <= 8 + 2 * seconds


def test_the_heart_beats_while_a_stage_is_silent(directory: RunDirectory, identity: RunIdentity) -> None:
    """Long work that reports nothing is told from a dead process."""
    ticks = (NOW + timedelta(seconds=count) for count in range(10_000))
    recorder = Recorder(directory, identity, silent, clock=lambda: next(ticks))
    with recorded(recorder, beat_every_s=0.01):
        before = status(directory)["heartbeat"]
        for _ in range(200):
            time.sleep(0.01)
            if status(directory)["heartbeat"] != before:
                break
        assert before != status(directory)["heartbeat"]
        assert "running" == status(directory)["state"]


def test_a_disk_that_fills_up_does_not_hide_the_error(
    directory: RunDirectory, identity: RunIdentity, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The old status stays whole, beats are left out, and what went wrong first is what is raised."""

    def full(*_arguments: object) -> None:
        raise OSError(28, "No space left on device")

    def break_off() -> None:
        with recording(directory, identity, beat_every_s=0.01):
            monkeypatch.setattr(os, "fsync", full)
            time.sleep(0.05)
            raise InputError("bad grade")

    with pytest.raises(InputError, match="bad grade"):
        break_off()
    assert "running" == status(directory)["state"]
    assert [] == list(directory.path.glob(".*"))
