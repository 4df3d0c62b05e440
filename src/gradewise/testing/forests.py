"""Made-up tree ensembles for tests: any shape, no booster needed."""

import numpy as np

from gradewise.models.trees import LEAF, TreeEnsemble


def random_forest(
    rng: np.random.Generator, *, n_trees: int = 3, n_features: int = 4, max_depth: int = 4
) -> TreeEnsemble:
    """Trees that split on small integers, so that rows of small integers meet thresholds exactly.

    Roughly one node in five is a leaf before `max_depth`; cover is random and adds up from the leaves.
    """
    nodes: list[_Node] = []
    roots = []
    for _ in range(n_trees):
        roots.append(len(nodes))
        _grow(nodes, rng, n_features=n_features, max_depth=max_depth)
    feature, threshold, left, right, value, cover = zip(*nodes, strict=True)
    return TreeEnsemble(
        feature=np.array(feature, dtype=np.int32),
        threshold=np.array(threshold, dtype=np.float64),
        left=np.array(left, dtype=np.int32),
        right=np.array(right, dtype=np.int32),
        value=np.array(value, dtype=np.float64),
        cover=np.array(cover, dtype=np.float64),
        roots=np.array(roots, dtype=np.int64),
        n_features=n_features,
        base=float(rng.normal()),
    )


_Node = tuple[int, float, int, int, float, float]


def _grow(nodes: list[_Node], rng: np.random.Generator, *, n_features: int, max_depth: int) -> None:
    """Append one subtree, its root first."""
    here = len(nodes)
    leaf = (LEAF, 0.0, LEAF, LEAF, float(rng.normal()), float(rng.integers(1, 9)))
    nodes.append(leaf)
    if max_depth == 0 or rng.random() < 0.2:  # noqa: PLR2004 (see `random_forest`)
        return
    left = len(nodes)
    _grow(nodes, rng, n_features=n_features, max_depth=max_depth - 1)
    right = len(nodes)
    _grow(nodes, rng, n_features=n_features, max_depth=max_depth - 1)
    cover = nodes[left][-1] + nodes[right][-1]
    nodes[here] = (int(rng.integers(n_features)), float(rng.integers(-3, 4)), left, right, 0.0, cover)
