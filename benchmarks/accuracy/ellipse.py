"""ELLIPSE Overall: recipes side by side on the same folds, decodings, confidence; the locked test once."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.accuracy.tables import Row, Table
from benchmarks.corpora import (
    ELLIPSE_CARD,
    ELLIPSE_COLUMNS,
    EXCLUDED_PROMPTS,
    TRAITS,
    ellipse,
    ellipse_traits,
)
from gradewise.essays.scales import find_scale
from gradewise.evaluation.agreement import quadratic_weighted_kappa
from gradewise.evaluation.coverage import evaluate_coverage
from gradewise.evaluation.results import Graded, Interval, Resampling
from gradewise.evaluation.side_by_side import paired_difference
from gradewise.evaluation.summary import evaluate
from gradewise.models.grade_sets import held_out_bounds
from gradewise.models.score_models import Readings
from gradewise.telemetry import silent
from gradewise.workflows.datasets.prepare import prepare_dataset
from gradewise.workflows.plans.model import ModelPlan
from gradewise.workflows.plans.plan import Plan
from gradewise.workflows.plans.reading import make_plan, plan_yaml
from gradewise.workflows.plans.recipes import find_recipe, with_options
from gradewise.workflows.services import Services
from gradewise.workflows.training.experiment import Experiment, gather
from gradewise.workflows.training.judging import graded_essays
from gradewise.workflows.training.learning import Learned, judge, learn

SCHEMES = ("stratified_text", "prompt_holdout")
SHOWN = ("qwk", "rmse", "mae", "accuracy", "adjacent_accuracy", "rps", "ece")
DECISIONS = ("rounding", "rescale", "cutpoints")
TUNED = "measured-tuned"
SCALE = find_scale("ellipse")


def ellipse_plan(
    recipe: str, directory: Path, *, scheme: str = "stratified_text", auxiliary: bool = False
) -> Plan:
    """ELLIPSE Overall with the default filters: 200–1000 words, letters left out."""
    marks = {
        "name": "ellipse-traits",
        "file": ellipse_traits(),
        "targets": [trait.lower() for trait in TRAITS],
        "card": ELLIPSE_CARD,
    }
    raw = {
        "name": f"ellipse-{recipe}",
        "scale": "ellipse",
        "data": {
            "train": ellipse("train"),
            "test": ellipse("test"),
            "columns": ELLIPSE_COLUMNS,
            "card": ELLIPSE_CARD,
            "filters": {"min_words": 200, "max_words": 1000, "exclude_prompts": EXCLUDED_PROMPTS},
            "auxiliary": [marks] if auxiliary else [],
        },
        "split": {"scheme": scheme},
        "output": directory,
    }
    return make_plan(with_options(raw, find_recipe(recipe)), location="benchmark")


def compare(services: Services, directory: Path) -> list[Table]:
    """Every table about ELLIPSE; the plans are written beside."""
    tables = []
    for scheme in SCHEMES:
        experiments = {
            "measured": _gathered("measured", scheme, services, directory),
            TUNED: _gathered(TUNED, scheme, services, directory),
            "default": _gathered("default", scheme, services, directory),
            "default, traits": _gathered("default", scheme, services, directory, auxiliary=True),
            "accurate, traits": _gathered("accurate", scheme, services, directory, auxiliary=True),
        }
        learned = {name: learn(experiment, silent) for name, experiment in experiments.items()}
        graded = {name: honest(experiments[name], learned[name]) for name in learned}
        tables += [_recipes(scheme, graded), _tails(scheme, graded), _gaps(scheme, experiments, learned)]
        tables.append(_coverage(scheme, experiments["accurate, traits"], learned["accurate, traits"]))
        if scheme == SCHEMES[0]:
            tables.append(_decodings(experiments["default, traits"]))
            tables.append(_locked(experiments, learned))
    return tables


def _gathered(
    recipe: str, scheme: str, services: Services, directory: Path, *, auxiliary: bool = False
) -> Experiment:
    plan = ellipse_plan(recipe, directory, scheme=scheme, auxiliary=auxiliary)
    name = f"ellipse-{recipe}{'-traits' if auxiliary else ''}-{scheme}.yaml"
    (directory / name).write_text(plan_yaml(plan), encoding="utf-8")
    return gather(prepare_dataset(plan, services, silent), services, silent)


def honest(experiment: Experiment, learned: Learned) -> Graded:
    """Essays beside what models that had not seen them said."""
    found, codes = learned.fitted.out_of_fold, learned.target.train_codes
    held_out = [experiment.train[row] for row in found.rows]
    return graded_essays(held_out, codes[found.rows], found.predictions)


def _recipes(scheme: str, graded: Mapping[str, Graded]) -> Table:
    rows = []
    for name, each in graded.items():
        metrics = evaluate(each, SCALE, resampling=Resampling(seed=0)).metrics
        figures = {metric: metrics[metric] for metric in SHOWN}
        if name != TUNED:
            figures["QWK less that of measured-tuned"] = paired_difference("qwk", each, graded[TUNED])
        if name not in {TUNED, "measured"}:
            figures["QWK less that of measured"] = paired_difference("qwk", each, graded["measured"])
        rows.append(Row(name, figures, n=len(each.essay_ids)))
    return Table(f"ELLIPSE Overall, out of fold, {scheme}", tuple(rows))


def _tails(scheme: str, graded: Mapping[str, Graded]) -> Table:
    rows = []
    for name, each in graded.items():
        tails = evaluate(each, SCALE, resampling=Resampling(seed=0)).tails
        figures = {
            f"within one half band, {tail.name} (n={tail.n})": tail.metrics["adjacent_accuracy"]
            for tail in tails
        }
        rows.append(Row(name, figures))
    return Table(f"ELLIPSE Overall, by part of the scale, {scheme}", tuple(rows))


def _gaps(scheme: str, experiments: Mapping[str, Experiment], learned: Mapping[str, Learned]) -> Table:
    rows = []
    for name, each in learned.items():
        found, codes = each.fitted.out_of_fold, each.target.train_codes
        kappa = [
            quadratic_weighted_kappa(
                codes[fold.train_rows], _decoded(each, scores), n_grades=each.target.scale.n_grades
            )
            for fold, scores in zip(experiments[name].folds, found.train_scores, strict=True)
        ]
        out = quadratic_weighted_kappa(
            codes[found.rows], found.predictions.codes, n_grades=each.target.scale.n_grades
        )
        inside = float(np.mean(kappa))
        figures = {"QWK in training": inside, "out of fold": out, "gap": inside - out}
        rows.append(Row(name, {key: _point(value) for key, value in figures.items()}))
    return Table(f"ELLIPSE Overall, what is learnt by heart, {scheme}", tuple(rows))


def _decoded(learned: Learned, scores: np.ndarray) -> np.ndarray:
    return learned.fitted.grader.decoding.decode(Readings(scores)).codes


def _point(value: float) -> Interval:
    return Interval(value, value, value)


def _coverage(scheme: str, experiment: Experiment, learned: Learned) -> Table:
    found, codes = learned.fitted.out_of_fold, learned.target.train_codes
    true = codes[found.rows]
    parts = [np.searchsorted(found.rows, fold.validate_rows) for fold in experiment.folds]
    predictions = found.predictions
    low, high = held_out_bounds(predictions.scores, true, predictions.codes, parts, n_grades=9)
    coverage = evaluate_coverage(true, low, high, SCALE, promised=0.9)
    rows = [
        Row(row.name, {"covered": row.coverage, "grades named": _point(row.mean_size)}, n=row.n)
        for row in (coverage.whole, *coverage.grades)
        if row.n
    ]
    return Table(f"ELLIPSE Overall, grade sets at 90 %, accurate with traits, {scheme}", tuple(rows))


def _decodings(experiment: Experiment) -> Table:
    rows = []
    for decision in DECISIONS:
        again = changed(experiment, decision=decision)
        metrics = evaluate(honest(again, learn(again, silent)), SCALE, resampling=Resampling(seed=0)).metrics
        rows.append(Row(decision, {metric: metrics[metric] for metric in SHOWN[:5]}))
    return Table(
        "ELLIPSE Overall, decisions on the same scores, default with traits, stratified_text", tuple(rows)
    )


def changed(experiment: Experiment, **model: object) -> Experiment:
    """The same essays and columns for another model."""
    plan = experiment.dataset.plan
    section = ModelPlan.model_validate(plan.model.model_dump() | model)
    dataset = replace(experiment.dataset, plan=plan.model_copy(update={"model": section}))
    return replace(experiment, dataset=dataset)


def _locked(experiments: Mapping[str, Experiment], learned: Mapping[str, Learned]) -> Table:
    tested = {name: judge(experiments[name], learned[name], silent)[-1] for name in learned}
    rows = [
        Row(
            name,
            {
                **{metric: named.evaluation.metrics[metric] for metric in SHOWN},
                **(
                    {}
                    if name == TUNED
                    else {
                        "QWK less that of measured-tuned": paired_difference(
                            "qwk", named.graded, tested[TUNED].graded
                        )
                    }
                ),
            },
            n=named.evaluation.n,
        )
        for name, named in tested.items()
    ]
    return Table("ELLIPSE Overall, locked test", tuple(rows))
