"""True scores and ceilings."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradewise.errors import InputError
from gradewise.evaluation import true_scores
from gradewise.evaluation.continuous import continuous_kappa
from gradewise.evaluation.results import Resampling
from gradewise.evaluation.weights import Floats


def _rated(n: int, *, n_raters: int = 2, noise: float = 1.0, seed: int = 0) -> tuple[Floats, Floats]:
    """True scores with variance 1, and ratings with error variance ``noise ** 2``."""
    generator = np.random.default_rng(seed)
    true = generator.normal(size=n)
    return true, true[:, np.newaxis] + generator.normal(0, noise, (n, n_raters))


def test_variances_are_recovered() -> None:
    """From many double-marked essays, error and true variance come back."""
    _, ratings = _rated(20_000, noise=0.7)
    assert true_scores.rater_error_variance(ratings) == pytest.approx(0.49, abs=0.02)
    assert true_scores.true_score_variance(ratings) == pytest.approx(1, abs=0.05)
    assert true_scores.single_rating_reliability(ratings) == pytest.approx(1 / 1.49, abs=0.02)


def test_true_scores_explain_themselves() -> None:
    """A machine that knows the true score has PRMSE about 1; one that knows nothing, about 0."""
    true, ratings = _rated(20_000)
    assert true_scores.prmse(true, ratings) == pytest.approx(1, abs=0.03)
    assert true_scores.prmse(np.zeros(20_000), ratings) == pytest.approx(0, abs=0.03)


def test_essays_without_a_rating_say_nothing() -> None:
    """Unrated essays change no figure."""
    true, ratings = _rated(50)
    padded = np.vstack([ratings, np.full((5, 2), np.nan)])
    expected = true_scores.prmse(true, ratings)
    assert expected == pytest.approx(true_scores.prmse(np.append(true, np.full(5, 9.0)), padded))


def test_no_rating_at_all_has_no_variance() -> None:
    """Without a rating there is nothing to vary, and nothing fails."""
    assert np.isnan(true_scores.true_score_variance(np.full((3, 2), np.nan)))
    assert np.isnan(true_scores.single_rating_reliability(np.full((3, 2), np.nan)))


def test_single_ratings_cannot_tell_error_from_truth() -> None:
    """With one rating an essay everything that needs the error variance is nan."""
    true, ratings = _rated(10, n_raters=1)
    assert np.isnan(true_scores.rater_error_variance(ratings))
    assert np.isnan(true_scores.prmse(true, ratings))
    found = true_scores.evaluate_true_scores(true, ratings, resampling=Resampling(5))
    assert (found.n, found.n_multiple) == (10, 0)
    assert np.isnan(found.theoretical.estimate)


def test_ratings_of_pure_noise_have_no_prmse() -> None:
    """Where raters differ more within essays than between them, reliability is 0 and PRMSE nan."""
    ratings = np.array([[0.0, 2.0], [2.0, 0.0], [1.0, 1.0]])
    assert true_scores.true_score_variance(ratings) < 0
    assert true_scores.single_rating_reliability(ratings) == 0
    assert np.isnan(true_scores.prmse(np.zeros(3), ratings))


@pytest.mark.parametrize(
    ("reliability", "n_ratings", "expected"),
    [
        (0.484, 1, (0.652, 0.696, 0.484)),
        (0.484, 2, (0.790, 0.808, 0.556)),
        (0.60, 2, (0.857, 0.866, 0.667)),
        (0.754, 1, (0.860, 0.868, 0.754)),
        (0.754, 2, (0.925, 0.927, 0.803)),
    ],
)
def test_ceilings_by_hand(reliability: float, n_ratings: int, expected: tuple[float, ...]) -> None:
    """Ceilings of known reliabilities, to three digits."""
    found = true_scores.attainable_ceilings(reliability, n_ratings=n_ratings)
    assert expected == pytest.approx(
        (found.theoretical, found.variance_matched, found.human_like), abs=5.1e-4
    )


@given(st.floats(0, 1), st.integers(1, 6))
def test_ceilings_are_ordered(reliability: float, n_ratings: int) -> None:
    """No human passes the true score, and stretching it to the labels' spread only helps."""
    found = true_scores.attainable_ceilings(reliability, n_ratings=n_ratings)
    assert 0 <= found.human_like <= found.theoretical + 1e-9
    assert found.theoretical <= found.variance_matched + 1e-9 <= 1 + 2e-9


def test_ceilings_are_reached_in_simulation() -> None:
    """The kappa of the true score, and of one more human, with labels of two ratings is what is foretold."""
    true, ratings = _rated(40_000, n_raters=3, noise=0.8)
    labels = ratings[:, :2].mean(axis=1)
    ceilings = true_scores.attainable_ceilings(1 / 1.64, n_ratings=2)
    stretched = true * labels.std() / true.std()
    assert ceilings.theoretical == pytest.approx(continuous_kappa(labels, true), abs=0.01)
    assert ceilings.variance_matched == pytest.approx(continuous_kappa(labels, stretched), abs=0.01)
    assert ceilings.human_like == pytest.approx(continuous_kappa(labels, ratings[:, 2]), abs=0.01)


def test_figures_come_with_intervals() -> None:
    """Each figure equals its plain function, lies in its interval, and holds what it estimates."""
    true, ratings = _rated(400, n_raters=3)
    ratings[::2, 2] = np.nan
    ratings[::5, 1] = np.nan
    found = true_scores.evaluate_true_scores(true, ratings, n_ratings=2, resampling=Resampling(200))
    assert (found.n, found.n_multiple) == (400, 360)
    reliability = true_scores.single_rating_reliability(ratings)
    ceilings = true_scores.attainable_ceilings(reliability, n_ratings=2)
    assert found.prmse.estimate == pytest.approx(true_scores.prmse(true, ratings))
    assert found.human_like.estimate == pytest.approx(ceilings.human_like)
    assert found.reliability.low < 0.5 < found.reliability.high
    assert found.prmse.low <= found.prmse.estimate <= found.prmse.high


def test_whole_prompts_may_be_drawn() -> None:
    """Clusters change the intervals and are recorded."""
    true, ratings = _rated(40)
    clusters = [str(row % 8) for row in range(40)]
    found = true_scores.evaluate_true_scores(true, ratings, resampling=Resampling(20), clusters=clusters)
    assert found.resampling.clustered_by == "prompt"


@pytest.mark.parametrize(
    ("scores", "ratings", "message"),
    [
        (np.zeros(2), np.zeros((3, 2)), r"scores have shape \(2,\) and ratings \(3, 2\)"),
        (np.zeros(3), np.zeros(3), r"ratings \(3,\)"),
        (np.array([0.0, np.inf]), np.zeros((2, 2)), "row 1 is inf"),
        (np.zeros(2), np.full((2, 2), np.nan), "none of 2 essays has a rating"),
    ],
)
def test_ratings_that_do_not_fit_are_refused(scores: Floats, ratings: Floats, message: str) -> None:
    """Shapes, infinite scores and the absence of any rating are named."""
    with pytest.raises(InputError, match=message):
        true_scores.prmse(scores, ratings)


@pytest.mark.parametrize(("reliability", "n_ratings"), [(1.2, 1), (-0.1, 1), (0.5, 0)])
def test_impossible_reliabilities_are_refused(reliability: float, n_ratings: int) -> None:
    """Reliability is a share, and a label has a rating."""
    with pytest.raises(InputError, match="no ceiling for reliability"):
        true_scores.attainable_ceilings(reliability, n_ratings=n_ratings)
