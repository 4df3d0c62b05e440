"""ASAP on its published folds, one model per prompt; and across prompts, where nothing of a prompt is known."""

import csv
import gzip
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from benchmarks.accuracy.tables import Row
from benchmarks.corpora import ASAP_CARD, corpora
from gradewise.essays.scales import ASAP
from gradewise.evaluation.agreement import quadratic_weighted_kappa
from gradewise.evaluation.bootstrap import percentile_interval, resample_weights
from gradewise.evaluation.results import Graded, Interval
from gradewise.workflows.plan import Plan, make_plan
from gradewise.workflows.recipes import find_recipe, with_options
from gradewise.workflows.services import Services
from gradewise.workflows.train import train

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


def per_prompt(recipe: str, services: Services, directory: Path) -> list[Row]:
    """Train on train and dev of each fold and prompt, test on its test part."""
    records = read_asap()
    tested: dict[str, list[Graded]] = {prompt: [] for prompt in PROMPTS}
    for fold in FOLDS:
        learnt = [*fold_ids(fold, "train"), *fold_ids(fold, "dev")]
        for prompt in PROMPTS:
            plan = _plan(recipe, prompt, fold, records, learnt, directory)
            report = train(plan, services).report
            tested[prompt].append(report.evaluations[-1].graded)
    return _rows(recipe, tested)


def _plan(
    recipe: str, prompt: str, fold: int, records: Records, learnt: Sequence[str], directory: Path
) -> Plan:
    place = directory / f"fold_{fold}_prompt_{prompt}"
    place.mkdir(parents=True, exist_ok=True)
    for part, ids in (("train", learnt), ("test", fold_ids(fold, "test"))):
        of_prompt = [
            records[each] for each in ids if each in records and records[each]["essay_set"] == prompt
        ]
        write_rows(place / f"{part}.csv", of_prompt)
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
    return make_plan(with_options(raw, find_recipe(recipe)), location="benchmark")


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


def across_prompts(recipe: str, services: Services, directory: Path) -> list[Row]:
    """One model learns from seven prompts what share of the range an essay earns, and grades the eighth.

    Ranges differ, so every score is brought to a common scale of eleven steps, and the model's score back to the
    range of the prompt that it had not seen. Its mean and spread are not adapted: nothing of the eighth prompt
    is known.
    """
    records = read_asap()
    common = [{**row, "common": str(_common(row))} for row in records.values()]
    directory.mkdir(parents=True, exist_ok=True)
    write_rows(directory / "common.csv", common)
    raw = {
        "name": "asap-across",
        "scale": "0-10",
        "data": {
            "train": directory / "common.csv",
            "columns": {**COLUMNS, "label": "common"},
            "card": ASAP_CARD,
        },
        "split": {"scheme": "prompt_holdout", "folds": 7, "test_share": 0.05},
        "evaluation": {"resamples": 100},
        "output": directory / "output",
    }
    report = train(make_plan(with_options(raw, find_recipe(recipe)), location="benchmark"), services).report
    return [row for named in report.evaluations for row in _by_prompt(recipe, named.graded, records)]


def _common(row: Mapping[str, str]) -> int:
    low, high = _range(row["essay_set"])
    return int(np.floor(10 * (int(row["domain1_score"]) - low) / (high - low) + 0.5))


def _range(prompt: str) -> tuple[int, int]:
    grades = ASAP.for_prompt(prompt).grades
    return int(grades[0]), int(grades[-1])


def _by_prompt(recipe: str, graded: Graded, records: Records) -> list[Row]:
    found = []
    prompts = np.array([records[essay_id]["essay_set"] for essay_id in graded.essay_ids])
    for prompt in sorted(set(prompts.tolist())):
        low, high = _range(prompt)
        rows = np.flatnonzero(prompts == prompt)
        human = np.array([int(records[graded.essay_ids[row]]["domain1_score"]) - low for row in rows])
        machine = np.clip(np.floor(graded.scores[rows] / 10 * (high - low) + 0.5), 0, high - low).astype(
            np.int64
        )
        kappas = [quadratic_weighted_kappa(human, machine, n_grades=high - low + 1)]
        for weights in resample_weights(len(rows), n_resamples=RESAMPLES, seed=int(prompt)):
            for row in weights:
                drawn = np.repeat(np.arange(len(rows)), row.astype(np.int64))
                kappas.append(quadratic_weighted_kappa(human[drawn], machine[drawn], n_grades=high - low + 1))
        found.append(Row(f"prompt {prompt}", {recipe: _interval(np.array(kappas))}, n=len(rows)))
    return found
