"""Balancing: every class as weighty as the largest, with a rule for the smallest."""

import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from gradewise.errors import MissingDependencyError
from gradewise.models.classifiers.balancing import balanced_rows, class_weights
from gradewise.models.classifiers.params import ClassifierParams
from gradewise.models.classifiers.rows import ClassRows

SMOTE = ClassifierParams(balancing="smote", neighbours=3)


def rows_of(counts: list[int], *, seed: int = 0) -> ClassRows:
    """So many rows of each class, each class in a place of its own."""
    codes = np.repeat(np.arange(len(counts)), counts)
    noise = np.random.default_rng(seed).normal(size=(len(codes), 2))
    return ClassRows((10 * codes[:, None] + noise).astype(np.float32), codes, len(counts))


@settings(deadline=None, max_examples=8)
@given(st.lists(st.integers(0, 7), min_size=2, max_size=5).filter(any), st.integers(0, 9))
def test_smote_evens_classes_out_and_keeps_what_was_given(counts: list[int], seed: int) -> None:
    """Classes that have rows end as large as the largest; rows given come first, new ones lie between."""
    rows = rows_of(counts, seed=seed)
    made = balanced_rows(rows, params=SMOTE, seed=seed)
    assert [max(counts) if count else 0 for count in counts] == made.counts.tolist()
    assert_array_equal(made.values[: len(rows)], rows.values)
    for code in np.flatnonzero(counts):
        own, new = rows.values[rows.codes == code], made.values[made.codes == code]
        assert (new >= own.min(axis=0) - 1e-4).all()
        assert (new <= own.max(axis=0) + 1e-4).all()


def test_smote_looks_at_the_neighbours_that_there_are() -> None:
    """One row is repeated; of two, new ones lie between; the same seed makes up the same rows."""
    rows = rows_of([6, 2, 1])
    made = balanced_rows(rows, params=SMOTE, seed=1)
    assert_array_equal(np.repeat(rows.values[-1:], 6, axis=0), made.values[made.codes == 2])
    one, other = rows.values[6:8].astype(np.float64)
    along = (made.values[made.codes == 1] - one) @ (other - one) / ((other - one) ** 2).sum()
    assert ((along > -1e-5) & (along < 1 + 1e-5)).all()
    assert_array_equal(made.values, balanced_rows(rows, params=SMOTE, seed=1).values)
    assert (made.values != balanced_rows(rows, params=SMOTE, seed=2).values).any()


def test_weights_make_classes_count_alike() -> None:
    """Weights have mean 1, and their sums are the same for every class that has rows."""
    rows = rows_of([6, 0, 2])
    weights = class_weights(rows)
    assert_allclose(np.bincount(rows.codes, weights), [4, 0, 4])
    weighted = balanced_rows(rows, params=ClassifierParams(balancing="class_weights"), seed=0)
    assert weighted.weights is not None
    assert_array_equal(weights, weighted.weights)


def test_none_leaves_rows_as_they_are() -> None:
    """Without balancing the very rows come back."""
    rows = rows_of([3, 1])
    assert rows is balanced_rows(rows, params=ClassifierParams(), seed=0)


def test_a_missing_library_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without imbalanced-learn the error says what to install."""
    monkeypatch.setitem(sys.modules, "imblearn.over_sampling", None)
    with pytest.raises(MissingDependencyError, match=r"gradewise\[balance\]"):
        balanced_rows(rows_of([3, 2]), params=SMOTE, seed=0)
