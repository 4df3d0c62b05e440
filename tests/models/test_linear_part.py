"""The linear part: ridge regression that leaves one out without leaving any out."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.linear_model import Ridge
from threadpoolctl import threadpool_limits

from gradewise.errors import BundleError
from gradewise.models.linear_fitting import PENALTIES, fit_linear_part
from gradewise.models.linear_part import LinearPart, standardised
from gradewise.models.samples import Sample


def made_up_sample(rng: np.random.Generator, *, n: int = 60, weighted: bool = False) -> Sample:
    """Five features, of which three matter, on very different scales."""
    values = rng.normal(size=(n, 5)) * [1, 10, 0.01, 1, 5] + [0, 100, 0, 3, -7]
    targets = 3 + values @ [0.5, 0.1, 30, 0, 0] * 0.3 + rng.normal(0, 0.5, n)
    weights = rng.uniform(0.3, 3, n) if weighted else None
    return Sample(values.astype(np.float32), targets, weights)


def plain_fit(sample: Sample, penalty: float, keep: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Ridge:
    """Scikit-learn's ridge on some rows, standardised as the whole sample is."""
    part = fit_linear_part(sample)
    weights = np.ones(len(keep)) if sample.relative_weights is None else sample.relative_weights
    rows = standardised(sample.values, part.means, part.spreads)
    return Ridge(alpha=penalty).fit(rows[keep], sample.targets[keep], sample_weight=weights[keep])


@pytest.mark.parametrize("weighted", [False, True])
def test_it_is_the_ridge_with_the_least_left_out_error(*, weighted: bool) -> None:
    """Leaving each essay out in turn, and fitting anew, leads to the same penalty and coefficients."""
    sample = made_up_sample(np.random.default_rng(0), n=30, weighted=weighted)
    part = fit_linear_part(sample)
    rows = standardised(sample.values, part.means, part.spreads)
    weights = np.ones(30) if sample.relative_weights is None else sample.relative_weights
    errors = []
    for penalty in PENALTIES:
        missed = []
        for row in range(30):
            keep = np.arange(30) != row
            fitted = plain_fit(sample, 30 * penalty, keep)
            missed.append(sample.targets[row] - fitted.predict(rows[row : row + 1])[0])
        errors.append(float(weights @ np.square(missed)))
    best = 30 * PENALTIES[int(np.argmin(errors))]
    whole = plain_fit(sample, best, np.ones(30, dtype=np.bool_))
    assert_allclose(part.coefficients, whole.coef_, rtol=1e-8)
    assert_allclose(part.predict(sample.values), whole.predict(rows), rtol=1e-8)


def test_it_does_not_depend_on_the_machines_cores() -> None:
    """Linear algebra in several threads adds in another order; a model's bytes must not tell of it."""
    rng = np.random.default_rng(4)
    values = rng.normal(size=(96, 130)).astype(np.float32)
    sample = Sample(values, values[:, :9].sum(axis=1) + rng.normal(size=96))
    fitted = []
    for n_threads in (1, 2):
        with threadpool_limits(n_threads, "blas"):
            fitted.append(fit_linear_part(sample))
    assert_array_equal(fitted[0].coefficients, fitted[1].coefficients)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1), st.lists(st.sampled_from([-1, 0, 1]), min_size=5, max_size=5))
def test_directions_are_kept(seed: int, directions: list[int]) -> None:
    """No coefficient has the forbidden sign; where the free fit obeys anyway, nothing changes."""
    sample = made_up_sample(np.random.default_rng(seed))
    free, bound = fit_linear_part(sample), fit_linear_part(sample, directions=directions)
    assert (bound.coefficients * directions >= 0).all()
    if (free.coefficients * directions >= 0).all():
        assert_allclose(bound.coefficients, free.coefficients, atol=1e-9)


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=20, deadline=None)
def test_contributions_sum_to_the_score(seed: int) -> None:
    """With the intercept they are the score; over the training essays each feature's mean is 0."""
    sample = made_up_sample(np.random.default_rng(seed))
    part = fit_linear_part(sample)
    contributions = part.contributions(sample.values)
    assert_allclose(part.intercept + contributions.sum(axis=1), part.predict(sample.values), atol=1e-9)
    assert_allclose(contributions.mean(axis=0), np.zeros(5), atol=1e-9)


def test_outliers_are_held_back() -> None:
    """A feature a thousand deviations away moves the score no farther than four do."""
    sample = made_up_sample(np.random.default_rng(1))
    part = fit_linear_part(sample)
    far, farther = (np.tile(part.means, (2, 1)) for _ in range(2))
    far[:, 1] += [4 * part.spreads[1], -4 * part.spreads[1]]
    farther[:, 1] += [4000 * part.spreads[1], -4000 * part.spreads[1]]
    assert_allclose(part.predict(farther.astype(np.float32)), part.predict(far.astype(np.float32)), atol=1e-5)


def test_features_that_never_vary_say_nothing() -> None:
    """Constant columns, large ones too, get no coefficient; noise alone gets hardly any."""
    rng = np.random.default_rng(2)
    values = np.stack([np.full(50, 0.1), np.full(50, 12345.678), rng.normal(size=50)], axis=1)
    part = fit_linear_part(Sample(values.astype(np.float32), np.full(50, 2.0)))
    assert_allclose(part.coefficients, np.zeros(3), atol=1e-12)
    assert part.intercept == 2.0


def test_one_essay_is_enough() -> None:
    """A single essay gives its own target and no coefficient."""
    part = fit_linear_part(Sample(np.ones((1, 2), dtype=np.float32), np.array([3.0])))
    assert_array_equal(part.predict(np.zeros((1, 2), dtype=np.float32)), [3.0])


def test_arrays_keep_everything() -> None:
    """A part comes back from its arrays unchanged."""
    part = fit_linear_part(made_up_sample(np.random.default_rng(3)))
    again = LinearPart.from_arrays(part.to_arrays())
    assert repr(again) == repr(part)


@pytest.mark.parametrize(
    ("name", "array", "message"),
    [
        ("spreads", np.array([1.0, 0.0]), "spread above 0"),
        ("means", np.array([1.0]), r"'spreads' is float64\(2,\), expected finite float64\(1,\)"),
        ("coefficients", np.array([1.0, np.inf]), "'coefficients' is float64"),
        ("centres", np.array([1, 2]), "'centres' is int64"),
        ("intercept", np.array(1.0), r"'intercept' has shape \(\), expected \(1,\)"),
        ("intercept", np.array([np.nan]), "'intercept' is float64"),
        ("odd", np.array([1.0]), "'odd' is missing or unknown"),
    ],
)
def test_damaged_arrays_are_refused(name: str, array: Any, message: str) -> None:
    """Numbers from a file that make no linear part are refused."""
    two = np.ones(2)
    arrays = LinearPart(two, two, two, two, 0.0).to_arrays()
    with pytest.raises(BundleError, match=message):
        LinearPart.from_arrays(arrays | {name: array})


def test_no_feature_is_refused() -> None:
    """A part of no feature is no part."""
    none, one = np.zeros(0), np.ones(1)
    with pytest.raises(BundleError, match="needs features"):
        LinearPart(none, none, none, none, 0.0)
    with pytest.raises(BundleError, match="'intercept'"):
        LinearPart(one, one, one, one, float("inf"))
