"""ELLIPSE's six traits: trained on the essays that have no overall grade, tested on those that have one."""

import csv
import gzip
from pathlib import Path

from benchmarks.accuracy.asap import write_rows
from benchmarks.accuracy.tables import Row, Table
from benchmarks.corpora import ELLIPSE_CARD, TRAITS, ellipse, ellipse_traits
from gradewise.evaluation.traits import mean_columnwise_rmse
from gradewise.reporting.report import NamedEvaluation
from gradewise.telemetry import silent
from gradewise.workflows.datasets.prepare import prepare_dataset
from gradewise.workflows.plans.reading import make_plan, plan_yaml
from gradewise.workflows.plans.recipes import find_recipe, with_options
from gradewise.workflows.services import Services
from gradewise.workflows.training.experiment import gather
from gradewise.workflows.training.learning import judge, learn

STEP = 0.5
"""Marks that a grade step of this scale is worth."""


def six_traits(recipe: str, services: Services, directory: Path) -> list[Table]:
    """Six targets in one plan; the mean of their root mean squared errors (MCRMSE) in marks."""
    main, *others = TRAITS
    raw = {
        "name": "ellipse-traits",
        "scale": "ellipse",
        "data": {
            "train": _renamed([ellipse_traits()], directory / "traits_train.csv"),
            "test": _renamed([ellipse("train"), ellipse("test")], directory / "traits_test.csv"),
            "columns": {"text": "full_text", "label": main, "id": "id", "traits": others},
            "card": ELLIPSE_CARD,
        },
        "evaluation": {"resamples": 200},
        "output": directory,
    }
    plan = make_plan(with_options(raw, find_recipe(recipe)), location="benchmark")
    (directory / f"ellipse-traits-{recipe}.yaml").write_text(plan_yaml(plan), encoding="utf-8")
    experiment = gather(prepare_dataset(plan, services, silent), services, silent)
    judged = {
        target.name if target.name != "overall" else main: judge(
            experiment, learn(experiment, silent, target=target), silent
        )
        for target in (experiment.overall, *experiment.traits)
    }
    return [_table(recipe, judged, position) for position in (0, 1)]


def _table(recipe: str, judged: dict[str, tuple[NamedEvaluation, ...]], position: int) -> Table:
    rows = [
        Row(trait, {"qwk": named[position].evaluation.metrics["qwk"]}, n=named[position].evaluation.n)
        for trait, named in judged.items()
    ]
    error = mean_columnwise_rmse([named[position].graded for named in judged.values()])
    marks = type(error)(error.estimate * STEP, error.low * STEP, error.high * STEP)
    name = next(iter(judged.values()))[position].name
    return Table(
        f"ELLIPSE traits, {recipe}, {name}", (*rows, Row("all six", {"MCRMSE in marks": marks}, n=rows[0].n))
    )


def _renamed(files: list[Path | None], target: Path) -> Path:
    """The rows of files with columns called alike."""
    rows: list[dict[str, str]] = []
    for file in files:
        assert file is not None  # noqa: S101 - asked for only where the corpus is
        with gzip.open(file, "rt", encoding="utf-8", newline="") as opened:
            for row in csv.DictReader(opened):
                folded = {name.lower(): value for name, value in row.items()}
                marks = {trait: folded[trait.lower()] for trait in TRAITS}
                rows.append({"id": f"{file.name}-{len(rows)}", "full_text": folded["full_text"], **marks})
    write_rows(target, rows)
    return target
