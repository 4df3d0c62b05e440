"""ROC and precision-recall curves of classes: one where there are two, the mean and its spread where many."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gradewise.evaluation.results import Graded
from gradewise.evaluation.weights import Floats

_TWO = 2
_PLACES = 101  # on the axis of a curve
MANY = 10
"""Classes from which the outer tenths are left out of a spread; of fewer it holds all."""


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """What is reached at each place of an axis, over classes."""

    at: Floats
    """Places, rising from 0 to 1: shape ``(101,)``."""
    mean: Floats
    """Mean over classes, each weighing the same: shape ``(101,)``."""
    low: Floats
    """What a tenth of the classes stays below, or the lowest of few: shape ``(101,)``."""
    high: Floats
    """What a tenth of the classes lies above, or the highest of few: shape ``(101,)``."""


@dataclass(frozen=True, slots=True, eq=False)
class ClassCurves:
    """Curves over thresholds of probability, each class against the rest."""

    n_classes: int
    """Classes that curves could be drawn of."""
    roc: Curve
    """Share of a class's texts that pass, by the share of other texts that pass too."""
    precision_recall: Curve
    """Share of those that pass that are of the class, by the share of the class's texts that pass."""


def class_curves(graded: Graded) -> ClassCurves | None:
    """Curves of all classes that have texts and others beside them; ``None`` where none has.

    Of two classes there is one curve, of the second: that of the first would say the same. Between two
    thresholds the ROC curve goes straight; precision is that of the next threshold with enough recall, for
    a straight line would flatter.

    Source: Fawcett (2006), doi:10.1016/j.patrec.2005.10.010; Davis & Goadrich (2006),
    doi:10.1145/1143844.1143874.
    """
    n_classes = graded.probabilities.shape[1]
    codes = [1] if n_classes == _TWO else list(range(n_classes))
    judged = [code for code in codes if 0 < int((graded.true_codes == code).sum()) < graded.true_codes.size]
    if not judged:
        return None
    at = np.linspace(0, 1, _PLACES)
    drawn = [_curves(graded.probabilities[:, code], graded.true_codes == code, at) for code in judged]
    return ClassCurves(
        n_classes=len(judged),
        roc=_over_classes(at, np.stack([roc for roc, _ in drawn])),
        precision_recall=_over_classes(at, np.stack([precision for _, precision in drawn])),
    )


def _over_classes(at: Floats, curves: Floats) -> Curve:
    low, high = np.quantile(curves, (0.1, 0.9) if len(curves) >= MANY else (0, 1), axis=0)
    return Curve(at, curves.mean(axis=0), low, high)


def _curves(scores: Floats, positive: NDArray[np.bool_], at: Floats) -> tuple[Floats, Floats]:
    """True positive rate by false positive rate, and precision by recall: shape ``(101,)`` each."""
    order = np.argsort(-scores, kind="stable")
    ends = np.flatnonzero(np.append(np.diff(scores[order]) != 0, np.True_))
    hits = np.cumsum(positive[order])[ends].astype(np.float64)
    passed = (ends + 1).astype(np.float64)
    recall, false = hits / hits[-1], (passed - hits) / (passed[-1] - hits[-1])
    roc = np.interp(at, np.append(0.0, false), np.append(0.0, recall))
    next_enough = np.searchsorted(recall, at - 1e-12)
    return roc, (hits / passed)[next_enough]
