"""Learning the linear part of a score: ridge regression that chooses its own penalty."""

from collections.abc import Sequence

import numpy as np
from scipy.linalg import cholesky, solve_triangular
from scipy.optimize import lsq_linear

from gradewise.models.linear_part import LinearPart, standardised
from gradewise.models.one_thread import one_blas_thread
from gradewise.models.piecewise import Floats
from gradewise.models.samples import Sample

PENALTIES = tuple(float(penalty) for penalty in np.geomspace(0.001, 10, 17))
"""What is tried: the pull of each coefficient towards 0, for each essay."""

_LEAST_REST = 1e-9  # an essay that alone decides its own score tells nothing when left out


def fit_linear_part(sample: Sample, *, directions: Sequence[int] | None = None) -> LinearPart:
    """Ridge regression of targets on standardised, clipped features.

    The penalty is the one with the smallest leave-one-out error, which for ridge regression follows from one
    decomposition without leaving anything out (Allen 1974, doi:10.1080/00401706.1974.10489157).

    Args:
        sample: rows to learn from, weighted or not.
        directions: for each feature 1 (its coefficient may not be below 0), -1 (not above) or 0 (free).

    Returns:
        The part; a feature that never varies has coefficient 0.
    """
    values = sample.values.astype(np.float64)
    weights = np.ones(len(values)) if sample.relative_weights is None else sample.relative_weights
    means, spreads = values.mean(axis=0), values.std(axis=0)
    spreads = np.where(spreads > 1e-9 * (1 + np.abs(means)), spreads, 1.0)  # rounding is no spread
    scaled = standardised(sample.values, means, spreads)
    centres = np.average(scaled, axis=0, weights=weights)
    intercept = float(np.average(sample.targets, weights=weights))
    root = np.sqrt(weights)
    rows, targets = root[:, None] * (scaled - centres), root * (sample.targets - intercept)
    with one_blas_thread():  # several round otherwise, so that a model would depend on the machine's cores
        penalty = len(values) * PENALTIES[int(np.argmin(_left_out_errors(rows, targets, weights)))]
        coefficients = _solve(rows, targets, penalty, directions)
    return LinearPart(means, spreads, centres, coefficients, intercept)


def _left_out_errors(rows: Floats, targets: Floats, weights: Floats) -> Floats:
    """Weighted mean squared error of every essay by the fit without it: shape ``(n_penalties,)``."""
    sizes, axes = np.linalg.eigh(rows.T @ rows)
    turned = rows @ axes
    told = turned.T @ targets
    errors = []
    for penalty in PENALTIES:
        shrunk = 1 / (np.maximum(sizes, 0) + len(rows) * penalty)
        own = weights / weights.sum() + turned**2 @ shrunk  # what each essay says of itself, mean included
        missed = (targets - turned @ (shrunk * told)) / np.maximum(1 - own, _LEAST_REST)
        errors.append(float(missed @ missed))
    return np.array(errors)


def _solve(rows: Floats, targets: Floats, penalty: float, directions: Sequence[int] | None) -> Floats:
    """The coefficients, within their directions: shape ``(n_features,)``."""
    upper = cholesky(rows.T @ rows + penalty * np.eye(rows.shape[1]))
    told = solve_triangular(upper, rows.T @ targets, trans="T")
    if directions is None or not any(directions):
        return np.asarray(solve_triangular(upper, told), dtype=np.float64)
    sign = np.asarray(directions)
    bounds = np.where(sign > 0, 0.0, -np.inf), np.where(sign < 0, 0.0, np.inf)
    found = lsq_linear(upper, told, bounds, method="bvls", tol=1e-12)
    return np.asarray(found.x, dtype=np.float64)
