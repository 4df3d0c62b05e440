"""Probabilities over grades."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest
from sklearn.metrics import brier_score_loss
from sklearn.metrics import log_loss as log_loss_of_scikit_learn

from graded_essays import forecasts, noisy_grades
from gradewise.essays.codes import Codes
from gradewise.evaluation import probability
from gradewise.evaluation.weights import Floats

Forecast = tuple[Floats, Codes]
CONFIDENCES = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=40)


@given(forecasts())
def test_brier_and_log_loss_are_those_of_scikit_learn(forecast: Forecast) -> None:
    """Brier is the unhalved multiclass score; log loss is in nats, with one clipping."""
    probabilities, codes = forecast
    labels = list(range(probabilities.shape[1]))
    brier = brier_score_loss(codes, probabilities, labels=labels, scale_by_half=False)
    assert brier == pytest.approx(probability.brier(probabilities, codes))
    log_loss = log_loss_of_scikit_learn(codes, probabilities, labels=labels)
    assert log_loss == pytest.approx(probability.log_loss(probabilities, codes), abs=1e-9)


@given(forecasts())
def test_ranked_probability_score_is_a_share(forecast: Forecast) -> None:
    """The score stays in 0 … 1 and does not change when the scale is turned over."""
    probabilities, codes = forecast
    score = probability.ranked_probability_score(probabilities, codes)
    assert 0 <= score <= 1
    turned = probability.ranked_probability_score(probabilities[:, ::-1], probabilities.shape[1] - 1 - codes)
    assert score == pytest.approx(turned, abs=1e-12)


def test_ranked_probability_score_by_hand() -> None:
    """A certain miss costs its distance as a share of the scale; a certain hit nothing."""
    certain = np.eye(5)[[0, 0, 0]]
    scores = probability.ranked_probability_scores(certain, np.array([0, 1, 4]))
    np.testing.assert_allclose([0, 0.25, 1], scores)


def test_ranked_probability_score_on_one_grade_is_zero() -> None:
    """On a scale with one grade nothing can be missed."""
    assert probability.ranked_probability_score(np.ones((2, 1)), np.zeros(2, dtype=np.int64)) == 0


def test_ranked_probability_score_has_the_published_magnitude() -> None:
    """Honest forecasts on nine bands, right 45 % of the time, score about .055: the division is by 8."""
    graded = noisy_grades(5000, noise=0.78)
    score = probability.ranked_probability_score(graded.probabilities, graded.true_codes)
    assert score == pytest.approx(0.0545, abs=0.002)


@given(CONFIDENCES)
def test_bins_partition_the_predictions(claims: list[tuple[float, bool]]) -> None:
    """Every prediction is in exactly one bin, within its edges, and its accuracy within its interval."""
    confidence = np.array([claim for claim, _ in claims])
    hits = np.array([hit for _, hit in claims])
    bins = probability.reliability_bins(confidence, hits)
    assert len(claims) == sum(held.n for held in bins)
    assert hits.sum() == round(sum(held.n * held.accuracy.estimate for held in bins if held.n))
    assert [bins[k].high for k in range(9)] == [held.low for held in bins[1:]]
    for held in bins:
        if held.n:
            assert held.low - 1e-12 <= held.mean_confidence <= held.high + 1e-12
            assert 0 <= held.accuracy.low <= held.accuracy.estimate <= held.accuracy.high <= 1
        else:
            assert np.isnan(held.mean_confidence)


@given(CONFIDENCES)
def test_calibration_error_is_the_gap_of_the_bins(claims: list[tuple[float, bool]]) -> None:
    """The error is the mean gap between confidence and accuracy, weighted by bin size."""
    confidence = np.array([claim for claim, _ in claims])
    hits = np.array([hit for _, hit in claims])
    bins = probability.reliability_bins(confidence, hits)
    gaps = [held.n * abs(held.mean_confidence - held.accuracy.estimate) for held in bins if held.n]
    expected = sum(gaps) / len(claims)
    assert expected == pytest.approx(probability.expected_calibration_error(confidence, hits), abs=1e-12)


def test_calibration_error_by_hand() -> None:
    """Two predictions at .85 and .95, one right: gaps .85 and .05 in two bins."""
    error = probability.expected_calibration_error(np.array([0.85, 0.95]), np.array([False, True]))
    assert error == pytest.approx(0.45)


def test_confidence_is_that_of_the_grade_given() -> None:
    """A grade that is not the most probable one claims only its own probability."""
    probabilities = np.array([[0.6, 0.4], [0.3, 0.7]])
    np.testing.assert_array_equal([0.4, 0.7], probability.confidences(probabilities, np.array([1, 1])))


@given(st.integers(1, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_interval_is_that_of_scipy(trials: tuple[int, int]) -> None:
    """Bounds equal SciPy's."""
    successes, n = trials
    expected = binomtest(successes, n).proportion_ci(0.9, method="wilson")
    found = probability.wilson_interval(successes, n, level=0.9)
    assert (expected.low, expected.high) == pytest.approx((found.low, found.high), abs=1e-12)
