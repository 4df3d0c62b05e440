"""Proportional odds: thresholds that explain grades best."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy.optimize import minimize
from scipy.special import expit

from gradewise.essays.codes import Codes
from gradewise.models.ordered_logit import fit_thresholds, interval_losses, start_thresholds
from gradewise.models.piecewise import Floats

PRIOR = 0.5


def fit(
    margins: Floats,
    codes: np.ndarray[tuple[int], np.dtype[np.int64]],
    *,
    n_grades: int,
    most_steps: int = 100,
) -> Floats:
    """Thresholds for unweighted essays, from a start that knows nothing."""
    start = np.arange(n_grades - 1.0)
    weights = np.ones(len(codes))
    return fit_thresholds(margins, codes, weights, start=start, prior=PRIOR, most_steps=most_steps)


def objective(thresholds: Floats, margins: Floats, codes: Codes, n_grades: int) -> float:
    """What thresholds minimise, written the plain way."""
    if (np.diff(thresholds) <= 0).any():
        return np.inf
    padded = np.concatenate([[-np.inf], thresholds, [np.inf]])

    def loss(f: Floats, k: Codes) -> Floats:
        return np.asarray(-np.log(expit(padded[k + 1] - f) - expit(padded[k] - f)))

    every = np.arange(n_grades)
    prior = loss(np.full(n_grades, margins.mean()), every).sum()
    return float(loss(margins, codes).sum() + PRIOR * prior)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(2, 6), st.integers(5, 60))
def test_thresholds_are_the_best_ones(seed: int, n_grades: int, n: int) -> None:
    """No other thresholds explain the grades better, as a general optimiser confirms."""
    rng = np.random.default_rng(seed)
    margins, codes = rng.normal(0, 2, n), rng.integers(0, n_grades, n)
    found = fit(margins, codes, n_grades=n_grades)
    assert (np.diff(found) > 0).all()
    least = objective(found, margins, codes, n_grades)
    other = minimize(objective, found, (margins, codes, n_grades), method="Nelder-Mead")
    assert least <= other.fun + 1e-7


def test_equal_margins_give_the_shares_of_grades() -> None:
    """Where margins tell nothing, thresholds make grades as frequent as they are, the prior included."""
    codes = np.repeat([0, 1, 2], [10, 30, 60])
    found = fit(np.full(100, 7.0), codes, n_grades=3)
    assert_allclose(found - 7.0, start_thresholds(np.array([10.5, 30.5, 60.5])), atol=1e-6)


def test_a_grade_without_essays_keeps_a_place() -> None:
    """Its thresholds stay apart and finite, lower where it is the lowest."""
    codes = np.repeat([1, 3], 50)
    found = fit(codes * 2.0, codes, n_grades=5)
    assert np.isfinite(found).all()
    assert (np.diff(found) > 1e-3).all()


def test_weights_count_as_copies() -> None:
    """An essay of weight 2 tells as much as two essays."""
    rng = np.random.default_rng(0)
    margins, codes = rng.normal(size=30), rng.integers(0, 3, 30)
    margins -= margins.mean()
    twice = fit(np.tile(margins, 2), np.tile(codes, 2), n_grades=3)
    weighted = fit_thresholds(
        margins, codes, np.full(30, 2.0), start=np.arange(2.0), prior=PRIOR, most_steps=100
    )
    assert_allclose(weighted, twice, atol=1e-6)


def test_steps_never_lose() -> None:
    """Each further step explains the grades at least as well."""
    rng = np.random.default_rng(1)
    margins = rng.normal(0, 4, 200)
    codes = np.clip(np.round(margins / 2 + rng.normal(size=200)) + 3, 0, 6).astype(np.int64)
    losses = [
        objective(fit(margins, codes, n_grades=7, most_steps=steps), margins, codes, 7) for steps in range(8)
    ]
    assert (np.diff(losses) <= 1e-9).all()
    assert losses[-1] < losses[0]


def test_losses_are_precise_in_the_tails() -> None:
    """Margins far beyond every threshold have losses as large as the distance."""
    losses = interval_losses(np.array([-500.0, 500.0]), np.array([1, 1]), np.array([0.0, 1.0]))
    assert_allclose(losses, [500.0 - np.log(-np.expm1(-1.0)), 499.0 - np.log(-np.expm1(-1.0))])


def test_start_thresholds_are_log_odds() -> None:
    """A quarter, a half, a quarter: minus and plus log 3."""
    assert_allclose(start_thresholds(np.array([1.0, 2.0, 1.0])), [-np.log(3), np.log(3)])
    assert_array_equal(start_thresholds(np.array([1.0, 1.0])), [0.0])


@pytest.mark.parametrize("n_grades", [2, 5])
def test_already_best_thresholds_stay(n_grades: int) -> None:
    """Starting from the answer changes nothing that can be seen."""
    rng = np.random.default_rng(2)
    margins, codes = rng.normal(size=50), rng.integers(0, n_grades, 50)
    best = fit(margins, codes, n_grades=n_grades)
    again = fit_thresholds(margins, codes, np.ones(50), start=best, prior=PRIOR, most_steps=5)
    assert_allclose(again, best, atol=1e-6)
