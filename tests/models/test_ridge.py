"""Ridge: the same coefficients as a direct solution, for every penalty at once."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from gradewise.models.text.ridge import solve_ridge

PENALTIES = (0.03, 1.0, 30.0)


@given(st.integers(1, 60), st.integers(1, 40), st.integers(0, 2**32 - 1))
def test_it_solves_the_centred_system(n: int, width: int, seed: int) -> None:
    """``(H K H + penalty) a = H y`` holds for full and deficient rank."""
    generator = np.random.default_rng(seed)
    vectors, targets = generator.normal(size=(n, width)), generator.normal(size=n)
    kernel, centring = vectors @ vectors.T, np.eye(n) - 1 / n
    found = solve_ridge(kernel, targets, PENALTIES)
    assert (len(PENALTIES), n) == found.shape
    for penalty, coefficients in zip(PENALTIES, found, strict=True):
        left = centring @ kernel @ centring + penalty * np.eye(n)
        assert_allclose(coefficients, np.linalg.solve(left, centring @ targets), rtol=1e-4, atol=1e-5)


def test_equal_targets_leave_nothing_to_learn() -> None:
    """Coefficients are 0 when every target is the same."""
    assert not solve_ridge(np.eye(3), np.full(3, 2.0), PENALTIES).any()


def test_texts_that_are_all_alike_teach_nothing() -> None:
    """With one and the same text everywhere the penalty alone decides, and predictions are the mean."""
    found = solve_ridge(np.ones((4, 4)), np.array([0.0, 1, 2, 3]), (1.0,))
    assert_allclose(np.ones((4, 4)) @ found[0], np.zeros(4), atol=1e-12)
