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
    """Measure, print, write."""
    train, test = ellipse("train"), ellipse("test")
    if train is None or test is None:
        print("the ELLIPSE corpus is needed: GRADEWISE_CORPORA=DIRECTORY make bench-research")
        return
    with tempfile.TemporaryDirectory() as scratch:
        essays = _sample(train, Path(scratch) / "essays.csv")
        # Figures of the locked test are no matter of speed: it stays locked.
        asked = (str(essays), "--test", str(test), "--skip-locked-test")
        _seconds("cv", *asked, "--run-name", "first", directory=scratch)
        (first,) = Path(scratch).glob("output/*/*_first")
        store = ("--reuse-cv-feature-store-dir", str(first), "--skip-locked-test")
        columns = [each for name in _measured(first)[:COLUMNS] for each in ("--column", name)]
        measurements = [
            Measurement(
                name=f"cv from a feature store, {ESSAYS} essays, 5 folds",
                value=_seconds("cv", *store, directory=scratch),
                unit="s",
                asked=30,
                note="start of Python, text learners, report included",
            ),
            Measurement(
                name=f"drop-column, {COLUMNS} columns and 10 random ones, 5 folds, 3 seeds",
                value=_seconds("drop-column", *store, *columns, "--seeds", "3", directory=scratch) / 60,
                unit="min",
                asked=6,
                note="whole command; the model keeps its other columns",
            ),
            Measurement(
                name=f"tune, {TRIALS} trials, 5 folds, nested confirmation of 8 trials a fold",
                value=_seconds("tune", *store, "--n-trials", str(TRIALS), directory=scratch) / 60,
                unit="min",
                asked=6,
                note="whole command",
            ),
        ]
    show(measurements)
    print(f"\nwritten to {write('bench-research', measurements)}")


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


def _measured(run: Path) -> Sequence[str]:
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
