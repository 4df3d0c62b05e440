"""The walk-through of the research bench works as it is written."""

import json
import os
import subprocess
import sys
from pathlib import Path

from benchmarks.walkthrough import PAGE, commands

from gradewise.cli.demonstration import write_generated

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


def test_the_walk_through_works_on_a_small_sample(tmp_path: Path) -> None:
    """From a file of essays to a tuned plan, each run completed and written down."""
    essays = write_generated(90, 5, tmp_path / "essays.csv")
    root = PAGE.parent.parent
    walked = subprocess.run(
        [sys.executable, "-m", "benchmarks.walkthrough"],
        cwd=tmp_path,
        env={
            **os.environ,
            **SMALL,
            "TRAIN": str(essays),
            "GRADEWISE_CACHE_DIR": str(tmp_path / "cache"),
            "PYTHONPATH": os.pathsep.join((str(root), str(root / "src"))),
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
