"""Tree ensembles as plain arrays: what every booster becomes, and all that scoring needs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradewise.errors import BundleError, InputError

LEAF = -1
"""Stands for the feature of a leaf, and for its children."""

_CELLS_AT_ONCE = 1 << 20
"""How many (row, tree) pairs are walked together: bounds the memory of a prediction to tens of megabytes."""

_DTYPES: Mapping[str, type[np.generic]] = {
    "feature": np.int32,
    "threshold": np.float64,
    "left": np.int32,
    "right": np.int32,
    "value": np.float64,
    "cover": np.float64,
    "roots": np.int64,
}


@dataclass(frozen=True, eq=False)
class TreeEnsemble:
    """A sum of regression trees over float32 features that are always finite.

    Nodes of all trees stand one after another: a tree begins with its root, and a node stands before its
    children. A feature ``x`` goes left exactly when ``x <= threshold``, compared as doubles. Arrays are
    checked when the ensemble is made, because they may come from a file; do not write to them.

    Raises:
        BundleError: the arrays do not describe a forest.
    """

    feature: NDArray[np.int32]
    """Which feature a node looks at, `LEAF` for a leaf: shape ``(n_nodes,)``."""
    threshold: NDArray[np.float64]
    """Largest value that goes left; 0 for a leaf: shape ``(n_nodes,)``."""
    left: NDArray[np.int32]
    """Node reached at or below the threshold, `LEAF` for a leaf: shape ``(n_nodes,)``."""
    right: NDArray[np.int32]
    """Node reached above the threshold, `LEAF` for a leaf: shape ``(n_nodes,)``."""
    value: NDArray[np.float64]
    """What a leaf adds to the prediction, learning rate included; unused elsewhere: shape ``(n_nodes,)``."""
    cover: NDArray[np.float64]
    """Training weight (LightGBM: essays) that passed through a node, above 0: shape ``(n_nodes,)``."""
    roots: NDArray[np.int64]
    """First node of each tree, ascending: shape ``(n_trees,)``."""
    n_features: int
    """Width of the rows that it predicts."""
    base: float
    """Prediction before any tree has spoken."""

    def __post_init__(self) -> None:
        _check_arrays(self)
        _check_forest(self)

    @property
    def n_trees(self) -> int:
        """How many trees are summed."""
        return len(self.roots)

    @property
    def n_nodes(self) -> int:
        """How many nodes there are, leaves included."""
        return len(self.feature)

    @property
    def is_leaf(self) -> NDArray[np.bool_]:
        """Which nodes are leaves: shape ``(n_nodes,)``."""
        return np.equal(self.feature, LEAF)

    @cached_property
    def depth(self) -> int:
        """Splits on the longest way from a root to a leaf; 0 when every tree is one leaf."""
        level, depth = self.roots, -1
        while level.size:
            depth += 1
            inner = level[~self.is_leaf[level]]
            level = np.concatenate([self.left[inner], self.right[inner]])
        return depth

    def leaves(self, values: NDArray[np.float32]) -> NDArray[np.int64]:
        """The leaf that each row reaches in each tree, as node indices.

        Args:
            values: finite features, shape ``(n, n_features)``.

        Returns:
            Shape ``(n, n_trees)``.

        Raises:
            InputError: the rows have another width.
        """
        rows = _as_rows(values, n_features=self.n_features)
        size = max(1, _CELLS_AT_ONCE // self.n_trees)
        parts = [self._walk(rows[start : start + size]) for start in range(0, len(rows), size)]
        return np.concatenate([np.empty((0, self.n_trees), dtype=np.int64), *parts])

    def predict(self, values: NDArray[np.float32]) -> NDArray[np.float64]:
        """The sum over trees for each row; a row's prediction does not depend on its neighbours.

        Args:
            values: finite features, shape ``(n, n_features)``.

        Returns:
            Shape ``(n,)``, in the unit of the targets.

        Raises:
            InputError: the rows have another width.
        """
        sums: NDArray[np.float64] = self.value[self.leaves(values)].sum(axis=1)
        return sums + self.base

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """Everything as named arrays, ready for a safetensors file."""
        arrays: dict[str, NDArray[Any]] = {name: getattr(self, name) for name in _DTYPES}
        return arrays | {"n_features": np.array([self.n_features]), "base": np.array([self.base])}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> "TreeEnsemble":
        """The ensemble that `to_arrays` wrote.

        Raises:
            BundleError: an array is missing, unknown, of another type or shape, or the trees make no forest.
        """
        names = {field.name for field in fields(cls)}
        if names != set(arrays):
            odd = min(names ^ set(arrays))
            state = "missing" if odd in names else "unknown"
            raise BundleError(f"tree array {odd!r} is {state}; write the trees again")
        for name, dtype in (("n_features", np.int64), ("base", np.float64)):
            _check_array(name, arrays[name], dtype=dtype, shape=(1,))
        return cls(
            **{name: arrays[name] for name in _DTYPES},
            n_features=int(arrays["n_features"][0]),
            base=float(arrays["base"][0]),
        )

    @cached_property
    def _steps(self) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Feature and children of each node, a leaf leading to itself, so that a walk needs no mask."""
        itself = np.arange(self.n_nodes)
        children = np.stack([self.right, self.left])
        return np.where(self.is_leaf, 0, self.feature), np.where(self.is_leaf, itself, children)

    def _walk(self, rows: NDArray[np.float32]) -> NDArray[np.int64]:
        feature, children = self._steps
        nodes = np.broadcast_to(self.roots, (len(rows), self.n_trees))
        position = np.arange(len(rows))[:, None]
        for _ in range(self.depth):
            goes_left = rows[position, feature[nodes]] <= self.threshold[nodes]
            nodes = children[goes_left.astype(np.intp), nodes]
        return nodes


def average(ensembles: Sequence[TreeEnsemble]) -> TreeEnsemble:
    """One ensemble that predicts the mean of several.

    Raises:
        InputError: there is none, or their rows differ in width.
    """
    widths = sorted({ensemble.n_features for ensemble in ensembles})
    if len(widths) != 1:
        raise InputError(
            f"cannot average ensembles over {widths or 'no'} features; they must share one schema"
        )
    offsets = np.cumsum([0] + [ensemble.n_nodes for ensemble in ensembles])[:-1]
    shifted = list(zip(ensembles, offsets, strict=True))
    return TreeEnsemble(
        feature=np.concatenate([one.feature for one in ensembles]),
        threshold=np.concatenate([one.threshold for one in ensembles]),
        left=np.concatenate([_shift(one.left, by=by) for one, by in shifted]),
        right=np.concatenate([_shift(one.right, by=by) for one, by in shifted]),
        value=np.concatenate([one.value for one in ensembles]) / len(ensembles),
        cover=np.concatenate([one.cover for one in ensembles]),
        roots=np.concatenate([one.roots + by for one, by in shifted]),
        n_features=widths[0],
        base=float(np.mean([one.base for one in ensembles])),
    )


def floor_to_float32(thresholds: NDArray[np.float64]) -> NDArray[np.float64]:
    """The largest float32 at or below each threshold, as doubles.

    A float32 ``x`` has ``x <= threshold`` exactly when it has ``x <= floor_to_float32(threshold)``, so that
    nothing changes when a threshold is later stored in single precision.

    >>> floor_to_float32(np.array([0.5, 0.1]))
    array([0.5       , 0.09999999])
    """
    with np.errstate(over="ignore"):
        rounded = thresholds.astype(np.float32)
    lower = np.nextafter(rounded, np.float32(-np.inf))
    return np.where(rounded > thresholds, lower, rounded).astype(np.float64)


def _shift(children: NDArray[np.int32], *, by: int) -> NDArray[np.int32]:
    return np.where(children == LEAF, LEAF, children + by).astype(np.int32)


def _as_rows(values: NDArray[np.float32], *, n_features: int) -> NDArray[np.float32]:
    rows = np.asarray(values, dtype=np.float32)
    if rows.ndim != 2 or rows.shape[1] != n_features:  # noqa: PLR2004 (two axes: rows and features)
        raise InputError(f"features have shape {rows.shape}, the trees expect (n, {n_features})")
    return rows


def _check_array(name: str, array: NDArray[Any], *, dtype: type[np.generic], shape: tuple[int, ...]) -> None:
    if array.dtype != dtype or array.shape != shape:
        expected = f"{np.dtype(dtype)}{shape}"
        raise BundleError(f"tree array {name!r} is {array.dtype}{array.shape}, expected {expected}")
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        raise BundleError(f"tree array {name!r} holds a number that is not finite")


def _check_arrays(ensemble: TreeEnsemble) -> None:
    """Refuse arrays of another type, length or range."""
    if not ensemble.feature.size or not ensemble.roots.size:
        raise BundleError("the ensemble holds no tree; train the model again")
    lengths = dict.fromkeys(_DTYPES, ensemble.feature.size) | {"roots": ensemble.roots.size}
    for name, dtype in _DTYPES.items():
        _check_array(name, getattr(ensemble, name), dtype=dtype, shape=(lengths[name],))
    _check_array("base", np.array([ensemble.base]), dtype=np.float64, shape=(1,))
    if ensemble.feature.min() < LEAF or ensemble.feature.max() >= ensemble.n_features:
        raise BundleError(f"a tree looks at a feature outside 0 … {ensemble.n_features - 1}")
    if ensemble.cover.min() <= 0:
        node = int(np.argmin(ensemble.cover))
        raise BundleError(f"tree node {node} has cover {ensemble.cover[node]}, expected more than 0")


def _check_forest(ensemble: TreeEnsemble) -> None:
    """Refuse nodes that make no forest: this is what makes every walk end in a leaf of its own tree."""
    n_nodes, roots = ensemble.n_nodes, ensemble.roots
    if roots[0] != 0 or (np.diff(roots) <= 0).any() or roots[-1] >= n_nodes:
        raise BundleError("tree roots must begin with node 0 and ascend within the nodes")
    node = np.arange(n_nodes)
    tree = np.searchsorted(roots, node, side="right")
    inner = ~ensemble.is_leaf
    for name, children in (("left", ensemble.left), ("right", ensemble.right)):
        if (children[~inner] != LEAF).any():
            raise BundleError(f"a tree leaf has a {name} child")
        target = children[inner]
        if (target <= node[inner]).any() or (target >= n_nodes).any():
            raise BundleError(f"a {name} child of a tree node does not stand after it among {n_nodes} nodes")
        if (tree[target] != tree[inner]).any():
            raise BundleError(f"a {name} child of a tree node is in another tree")
    reached = np.sort(np.concatenate([roots, ensemble.left[inner], ensemble.right[inner]]))
    if not np.array_equal(reached, node):
        raise BundleError("every tree node must be a root or the child of exactly one node")
