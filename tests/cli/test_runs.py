"""`gradewise runs`: what is shown of runs, and to whom."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gradewise.experiments import entry_from_json
from gradewise.workflows.runs.directory import make_run_directory
from gradewise.workflows.runs.lock import working_in
from trials import Command, Trained, read_json


@pytest.fixture
def dead() -> Path:
    """A run that was killed in the middle of its folds."""
    run = make_run_directory(Path("output"), "essays", "cv", now=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))
    run.write_json("run.json", {"command": "cv", "run_name": "cv"})
    run.write_json(
        "status.json",
        {
            "state": "running", "command": "cv", "run_name": "cv", "stage": "folds", "pid": 7, "host": "vm",
            "started_at": "2026-01-02T03:04:05+00:00", "timestamp": "2026-01-02T03:07:10+00:00",
            "elapsed_seconds": 185.2, "resumed": 2, "signal": "SIGTERM",
        },
    )  # fmt: skip
    run.write_json("progress.json", {"stage": "folds", "percent": 40.0, "eta_seconds": 3700.0})
    return run.path


def test_runs_are_listed_on_a_line_each(command: Command, trained: Trained) -> None:
    """State, step, time and the figure that counts most; as JSON, everything."""
    listed = command("runs", "list", "--output", trained.run.parents[1])
    heading, line = listed.out.splitlines()
    assert [
        "run",
        "command",
        "state",
        "step",
        "time",
        "figure",
    ] == heading.split()
    assert (trained.run.name, "train", "completed") == tuple(line.split()[:3])
    figure = entry_from_json(read_json(trained.run / "experiment.json")).metrics["qwk"]
    assert line.endswith(f"QWK {figure:.3f}")
    (record,) = json.loads(command("runs", "list", "--output", trained.run.parents[1], "--json").out)["runs"]
    assert ("completed", str(trained.run)) == (record["state"], record["path"])


def test_without_runs_there_is_nothing_to_list(command: Command) -> None:
    """A line says so to the person; a pipe gets nothing, or an empty list."""
    assert (0, "", "no runs under output/\n") == tuple(
        getattr(command("runs", "list"), name) for name in ("code", "out", "err")
    )
    assert [] == json.loads(command("runs", "list", "--json").out)["runs"]


def test_a_run_is_shown_with_plan_figures_and_files(command: Command, trained: Trained) -> None:
    """What an essay says is nowhere."""
    shown = command("runs", "show", trained.run)
    for expected in (
        "state          completed",
        "splits         stratified_text, 3 folds, seed 42",
        "features       handcrafted, length, surface, diversity, errors",
        "out_of_fold_qwk",
        f"{trained.run}/reports/report.html",
        "completed in ",
    ):
        assert expected in shown.out, shown.out
    assert "dead" not in shown.out
    assert "completed" == json.loads(command("runs", "show", trained.run, "--json").out)["state"]


def test_a_dead_run_is_shown_as_dead(command: Command, dead: Path) -> None:
    """Never as running, with what is known of its end; its plan may be missing."""
    line = command("runs", "list").out.splitlines()[1]
    assert "dead" in line
    assert "folds 40 %  3 min 05 s" in line
    shown = command("runs", "show", "cv").out
    for expected in (
        "killed, or its machine stopped",
        "SIGTERM",
        "2 ×",
        "7 on vm",
        "cannot be read",
        "runs resume",
    ):
        assert expected in shown


def test_a_run_that_goes_on_says_how_long(command: Command, dead: Path) -> None:
    """As far as its step can tell."""
    with working_in(dead):
        shown = command("runs", "show").out
    assert "state          running" in shown
    assert "step ends in   1 h 01 min" in shown


def test_scripts_get_the_directory_of_the_newest_run_of_a_name(command: Command, dead: Path) -> None:
    """A line and nothing else; where there is none, exit code 2."""
    assert f"{dead}\n" == command("runs", "path", "cv").out
    assert f"{dead}\n" == command("runs", "path").out
    missing = command("runs", "path", "sweep")
    assert (2, "") == (missing.code, missing.out)
    assert "no run 'sweep' under output/; names there are: cv" == missing.complaint


def test_the_log_of_a_run_is_shown_in_words(command: Command, trained: Trained, dead: Path) -> None:
    """Its last lines; following ends with the run, by an exit code that says whether it went well."""
    last = command("runs", "tail", trained.run, "-n", "2").out.splitlines()
    assert 2 == len(last)
    assert "completed in " in last[1]
    assert 0 == command("runs", "tail", trained.run, "-f").code
    assert (1, "") == (command("runs", "tail", dead, "-f").code, command("runs", "tail", dead).out)


def test_what_cannot_be_resumed_is_refused(command: Command, trained: Trained, dead: Path) -> None:
    """A completed run, and one of a kind that keeps no pieces here."""
    completed = command("runs", "resume", trained.run)
    assert (2, True) == (completed.code, "is completed" in completed.complaint)


def test_every_run_is_in_the_experiment_log(trained: Trained) -> None:
    """As a line and as a paragraph, without a word of the essays."""
    output = trained.run.parents[1]
    (line,) = (output / "experiments.jsonl").read_text().splitlines()
    entry = entry_from_json(json.loads(line))
    assert ("completed", "train", str(trained.run)) == (entry.state, entry.command, entry.output)
    assert 64 == len(str(entry.dataset.sha256))
    assert "fake" not in entry.backends.checker
    assert entry.backends.checker.startswith("harper")
    assert {"qwk", "out_of_fold_qwk"} <= set(entry.metrics)
    assert "`train`" in (output / "experiments.md").read_text()
