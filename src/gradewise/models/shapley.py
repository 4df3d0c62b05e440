"""Why a score is what it is: exact Shapley values of trees, carried on to the score."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gradewise.errors import InputError
from gradewise.models.score_models import LinkedScore, RegressionScore, ScoreModel
from gradewise.models.trees import TreeEnsemble


@dataclass(frozen=True, slots=True)
class _Condition:
    """What a path asks of one feature, all its splits on that feature taken together."""

    share: float
    """Product of the shares of training weight that took the same branches, in ``(0, 1]``."""
    lower: float
    """The feature must be above this."""
    upper: float
    """The feature must be at or below this."""


_ANYTHING = _Condition(share=1.0, lower=-np.inf, upper=np.inf)
_Path = dict[int, _Condition]


@dataclass(frozen=True, eq=False)
class _Leaves:
    """Leaves whose paths look at the same number of features, ``d``; an array is ``(d, n_leaves)``."""

    features: NDArray[np.intp]
    """Which features."""
    shares: NDArray[np.float64]
    """See `_Condition`; likewise the bounds."""
    lower: NDArray[np.float64]
    upper: NDArray[np.float64]
    values: NDArray[np.float64]
    """What each leaf adds: shape ``(n_leaves,)``."""
    quadrature: tuple[tuple[float, float], ...]
    """Nodes in (0, 1) with weights that integrate a polynomial of degree ``d - 1`` exactly."""


class Explainer:
    """Divides a score among the features.

    Forests are divided by `TreeExplainer`, the linear part by what each feature adds to the mean essay's, and
    a mixture by its shares: these are exact Shapley values. Where a link makes the score of margins, each
    forest's values are multiplied by the score's mean slope on the straight way from the margins' expected
    values, which for one margin is the rescale rule. In every case `expected_value` and contributions sum to
    the score, up to single precision. Safe for use by several threads.

    Source: Chen, Lundberg & Lee (2022), doi:10.1038/s41467-022-31384-3, for the rescale rule.
    """

    def __init__(self, model: ScoreModel) -> None:
        self._model = model
        self._forests = tuple(TreeExplainer(forest) for forest in model.forests)
        self._start = np.array([forest.expected_value for forest in self._forests])
        self._expected_value = _expected_score(model, self._start)

    @property
    def expected_value(self) -> float:
        """The score when no feature is known, in grade steps.

        That is its mean over the training weight; for a linked score, the score of the mean margins.
        """
        return self._expected_value

    def contributions(self, row: NDArray[np.float32]) -> NDArray[np.float64]:
        """What each feature adds to `expected_value` for one row.

        Args:
            row: finite features, shape ``(n_features,)``.

        Returns:
            Shape ``(n_features,)``, in grade steps.

        Raises:
            InputError: the row has another width.
        """
        return np.asarray(self.contributions_many(np.asarray(row)[None, :])[0])

    def contributions_many(self, values: NDArray[np.float32]) -> NDArray[np.float64]:
        """`contributions` of each row.

        Args:
            values: finite features, shape ``(n, n_features)``.

        Returns:
            Shape ``(n, n_features)``.

        Raises:
            InputError: the rows have another width.
        """
        by_forest = np.stack([forest.contributions_many(values) for forest in self._forests])
        if isinstance(self._model, LinkedScore):
            margins = self._start + by_forest.sum(axis=2).T
            slopes = self._model.link.mean_slopes(self._start, margins)
            return np.asarray((slopes.T[:, :, None] * by_forest).sum(axis=0))
        assert isinstance(self._model, RegressionScore)  # noqa: S101 (there are two kinds)
        if self._model.linear is None:
            return np.asarray(by_forest[0])
        share, line = self._model.linear_share, self._model.linear.contributions(values)
        return np.asarray((1 - share) * by_forest[0] + share * line)


def _expected_score(model: ScoreModel, margins: NDArray[np.float64]) -> float:
    if isinstance(model, LinkedScore):
        return float(model.link.scores(margins[None, :])[0])
    assert isinstance(model, RegressionScore)  # noqa: S101 (there are two kinds)
    if model.linear is None:
        return float(margins[0])
    return float((1 - model.linear_share) * margins[0] + model.linear_share * model.linear.intercept)


class TreeExplainer:
    """Divides a prediction among the features by path-dependent TreeSHAP, exactly.

    A leaf of value ``v`` is a game: feature ``j`` of its path either follows the row (``o_j``, 1 where the
    row meets the path's conditions on ``j`` and 0 elsewhere) or is unknown, when the training weight decides
    (``z_j``, the share of it that met them). The Shapley value of feature ``i`` is the integral::

        v * (o_i - z_i) * ∫_0^1 prod_{j != i} ((1 - t) * z_j + t * o_j) dt

    over a polynomial of degree ``d - 1``, on which Gauss–Legendre quadrature with ``ceil(d / 2)`` nodes is
    exact. Contributions and `expected_value` sum to the prediction. Safe for use by several threads.

    Source: Lundberg et al. (2020), doi:10.1038/s42256-019-0138-9, for the definition; Yu et al. (2022),
    Linear TreeShap, arXiv:2209.08192, for the polynomial; Owen (1972), doi:10.1287/mnsc.18.5.64, for
    the integral.
    """

    def __init__(self, ensemble: TreeEnsemble) -> None:
        self._n_features = ensemble.n_features
        self._buckets = _buckets(ensemble)
        unknown = sum(float(leaves.values @ leaves.shares.prod(axis=0)) for leaves in self._buckets)
        self._expected_value = ensemble.base + unknown

    @property
    def expected_value(self) -> float:
        """The prediction when no feature is known: its mean over the training weight."""
        return self._expected_value

    def contributions(self, row: NDArray[np.float32]) -> NDArray[np.float64]:
        """What each feature adds to `expected_value` for one row.

        Args:
            row: finite features, shape ``(n_features,)``.

        Returns:
            Shape ``(n_features,)``, in the unit of the prediction.

        Raises:
            InputError: the row has another width.
        """
        known = np.asarray(row, dtype=np.float32)
        if known.shape != (self._n_features,):
            raise InputError(f"a row has shape {known.shape}, the trees expect ({self._n_features},)")
        sums = np.zeros(self._n_features)
        for leaves in self._buckets:
            shapley = _leaf_contributions(leaves, known)
            sums += np.bincount(leaves.features.ravel(), weights=shapley.ravel(), minlength=self._n_features)
        return sums

    def contributions_many(self, values: NDArray[np.float32]) -> NDArray[np.float64]:
        """`contributions` of each row, one after another: memory does not grow with the rows.

        Args:
            values: finite features, shape ``(n, n_features)``.

        Returns:
            Shape ``(n, n_features)``.

        Raises:
            InputError: the rows have another width.
        """
        shares = [self.contributions(row) for row in values]
        return np.stack(shares) if shares else np.empty((0, self._n_features))


def _leaf_contributions(leaves: _Leaves, row: NDArray[np.float32]) -> NDArray[np.float64]:
    """Shapley values of one row by (feature of the path, leaf): shape ``(d, n_leaves)``."""
    known = row[leaves.features]
    follows = ((leaves.lower < known) & (known <= leaves.upper)).astype(np.float64)
    gain = follows - leaves.shares
    integral = np.zeros_like(gain)
    for node, weight in leaves.quadrature:
        factor = leaves.shares + node * gain
        # Every factor is at least (1 - node) * share > 0, so that one may be divided out of the product.
        integral += weight * factor.prod(axis=0) / factor
    return leaves.values * gain * integral


def _quadrature(n_factors: int) -> tuple[tuple[float, float], ...]:
    """Gauss–Legendre on (0, 1) for a product of all but one of so many linear factors; none for no factor."""
    if n_factors == 0:
        return ()
    nodes, weights = np.polynomial.legendre.leggauss((n_factors + 1) // 2)
    return tuple(
        (float(node + 1) / 2, float(weight) / 2) for node, weight in zip(nodes, weights, strict=True)
    )


def _buckets(ensemble: TreeEnsemble) -> list[_Leaves]:
    by_length: dict[int, list[tuple[_Path, float]]] = {}
    for path, value in _paths(ensemble):
        by_length.setdefault(len(path), []).append((path, value))
    return [_stacked(paths) for _, paths in sorted(by_length.items())]


def _stacked(paths: list[tuple[_Path, float]]) -> _Leaves:
    conditions = [list(path.values()) for path, _ in paths]

    def column(name: str) -> NDArray[np.float64]:
        rows = [[getattr(condition, name) for condition in path] for path in conditions]
        return np.ascontiguousarray(np.array(rows, dtype=np.float64).T)

    features = np.array([list(path) for path, _ in paths], dtype=np.intp)
    return _Leaves(
        features=np.ascontiguousarray(features.T),
        shares=column("share"),
        lower=column("lower"),
        upper=column("upper"),
        values=np.array([value for _, value in paths]),
        quadrature=_quadrature(features.shape[1]),
    )


def _paths(ensemble: TreeEnsemble) -> Iterator[tuple[_Path, float]]:
    """Every leaf with its path; nodes stand before their children, so that one pass forward is enough."""
    pending: dict[int, _Path] = {int(root): {} for root in ensemble.roots}
    threshold, cover = ensemble.threshold.tolist(), ensemble.cover.tolist()
    left, right = ensemble.left.tolist(), ensemble.right.tolist()
    for node, feature in enumerate(ensemble.feature.tolist()):
        path = pending.pop(node)
        if ensemble.is_leaf[node]:
            yield path, float(ensemble.value[node])
            continue
        before = path.get(feature, _ANYTHING)
        low, high = left[node], right[node]
        below = _Condition(
            share=before.share * cover[low] / cover[node],
            lower=before.lower,
            upper=min(before.upper, threshold[node]),
        )
        above = _Condition(
            share=before.share * cover[high] / cover[node],
            lower=max(before.lower, threshold[node]),
            upper=before.upper,
        )
        pending[low], pending[high] = path | {feature: below}, path | {feature: above}
