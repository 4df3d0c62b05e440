"""Whether a run goes on, has ended, or is dead."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from gradewise.errors import RunError
from gradewise.workflows.runs.directory import RunDirectory
from gradewise.workflows.runs.lock import working_in
from gradewise.workflows.runs.state import read_run_state

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def say(run: RunDirectory, **status: Any) -> None:
    """Write a status."""
    run.write_json("status.json", {"state": "running", "stage": "folds", "host": "here", **status})


def test_a_run_that_says_it_runs_does_so_while_its_lock_is_held(directory: RunDirectory) -> None:
    """Once nobody holds it any more, the run is dead, whatever its status says."""
    say(directory)
    with working_in(directory.path):
        running = read_run_state(directory.path, host="here")
    dead = read_run_state(directory.path, host="here")
    assert ("running", False, None) == (running.state, running.ended, running.failure_reason)
    assert ("dead", True) == (dead.state, dead.ended)
    assert "killed" in (dead.failure_reason or "")


@pytest.mark.parametrize(
    ("age_s", "expected"), [(0, "running"), (59, "running"), (61, "dead")], ids=["fresh", "late", "stale"]
)
def test_a_run_of_another_machine_lives_by_its_heartbeat(
    directory: RunDirectory, age_s: int, expected: str
) -> None:
    """After a minute of silence it is dead."""
    say(directory, host="there", heartbeat=(NOW - timedelta(seconds=age_s)).isoformat())
    assert expected == read_run_state(directory.path, now=NOW, host="here").state


@pytest.mark.parametrize("heartbeat", [None, "noon", 3, "2026-01-02T03:04:05"])
def test_a_heartbeat_that_cannot_be_read_is_none(directory: RunDirectory, heartbeat: object) -> None:
    """Neither absent, nor odd, nor without a zone does it keep a run alive."""
    say(directory, host="there", heartbeat=heartbeat)
    assert "dead" == read_run_state(directory.path, now=NOW, host="here").state


@pytest.mark.parametrize("state", ["completed", "failed"])
def test_a_run_that_has_ended_says_how(directory: RunDirectory, state: str) -> None:
    """Its own word counts, on whichever machine; figures are those of a completed run alone."""
    say(directory, state=state, host="there", failure_reason="bad grade", elapsed_seconds=3)
    directory.write_json("experiment.json", {"metrics": {"qwk": 0.5}})
    found = read_run_state(directory.path)
    assert (state, 3.0, {"qwk": 0.5} if state == "completed" else {}) == (
        found.state,
        found.elapsed_seconds,
        found.metrics,
    )


def test_the_share_is_that_of_the_stage_around_all_others(directory: RunDirectory) -> None:
    """Where a stage lies within another, how far the inner one is says little; other stages say nothing."""
    say(directory)
    within = {"stage": "folds", "percent": 90.0, "details": {"folds": {"percent": 20.0, "eta_seconds": 7.0}}}
    directory.write_json("progress.json", within)
    with working_in(directory.path):
        found = read_run_state(directory.path, host="here")
    assert (20.0, 7.0) == (found.percent, found.eta_seconds)
    directory.write_json("progress.json", {"stage": "before", "percent": 90.0})
    assert read_run_state(directory.path).percent is None


def test_a_run_that_was_killed_before_its_first_word_is_dead(directory: RunDirectory) -> None:
    """It is known by what it is; the state is JSON all the same."""
    directory.write_json("run.json", {"command": "cv", "run_name": "trial"})
    found = read_run_state(directory.path)
    assert ("dead", "cv", "trial", "starting") == (found.state, found.command, found.run_name, found.stage)
    assert str(directory.path) == json.loads(json.dumps(found.to_json()))["path"]


@pytest.mark.parametrize("content", [None, "[]", "{"], ids=["nothing", "list", "half"])
def test_a_directory_without_a_run_is_refused(tmp_path: Path, content: str | None) -> None:
    """By name, and with what to name instead."""
    if content is not None:
        (tmp_path / "status.json").write_text(content)
    with pytest.raises(RunError, match="holds no run"):
        read_run_state(tmp_path)
