"""Weights of rare grades."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from gradewise.errors import PlanError
from gradewise.models.band_weights import band_weights


@given(st.lists(st.integers(0, 6), min_size=1, max_size=200), st.floats(1.1, 10))
def test_mean_and_cap_hold(codes: list[int], cap: float) -> None:
    """The mean is 1, no weight exceeds the cap, rarer grades never weigh less."""
    grades = np.array(codes)
    weights = band_weights(grades, cap=cap)
    assert weights.mean() == pytest.approx(1)
    assert 0 < weights.min() <= weights.max() <= cap * (1 + 1e-9)
    counts = np.bincount(grades)[grades]
    order = np.argsort(counts)
    assert (np.diff(weights[order]) <= 1e-9).all()


def test_below_the_cap_weights_go_with_the_root_of_rarity() -> None:
    """A grade that is four times as rare weighs twice as much."""
    weights = band_weights(np.repeat([0, 1], [10, 40]))
    assert_allclose(weights[0] / weights[-1], 2.0)


def test_the_rarest_are_capped_and_the_rest_share_what_is_left() -> None:
    """One essay among a hundred and one weighs 3, not 9.2; the others a little less than 1."""
    weights = band_weights(np.repeat([0, 1], [1, 100]), cap=3)
    assert_allclose(weights, [3.0] + [0.98] * 100)


def test_a_cap_of_the_mean_is_refused() -> None:
    """No weights but equal ones have mean 1 and cap 1."""
    with pytest.raises(PlanError, match=r"a cap of 1\.0; use a cap above 1"):
        band_weights(np.array([0, 1]), cap=1.0)
