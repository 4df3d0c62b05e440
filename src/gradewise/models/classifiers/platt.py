"""Platt's sigmoids: from how far a row lies on the side of a class to how probable the class is."""

import numpy as np

from gradewise.models.classifiers.rows import ClassRows
from gradewise.models.links import logistic
from gradewise.models.piecewise import Floats

_MOST_STEPS = 100
_SMALLEST_STEP = 1e-6
_RIDGE = 1e-9
_LEAST_SLOPE = 1e-3
_HALVINGS = 12


def fit_sigmoids(sums: Floats, rows: ClassRows) -> tuple[Floats, Floats]:
    """Slopes ``a`` and intercepts ``b`` of ``P(class) = 1 / (1 + exp(-(a * sum + b)))``, class by class.

    Newton's method for all classes at once; targets are drawn in from 1 and 0 by how few rows there are, as
    Platt does, so that classes that are told apart perfectly keep finite slopes.

    Args:
        sums: of rows that took no part in the fit: shape ``(n, n_classes)``.
        rows: their classes and weights.

    Returns:
        Two arrays of shape ``(n_classes,)``; slopes are above 0, so that more is never less.

    Source: Platt (1999); Lin, Lin & Weng (2007), doi:10.1007/s10994-007-5018-6.
    """
    weights = np.ones(len(rows)) if rows.weights is None else rows.weights
    is_own = rows.codes[:, None] == np.arange(rows.n_classes)
    n_own = weights @ is_own
    targets = np.where(is_own, (n_own + 1) / (n_own + 2), 1 / (weights.sum() - n_own + 2))
    lines = np.stack([np.ones(rows.n_classes), np.zeros(rows.n_classes)])
    for _ in range(_MOST_STEPS):
        step = _newton_step(sums, targets, weights, lines)
        step *= _share_that_helps(sums, targets, weights, lines, step)
        lines += step
        if np.abs(step).max() < _SMALLEST_STEP:
            break
    return np.maximum(lines[0], _LEAST_SLOPE), lines[1]


def _share_that_helps(sums: Floats, targets: Floats, weights: Floats, lines: Floats, step: Floats) -> Floats:
    """How much of each class's step does not raise its loss: 1, half, a quarter … or 0: ``(n_classes,)``."""
    before, share = _losses(sums, targets, weights, lines), np.ones(step.shape[1])
    for _ in range(_HALVINGS):
        worse = _losses(sums, targets, weights, lines + share * step) > before
        if not worse.any():
            return share
        share[worse] /= 2
    return np.where(worse, 0.0, share)


def _losses(sums: Floats, targets: Floats, weights: Floats, lines: Floats) -> Floats:
    odds = sums * lines[0] + lines[1]
    return np.asarray(weights @ (np.logaddexp(0, odds) - targets * odds))


def _newton_step(sums: Floats, targets: Floats, weights: Floats, lines: Floats) -> Floats:
    """The step of slopes and of intercepts: shape ``(2, n_classes)``."""
    p = logistic(sums * lines[0] + lines[1])
    missed, bends = weights[:, None] * (targets - p), weights[:, None] * (p * (1 - p))
    first, second = (missed * sums).sum(axis=0), missed.sum(axis=0)
    a, b, c = (bends * sums**2).sum(axis=0) + _RIDGE, (bends * sums).sum(axis=0), bends.sum(axis=0) + _RIDGE
    size = np.maximum(a * c - b * b, _RIDGE**2)
    return np.stack([(c * first - b * second) / size, (a * second - b * first) / size])
