"""The demonstration: everything a newcomer should see, in one command."""

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from gradewise.bootstrap import services_from
from gradewise.cli.asking import plan_from
from gradewise.cli.rendering import prediction_panel
from gradewise.cli.terminal import err, out
from gradewise.cli.training.training import show_run, train_shown
from gradewise.models.bundles.bundle import load_bundle
from gradewise.settings import read_settings
from gradewise.testing.sample_essays import SAMPLE_TEXTS
from gradewise.testing.synthetic import generate_essays, to_rows
from gradewise.whole_files import write_whole
from gradewise.workflows.score import score_many
from gradewise.workflows.train import TrainedRun


def demonstrate(*, data: Path | None, n_essays: int, seed: int, output: Path) -> None:
    """Train, show figures and files, then grade one essay."""
    source = data or write_generated(n_essays, seed, output / "demo" / "essays.csv")
    plan = plan_from(source, {"output": output, "name": None if data else "demo"})
    run = train_shown(plan, quiet=False)
    show_run(run, plan, quiet=False)
    _grade_one(run, own_data=data is not None)


def write_generated(n_essays: int, seed: int, path: Path, *, language: str = "en") -> Path:
    """Write generated essays as a CSV file that a user can look at and imitate."""
    columns, rows = to_rows(generate_essays(n_essays, seed=seed, language=language))
    write_rows(path, columns, rows)
    err.print(f"{n_essays} essays generated: {path}", soft_wrap=True)
    return path


def write_rows(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a table as CSV."""
    written = io.StringIO(newline="")
    table = csv.writer(written, lineterminator="\n")
    table.writerow(columns)
    table.writerows(rows)
    write_whole(path, written.getvalue())


def _grade_one(run: TrainedRun, *, own_data: bool) -> None:
    bundle = load_bundle(run.bundle)
    essay = run.example if own_data else SAMPLE_TEXTS["weak"]
    with services_from(read_settings()) as services:
        prediction = next(score_many(bundle, [essay], services, n_reasons=6))
    given = f", teacher's grade {essay.label}" if essay.label else ""
    out.print()
    out.print(prediction_panel(prediction, title=f"One essay graded: {essay.id}{given}"))
