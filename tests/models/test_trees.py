"""Tree ensembles: routing, sums, averages, storage, and what a damaged file may not do."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from gradewise.errors import BundleError, InputError
from gradewise.models.trees import LEAF, TreeEnsemble, average, floor_to_float32
from gradewise.testing.forests import random_forest

seeds = st.integers(0, 2**32 - 1)
single_floats = st.floats(width=32, allow_nan=False, allow_infinity=False)


def stump_and_leaf() -> TreeEnsemble:
    """One split of feature 1 at 0.5, then a tree of one leaf."""
    return TreeEnsemble(
        feature=np.array([1, LEAF, LEAF, LEAF], dtype=np.int32),
        threshold=np.array([0.5, 0.0, 0.0, 0.0]),
        left=np.array([1, LEAF, LEAF, LEAF], dtype=np.int32),
        right=np.array([2, LEAF, LEAF, LEAF], dtype=np.int32),
        value=np.array([0.0, 10.0, 20.0, 1.0]),
        cover=np.array([4.0, 3.0, 1.0, 4.0]),
        roots=np.array([0, 3], dtype=np.int64),
        n_features=2,
        base=100.0,
    )


def rows(rng: np.random.Generator, ensemble: TreeEnsemble, *, n: int = 20) -> NDArray[np.float32]:
    """Small integers, so that features meet thresholds."""
    return rng.integers(-4, 5, size=(n, ensemble.n_features)).astype(np.float32)


def follow(ensemble: TreeEnsemble, row: NDArray[np.float32], *, node: int) -> float:
    """The same by recursion, the plain way."""
    if ensemble.feature[node] == LEAF:
        return float(ensemble.value[node])
    goes_left = float(row[ensemble.feature[node]]) <= ensemble.threshold[node]
    return follow(ensemble, row, node=int((ensemble.left if goes_left else ensemble.right)[node]))


def test_a_feature_at_the_threshold_goes_left() -> None:
    """Left is at or below, right is the next float32; the base and every tree are added."""
    above = np.nextafter(np.float32(0.5), np.float32(1))
    values = np.array([[0, 0.5], [0, above]], dtype=np.float32)
    assert np.array_equal([111.0, 121.0], stump_and_leaf().predict(values))
    assert np.array_equal([[1, 3], [2, 3]], stump_and_leaf().leaves(values))


def test_counts_trees_nodes_and_depth() -> None:
    """The shape of the forest can be asked."""
    ensemble = stump_and_leaf()
    assert (ensemble.n_trees, ensemble.n_nodes, ensemble.depth) == (2, 4, 1)


@given(seeds)
def test_prediction_is_the_sum_of_the_leaves_reached(seed: int) -> None:
    """The vectorised walk ends where the plain recursion ends."""
    rng = np.random.default_rng(seed)
    ensemble = random_forest(rng)
    values = rows(rng, ensemble)
    expected = [
        ensemble.base + sum(follow(ensemble, row, node=int(root)) for root in ensemble.roots)
        for row in values
    ]
    assert np.allclose(expected, ensemble.predict(values), rtol=1e-12, atol=1e-12)


@given(seeds)
def test_prediction_does_not_depend_on_the_batch(seed: int) -> None:
    """A row alone, and in another order, predicts the same bits."""
    rng = np.random.default_rng(seed)
    ensemble = random_forest(rng, n_trees=40)
    values = rows(rng, ensemble, n=7)
    together = ensemble.predict(values)
    assert np.array_equal(together[::-1], ensemble.predict(values[::-1]))
    assert np.array_equal(together, [ensemble.predict(row[None])[0] for row in values])


def test_prediction_is_the_same_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Walking a few rows at a time, to save memory, changes nothing."""
    rng = np.random.default_rng(0)
    ensemble = random_forest(rng)
    values = rows(rng, ensemble)
    whole = ensemble.predict(values)
    monkeypatch.setattr("gradewise.models.trees._CELLS_AT_ONCE", 10)
    assert np.array_equal(whole, ensemble.predict(values))


def test_no_rows_no_predictions() -> None:
    """An empty batch gives an empty answer."""
    assert stump_and_leaf().predict(np.empty((0, 2), dtype=np.float32)).shape == (0,)


@pytest.mark.parametrize("shape", [(2,), (1, 3)])
def test_rows_of_another_width_are_refused(shape: tuple[int, ...]) -> None:
    """The message says what shape is expected."""
    with pytest.raises(InputError, match=r"the trees expect \(n, 2\)"):
        stump_and_leaf().predict(np.zeros(shape, dtype=np.float32))


@given(seeds, st.integers(1, 4))
def test_average_predicts_the_mean(seed: int, n: int) -> None:
    """One ensemble does the work of several."""
    rng = np.random.default_rng(seed)
    several = [random_forest(rng, n_trees=int(rng.integers(1, 4))) for _ in range(n)]
    values = rows(rng, several[0])
    expected = np.mean([ensemble.predict(values) for ensemble in several], axis=0)
    assert np.allclose(expected, average(several).predict(values), rtol=1e-12, atol=1e-12)


def test_average_of_none_or_of_different_widths_is_refused() -> None:
    """There must be ensembles, and they must read the same rows."""
    rng = np.random.default_rng(0)
    with pytest.raises(InputError, match="no features"):
        average([])
    with pytest.raises(InputError, match=r"\[2, 3\] features"):
        average([random_forest(rng, n_features=n) for n in (3, 2)])


@given(seeds)
def test_arrays_keep_everything(seed: int) -> None:
    """An ensemble comes back from its arrays unchanged."""
    rng = np.random.default_rng(seed)
    ensemble = random_forest(rng)
    again = TreeEnsemble.from_arrays(ensemble.to_arrays())
    before, after = ensemble.to_arrays(), again.to_arrays()
    assert {name: (str(array.dtype), array.tolist()) for name, array in before.items()} == {
        name: (str(array.dtype), array.tolist()) for name, array in after.items()
    }


@pytest.mark.parametrize(
    ("name", "array", "message"),
    [
        ("feature", np.array([1, -1, -1, -1]), r"'feature' is int64\(4,\), expected int32\(4,\)"),
        ("value", np.zeros(3), r"'value' is float64\(3,\), expected float64\(4,\)"),
        ("value", np.array([0, 1, np.nan, 1]), "'value' holds a number that is not finite"),
        ("threshold", np.array([np.inf, 0, 0, 0]), "'threshold' holds a number that is not finite"),
        ("base", np.array([np.inf]), "'base' holds a number that is not finite"),
        ("base", np.array(1.0), r"'base' is float64\(\), expected float64\(1,\)"),
        ("n_features", np.array([2.0]), "'n_features' is float64"),
        ("n_features", np.array([1]), r"outside 0 … 0"),
        ("feature", np.array([1, -2, -1, -1], dtype=np.int32), r"outside 0 … 1"),
        ("cover", np.array([4.0, 3.0, 0.0, 4.0]), r"node 2 has cover 0\.0"),
        ("roots", np.array([], dtype=np.int64), "holds no tree"),
        ("roots", np.array([1, 3]), "must begin with node 0"),
        ("roots", np.array([0, 0]), "ascend"),
        ("roots", np.array([0, 4]), "ascend within the nodes"),
        ("roots", np.array([0]), "root or the child of exactly one node"),
        ("left", np.array([1, -1, 3, -1], dtype=np.int32), "leaf has a left child"),
        ("left", np.array([0, -1, -1, -1], dtype=np.int32), "left child .* does not stand after it"),
        ("left", np.array([-1, -1, -1, -1], dtype=np.int32), "left child .* does not stand after it"),
        ("right", np.array([9, -1, -1, -1], dtype=np.int32), "right child .* among 4 nodes"),
        ("right", np.array([3, -1, -1, -1], dtype=np.int32), "right child .* in another tree"),
        ("right", np.array([1, -1, -1, -1], dtype=np.int32), "root or the child of exactly one node"),
    ],
)
def test_damaged_arrays_are_refused(name: str, array: NDArray[Any], message: str) -> None:
    """Whatever makes no forest is refused before anything walks it."""
    arrays = stump_and_leaf().to_arrays()
    with pytest.raises(BundleError, match=message):
        TreeEnsemble.from_arrays(arrays | {name: array})


def test_missing_and_unknown_arrays_are_refused() -> None:
    """The message names the array."""
    arrays = stump_and_leaf().to_arrays()
    with pytest.raises(BundleError, match="'gain' is unknown"):
        TreeEnsemble.from_arrays(arrays | {"gain": np.zeros(4)})
    arrays.pop("cover")
    with pytest.raises(BundleError, match="'cover' is missing"):
        TreeEnsemble.from_arrays(arrays)


@given(st.integers(0, 3), st.sampled_from(["feature", "left", "right"]), st.integers(-5, 9))
def test_no_damage_makes_a_walk_endless(node: int, name: str, number: int) -> None:
    """A changed index is refused, or leaves trees that still predict."""
    arrays = stump_and_leaf().to_arrays()
    arrays[name] = arrays[name].copy()
    arrays[name][node] = number
    try:
        ensemble = TreeEnsemble.from_arrays(arrays)
    except BundleError:
        return
    assert np.isfinite(ensemble.predict(np.zeros((1, 2), dtype=np.float32))).all()


@given(st.floats(allow_nan=False, min_value=-3e38, max_value=1e300), single_floats)
def test_flooring_a_threshold_moves_no_feature(threshold: float, feature: float) -> None:
    """A float32 is at or below a threshold exactly when it is at or below its floor."""
    (floor,) = floor_to_float32(np.array([threshold]))
    assert (feature <= threshold) == (feature <= floor)
    assert floor == float(np.float32(floor)) <= threshold
