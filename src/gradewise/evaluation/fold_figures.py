"""How the folds of a cross-validation fare, one by one and on average.

Folds share most of their training essays, so that the spread between them is no standard error: it describes
this division of these essays. How sure a figure is, the bootstrap over essays says.

Source: Bengio & Grandvalet (2004), No unbiased estimator of the variance of k-fold cross-validation, JMLR 5.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradewise.essays.scales import Codes
from gradewise.evaluation.agreement import joint_counts
from gradewise.evaluation.figures import agreement_figures
from gradewise.evaluation.interval_json import number_to_json

FOLD_METRICS = ("qwk", "mae", "adjacent_accuracy", "accuracy")
"""What is said of each fold, in the order in which it is shown; MAE is in grade steps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoldFigures:
    """One fold: what it learnt from, what it was judged on, how it fared."""

    fold: int
    """Its number, from 0."""
    n_train: int
    """Essays that it learnt from."""
    n_validate: int
    """Essays that it was judged on."""
    rounds: int
    """Trees of its model, all members together."""
    train: Mapping[str, float]
    """By metric, on the essays that it learnt from: how much it knows by heart."""
    validate: Mapping[str, float]
    """By metric, on the essays that it had not seen."""


@dataclass(frozen=True, slots=True)
class Spread:
    """One figure over the folds."""

    mean: float
    """Its mean; ``nan`` where a fold has none."""
    sd: float
    """Its standard deviation, as of a whole population."""


def agreement_of_codes(true: Codes, predicted: Codes, *, n_grades: int) -> dict[str, float]:
    """`FOLD_METRICS` of grades given to essays: ``nan`` where one is not defined.

    >>> agreement_of_codes(np.array([0, 1, 2]), np.array([0, 1, 1]), n_grades=3)["mae"]
    0.3333333333333333
    """
    figures = agreement_figures(joint_counts(true, predicted, n_grades=n_grades))
    return {name: float(figures[name]) for name in FOLD_METRICS}


def over_folds(folds: Sequence[FoldFigures]) -> dict[str, Spread]:
    """Mean and standard deviation of each figure of the validation parts, and of the training parts.

    Returns:
        By ``val_<metric>`` and ``train_<metric>``.
    """
    parts = {"val": [fold.validate for fold in folds], "train": [fold.train for fold in folds]}
    return {
        f"{part}_{name}": _spread([figures[name] for figures in every])
        for part, every in parts.items()
        for name in FOLD_METRICS
    }


def _spread(values: Sequence[float]) -> Spread:
    return Spread(float(np.mean(values)), float(np.std(values)))


def fold_to_json(fold: FoldFigures) -> dict[str, Any]:
    """A fold as plain values for JSON; what is not defined is ``null``."""
    return {
        "fold": fold.fold,
        "sizes": {"train": fold.n_train, "val": fold.n_validate},
        "rounds": fold.rounds,
        "train": {name: number_to_json(value) for name, value in fold.train.items()},
        "val": {name: number_to_json(value) for name, value in fold.validate.items()},
    }
