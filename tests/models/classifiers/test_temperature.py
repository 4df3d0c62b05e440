"""Temperature and Platt's sigmoids: probabilities that keep their order and lose their boldness."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.optimize import minimize

from gradewise.errors import InputError
from gradewise.models.classifiers.linear import softmax
from gradewise.models.classifiers.platt import fit_sigmoids
from gradewise.models.classifiers.rows import ClassRows
from gradewise.models.classifiers.temperature import COLDEST, HOTTEST, fit_temperature, tempered
from gradewise.models.links import logistic

seeds = st.integers(0, 2**32 - 1)


@given(seeds, st.floats(COLDEST, HOTTEST), st.booleans())
def test_a_temperature_keeps_order_and_sum(seed: int, temperature: float, impossible: bool) -> None:  # noqa: FBT001
    """Rows sum to 1, and the most probable class stays it, also where a class is impossible."""
    given_ = np.random.default_rng(seed).dirichlet(np.ones(5), size=4)
    if impossible:
        given_[:, 0] = 0
        given_ /= given_.sum(axis=1, keepdims=True)
    changed = tempered(given_, temperature)
    assert_allclose(changed.sum(axis=1), 1, atol=1e-12)
    assert (changed.argmax(axis=1) == given_.argmax(axis=1)).all()
    assert not impossible or (changed[:, 0] < 1e-12).all()


@pytest.mark.parametrize("boldness", [0.5, 2.0])
def test_the_temperature_that_was_lost_is_found(boldness: float) -> None:
    """Probabilities made twice as bold, or half, are brought back."""
    generator = np.random.default_rng(0)
    honest = softmax(2 * generator.normal(size=(4000, 4)))
    codes = (honest.cumsum(axis=1) < generator.random((4000, 1))).sum(axis=1)
    assert_allclose(fit_temperature(tempered(honest, 1 / boldness), codes), boldness, rtol=0.1)


def test_nothing_to_learn_a_temperature_from_is_refused() -> None:
    """No text, or other texts than classes, are an error."""
    with pytest.raises(InputError, match="0 classes for probabilities of 0 texts"):
        fit_temperature(np.empty((0, 2)), np.empty(0, dtype=np.int64))


@pytest.mark.parametrize("weighted", [False, True], ids=["alike", "weighted"])
def test_sigmoids_have_the_smallest_loss(weighted: bool) -> None:  # noqa: FBT001
    """Newton's lines are those that a general optimiser finds for each class by itself."""
    generator = np.random.default_rng(1)
    codes = generator.integers(0, 3, 200)
    sums = generator.normal(size=(200, 3)) + np.eye(3)[codes]
    weights = np.where(codes == 0, 2.0, 0.5) if weighted else np.ones(200)
    rows = ClassRows(sums.astype(np.float32), codes, 3, weights if weighted else None)
    slopes, starts = fit_sigmoids(sums, rows)
    for k in range(3):
        own = codes == k
        n_own, n_other = weights[own].sum(), weights[~own].sum()
        targets = np.where(own, (n_own + 1) / (n_own + 2), 1 / (n_other + 2))

        def loss(line: np.ndarray[tuple[int], np.dtype[np.float64]]) -> float:
            odds = line[0] * sums[:, k] + line[1]  # noqa: B023 (called within the turn)
            return float(weights @ (np.logaddexp(0, odds) - targets * odds))  # noqa: B023 (the same)

        assert_allclose([slopes[k], starts[k]], minimize(loss, [1.0, 0.0]).x, atol=1e-3)


def test_sigmoids_of_classes_apart_stay_finite() -> None:
    """Classes told apart without a fault get steep slopes, not infinite ones; turned ones do not fall."""
    codes = np.repeat([0, 1], 20)
    apart = np.where(codes[:, None] == np.arange(2), 50.0, -50.0)
    rows = ClassRows(apart.astype(np.float32), codes, 2)
    slopes, starts = fit_sigmoids(apart, rows)
    assert (logistic(apart * slopes + starts).argmax(axis=1) == codes).all()
    assert np.isfinite([slopes, starts]).all()
    assert (fit_sigmoids(-apart, rows)[0] > 0).all()
