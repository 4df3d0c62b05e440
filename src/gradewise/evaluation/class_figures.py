"""Every figure about classes that have no order, as a function of weights over texts."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from gradewise.essays.codes import Codes
from gradewise.evaluation.probability import (
    brier_scores,
    confidences,
    log_losses,
    weighted_calibration_error,
)
from gradewise.evaluation.ranking import weighted_ranking
from gradewise.evaluation.results import Graded
from gradewise.evaluation.weights import Floats, Weights, group_sums, ratio


@dataclass(frozen=True, slots=True, eq=False)
class ClassCounts:
    """Texts by class: what F1 and its kin need of a confusion matrix, and no more.

    A whole matrix of 150 classes for each of a thousand resamples would fill 180 MB.
    """

    right: Floats
    """Texts of the class that were given it: shape ``(n_resamples, n_classes)``."""
    due: Floats
    """Texts of the class."""
    given: Floats
    """Texts that were given it."""

    @property
    def f1(self) -> Floats:
        """``2 right / (due + given)``, ``nan`` for a class that is neither due nor given."""
        return ratio(2 * self.right, self.due + self.given)


def count_classes(codes: Codes, given: Codes, weights: Weights, *, n_classes: int) -> ClassCounts:
    """Count texts by class on every resample.

    Args:
        codes: The right classes: shape ``(n,)``, ``0 … n_classes - 1``.
        given: Those that were given: shape ``(n,)``.
        weights: Shape ``(n_resamples, n)``.
        n_classes: How many classes there are.
    """
    rows = np.flatnonzero(codes == given)
    return ClassCounts(
        right=group_sums(weights[:, rows], codes[rows], n_classes),
        due=group_sums(weights, codes, n_classes),
        given=group_sums(weights, given, n_classes),
    )


def class_headline(graded: Graded, weights: Weights) -> Mapping[str, Floats]:
    """The headline metrics of classes, by name in `CLASS_METRICS`: each of shape ``(n_resamples,)``.

    What is not defined, such as an area under the curve where all texts are of one class, is ``nan``.
    """
    counts = _counts(graded, weights)
    ranking = weighted_ranking(graded.probabilities, graded.true_codes, weights)
    confidence = confidences(graded.probabilities, graded.predicted_codes)
    return {
        **class_agreement(counts),
        "roc_auc": ranking.roc_auc,
        "pr_auc": ranking.pr_auc,
        **_proper(graded, weights),
        "ece": weighted_calibration_error(confidence, graded.true_codes == graded.predicted_codes, weights),
    }


def class_compared(graded: Graded, weights: Weights) -> Mapping[str, Floats]:
    """What graders of the same texts are compared by, `CLASS_COMPARED`: each of shape ``(n_resamples,)``."""
    return {**class_agreement(_counts(graded, weights)), **_proper(graded, weights)}


def class_slice(graded: Graded, weights: Weights) -> Mapping[str, Floats]:
    """What is said of a part of the texts: macro and weighted F1 and accuracy, each ``(n_resamples,)``."""
    return class_agreement(_counts(graded, weights))


def class_rows(graded: Graded, weights: Weights) -> Mapping[str, Floats]:
    """Precision, recall and F1 by class: each of shape ``(n_resamples, n_classes)``.

    ``nan`` for the precision of a class never given, the recall of one never due, and the F1 of one that is
    neither.
    """
    counts = _counts(graded, weights)
    return {
        "precision": ratio(counts.right, counts.given),
        "recall": ratio(counts.right, counts.due),
        "f1": counts.f1,
    }


def class_agreement(counts: ClassCounts) -> dict[str, Floats]:
    """Macro F1 weighs all classes alike that are due or given; weighted F1 as many texts as are due.

    Each is of shape ``(n_resamples,)``, in ``[0, 1]``.

    Both are equal to scikit-learn's ``f1_score`` with ``average="macro"`` and ``"weighted"``; accuracy is
    F1 with ``"micro"``. Source: Opitz & Burst (2019), arXiv:1911.03347, on the two macro F1s; this is the
    mean of F1s.
    """
    f1, n = counts.f1, counts.due.sum(axis=1)
    present = ~np.isnan(f1)
    known = np.where(present, f1, 0.0)
    return {
        "macro_f1": ratio(known.sum(axis=1), present.sum(axis=1).astype(np.float64)),
        "weighted_f1": ratio((counts.due * known).sum(axis=1), n),
        "accuracy": ratio(counts.right.sum(axis=1), n),
    }


def _proper(graded: Graded, weights: Weights) -> dict[str, Floats]:
    probabilities, codes, n = graded.probabilities, graded.true_codes, weights.sum(axis=1)
    return {
        "log_loss": ratio(weights @ log_losses(probabilities, codes), n),
        "brier": ratio(weights @ brier_scores(probabilities, codes), n),
    }


def _counts(graded: Graded, weights: Weights) -> ClassCounts:
    n_classes = graded.probabilities.shape[1]
    return count_classes(graded.true_codes, graded.predicted_codes, weights, n_classes=n_classes)
