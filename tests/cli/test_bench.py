"""`gradewise cv`, `run` and `compare-cv-runs` at a terminal."""

import json
from pathlib import Path

import pytest

from cv_trials import QUICK, N
from trials import Command, essay_rows, only_run, read_json, small_plan


@pytest.fixture
def plan() -> Path:
    """A quick plan where one stands."""
    return small_plan(Path(), essay_rows(N), **QUICK)


def test_two_cross_validations_are_compared(command: Command, plan: Path) -> None:
    """From a plan to figures, from the saved splits to a second run, from both to a verdict."""
    first = command("cv", plan, "-o", "first", "-q")
    assert (0, "") == (first.code, first.err)
    assert "Fold by fold" in first.out
    assert "locked test" in first.out
    reference = only_run(Path("first"))
    assert f"run     {reference}" in first.out
    second = command(
        "cv", "--splits-path", reference / "artifacts" / "splits.json", "--decision", "rounding",
        "--skip-locked-test", "-o", "second", "-q",
    )  # fmt: skip
    assert 0 == second.code, second.err
    assert "locked test" not in second.out
    both = (
        "--reference-run-dir", reference, "--candidate-run-dir", only_run(Path("second")),
        "--bootstrap-n", "200", "--min-prompt-n", "8", "-o", "third", "-q",
    )  # fmt: skip
    compared = command("compare-cv-runs", *both)
    assert 0 == compared.code, compared.err
    assert "Candidate less reference" in compared.out
    assert "verdict: " in compared.out
    assert "the hardest prompts" in compared.out
    plan_again = (only_run(Path("third")) / "plan.yaml").read_text(encoding="utf-8")
    assert "resamples: 200" in plan_again
    required = command("compare-cv-runs", *both, "--require-gates", "--gate-profile", "none")
    assert 3 == required.code
    assert "gates are required" in required.complaint


def test_a_run_is_training_under_another_name(command: Command, plan: Path) -> None:
    """It shows and leaves what training does, takes the bench's options, and is called `run`."""
    outcome = command("run", plan, "--ensemble-size", "2", "--skip-shap", "-o", "out", "-q")
    assert 0 == outcome.code, outcome.err
    directory = only_run(Path("out"))
    assert directory.name.endswith("_run")
    assert (directory / "artifacts" / "bundle").is_dir()
    assert "train" in read_json(directory / "artifacts" / "metrics.json")
    assert not (directory / "shap").exists()


def test_a_test_that_was_kept_locked_is_opened_by_name(command: Command, plan: Path) -> None:
    """A run that follows a cross-validation which kept the test locked must say that it looks at it."""
    assert 0 == command("cv", plan, "--skip-locked-test", "-o", "out", "-q").code
    follow = ("run", "--splits-path", only_run(Path("out")) / "artifacts" / "splits.json", "-o", "run", "-q")
    refused = command(*follow)
    assert 2 == refused.code
    assert "--open-locked-test" in refused.complaint
    opened = command(*follow, "--open-locked-test")
    assert 0 == opened.code, opened.err
    assert "locked test" in opened.out


def test_blocked_data_show_no_figures(command: Command) -> None:
    """The terminal says that figures are withheld, and shows none."""
    card = {"name": "borrowed", "licence": "unknown"}
    plan = small_plan(Path(), essay_rows(N), data={"train": "essays.csv", "card": card}, **QUICK)
    outcome = command("cv", plan, "-o", "out", "-q")
    assert 0 == outcome.code, outcome.err
    assert "No figures" in outcome.out
    assert "kappa" not in outcome.out


def test_what_is_no_run_is_refused_in_a_line(command: Command) -> None:
    """A directory that holds no run, and a run that is not there, each say what to do."""
    Path("empty").mkdir()
    outcome = command("compare-cv-runs", "--reference-run-dir", "empty", "--candidate-run-dir", "empty")
    assert 2 == outcome.code
    assert "empty/plan.yaml cannot be read" in outcome.complaint


def test_profiles_are_those_of_the_plan_and_a_resumed_run_shows_its_figures(
    command: Command, plan: Path
) -> None:
    """Others are refused with those that there are; a run that goes on shows figures as one that ends."""
    assert 0 == command("cv", plan, "-o", "out", "-q").code
    directory = only_run(Path("out"))
    outcome = command(
        "compare-cv-runs", "--reference-run-dir", directory, "--candidate-run-dir", directory,
        "--gate-profile", "lenient",
    )  # fmt: skip
    assert 2 == outcome.code
    assert "stratified_stability" in outcome.complaint
    status = directory / "status.json"
    status.write_text(json.dumps({**read_json(status), "state": "failed"}), encoding="utf-8")
    resumed = command("runs", "resume", directory, "-q")
    assert 0 == resumed.code, resumed.err
    assert "Fold by fold" in resumed.out


def test_text_learners_can_be_left_out(command: Command) -> None:
    """`--text-learner none` is not the same as not naming any: the plan then has none."""
    plan = small_plan(Path(), essay_rows(N), **{**QUICK, "features": {"groups": ["length"]}})
    outcome = command("cv", plan, "--text-learner", "none", "-o", "out", "-q")
    assert 0 == outcome.code, outcome.err
    record = read_json(only_run(Path("out")) / "artifacts" / "cv_metrics.json")
    assert [] == record["features"]["text_learners"]
