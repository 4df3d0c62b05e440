"""A run's directory tells the truth about the run."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gradewise.errors import InputError
from gradewise.telemetry import Event, Notice, StageAdvanced, StageStarted, silent, stage
from gradewise.workflows.runs.directory import make_run_directory
from gradewise.workflows.runs.recorder import recorded

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def read(path: Path) -> dict[str, object]:
    """A JSON object from a file."""
    content = json.loads(path.read_text(encoding="utf-8"))
    assert isinstance(content, dict)
    return content


def test_runs_within_one_second_do_not_share_a_directory(tmp_path: Path) -> None:
    """The second gets a suffix."""
    first = make_run_directory(tmp_path, "essays", "cv", now=NOW)
    second = make_run_directory(tmp_path, "essays", "cv", now=NOW)
    assert ["20260102_030405_cv", "20260102_030405_cv_2"] == [first.path.name, second.path.name]


def test_a_finished_run_says_so_and_keeps_its_log(tmp_path: Path) -> None:
    """Status, progress and log name the stages; the listener hears every event."""
    run = make_run_directory(tmp_path, "essays", "cv", now=NOW)
    heard: list[Event] = []
    with (
        recorded(run, heard.append, clock=lambda: NOW) as listener,
        stage(listener, "features", total=2) as done,
    ):
        done(1)
        listener(Notice("a word"))
        done(2)
    assert ("completed", "features") == (
        read(run.path / "status.json")["state"],
        read(run.path / "status.json")["stage"],
    )
    assert 2 == read(run.path / "progress.json")["total"]
    events = [json.loads(line)["event"] for line in (run.path / "run.log").read_text().splitlines()]
    assert ["StageStarted", "Notice", "StageFinished"] == events
    assert 5 == len(heard)


def test_a_failed_run_says_where_and_why(tmp_path: Path) -> None:
    """The error is recorded and raised again."""
    run = make_run_directory(tmp_path, "essays", "cv", now=NOW)
    with (
        pytest.raises(InputError, match="bad grade"),
        recorded(run, silent, clock=lambda: NOW) as listener,
        stage(listener, "reading"),
    ):
        raise InputError("bad grade")
    status = read(run.path / "status.json")
    assert ("failed", "reading", "bad grade", "InputError") == (
        status["state"],
        status["stage"],
        status["failure_reason"],
        status["error_type"],
    )
    assert "bad grade" in (run.path / "stderr.log").read_text()


@pytest.mark.parametrize(
    ("error", "reason"),
    [(KeyboardInterrupt(), "stopped by the user"), (ValueError(), "ValueError"), (OSError("full"), "full")],
)
def test_every_failure_has_a_reason(tmp_path: Path, error: BaseException, reason: str) -> None:
    """An interruption, and an error without words, are told too."""
    run = make_run_directory(tmp_path, "essays", "cv", now=NOW)
    with pytest.raises(type(error)), recorded(run, silent, clock=lambda: NOW):
        raise error
    assert reason == read(run.path / "status.json")["failure_reason"]


def test_progress_is_written_now_and_then(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each step is passed on; the file follows at most twice a second, with its share where one is known."""
    run = make_run_directory(tmp_path, "essays", "cv", now=NOW)
    seconds = iter([0.0, 0.0, 0.0, 0.0, 0.1, 1.0, 1.0, 2.0, 2.0, 2.0, 2.0])
    monkeypatch.setattr("gradewise.workflows.runs.recorder.time.monotonic", lambda: next(seconds, 3.0))
    heard: list[Event] = []
    with recorded(run, heard.append, clock=lambda: NOW) as listener:
        listener(StageStarted("features", 8, "essays"))
        listener(StageAdvanced("features", 1))
        assert 0 == read(run.path / "progress.json")["processed"]
        listener(StageAdvanced("features", 4))
        progress = read(run.path / "progress.json")
    assert (4, 8, 50.0) == (progress["processed"], progress["total"], progress["percent"])
    assert 3 == len(heard)
