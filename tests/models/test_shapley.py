"""Contributions: the definition by brute force, published values, and the axioms."""

from itertools import combinations
from math import factorial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from gradewise.errors import InputError
from gradewise.models.shapley import TreeExplainer
from gradewise.models.trees import LEAF, TreeEnsemble, average
from gradewise.testing.forests import random_forest

seeds = st.integers(0, 2**32 - 1)


def rows(rng: np.random.Generator, ensemble: TreeEnsemble, *, n: int = 5) -> NDArray[np.float32]:
    """Small integers, so that features meet thresholds."""
    return rng.integers(-4, 5, size=(n, ensemble.n_features)).astype(np.float32)


def fever_and_cough(values: list[float]) -> TreeEnsemble:
    """Leaves for (fever, cough) = (no, no), (no, yes), (yes, no), (yes, yes), each as frequent."""
    inner, leaf = [0, 1, 1], [LEAF] * 4
    return TreeEnsemble(
        feature=np.array(inner + leaf, dtype=np.int32),
        threshold=np.array([0.5] * 3 + [0.0] * 4),
        left=np.array([1, 3, 5, *leaf], dtype=np.int32),
        right=np.array([2, 4, 6, *leaf], dtype=np.int32),
        value=np.array([0.0] * 3 + values),
        cover=np.array([4.0, 2.0, 2.0, 1.0, 1.0, 1.0, 1.0]),
        roots=np.array([0], dtype=np.int64),
        n_features=2,
        base=0.0,
    )


def expectation(ensemble: TreeEnsemble, row: NDArray[np.float32], known: frozenset[int], node: int) -> float:
    """Value of a subtree when only some features are known: the definition (Lundberg et al. 2020)."""
    feature = int(ensemble.feature[node])
    if feature == LEAF:
        return float(ensemble.value[node])
    left, right = int(ensemble.left[node]), int(ensemble.right[node])
    if feature in known:
        return expectation(ensemble, row, known, left if row[feature] <= ensemble.threshold[node] else right)
    total = ensemble.cover[left] + ensemble.cover[right]
    return float(
        sum(ensemble.cover[side] / total * expectation(ensemble, row, known, side) for side in (left, right))
    )


def brute_force(ensemble: TreeEnsemble, row: NDArray[np.float32]) -> list[float]:
    """Shapley values by going through every coalition."""
    n = ensemble.n_features

    def worth(known: frozenset[int]) -> float:
        return sum(expectation(ensemble, row, known, int(root)) for root in ensemble.roots)

    worths = {
        frozenset(known): worth(frozenset(known))
        for size in range(n + 1)
        for known in combinations(range(n), size)
    }
    return [
        sum(
            factorial(len(known))
            * factorial(n - len(known) - 1)
            / factorial(n)
            * (worths[known | {i}] - worth_)
            for known, worth_ in worths.items()
            if i not in known
        )
        for i in range(n)
    ]


@pytest.mark.parametrize(
    ("values", "expected_value", "contributions"),
    [([0.0, 0.0, 0.0, 80.0], 20.0, [30.0, 30.0]), ([0.0, 10.0, 0.0, 90.0], 25.0, [30.0, 35.0])],
    ids=["model A", "model B"],
)
def test_published_values(values: list[float], expected_value: float, contributions: list[float]) -> None:
    """Fever and cough share the score as in figure 1 of Lundberg et al. (2018), arXiv:1802.03888."""
    explainer = TreeExplainer(fever_and_cough(values))
    assert expected_value == pytest.approx(explainer.expected_value)
    both = np.ones(2, dtype=np.float32)
    assert contributions == pytest.approx(explainer.contributions(both).tolist())


@given(seeds, st.integers(1, 6))
@settings(max_examples=60)
def test_contributions_are_shapley_values(seed: int, n_features: int) -> None:
    """They equal the definition over all coalitions, features met again on a path included."""
    rng = np.random.default_rng(seed)
    ensemble = random_forest(rng, n_trees=2, n_features=n_features, max_depth=5)
    (row,) = rows(rng, ensemble, n=1)
    assert np.allclose(
        brute_force(ensemble, row), TreeExplainer(ensemble).contributions(row), rtol=0, atol=1e-10
    )


@given(seeds, st.integers(1, 12))
def test_contributions_add_up_to_the_prediction(seed: int, max_depth: int) -> None:
    """With the expected value they sum to what is predicted, for deep trees as well."""
    rng = np.random.default_rng(seed)
    ensemble = random_forest(rng, n_features=14, max_depth=max_depth)
    values, explainer = rows(rng, ensemble), TreeExplainer(ensemble)
    sums = explainer.expected_value + explainer.contributions_many(values).sum(axis=1)
    assert np.allclose(ensemble.predict(values), sums, rtol=0, atol=1e-9)


@given(seeds)
def test_a_feature_without_a_split_contributes_nothing(seed: int) -> None:
    """Only features that some tree looks at can contribute."""
    rng = np.random.default_rng(seed)
    ensemble = random_forest(rng, n_features=9)
    silent = np.setdiff1d(np.arange(9), ensemble.feature)
    assert not TreeExplainer(ensemble).contributions_many(rows(rng, ensemble))[:, silent].any()


@given(seeds)
def test_contributions_of_an_average_are_averages(seed: int) -> None:
    """Explaining several models averaged is averaging their explanations."""
    rng = np.random.default_rng(seed)
    several = [random_forest(rng) for _ in range(3)]
    values = rows(rng, several[0])
    expected = np.mean([TreeExplainer(one).contributions_many(values) for one in several], axis=0)
    assert np.allclose(expected, TreeExplainer(average(several)).contributions_many(values), atol=1e-12)


def test_a_batch_is_its_rows() -> None:
    """Many rows give exactly what each gives alone; none give none."""
    rng = np.random.default_rng(1)
    ensemble = random_forest(rng)
    values, explainer = rows(rng, ensemble), TreeExplainer(ensemble)
    together = explainer.contributions_many(values)
    assert np.array_equal([explainer.contributions(row) for row in values], together)
    assert explainer.contributions_many(values[:0]).shape == (0, ensemble.n_features)


def test_a_tree_of_one_leaf_is_all_expectation() -> None:
    """Without a split nothing is left to divide."""
    ensemble = random_forest(np.random.default_rng(0), n_trees=1, max_depth=0)
    explainer = TreeExplainer(ensemble)
    assert ensemble.base + ensemble.value[0] == pytest.approx(explainer.expected_value)
    assert not explainer.contributions(np.zeros(4, dtype=np.float32)).any()


def test_a_row_of_another_width_is_refused() -> None:
    """The message says what is expected."""
    explainer = TreeExplainer(random_forest(np.random.default_rng(0)))
    with pytest.raises(InputError, match=r"shape \(3,\), the trees expect \(4,\)"):
        explainer.contributions(np.zeros(3, dtype=np.float32))
