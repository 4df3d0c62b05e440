"""The residual distribution: shape, tails, weights, refusals."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtr

from gradewise.errors import TrainingError
from gradewise.models.predictions import differences
from gradewise.models.residuals import cumulative_probabilities, fit_residual_cdf

RESIDUALS = st.lists(st.floats(-8, 8), min_size=1, max_size=60)


def test_finds_the_latent_error_behind_rounded_grades() -> None:
    """Grades that are rounded from a normal latent value give back its distribution, without the rounding."""
    generator = np.random.default_rng(0)
    scores = generator.uniform(1, 7, 20_000)
    residuals = np.floor(scores + generator.normal(0, 0.6, scores.size) + 0.5) - scores
    points = np.linspace(-1.5, 1.5, 13)
    np.testing.assert_allclose(fit_residual_cdf(residuals)(points), ndtr(points / 0.6), atol=0.012)


@given(RESIDUALS, st.integers(2, 12))
def test_every_grade_keeps_a_chance(residuals: list[float], n_grades: int) -> None:
    """Whatever the residuals, each row is a distribution in which no grade has probability 0."""
    cdf = fit_residual_cdf(np.array(residuals))
    scores = np.linspace(-1, n_grades, 17).astype(np.float32)
    cumulative = cumulative_probabilities(scores, cdf, n_grades=n_grades)
    probabilities = differences(cumulative)
    assert len(cdf.x) <= 64
    assert cumulative.shape == (17, n_grades - 1)
    assert (probabilities > 0).all()
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-12)


def test_a_higher_score_moves_probability_upwards() -> None:
    """P(code <= k) falls as the score rises."""
    cdf = fit_residual_cdf(np.random.default_rng(1).normal(size=200))
    cumulative = cumulative_probabilities(np.linspace(0, 5, 20).astype(np.float32), cdf, n_grades=6)
    assert (np.diff(cumulative, axis=0) < 0).all()


def test_weights_count_like_copies() -> None:
    """A residual of weight 3 counts as three residuals."""
    residuals = np.array([-1.0, 0.2, 0.7])
    weighted = fit_residual_cdf(residuals, np.array([1.0, 3.0, 2.0]))
    repeated = fit_residual_cdf(np.repeat(residuals, [1, 3, 2]))
    np.testing.assert_allclose(weighted.x, repeated.x)
    np.testing.assert_allclose(weighted.y, repeated.y)


@pytest.mark.parametrize("residuals", [[], [0.1, np.nan]])
def test_refuses_no_residuals_and_special_numbers(residuals: list[float]) -> None:
    """There is nothing to learn from nothing, or from nan."""
    with pytest.raises(TrainingError, match="residuals"):
        fit_residual_cdf(np.array(residuals))
