"""XGBoost: an optional engine. Its library is imported on first use."""

import importlib
import json
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
from gradewise.models.trees import LEAF, TreeEnsemble

NAME = "xgboost"
"""How a plan calls this engine."""


class XGBoostFitted(FittedBooster):
    """Trees that XGBoost grew."""

    def margins(self, values: NDArray[np.float32]) -> Floats:
        """What XGBoost sums up from `native_text`, in single precision: shape ``(n, n_outputs)``.

        Raises:
            MissingDependencyError: XGBoost is not installed.
        """
        xgboost = _library()
        booster = xgboost.Booster({"nthread": 1, "verbosity": 0})
        booster.load_model(bytearray(self.native_text, "utf-8"))
        sums = booster.predict(xgboost.DMatrix(values, nthread=1), output_margin=True)
        return np.asarray(sums, dtype=np.float64).reshape(len(values), len(self.forests))


class XGBoostBooster:
    """Histogram boosting with leaf-wise growth: Chen and Guestrin (2016), doi:10.1145/2939672.2939785."""

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
            MissingDependencyError: XGBoost is not installed.
            TrainingError: XGBoost failed.
        """
        check_widths(train, params=params, valid=valid)
        xgboost = _library()
        native = native_params(params, seed=seed, n_threads=n_threads)
        with _translated(xgboost):
            text = _grow(xgboost, train, native=native, params=params, valid=valid, objective=objective)
        forests = read_json(text)
        return XGBoostFitted(engine=NAME, rounds=forests[0].n_trees, forests=forests, native_text=text)


def native_params(params: BoosterParams, *, seed: int, n_threads: int) -> dict[str, Any]:
    """What XGBoost calls these parameters."""
    native: dict[str, Any] = {
        "verbosity": 0,
        "objective": "reg:squarederror",
        "eval_metric": "rmse",
        "tree_method": "hist",
        "grow_policy": "lossguide",
        "learning_rate": params.learning_rate,
        "max_leaves": params.max_leaves,
        "max_depth": params.max_depth,
        "min_child_weight": params.min_child,
        "colsample_bytree": params.feature_fraction,
        "subsample": params.bagging_fraction,
        "reg_lambda": params.l2,
        "max_bin": params.max_bins,
        "seed": seed,
        "nthread": n_threads,
    }
    if params.monotone is not None:
        native["monotone_constraints"] = f"({','.join(map(str, params.monotone))})"
    return native


def read_json(text: str) -> tuple[TreeEnsemble, ...]:
    """The trees of a JSON model that XGBoost itself has written, with numerical splits.

    XGBoost sends ``x < t`` left, both in single precision; that is ``x <= t'`` with ``t'`` the float32 just
    below ``t``. A leaf keeps its value where an inner node keeps its threshold. Each tree belongs to one
    output, which stands in ``tree_info``.

    Returns:
        One forest for each output.

    Raises:
        BundleError: the trees make no forest.
    """
    learner = json.loads(text)["learner"]
    model, params = learner["gradient_booster"]["model"], learner["learner_model_param"]
    bases, n_features = _base_scores(params["base_score"]), int(params["num_feature"])
    by_output: list[list[dict[str, Any]]] = [[] for _ in bases]
    for tree, output in zip(model["trees"], model["tree_info"], strict=True):
        by_output[output].append(tree)
    return tuple(
        _forest(trees, base=base, n_features=n_features) for trees, base in zip(by_output, bases, strict=True)
    )


def _forest(trees: list[dict[str, Any]], *, base: float, n_features: int) -> TreeEnsemble:
    sizes = [len(tree["left_children"]) for tree in trees]
    roots = np.cumsum([0, *sizes])[:-1].astype(np.int64)
    left, right = (_joined(trees, side, dtype=np.int32) for side in ("left_children", "right_children"))
    offset = np.repeat(roots, sizes).astype(np.int32)
    is_leaf = left == LEAF
    condition = _joined(trees, "split_conditions", dtype=np.float32)
    below = np.nextafter(condition, np.float32(-np.inf))
    return TreeEnsemble(
        feature=np.where(is_leaf, LEAF, _joined(trees, "split_indices", dtype=np.int32)).astype(np.int32),
        threshold=np.where(is_leaf, 0.0, below.astype(np.float64)),
        left=np.where(is_leaf, LEAF, left + offset).astype(np.int32),
        right=np.where(is_leaf, LEAF, right + offset).astype(np.int32),
        value=np.where(is_leaf, condition.astype(np.float64), 0.0),
        cover=_joined(trees, "sum_hessian", dtype=np.float32).astype(np.float64),
        roots=roots,
        n_features=n_features,
        base=base,
    )


def _base_scores(text: str) -> list[float]:
    """Read the intercepts, which version 3 writes as a list (``[3.1E0]``) and earlier ones as a number."""
    return [float(np.float32(number)) for number in text.strip("[]").split(",")]


def _grow(
    xgboost: Any,
    train: Sample,
    *,
    native: dict[str, Any],
    params: BoosterParams,
    valid: Sample | None,
    objective: Objective | None,
) -> str:
    def matrix(sample: Sample) -> Any:
        weights = sample.relative_weights
        return xgboost.DMatrix(sample.values, sample.targets, weight=weights, nthread=native["nthread"])

    options: dict[str, Any] = {}
    if valid is not None:
        options = {
            "evals": [(matrix(valid), "valid")],
            "early_stopping_rounds": params.early_stopping_rounds,
            "verbose_eval": False,
        }
    if objective is not None:
        native, steering = _steered(native, objective, train, valid)
        options |= steering
    booster = xgboost.train(native, matrix(train), num_boost_round=params.rounds, **options)
    if valid is not None:
        booster = booster[: booster.best_iteration + 1]
    return bytes(booster.save_raw("json")).decode()


def _steered(
    native: dict[str, Any], objective: Objective, train: Sample, valid: Sample | None
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Parameters and options of a training whose loss is ours: margins begin at 0, RMSE is not looked at."""
    descent = objective.begin(train)
    native = {name: value for name, value in native.items() if name not in ("objective", "eval_metric")}
    native |= {"base_score": 0.0, "disable_default_eval_metric": True}
    if objective.n_outputs > 1:
        native["num_class"] = objective.n_outputs
    options: dict[str, Any] = {"obj": _asking(descent)}
    if valid is not None:
        options["custom_metric"] = _watching(descent, valid)
    return native, options


def _asking(descent: Descent) -> Callable[[NDArray[np.float32], Any], tuple[Floats, Floats]]:
    """What XGBoost calls each round; it hands over one output as ``(n,)``, several as ``(n, n_outputs)``."""

    def gradients(sums: NDArray[np.float32], _: Any) -> tuple[Floats, Floats]:
        slopes, bends = descent.gradients(sums.reshape(len(sums), -1).astype(np.float64))
        return slopes.reshape(sums.shape), bends.reshape(sums.shape)

    return gradients


def _watching(descent: Descent, valid: Sample) -> Callable[[NDArray[np.float32], Any], tuple[str, float]]:
    """What XGBoost calls on the validation sample after each round."""

    def loss(sums: NDArray[np.float32], _: Any) -> tuple[str, float]:
        return "loss", descent.loss(sums.reshape(len(sums), -1).astype(np.float64), valid)

    return loss


def _joined(trees: list[dict[str, Any]], name: str, *, dtype: type[np.generic]) -> NDArray[Any]:
    return np.concatenate([np.array(tree[name], dtype=dtype) for tree in trees])


def _library() -> Any:
    try:
        return importlib.import_module("xgboost")
    except ImportError as error:
        raise MissingDependencyError(
            "booster 'xgboost' needs XGBoost; run: pip install 'gradewise[xgboost]'"
        ) from error


@contextmanager
def _translated(xgboost: Any) -> Iterator[None]:
    try:
        yield
    except xgboost.core.XGBoostError as error:
        reason = str(error).strip().rpartition("\n")[2]
        raise TrainingError(f"XGBoost could not train: {reason}") from error
