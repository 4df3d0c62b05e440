"""Learning classes: cross-fitted with the settings that were found, calibrated, exported, found faithful."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from gradewise.essays.codes import Codes
from gradewise.essays.scales import Scale
from gradewise.features.schema import FeatureMatrix
from gradewise.models.classifiers.fitted import FittedClassifier
from gradewise.models.classifiers.fitting import fit_classifier
from gradewise.models.classifiers.onnx import NativeClassifier, build_classifier_onnx
from gradewise.models.classifiers.temperature import fit_temperature, tempered
from gradewise.models.confidence import ClassConfidence
from gradewise.models.folds import Rows
from gradewise.models.one_thread import one_blas_thread
from gradewise.models.onnx.graph import check_parity
from gradewise.models.onnx.session import OnnxGrader
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
    return _calibrated(experiment, parts)[0]


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
        classifier = _fit_whole(experiment, matrix, found)
        done(len(experiment.folds) + 1)
    held_out, temperature = _calibrated(experiment, parts)
    test, outside = views.whole.matrix(experiment.test), views.whole.matrix(experiment.outside)
    with stage(listener, "export and parity"):
        graph = _faithful(classifier, temperature, experiment.scale, (matrix, test, outside))
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
        shipped=OnnxGrader(graph),
        train_matrix=matrix,
        test_matrix=test,
        outside_matrix=outside,
    )


def _fit_whole(experiment: TextExperiment, matrix: FeatureMatrix, found: Found) -> FittedClassifier:
    """The classifier that ships: learnt from all texts of the training part."""
    return fit_classifier(
        matrix.values,
        experiment.train.codes,
        params=found.params,
        n_classes=experiment.scale.n_grades,
        seed=experiment.dataset.plan.classifier.seed,
        n_threads=experiment.workers,
    )


def _faithful(
    classifier: FittedClassifier, temperature: float, scale: Scale, matrices: Sequence[FeatureMatrix]
) -> bytes:
    """The graph of a classifier, which says the same of these rows."""
    graph = build_classifier_onnx(classifier, temperature=temperature, scale=scale, schema=matrices[0].schema)
    native, shipped = NativeClassifier(classifier, temperature=temperature), OnnxGrader(graph)
    for matrix in matrices:
        check_parity(native, shipped, matrix.values)
    return graph


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


def _calibrated(experiment: TextExperiment, parts: Sequence[Floats]) -> tuple[HeldOut, float]:
    """Predictions out of fold, and the temperature that ships, which all of them teach.

    The temperature of each fold's is learnt from the others, as of new texts.
    """
    codes = [experiment.train.codes[fold.validate_rows] for fold in experiment.folds]
    temperature, softened = 1.0, list(parts)
    if experiment.plan.calibration == "temperature":
        temperature = fit_temperature(np.concatenate(parts), np.concatenate(codes))
        softened = [_softened(number, parts, codes) for number in range(len(parts))]
    rows = np.concatenate([fold.validate_rows for fold in experiment.folds])
    order = np.argsort(rows, kind="stable")
    said = class_predictions(np.concatenate(softened)[order])
    return HeldOut(rows=rows[order], predictions=said), temperature


def _softened(number: int, parts: Sequence[Floats], codes: Sequence[Codes]) -> Floats:
    """P(class) of what a fold holds out, by the temperature of the others, if there are others."""
    others = [place for place in range(len(parts)) if place != number]
    if not others:
        return parts[number]
    taught = (np.concatenate([each[place] for place in others]) for each in (parts, codes))
    return tempered(parts[number], fit_temperature(*taught))
