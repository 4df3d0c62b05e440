"""ASAP on its published folds, one model per prompt; and across prompts, with nothing known of the eighth."""

import csv
import gzip
import multiprocessing
import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.accuracy.tables import Row, Table
from benchmarks.corpora import ASAP_CARD, corpora
from gradewise.bootstrap import services_from
from gradewise.essays.prompt_scales import ASAP
from gradewise.essays.texts import text_hash
from gradewise.evaluation.agreement import quadratic_weighted_kappa
from gradewise.evaluation.bootstrap import percentile_interval, resample_weights
from gradewise.evaluation.results import Graded, Interval
from gradewise.features.schema import FeatureMatrix
from gradewise.models.folds import FoldRows
from gradewise.settings import Settings
from gradewise.telemetry import silent
from gradewise.workflows.datasets.prepare import prepare_dataset
from gradewise.workflows.measuring.extract import processors
from gradewise.workflows.plans.plan import Plan
from gradewise.workflows.plans.reading import make_plan, plan_yaml
from gradewise.workflows.plans.recipes import find_recipe, with_options
from gradewise.workflows.services import Services
from gradewise.workflows.training.experiment import Experiment, gather
from gradewise.workflows.training.learning import Learned, judge, learn

PROMPTS = tuple("12345678")
FOLDS = range(5)
COLUMNS = {"text": "essay", "label": "domain1_score", "id": "essay_id", "prompt": "essay_set"}
RESAMPLES = 1000

Records = Mapping[str, Mapping[str, str]]


def read_asap() -> Records:
    """Every row of ASAP by its essay's id."""
    with gzip.open(corpora() / "asap" / "asap_aes.csv.gz", "rt", encoding="utf-8", newline="") as file:
        return {row["essay_id"]: row for row in csv.DictReader(file)}


def fold_ids(fold: int, part: str) -> list[str]:
    """Ids of a part (``train``, ``dev``, ``test``) of a published fold."""
    path = corpora() / "asap" / "folds" / f"fold_{fold}" / f"{part}_ids.txt"
    return [line.strip() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def per_prompt(recipe: str, cache: Path, directory: Path) -> Table:
    """Train on train and dev of each fold and prompt, test on its test part; a process for each core."""
    tasks = [(recipe, prompt, fold, cache, directory) for fold in FOLDS for prompt in PROMPTS]
    tested: dict[str, list[Graded]] = {prompt: [] for prompt in PROMPTS}
    with ProcessPoolExecutor(processors(), mp_context=multiprocessing.get_context("spawn")) as pool:
        for (_, prompt, fold, *_), graded in zip(tasks, pool.map(_one_model, tasks), strict=True):
            tested[prompt].append(graded)
            print(f"ASAP fold {fold} prompt {prompt}: {_kappas(graded, prompt)[0]:.3f}", flush=True)
    return Table(
        f"ASAP, published folds, one model per prompt, {recipe} with one seed", tuple(_rows(recipe, tested))
    )


def _one_model(task: tuple[str, str, int, Path, Path]) -> Graded:
    """The test essays of one fold and prompt beside what their model says, on one core."""
    recipe, prompt, fold, cache, directory = task
    os.sched_setaffinity(0, {sorted(os.sched_getaffinity(0))[(fold * 8 + int(prompt)) % processors()]})
    with services_from(Settings(cache_directory=cache, workers=1)) as services:
        plan = _plan(recipe, prompt, fold, directory)
        experiment = gather(prepare_dataset(plan, services, silent), services, silent)
        return judge(experiment, learn(experiment, silent), silent)[-1].graded


def _plan(recipe: str, prompt: str, fold: int, directory: Path) -> Plan:
    place, records = directory / f"fold_{fold}_prompt_{prompt}", read_asap()
    place.mkdir(parents=True, exist_ok=True)
    rows = {
        part: [
            records[each]
            for source in sources
            for each in fold_ids(fold, source)
            if each in records and records[each]["essay_set"] == prompt
        ]
        for part, sources in (("test", ("test",)), ("train", ("train", "dev")))
    }
    # The published folds part a few copies of one text; what is tested must not have been learnt.
    tested = {text_hash(row["essay"]) for row in rows["test"]}
    write_rows(place / "test.csv", rows["test"])
    write_rows(place / "train.csv", [row for row in rows["train"] if text_hash(row["essay"]) not in tested])
    raw = {
        "name": f"asap-{prompt}-{fold}",
        "scale": "asap",
        "data": {
            "train": place / "train.csv",
            "test": place / "test.csv",
            "columns": COLUMNS,
            "card": ASAP_CARD,
        },
        "evaluation": {"resamples": 100},
        "output": directory / "output",
    }
    options = {**find_recipe(recipe), "model.seeds": 1}  # forty models, and more seeds hardly help
    plan = make_plan(with_options(raw, options), location="benchmark")
    (place / "plan.yaml").write_text(plan_yaml(plan), encoding="utf-8")
    return plan


def write_rows(path: Path, rows: Sequence[Mapping[str, str]]) -> None:
    """Write rows of one table as CSV."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)


def _rows(recipe: str, tested: Mapping[str, Sequence[Graded]]) -> list[Row]:
    rows, replicates = [], []
    for prompt, folds in tested.items():
        drawn = np.mean([_kappas(graded, prompt) for graded in folds], axis=0)
        rows.append(
            Row(f"prompt {prompt}", {recipe: _interval(drawn)}, n=sum(len(g.essay_ids) for g in folds))
        )
        replicates.append(drawn)
    mean = np.mean(replicates, axis=0)
    return [*rows, Row("mean", {recipe: _interval(mean)}, n=sum(row.n for row in rows))]


def _interval(drawn: np.ndarray) -> Interval:
    """The first is the estimate, the others come from resamples."""
    return percentile_interval(float(drawn[0]), drawn[1:])


def _kappas(graded: Graded, prompt: str) -> np.ndarray:
    """QWK of the test essays, and of resamples of them."""
    n_grades = ASAP.for_prompt(prompt).n_grades
    essays = np.arange(len(graded.essay_ids))
    rows = [essays]
    for weights in resample_weights(len(essays), n_resamples=RESAMPLES, seed=int(prompt)):
        rows += [np.repeat(essays, row.astype(np.int64)) for row in weights]
    return np.array(
        [
            quadratic_weighted_kappa(graded.true_codes[row], graded.predicted_codes[row], n_grades=n_grades)
            for row in rows
        ]
    )


def across_prompts(recipe: str, services: Services, directory: Path) -> Table:
    """One model learns from seven prompts what share of the range an essay earns, and grades the eighth.

    Ranges differ, so every score is brought to a common scale of eleven steps, and the model's score back to
    the range of the prompt that it had not seen. Nothing of that prompt is known, not even its mean.
    """
    records = read_asap()
    directory.mkdir(parents=True, exist_ok=True)
    write_rows(directory / "common.csv", [{**row, "common": str(_common(row))} for row in records.values()])
    raw = {
        "name": "asap-across",
        "scale": "0-10",
        "data": {
            "train": directory / "common.csv",
            "columns": {**COLUMNS, "label": "common"},
            "card": ASAP_CARD,
        },
        "split": {"scheme": "prompt_holdout", "folds": 2, "test_share": 0.05},
        "evaluation": {"resamples": 100},
        "output": directory / "output",
    }
    options = {**find_recipe(recipe), "features.text_learners": ()}
    plan = make_plan(with_options(raw, options), location="benchmark")
    experiment = gather(prepare_dataset(plan, services, silent), services, silent)
    rows = []
    for prompt in PROMPTS:
        learned, tested = _held_out(experiment, prompt)
        codes = learned.shipped.predict(tested.values).scores.astype(np.float64)
        rows.append(_row(recipe, prompt, tested.essay_ids, codes, records))
    mean = float(np.mean([row.figures[recipe].estimate for row in rows]))
    rows.append(Row("mean", {recipe: Interval(mean, mean, mean)}, n=sum(row.n for row in rows)))
    return Table(
        f"ASAP, trained on seven prompts, tested on the eighth, {recipe} without wording", tuple(rows)
    )


def _held_out(experiment: Experiment, prompt: str) -> tuple[Learned, FeatureMatrix]:
    """A model of all other prompts, each of them held out once, and the features of this one."""
    essays = (*experiment.train, *experiment.test)
    values = np.concatenate([experiment.train_matrix.values, experiment.test_matrix.values])
    codes = np.concatenate([experiment.train_codes, experiment.test_codes])
    schema = experiment.train_matrix.schema
    of = np.array([essay.prompt for essay in essays])

    def part(rows: np.ndarray) -> FeatureMatrix:
        return FeatureMatrix(values[rows], schema, tuple(essays[row].id for row in rows))

    inside, outside = np.flatnonzero(of != prompt), np.flatnonzero(of == prompt)
    others = of[inside]
    folds = tuple(
        FoldRows(np.flatnonzero(others != each), np.flatnonzero(others == each))
        for each in sorted(set(others))
    )
    matrix = part(inside)
    changed = replace(
        experiment,
        train=tuple(essays[row] for row in inside),
        test=tuple(essays[row] for row in outside),
        train_matrix=matrix,
        test_matrix=part(outside),
        overall=replace(experiment.overall, train_codes=codes[inside], test_codes=codes[outside]),
        folds=folds,
        views=(matrix,) * len(folds),
    )
    return learn(changed, silent), changed.test_matrix


def _row(recipe: str, prompt: str, ids: Sequence[str], scores: np.ndarray, records: Records) -> Row:
    low, high = _range(prompt)
    human = np.array([int(records[each]["domain1_score"]) - low for each in ids])
    machine = np.clip(np.floor(scores / 10 * (high - low) + 0.5), 0, high - low).astype(np.int64)
    essays = np.arange(len(ids))
    rows = [essays]
    for weights in resample_weights(len(ids), n_resamples=RESAMPLES, seed=int(prompt)):
        rows += [np.repeat(essays, row.astype(np.int64)) for row in weights]
    kappas = [quadratic_weighted_kappa(human[row], machine[row], n_grades=high - low + 1) for row in rows]
    return Row(f"prompt {prompt}", {recipe: _interval(np.array(kappas))}, n=len(ids))


def _common(row: Mapping[str, str]) -> int:
    low, high = _range(row["essay_set"])
    return int(np.floor(10 * (int(row["domain1_score"]) - low) / (high - low) + 0.5))


def _range(prompt: str) -> tuple[int, int]:
    grades = ASAP.for_prompt(prompt).grades
    return int(grades[0]), int(grades[-1])
