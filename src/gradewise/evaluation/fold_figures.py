"""How graders fare fold by fold, and on average over folds.

Folds share most of their training essays, so that the spread between them is no standard error: it describes
this division of these essays. How sure a figure is, the bootstrap over essays says.

Source: Bengio & Grandvalet (2004), No unbiased estimator of the variance of k-fold cross-validation, JMLR 5.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradewise.essays.codes import Codes
from gradewise.evaluation.agreement import joint_counts
from gradewise.evaluation.class_figures import class_agreement, count_classes
from gradewise.evaluation.figures import agreement_figures, figures_of
from gradewise.evaluation.interval_json import number_to_json
from gradewise.evaluation.results import ERRORS, compared_metrics
from gradewise.evaluation.side_by_side import Grader
from gradewise.evaluation.slices import select
from gradewise.evaluation.weights import Floats

Rows = NDArray[np.int64]
"""Positions of essays."""
FOLD_METRICS = ("qwk", "mae", "adjacent_accuracy", "accuracy")
"""What is said of each fold, in the order in which it is shown; MAE is in grade steps."""

CLASS_FOLD_METRICS = ("macro_f1", "weighted_f1", "accuracy")
"""The same of classes, which have no order."""


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
    """Trees of its model, all members together; 0 where none are counted."""
    train: Mapping[str, float]
    """By metric, on the essays that it learnt from: how much it knows by heart; may be empty."""
    validate: Mapping[str, float]
    """By metric, on the essays that it had not seen."""


@dataclass(frozen=True, slots=True)
class Spread:
    """One figure over folds, and over seeds where there are several."""

    mean: float
    """Its mean over those that have it; ``nan`` where none has."""
    sd: float
    """Its standard deviation, as of a whole population."""


def spread_of(values: Floats | Sequence[float]) -> Spread:
    """Mean and standard deviation of those figures that are defined.

    >>> spread_of([0.5, 0.75, float("nan")])
    Spread(mean=0.625, sd=0.125)
    """
    found = np.asarray(values, dtype=np.float64)
    defined = found[np.isfinite(found)]
    return Spread(float(defined.mean()), float(defined.std())) if defined.size else Spread(np.nan, np.nan)


def spread_to_json(spread: Spread) -> dict[str, float | None]:
    """Mean and standard deviation for JSON."""
    return {"mean": number_to_json(spread.mean), "std": number_to_json(spread.sd)}


def spreads_to_json(spreads: Mapping[str, Spread]) -> dict[str, float | None]:
    """Several figures for JSON, by ``<name>_mean`` and ``<name>_sd``."""
    return {
        f"{name}_{part}": number_to_json(value)
        for name, spread in spreads.items()
        for part, value in (("mean", spread.mean), ("sd", spread.sd))
    }


def figures_by_fold(grader: Grader, folds: Sequence[Rows]) -> dict[str, Floats]:
    """Figures of a grader's seeds, by name in `compared_metrics`: shape ``(n_seeds, n_folds)`` each.

    Args:
        grader: the grades.
        folds: positions of each fold's essays.
    """
    cells = [[figures_of(select(graded, rows)) for rows in folds] for graded in grader]
    return {
        name: np.array([[cell[name] for cell in seed] for seed in cells])
        for name in compared_metrics(grader[0])
    }


def gains_by_fold(grader: Mapping[str, Floats], over: Mapping[str, Floats]) -> dict[str, Floats]:
    """How much better one grader is than another: above 0 it is better, of errors too.

    Args:
        grader: From `figures_by_fold`: by metric, shape ``(n_seeds, n_folds)``.
        over: Of the other, with the same metrics and shapes.

    Returns:
        By metric of `grader`, in its unit, of the same shape.
    """
    return {
        name: over[name] - figures if name in ERRORS else figures - over[name]
        for name, figures in grader.items()
    }


def agreement_of_codes(true: Codes, predicted: Codes, *, n_grades: int) -> dict[str, float]:
    """`FOLD_METRICS` of grades given to essays: ``nan`` where one is not defined.

    Args:
        true: The right grades: shape ``(n,)``, ``0 … n_grades - 1``.
        predicted: Those given: shape ``(n,)``.
        n_grades: Grades on the scale.

    Raises:
        InputError: the two differ in number of essays, or a code is not on the scale.

    >>> agreement_of_codes(np.array([0, 1, 2]), np.array([0, 1, 1]), n_grades=3)["mae"]
    0.3333333333333333
    """
    figures = agreement_figures(joint_counts(true, predicted, n_grades=n_grades))
    return {name: float(figures[name]) for name in FOLD_METRICS}


def class_figures_of_codes(true: Codes, predicted: Codes, *, n_classes: int) -> dict[str, float]:
    """`CLASS_FOLD_METRICS` of classes given to texts, each in ``[0, 1]``.

    Args:
        true: The right classes: shape ``(n,)``, ``0 … n_classes - 1``.
        predicted: Those given: shape ``(n,)``.
        n_classes: How many classes there are.

    >>> class_figures_of_codes(np.array([0, 1, 1]), np.array([0, 1, 0]), n_classes=2)["macro_f1"]
    0.6666666666666666
    """
    counts = count_classes(true, predicted, np.ones((1, len(true))), n_classes=n_classes)
    figures = class_agreement(counts)
    return {name: float(figures[name][0]) for name in CLASS_FOLD_METRICS}


def over_folds(folds: Sequence[FoldFigures]) -> dict[str, Spread]:
    """Mean and standard deviation of each figure of the validation parts, and of the training parts.

    Returns:
        By ``val_<metric>`` and ``train_<metric>``, those that folds have.
    """
    parts = {"val": [fold.validate for fold in folds], "train": [fold.train for fold in folds]}
    return {
        f"{part}_{name}": spread_of([figures[name] for figures in every])
        for part, every in parts.items()
        for name in (every[0] if every else ())
    }


def fold_to_json(fold: FoldFigures) -> dict[str, Any]:
    """A fold as plain values for JSON; what is not defined is ``null``."""
    return {
        "fold": fold.fold,
        "sizes": {"train": fold.n_train, "val": fold.n_validate},
        "rounds": fold.rounds,
        "train": {name: number_to_json(value) for name, value in fold.train.items()},
        "val": {name: number_to_json(value) for name, value in fold.validate.items()},
    }
