"""Learning classes: cross-fitted with the settings that were found, calibrated, exported, found faithful."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from gradewise.features.schema import FeatureMatrix
from gradewise.models.classifiers.fitted import FittedClassifier
from gradewise.models.classifiers.fitting import fit_classifier
from gradewise.models.classifiers.one_thread import one_blas_thread
from gradewise.models.classifiers.onnx import NativeClassifier, build_classifier_onnx
from gradewise.models.classifiers.temperature import fit_temperature, tempered
from gradewise.models.confidence import ClassConfidence
from gradewise.models.folds import Rows
from gradewise.models.onnx_graph import check_parity
from gradewise.models.onnx_session import OnnxGrader
from gradewise.models.piecewise import Floats
from gradewise.models.predictions import GradePredictions, class_predictions
from gradewise.telemetry import Listener, stage
from gradewise.workflows.classification.confidence import learn_class_confidence
from gradewise.workflows.classification.experiment import TextExperiment
from gradewise.workflows.classification.searching import Found, fit_fold, identify
from gradewise.workflows.classification.views import TextViews
from gradewise.workflows.runs.checkpoints import Checkpoints


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class HeldOut:
    """What models say of training texts that they had not seen."""

    rows: Rows
    """Which texts, rising: with temporal splits not all."""
    predictions: GradePredictions
    """Row by row; the temperature of each fold's was learnt from the others."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LearnedClasses:
    """A classifier that has been exported and found faithful."""

    found: Found
    """Its settings."""
    classifier: FittedClassifier
    """As it was learnt."""
    temperature: float
    """By which its probabilities are softened; 1 leaves them."""
    held_out: HeldOut
    """Its like, out of fold."""
    confidence: ClassConfidence
    """What it promises beside a class."""
    onnx: bytes
    """The graph that ships."""
    shipped: OnnxGrader
    """The graph, loaded as serving loads it."""
    train_matrix: FeatureMatrix
    """What it learnt from."""
    test_matrix: FeatureMatrix
    """The same of the locked test."""
    outside_matrix: FeatureMatrix
    """The same of texts of no class."""


def cross_fit_classes(
    experiment: TextExperiment,
    views: TextViews,
    found: Found,
    listener: Listener,
    *,
    checkpoints: Checkpoints,
) -> HeldOut:
    """What models say of texts that they had not seen; nothing is learnt from all of them."""
    with stage(listener, "training", total=len(experiment.folds), unit="fits") as done:
        parts = _cross_fit(experiment, views, found, done, checkpoints=checkpoints)
    return _held_out(experiment, parts)


def learn_classes(
    experiment: TextExperiment,
    views: TextViews,
    found: Found,
    listener: Listener,
    *,
    checkpoints: Checkpoints,
) -> LearnedClasses:
    """Cross-fit, calibrate, train on everything, export, and check that the export says the same.

    Raises:
        TrainingError: the exported graph differs from the model.
    """
    train, plan = experiment.train, experiment.dataset.plan
    with stage(listener, "training", total=len(experiment.folds) + 1, unit="fits") as done:
        parts = _cross_fit(experiment, views, found, done, checkpoints=checkpoints)
        matrix = views.whole.matrix(train)
        classifier = fit_classifier(
            matrix.values,
            train.codes,
            params=found.params,
            n_classes=experiment.scale.n_grades,
            seed=plan.classifier.seed,
            n_threads=experiment.workers,
        )
        done(len(experiment.folds) + 1)
    rows = np.concatenate([fold.validate_rows for fold in experiment.folds])
    calibrated = plan.classifier.calibration == "temperature"
    held_out = _held_out(experiment, parts)
    temperature = fit_temperature(np.concatenate(parts), train.codes[rows]) if calibrated else 1.0
    with stage(listener, "export and parity"):
        graph = build_classifier_onnx(
            classifier, temperature=temperature, scale=experiment.scale, schema=matrix.schema
        )
        shipped = OnnxGrader(graph)
        native = NativeClassifier(classifier, temperature=temperature)
        matrices = [matrix, views.whole.matrix(experiment.test), views.whole.matrix(experiment.outside)]
        for each in matrices:
            check_parity(native, shipped, each.values)
    return LearnedClasses(
        found=found,
        classifier=classifier,
        temperature=temperature,
        held_out=held_out,
        confidence=learn_class_confidence(
            held_out.predictions.probabilities,
            train.codes[held_out.rows],
            coverage=plan.confidence.coverage,
            in_scope_share=plan.classifier.in_scope_share,
        ),
        onnx=graph,
        shipped=shipped,
        train_matrix=matrix,
        test_matrix=matrices[1],
        outside_matrix=matrices[2],
    )


def _cross_fit(
    experiment: TextExperiment,
    views: TextViews,
    found: Found,
    done: Callable[[int], None],
    *,
    checkpoints: Checkpoints,
) -> list[Floats]:
    """P(class) of what each fold holds out; folds that were learnt before are not learnt again."""

    def probabilities(number: int) -> Floats:
        key = f"classes {identify(found.settings)} {number}"
        kept = checkpoints.recall(key)
        if kept is not None:
            return np.asarray(kept["probabilities"], dtype=np.float64)
        made = fit_fold(experiment, views.by_fold[number], experiment.folds[number], found.params)
        checkpoints.keep(key, {"probabilities": made})
        return made

    parts: list[Floats] = []
    with one_blas_thread(), ThreadPoolExecutor(experiment.workers) as pool:
        for part in pool.map(probabilities, range(len(experiment.folds))):
            parts.append(part)
            done(len(parts))
    return parts


def _held_out(experiment: TextExperiment, parts: Sequence[Floats]) -> HeldOut:
    """Predictions out of fold; the temperature of each fold is learnt from the others, as of new texts."""
    codes, rows = experiment.train.codes, [fold.validate_rows for fold in experiment.folds]
    tempers = experiment.plan.calibration == "temperature"
    softened = []
    for number, part in enumerate(parts):
        others = [place for place in range(len(parts)) if place != number]
        if tempers and others:
            own = codes[np.concatenate([rows[place] for place in others])]
            temperature = fit_temperature(np.concatenate([parts[place] for place in others]), own)
            softened.append(tempered(part, temperature))
        else:
            softened.append(part)
    together = np.concatenate(rows)
    order = np.argsort(together, kind="stable")
    return HeldOut(rows=together[order], predictions=class_predictions(np.concatenate(softened)[order]))
