"""LightGBM: the default engine. Its library is imported on first use, so that scoring stays without it."""

import importlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradewise.errors import MissingDependencyError, TrainingError
from gradewise.models.boosters import BoosterParams, FittedBooster, check_widths
from gradewise.models.objectives import Descent, Objective
from gradewise.models.piecewise import Floats
from gradewise.models.samples import Sample
from gradewise.models.trees import LEAF, TreeEnsemble, floor_to_float32

NAME = "lightgbm"
"""How a plan calls this engine."""


class LightGBMFitted(FittedBooster):
    """Trees that LightGBM grew."""

    def margins(self, values: NDArray[np.float32]) -> Floats:
        """What LightGBM sums up from `native_text`: shape ``(n, n_outputs)``.

        Raises:
            MissingDependencyError: LightGBM is not installed.
        """
        booster = _library().Booster(model_str=self.native_text)
        # One thread: on a busy machine the default number is slower by far, and nothing else changes.
        sums = np.asarray(booster.predict(values, raw_score=True, num_threads=1), dtype=np.float64)
        return sums.reshape(len(values), len(self.forests))


class LightGBMBooster:
    """Leaf-wise histogram boosting: Ke et al. (2017), NeurIPS 30, https://github.com/microsoft/LightGBM."""

    @property
    def name(self) -> str:
        """How a plan calls the engine."""
        return NAME

    def fit(
        self,
        train: Sample,
        *,
        params: BoosterParams,
        seed: int,
        n_threads: int,
        valid: Sample | None = None,
        objective: Objective | None = None,
    ) -> FittedBooster:
        """Grow trees on a sample; see `Booster.fit`.

        Raises:
            InputError: `valid` or ``params.monotone`` has another width than `train`.
            MissingDependencyError: LightGBM is not installed.
            TrainingError: LightGBM failed.
        """
        check_widths(train, params=params, valid=valid)
        lightgbm = _library()
        native = native_params(params, seed=seed, n_threads=n_threads)
        if params.bagging_fraction * len(train.targets) < 1:
            native["bagging_freq"] = 0  # LightGBM aborts on a bag of no essay
        with _translated(lightgbm):
            text = _grow(lightgbm, train, native=native, params=params, valid=valid, objective=objective)
        forests = read_text(text)
        return LightGBMFitted(engine=NAME, rounds=forests[0].n_trees, forests=forests, native_text=text)


def native_params(params: BoosterParams, *, seed: int, n_threads: int) -> dict[str, Any]:
    """What LightGBM calls these parameters."""
    native: dict[str, Any] = {
        "verbosity": -1,
        "objective": "regression",
        "metric": "rmse",
        "learning_rate": params.learning_rate,
        "num_leaves": params.max_leaves,
        "max_depth": params.max_depth or -1,
        "min_data_in_leaf": params.min_child,
        "feature_fraction": params.feature_fraction,
        "bagging_fraction": params.bagging_fraction,
        "bagging_freq": 1,
        "lambda_l2": params.l2,
        "max_bin": params.max_bins,
        "feature_pre_filter": False,
        "use_missing": False,
        "seed": seed,
        "num_threads": n_threads,
        # Together these make the trees independent of the number of threads.
        "deterministic": True,
        "force_row_wise": True,
    }
    if params.monotone is not None:
        native["monotone_constraints"] = list(params.monotone)
    return native


def read_text(text: str) -> tuple[TreeEnsemble, ...]:
    """The trees of a text model that LightGBM itself has written: numerical splits, no missing values.

    LightGBM numbers inner nodes and leaves apart (a negative child ``c`` is leaf ``-c - 1``); here a tree's
    inner nodes come first and its leaves after them. Counts, not hessians, are the cover, as in LightGBM's
    own contributions. Thresholds are floored to float32, which changes no path of a float32 feature. With
    several outputs the trees of a round follow each other, one for each.

    Returns:
        One forest for each output.

    Raises:
        BundleError: the trees make no forest.
    """
    header, *blocks = text.partition("\nend of trees")[0].split("\nTree=")
    entries = _entries(header)
    trees = [_read_tree(block) for block in blocks]
    n_outputs, n_features = int(entries["num_tree_per_iteration"]), int(entries["max_feature_idx"]) + 1
    return tuple(_joined(trees[output::n_outputs], n_features=n_features) for output in range(n_outputs))


def _joined(trees: list[dict[str, NDArray[Any]]], *, n_features: int) -> TreeEnsemble:
    sizes = [len(tree["feature"]) for tree in trees]
    roots = np.cumsum([0, *sizes])[:-1]
    for tree, root in zip(trees, roots, strict=True):
        for side in ("left", "right"):
            tree[side] = np.where(tree[side] == LEAF, LEAF, tree[side] + root)
    joined = {name: np.concatenate([tree[name] for tree in trees]) for name in trees[0]}
    return TreeEnsemble(
        feature=joined["feature"].astype(np.int32),
        threshold=floor_to_float32(joined["threshold"]),
        left=joined["left"].astype(np.int32),
        right=joined["right"].astype(np.int32),
        value=joined["value"],
        cover=joined["cover"],
        roots=roots.astype(np.int64),
        n_features=n_features,
        base=0.0,
    )


def _grow(
    lightgbm: Any,
    train: Sample,
    *,
    native: dict[str, Any],
    params: BoosterParams,
    valid: Sample | None,
    objective: Objective | None,
) -> str:
    data = lightgbm.Dataset(train.values, train.targets, weight=train.relative_weights, params=dict(native))
    options: dict[str, Any] = {}
    if valid is not None:
        check = data.create_valid(valid.values, valid.targets, weight=valid.relative_weights)
        early = lightgbm.early_stopping(params.early_stopping_rounds, verbose=False)
        options = {"valid_sets": [check], "callbacks": [early]}
    if objective is not None:
        descent = objective.begin(train)
        native = native | {
            "objective": _asking(descent),
            "metric": "None",
            "num_class": objective.n_outputs,
        }
        if valid is not None:
            options["feval"] = _watching(descent, valid)
    booster = lightgbm.train(native, data, num_boost_round=params.rounds, **options)
    # Writes the trees up to the best round after early stopping, and every tree without it.
    return str(booster.model_to_string())


def _asking(descent: Descent) -> Callable[[Floats, Any], tuple[Floats, Floats]]:
    """What LightGBM calls each round; it hands over one output as ``(n,)``, several as ``(n, n_outputs)``."""

    def gradients(sums: Floats, _: Any) -> tuple[Floats, Floats]:
        slopes, bends = descent.gradients(sums.reshape(len(sums), -1))
        return slopes.reshape(sums.shape), bends.reshape(sums.shape)

    return gradients


def _watching(descent: Descent, valid: Sample) -> Callable[[Floats, Any], tuple[str, float, bool]]:
    """What LightGBM calls on the validation sample after each round."""

    def loss(sums: Floats, _: Any) -> tuple[str, float, bool]:
        return "loss", descent.loss(sums.reshape(len(sums), -1), valid), False

    return loss


def _read_tree(block: str) -> dict[str, NDArray[Any]]:
    entries = _entries(block)
    n_leaves = int(entries["num_leaves"])
    n_inner = n_leaves - 1
    leaf_ints, leaf_zeros = np.full(n_leaves, LEAF), np.zeros(n_leaves)

    def inner(name: str) -> NDArray[np.float64]:
        return _numbers(entries[name])

    return {
        "feature": np.concatenate([inner("split_feature"), leaf_ints]),
        "threshold": np.concatenate([inner("threshold"), leaf_zeros]),
        "left": np.concatenate([_local_child(inner("left_child"), n_inner=n_inner), leaf_ints]),
        "right": np.concatenate([_local_child(inner("right_child"), n_inner=n_inner), leaf_ints]),
        "value": np.concatenate([np.zeros(n_inner), _numbers(entries["leaf_value"])]),
        "cover": np.concatenate([inner("internal_count"), _numbers(entries["leaf_count"])]),
    }


def _local_child(child: NDArray[np.float64], *, n_inner: int) -> NDArray[np.float64]:
    return np.where(child < 0, n_inner - child - 1, child)


def _entries(block: str) -> dict[str, str]:
    pairs = (line.partition("=") for line in block.splitlines())
    return {key: value for key, _, value in pairs}


def _numbers(text: str) -> NDArray[np.float64]:
    return np.array(text.split(), dtype=np.float64)


def _library() -> Any:
    try:
        return importlib.import_module("lightgbm")
    except ImportError as error:
        raise MissingDependencyError(
            "booster 'lightgbm' needs LightGBM; run: pip install lightgbm"
        ) from error


@contextmanager
def _translated(lightgbm: Any) -> Iterator[None]:
    try:
        yield
    except lightgbm.basic.LightGBMError as error:
        reason = str(error).strip().rpartition("\n")[2]
        raise TrainingError(f"LightGBM could not train: {reason}") from error
