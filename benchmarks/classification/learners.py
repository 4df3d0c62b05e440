"""Every learner and every kind of balancing on one fold: how good, how long, and how fast it scores."""

from dataclasses import dataclass, replace
from typing import Any

from benchmarks.classification.corpora import banking77
from benchmarks.classification.training import WORKERS, Spent, Trainings, spent_so_far
from benchmarks.measurements import Measurement
from gradewise.bootstrap import services_from
from gradewise.models.classifiers.fitted import FittedClassifier
from gradewise.models.classifiers.fitting import fit_classifier
from gradewise.models.classifiers.onnx import build_classifier_onnx
from gradewise.models.onnx.session import OnnxGrader
from gradewise.settings import Settings
from gradewise.telemetry import silent
from gradewise.workflows.classification.experiment import TextExperiment, Texts, gather_texts
from gradewise.workflows.classification.settings import figure_of, params_of
from gradewise.workflows.classification.views import TextViews, learn_text_views
from gradewise.workflows.datasets.prepare import prepare_dataset

CHANGES: dict[str, dict[str, Any]] = {
    "logistic regression": {},
    "logistic regression, class weights": {"balancing": "class_weights"},
    "logistic regression, SMOTE": {"balancing": "smote"},
    "linear SVM": {"learner": "linear_svm", "c": 0.1},
    "gradient boosting": {"learner": "gradient_boosting"},
    "voting of the three": {"learner": "voting"},
    "stacking of the three": {"learner": "stacking"},
}
"""What differs from the default settings."""
N_SCORED, ASKED_A_SECOND = 1_000, 2_000


@dataclass(frozen=True, slots=True)
class _Fold:
    """The first fold of BANKING77, by TF-IDF alone."""

    experiment: TextExperiment
    views: TextViews


def learners(trainings: Trainings) -> list[Measurement]:
    """Macro F1 and seconds of a fit on the first fold, without search; and rows that the graph reads."""
    plan = trainings.plan(banking77(), embeddings=False)
    with services_from(Settings(cache_directory=trainings.scratch / "cache", workers=WORKERS)) as services:
        experiment = gather_texts(prepare_dataset(plan, services, silent), services, silent)
    experiment = replace(experiment, folds=experiment.folds[:1])
    fold = _Fold(experiment, learn_text_views(experiment, silent))
    return [each for name, changes in CHANGES.items() for each in _measured(fold, name, changes)]


def _measured(fold: _Fold, name: str, changes: dict[str, Any]) -> list[Measurement]:
    (rows,), (view,) = fold.experiment.folds, fold.views.by_fold
    train, plan = fold.experiment.train, fold.experiment.plan
    began = spent_so_far()
    fitted = fit_classifier(
        view.values(rows.train_rows),
        train.codes[rows.train_rows],
        params=params_of(plan.model_copy(update=changes)),
        n_classes=fold.experiment.scale.n_grades,
        seed=plan.seed,
        n_threads=WORKERS,
    )
    took = spent_so_far() - began
    said = fitted.probabilities(view.values(rows.validate_rows))
    few = _few(fold)
    scored = _scored(fold, fitted, few)
    return [
        Measurement(
            name=f"{name}: macro_f1 of the first fold",
            value=figure_of("macro_f1", said, train.codes[rows.validate_rows]),
            unit="",
            note=f"{len(rows.train_rows)} texts learnt from, n={len(rows.validate_rows)}; a fit "
            f"{took.wall_s:.1f} s, CPU {took.cpu_s:.1f}",
        ),
        Measurement(
            name=f"{name}: from text to class, one thread",
            value=len(few) / scored.wall_s,
            unit="texts/s",
            asked=ASKED_A_SECOND,
            better="higher",
            note=f"n={len(few)}; CPU {scored.cpu_s / len(few) * 1e6:.0f} µs a text",
        ),
    ]


def _few(fold: _Fold) -> Texts:
    """The first texts of the locked test."""
    test = fold.experiment.test
    return Texts(
        essays=test.essays[:N_SCORED],
        measured=test.measured.rows(test.measured.essay_ids[:N_SCORED]),
        codes=test.codes[:N_SCORED],
    )


def _scored(fold: _Fold, fitted: FittedClassifier, few: Texts) -> Spent:
    """Components of words, and the graph as it ships: each text by itself, as a bundle of classes has it."""
    view, scale = fold.views.whole, fold.experiment.scale
    grader = OnnxGrader(build_classifier_onnx(fitted, scale=scale, schema=view.matrix(few).schema))
    began = spent_so_far()
    grader.predict_each(view.matrix(few).values)
    return spent_so_far() - began
