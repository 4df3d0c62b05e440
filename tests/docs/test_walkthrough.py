"""The walk-through of the research bench works as it is written."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from benchmarks.walkthrough import PAGE, commands, main

from trials import essay_rows, small_plan

SMALL = {
    "KIND": "csv",
    "WINDOW": "",
    "FOLDS": "2",
    "RUNS": "1",
    "SEEDS": "1",
    "COLUMNS_TRIED": "--column words --noise-columns 2",
    "TRIALS": "2",
    "NESTED": "1",
}
"""What makes it short."""
QUICK: dict[str, Any] = {
    "scale": None,
    "features": {"groups": ["length", "surface"], "checker": "none", "text_learners": ["words"]},
    "model": {"booster": {"rounds": 12, "early_stopping_rounds": 4, "learning_rate": 0.2}},
}
"""What makes learning quick: the plan of the first command is followed by all others."""


def test_the_page_is_run_in_order() -> None:
    """Every block of shell commands is part of it; what is only shown is not."""
    script = commands("```console\n$ no\n```\n```sh\nfirst\n```\ntext\n```sh\nsecond\n```\n")
    assert ["first", "second"] == [line for line in script.splitlines() if line in {"first", "second"}]
    assert "no" not in script.splitlines()


def test_without_essays_it_says_what_to_name() -> None:
    """Nothing is run."""
    told = subprocess.run(
        [sys.executable, "-m", "benchmarks.walkthrough"],
        cwd=PAGE.parent.parent,
        env={**os.environ, "KIND": "", "TRAIN": ""},
        check=False,
        capture_output=True,
        text=True,
    )
    assert (2, True) == (told.returncode, "KIND and TRAIN must be set" in told.stdout)


def test_commands_run_beside_this_python_until_one_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """With the program of this installation, and paths that hold wherever one stands."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("benchmarks.walkthrough.PAGE", tmp_path / "page.md")
    monkeypatch.setenv("KIND", "csv")
    monkeypatch.setenv("TRAIN", "essays.csv")
    (tmp_path / "page.md").write_text('```sh\ngradewise --version\necho "$TRAIN"\n```\n', encoding="utf-8")
    assert 0 == main()
    said = capfd.readouterr().out.splitlines()
    assert ("gradewise", str(tmp_path / "essays.csv")) == (said[0].split()[0], said[1])
    (tmp_path / "page.md").write_text("```sh\nexit 3\n```\n```sh\necho no\n```\n", encoding="utf-8")
    assert (3, "") == (main(), capfd.readouterr().out)


def test_the_walk_through_works_on_a_small_sample(tmp_path: Path, program: Path) -> None:
    """From a plan with a file of essays to a tuned plan, each run completed and written down."""
    plan = small_plan(tmp_path, essay_rows(80), **QUICK)
    walked = subprocess.run(
        ["bash", "-c", commands(PAGE.read_text(encoding="utf-8"))],
        cwd=tmp_path,
        env={
            **os.environ,
            **SMALL,
            "TRAIN": str(plan),
            "PATH": f"{program}{os.pathsep}{os.environ['PATH']}",
        },
        check=False,
        capture_output=True,
        text=True,
    )
    assert 0 == walked.returncode, walked.stderr[-2000:]
    journal = (tmp_path / "output" / "experiments.jsonl").read_text(encoding="utf-8").splitlines()
    entries = [json.loads(line) for line in journal]
    assert {"completed"} == {entry["state"] for entry in entries}
    names = [entry["run_name"] for entry in entries]
    assert [
        "prepared", "splits", "base", "grid", "columns", "groups", "without-wording", "compared", "search",
    ] == names  # fmt: skip
