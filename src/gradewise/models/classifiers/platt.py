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
    slopes, starts = np.ones(rows.n_classes), np.zeros(rows.n_classes)
    losses = _losses(sums, targets, weights, slopes, starts)
    for _ in range(_MOST_STEPS):
        step = _newton_step(sums, targets, weights, slopes, starts)
        share = np.ones(rows.n_classes)
        for _ in range(_HALVINGS):
            tried = slopes + share * step[0], starts + share * step[1]
            told = _losses(sums, targets, weights, *tried)
            if (told <= losses).all():
                break
            share[told > losses] /= 2
        better = told <= losses
        slopes, starts = np.where(better, tried[0], slopes), np.where(better, tried[1], starts)
        losses = np.where(better, told, losses)
        if np.abs(step * share * better).max() < _SMALLEST_STEP:
            break
    return np.maximum(slopes, _LEAST_SLOPE), starts


def _losses(sums: Floats, targets: Floats, weights: Floats, slopes: Floats, starts: Floats) -> Floats:
    odds = sums * slopes + starts
    return np.asarray(weights @ (np.logaddexp(0, odds) - targets * odds))


def _newton_step(sums: Floats, targets: Floats, weights: Floats, slopes: Floats, starts: Floats) -> Floats:
    """The step of slopes and of intercepts: shape ``(2, n_classes)``."""
    p = logistic(sums * slopes + starts)
    missed, bends = weights[:, None] * (targets - p), weights[:, None] * (p * (1 - p))
    first, second = (missed * sums).sum(axis=0), missed.sum(axis=0)
    a, b, c = (bends * sums**2).sum(axis=0) + _RIDGE, (bends * sums).sum(axis=0), bends.sum(axis=0) + _RIDGE
    size = np.maximum(a * c - b * b, _RIDGE**2)
    return np.stack([(c * first - b * second) / size, (a * second - b * first) / size])
