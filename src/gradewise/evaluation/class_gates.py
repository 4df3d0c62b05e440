"""What gates ask about classes: whether a model beats the commonest class, and whether it has lost any."""

from dataclasses import replace
from functools import partial

import numpy as np

from gradewise.evaluation.bootstrap import bootstrap_intervals
from gradewise.evaluation.class_figures import class_slice
from gradewise.evaluation.figures import Figures
from gradewise.evaluation.results import Graded, Interval, Resampling
from gradewise.evaluation.weights import Weights

FEWEST_OF_A_CLASS = 10
"""Texts of a class from which on it counts as lost when none of them is found: a model that finds one in four
misses all ten in one sample of eighteen."""
OVER_COMMONEST = ("macro_f1", "accuracy")
"""What is held against the commonest class."""


def class_gate_figures(graded: Graded, *, resampling: Resampling) -> dict[str, Interval]:
    """Figures that a gate may ask about beside those of an evaluation, by metric.

    ``macro_f1_over_commonest`` and ``accuracy_over_commonest`` are what the model has more than one that
    always gives the commonest class of these very texts, paired over texts: above 0 it has learnt something.
    Source: Kuhn (2008), doi:10.18637/jss.v028.i05, on the no-information rate.

    ``lost_classes`` counts classes with ten texts or more of which the model finds none. It is counted, and
    has no interval; where no class has as many texts it was not measured.

    Args:
        graded: texts with their class and the model's; one at least.
        resampling: how intervals are made.
    """
    found = bootstrap_intervals(partial(_gains, graded), len(graded.essay_ids), resampling=resampling)
    gains = {f"{name}_over_commonest": found[name][0] for name in OVER_COMMONEST}
    lost = count_lost(graded)
    return gains if lost is None else gains | {"lost_classes": Interval(lost, lost, lost)}


def count_lost(graded: Graded) -> int | None:
    """Classes with ten texts or more of which none is found; ``None`` where no class has as many."""
    n_classes = graded.probabilities.shape[1]
    due = np.bincount(graded.true_codes, minlength=n_classes)
    hits = graded.true_codes[graded.true_codes == graded.predicted_codes]
    large = due >= FEWEST_OF_A_CLASS
    lost = large & (np.bincount(hits, minlength=n_classes) == 0)
    return int(lost.sum()) if large.any() else None


def _gains(graded: Graded, weights: Weights) -> Figures:
    commonest = int(np.bincount(graded.true_codes).argmax())
    always = replace(graded, predicted_codes=np.full_like(graded.predicted_codes, commonest))
    model, rule = class_slice(graded, weights), class_slice(always, weights)
    return {name: model[name] - rule[name] for name in OVER_COMMONEST}
