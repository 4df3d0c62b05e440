"""`make bench-research`: how long the research bench takes on 1,500 ELLIPSE essays, whole commands."""

import csv
import gzip
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.corpora import ellipse
from benchmarks.measurements import Measurement, show, write

ESSAYS = 1500
COLUMNS = 45
TRIALS = 40


def main() -> None:
    """Measure what was named (cv, drop-column, tune), or everything; print each figure, write."""
    train, test = ellipse("train"), ellipse("test")
    if train is None or test is None:
        print("the ELLIPSE corpus is needed: GRADEWISE_CORPORA=DIRECTORY make bench-research")
        return
    measurements = []
    with tempfile.TemporaryDirectory() as scratch:
        essays = _sample(train, Path(scratch) / "essays.csv")
        # Figures of the locked test are no matter of speed: it stays locked.
        asked = (str(essays), "--test", str(test), "--skip-locked-test")
        _seconds("cv", *asked, "--run-name", "first", directory=scratch)
        (first,) = Path(scratch).glob("output/*/*_first")
        for command in sys.argv[1:] or ["cv", "drop-column", "tune"]:
            measurements.append(_measured(command, first, scratch))
            show(measurements[-1:])
    print(f"\nwritten to {write('bench-research', measurements)}")


def _measured(command: str, first: Path, scratch: str) -> Measurement:
    """A command that reads the feature store of a run, start of Python and report included."""
    columns = [part for name in _columns(first)[:COLUMNS] for part in ("--column", name)]
    options, name, asked = {
        "cv": (["--skip-locked-test"], f"cv from a feature store, {ESSAYS} essays, 5 folds", 30),
        "drop-column": (
            [*columns, "--seeds", "3"],
            f"drop-column, {COLUMNS} columns and 10 random ones, 5 folds, 3 seeds",
            360,
        ),
        "tune": (
            ["--n-trials", str(TRIALS)],
            f"tune, {TRIALS} trials, 5 folds, nested confirmation of 8 trials a fold",
            360,
        ),
    }[command]
    seconds = _seconds(command, "--reuse-cv-feature-store-dir", str(first), *options, directory=scratch)
    return Measurement(name=name, value=seconds, unit="s", asked=asked, note="whole command")


def _sample(corpus: Path, file: Path) -> Path:
    """The first rows of a corpus."""
    with (
        gzip.open(corpus, "rt", encoding="utf-8", newline="") as whole,
        file.open("w", encoding="utf-8", newline="") as part,
    ):
        writer = csv.writer(part)
        for number, row in enumerate(csv.reader(whole)):
            if number > ESSAYS:
                break
            writer.writerow(row)
    return file


def _columns(run: Path) -> Sequence[str]:
    """Names of the measured columns of a run's feature store."""
    manifest = json.loads((run / "feature_store" / "manifest.json").read_text(encoding="utf-8"))
    return [feature["name"] for feature in manifest["features"]]


def _seconds(*arguments: str, directory: str) -> float:
    """How long a command takes, run where its files are to lie, with a cache of its own unless one is set."""
    program = "from gradewise.cli.main import main; main()"
    started = time.perf_counter()
    subprocess.run(
        [sys.executable, "-c", program, *arguments, "--quiet"],
        cwd=directory,
        env={"GRADEWISE_CACHE_DIR": f"{directory}/cache", **os.environ},
        check=True,
        capture_output=True,
    )
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
