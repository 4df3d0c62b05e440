"""The proportional-odds model of grades, given a margin for each essay: thresholds and losses.

An essay of grade ``k`` lies between thresholds ``l = t_{k-1}`` and ``u = t_k``. With ``s`` the logistic
function, ``P(k) = s(u - f) - s(l - f) = s(u - f) * s(f - l) * (1 - exp(l - u))``: in this form the loss keeps
its precision in the tails, and it is plainly convex in margins and thresholds together.

Source: McCullagh (1980), doi:10.1111/j.2517-6161.1980.tb01109.x.
"""

import numpy as np
from scipy.linalg import solveh_banded
from scipy.special import log_expit, logit

from gradewise.essays.codes import Codes
from gradewise.models.links import logistic
from gradewise.models.piecewise import Floats

_TOLERANCE = 1e-12


def start_thresholds(counts: Floats) -> Floats:
    """Thresholds under which, all margins being 0, grades are as frequent as `counts` says.

    Args:
        counts: above 0, shape ``(n_grades,)``.

    Returns:
        Strictly increasing, shape ``(n_grades - 1,)``.

    >>> start_thresholds(np.array([1.0, 2.0, 1.0])).round(3).tolist()
    [-1.099, 1.099]
    """
    return np.asarray(logit(np.cumsum(counts)[:-1] / counts.sum()), dtype=np.float64)


def interval_losses(margins: Floats, codes: Codes, thresholds: Floats) -> Floats:
    """``-log P(code)`` of each essay: shape ``(n,)``, in nats.

    Args:
        margins: shape ``(n,)``.
        codes: shape ``(n,)``.
        thresholds: strictly increasing, shape ``(n_grades - 1,)``.
    """
    padded = np.concatenate([[-np.inf], thresholds, [np.inf]])
    upper, lower = padded[codes + 1] - margins, margins - padded[codes]
    gaps = np.concatenate([[np.inf], np.diff(thresholds), [np.inf]])[codes]
    return np.asarray(-log_expit(upper) - log_expit(lower) - np.log(-np.expm1(-gaps)), dtype=np.float64)


def fit_thresholds(
    margins: Floats, codes: Codes, weights: Floats, *, start: Floats, prior: float, most_steps: int
) -> Floats:
    """The thresholds that explain grades best, margins being what they are.

    Newton's method; a step that would put thresholds out of order, or lose, is halved.

    Args:
        margins: shape ``(n,)``.
        codes: shape ``(n,)``.
        weights: shape ``(n,)``, mean 1.
        start: strictly increasing, shape ``(n_grades - 1,)``.
        prior: essays of every grade that are taken to lie at the mean margin, above 0.
        most_steps: how many steps at the most; fewer when the last one changed nothing.

    Returns:
        Strictly increasing, shape ``(n_grades - 1,)``.
    """
    n_grades = len(start) + 1
    margins = np.concatenate([margins, np.full(n_grades, margins.mean())])
    codes = np.concatenate([codes, np.arange(n_grades)])
    weights = np.concatenate([weights, np.full(n_grades, prior)])

    def loss_at(tried: Floats) -> float:
        in_order = (np.diff(tried) > 0).all()
        return float(weights @ interval_losses(margins, codes, tried)) if in_order else np.inf

    thresholds, loss = start, loss_at(start)
    for _ in range(most_steps):
        step = _newton_step(margins, codes, weights, thresholds)
        while (lower := loss_at(thresholds - step)) > loss:
            step = step / 2  # ends at the latest where rounding makes it nothing
        thresholds, gained, loss = thresholds - step, loss - lower, lower
        if gained <= _TOLERANCE * loss:
            break
    return thresholds


def _newton_step(margins: Floats, codes: Codes, weights: Floats, thresholds: Floats) -> Floats:
    """What Newton's method would take from the thresholds: shape ``(n_grades - 1,)``."""
    n_grades = len(thresholds) + 1
    padded = np.concatenate([[-np.inf], thresholds, [np.inf]])
    above_upper = logistic(margins - padded[codes + 1])
    under_lower = logistic(padded[codes] - margins)

    def by_grade(values: Floats) -> Floats:
        return np.bincount(codes, weights * values, minlength=n_grades).astype(np.float64)

    count = by_grade(np.ones_like(margins))[1:-1]
    push = count / np.expm1(np.diff(thresholds))  # what keeps two thresholds apart
    slopes = by_grade(under_lower)[1:] - by_grade(above_upper)[:-1]
    slopes[1:] -= push
    slopes[:-1] += push
    bend = push * (1 + push / count)
    bends = np.zeros((2, len(thresholds)))
    bends[0] = by_grade(under_lower * (1 - under_lower))[1:] + by_grade(above_upper * (1 - above_upper))[:-1]
    bends[0, 1:] += bend
    bends[0, :-1] += bend
    bends[1, :-1] = -bend
    if len(thresholds) == 1:  # SciPy knows no system of one
        return np.asarray(slopes / bends[0])
    return np.asarray(solveh_banded(bends, slopes, lower=True), dtype=np.float64)
