"""Whether the ONNX model of a bundle grades as the trees do that lie beside it.

A bundle holds its trees, linear part and link twice: in the ONNX graph, which grades, and as arrays, which
explain. Both are signed together, so that the signature says nothing of whether they still belong together;
grading the same essays with both does. How a score is cut into grades stands in the graph alone: cuts that
were exchanged for others are found by the bundle's own test rows, not here.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gradewise.models.bundles.targets import TargetModel
from gradewise.models.decisions import decide


@dataclass(frozen=True, slots=True)
class NativeParity:
    """How far the two ways of grading differ."""

    n: int
    """Essays."""
    n_changed: int
    """Essays of which some grade, overall or of a trait, comes out otherwise."""
    max_score_difference: float
    """Largest absolute difference of a score, in grade steps."""


def native_parity(targets: Sequence[TargetModel], values: NDArray[np.float32]) -> NativeParity | None:
    """Grade rows with each model of a bundle in both ways.

    Args:
        targets: the models; one at least.
        values: features: shape ``(n, n_features)``, finite.

    Returns:
        What differs; ``None`` where a graph does not say where its grades begin and end.

    Raises:
        BundleError: the arrays do not make a score model.
    """
    changed, apart = np.zeros(len(values), dtype=bool), 0.0
    for target in targets:
        cuts = target.grader.cuts
        if cuts is None or len(cuts) != target.scale.n_grades - 1:
            return None
        shipped, scores = target.grader.predict(values), target.score_model.read(values).scores
        changed |= shipped.codes != decide(scores, cuts)
        apart = max(apart, float(np.abs(shipped.scores.astype(np.float64) - scores).max(initial=0.0)))
    return NativeParity(len(values), int(changed.sum()), apart)
