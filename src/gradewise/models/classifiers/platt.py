"""Platt's sigmoids: from how far a row lies on the side of a class to how probable the class is."""

import numpy as np

from gradewise.models.classifiers.rows import ClassRows
from gradewise.models.one_thread import without_warnings
from gradewise.models.piecewise import Floats

_SLOPE = 1e-6
_LEAST_SLOPE = 1e-3


def fit_sigmoids(sums: Floats, rows: ClassRows) -> tuple[Floats, Floats]:
    """Slopes ``a`` and intercepts ``b`` of ``P(class) = 1 / (1 + exp(-(a * sum + b)))``, class by class.

    A logistic regression without penalty, in which every row stands twice: as of the class, with the weight
    of its target, and as of another, with the rest. Targets are drawn in from 1 and 0 by how few rows there
    are, as Platt does, so that classes that are told apart perfectly keep finite slopes.

    Args:
        sums: of rows that took no part in the fit: shape ``(n, n_classes)``.
        rows: their classes and weights.

    Returns:
        Two arrays of shape ``(n_classes,)``; slopes are above 0, so that more is never less.

    Source: Platt (1999), Probabilistic outputs for support vector machines.
    """
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - a second, and never to score

    weights = np.ones(len(rows)) if rows.weights is None else rows.weights
    is_own = rows.codes[:, None] == np.arange(rows.n_classes)
    n_own = weights @ is_own
    targets = np.where(is_own, (n_own + 1) / (n_own + 2), 1 / (weights.sum() - n_own + 2))
    answers = np.repeat([1, 0], len(rows))
    lines = np.empty((2, rows.n_classes))
    model = LogisticRegression(C=np.inf, tol=_SLOPE)
    for code in range(rows.n_classes):
        shares = np.concatenate([weights * targets[:, code], weights * (1 - targets[:, code])])
        with without_warnings():
            model.fit(np.tile(sums[:, [code]], (2, 1)), answers, sample_weight=shares)
        lines[:, code] = model.coef_[0, 0], model.intercept_[0]
    return np.maximum(lines[0], _LEAST_SLOPE), lines[1]
