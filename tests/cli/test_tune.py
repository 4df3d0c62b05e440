"""`gradewise tune`: what it shows, and that others may join."""

from pathlib import Path

import pytest
import yaml

from small_searches import quick
from trials import Command, only_run, read_json


def small_search(directory: Path) -> Path:
    """Write a plan whose search takes a second."""
    plan = quick(tune={"trials": 3, "nested_trials": 2})
    path = directory / "plan.yaml"
    assert path.is_file()
    assert 3 == plan.tune.trials
    return path


def test_a_search_is_shown_and_its_plan_is_trained(command: Command, tmp_path: Path) -> None:
    """Figures, the verdict, where everything lies; options are keys of the plan, and the result is a plan."""
    small_search(tmp_path)
    done = command("tune", "plan.yaml", "--trials", "4", "--batch", "4", "--objective", "qwk", "--no-prune",
                   "--workers", "2", "-o", "output")  # fmt: skip
    assert 0 == done.code, done.err
    assert "Best of 4 configurations against the plan's own settings" in done.out
    assert "that took no part in it" in " ".join(done.out.split())
    run = only_run(Path("output"))
    saved = yaml.safe_load((run / "plan.yaml").read_text(encoding="utf-8"))["tune"]
    assert (4, 4, "qwk", False) == tuple(saved[key] for key in ("trials", "batch", "objective", "prune"))
    assert "completed" == read_json(run / "status.json")["state"]
    tuned = run / "artifacts" / "tuned_plan.yaml"
    assert f"gradewise train {tuned}" in done.out
    assert 0 == command("train", tuned, "-o", "again", "-q").code


def test_a_blocked_dataset_shows_no_table(command: Command, tmp_path: Path) -> None:
    """Only that there are no figures."""
    quick(tune={"trials": 2, "nested_trials": 0}, data={"train": "essays.csv", "card": {"name": "x"}})
    done = command("optuna-sweep", "plan.yaml", "-o", "output", "-q")
    assert 0 == done.code, done.err
    assert "No figures" in done.out
    assert "Best of" not in done.out


def test_a_finished_search_may_still_be_joined(command: Command, tmp_path: Path) -> None:
    """There is nothing left to do, which is said; the run's own plan is followed."""
    small_search(tmp_path)
    assert 0 == command("tune", "plan.yaml", "-o", "output", "--nested-trials", "0", "-q").code
    joined = command("tune", "--join", only_run(Path("output")), "-q")
    assert 0 == joined.code, joined.err
    assert "0 trials evaluated here; the search has ended" in joined.out


def test_joining_nothing_is_refused(command: Command, tmp_path: Path) -> None:
    """A directory that is no run is named."""
    refused = command("tune", "--join", "nowhere")
    assert 2 == refused.code
    assert "nowhere holds no plan.yaml" in refused.complaint


@pytest.mark.parametrize("shown", ["--help"])
def test_help_names_the_search(command: Command, shown: str) -> None:
    """Options of the search stand under a heading of their own; the older name is not shown."""
    assert "--nested-trials" in command("tune", shown).out
    listed = command("--help").out
    assert "tune" in listed
    assert "optuna-sweep" not in listed
