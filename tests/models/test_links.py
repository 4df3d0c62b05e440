"""Links: margins become distributions, and slopes carry contributions exactly."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.special import expit

from gradewise.errors import BundleError
from gradewise.models.links import LINKS, BinaryLink, Link, OrderedLogitLink, SoftmaxLink, logistic
from gradewise.models.predictions import differences

seeds = st.integers(0, 2**32 - 1)


def made_up_link(name: str, rng: np.random.Generator, *, n_grades: int = 5) -> Link:
    """A link of this kind over some grades."""
    if name == "multiclass":
        return SoftmaxLink(rng.normal(size=n_grades))
    thresholds = np.cumsum(rng.uniform(0.1, 2, n_grades - 1)) - 2
    return OrderedLogitLink(thresholds) if name == "cumulative_link" else BinaryLink(-thresholds)


@pytest.mark.parametrize("name", LINKS)
@given(seeds, st.integers(2, 9), st.floats(0.1, 300))
def test_margins_become_distributions(name: str, seed: int, n_grades: int, spread: float) -> None:
    """Cumulative probabilities rise within [0, 1], and the score lies on the scale."""
    rng = np.random.default_rng(seed)
    link = made_up_link(name, rng, n_grades=n_grades)
    margins = rng.normal(0, spread, size=(6, link.n_margins))
    cumulative, scores = link.cumulative(margins), link.scores(margins)
    assert (6, n_grades - 1) == cumulative.shape
    assert n_grades == link.n_grades
    assert (np.diff(cumulative, axis=1) >= 0).all()
    assert ((cumulative >= 0) & (cumulative <= 1 + 1e-12)).all()
    assert ((scores >= 0) & (scores <= n_grades - 1 + 1e-12)).all()


@pytest.mark.parametrize("name", ["cumulative_link", "multiclass"])
@given(seeds)
def test_the_score_is_the_code_to_be_expected(name: str, seed: int) -> None:
    """It is the mean of the distribution over codes."""
    rng = np.random.default_rng(seed)
    link = made_up_link(name, rng)
    margins = rng.normal(0, 3, size=(4, link.n_margins))
    probabilities = differences(link.cumulative(margins))
    assert_allclose(link.scores(margins), probabilities @ np.arange(5), atol=1e-12)


@pytest.mark.parametrize("name", LINKS)
@given(seeds, st.floats(0, 30))
def test_slopes_account_for_the_whole_change(name: str, seed: int, spread: float) -> None:
    """Mean slopes times the ways travelled are the change of the score."""
    rng = np.random.default_rng(seed)
    link = made_up_link(name, rng)
    start = rng.normal(0, 2, link.n_margins)
    margins = start + rng.normal(0, spread, size=(5, link.n_margins))
    margins[0] = start
    slopes = link.mean_slopes(start, margins)
    assert slopes.shape == margins.shape
    change = link.scores(margins) - link.scores(start[None, :])
    assert_allclose((slopes * (margins - start)).sum(axis=1), change, atol=1e-12)


@pytest.mark.parametrize("name", LINKS)
def test_slopes_are_means_over_the_way(name: str) -> None:
    """They equal the mean of numerical derivatives at many places of the way."""
    rng = np.random.default_rng(3)
    link = made_up_link(name, rng)
    start, end = rng.normal(0, 2, size=(2, link.n_margins))
    steps, expected = (np.arange(4000) + 0.5) / 4000, []
    way = start + steps[:, None] * (end - start)
    for column in range(link.n_margins):
        little = np.zeros(link.n_margins)
        little[column] = 1e-5
        expected.append(((link.scores(way + little) - link.scores(way - little)) / 2e-5).mean())
    assert_allclose(link.mean_slopes(start, end[None, :])[0], expected, atol=1e-6)


def test_a_softmax_shares_a_change_by_symmetry() -> None:
    """From the lowest of three grades to the highest: both travel as far, and account for a step each."""
    link = SoftmaxLink(np.zeros(3))
    start, end = np.array([10.0, -9.0, -10.0]), np.array([[-10.0, -9.0, 10.0]])
    slopes = link.mean_slopes(start, end)
    assert_allclose(slopes[0] * (end[0] - start), [1.0, 0.0, 1.0], atol=1e-6)


def test_contradicting_thresholds_are_put_in_order() -> None:
    """P(code <= k) never falls though margins say so, and no grade has probability 0."""
    link = BinaryLink(np.array([1.0, 0.0, -1.0]))
    margins = np.array([[-3.0, 3.0, -2.0]])
    probabilities = differences(link.cumulative(margins))
    assert (probabilities > 0).all()
    assert_allclose(link.cumulative(margins)[0, 0], 0.99 * expit(2.0) + 0.01 * expit(-1.0))


def test_logistic_keeps_its_tails() -> None:
    """It equals SciPy's, far out as well."""
    values = np.array([-700.0, -40.0, -1.0, 0.0, 1.0, 40.0, 800.0])
    assert_allclose(logistic(values), expit(values), rtol=1e-14, atol=0)


@pytest.mark.parametrize(
    ("name", "array", "message"),
    [
        ("cumulative_link", np.array([1.0, 1.0]), r"thresholds \[1.0, 1.0\] must increase"),
        ("frank_hall", np.array([0.0, 1.0]), "must increase"),
        ("multiclass", np.array([[1.0]]), r"link array 'intercepts' is float64\(1, 1\)"),
        ("multiclass", np.array([1, 2]), r"link array 'intercepts' is int64"),
        ("multiclass", np.array([]), r"float64\(0,\)"),
        ("cumulative_link", np.array([0.0, np.nan]), "expected finite float64"),
    ],
)
def test_damaged_arrays_are_refused(name: str, array: Any, message: str) -> None:
    """Numbers from a file that make no link are refused."""
    made: Callable[[Any], Link] = LINKS[name]
    with pytest.raises(BundleError, match=message):
        made(array)
