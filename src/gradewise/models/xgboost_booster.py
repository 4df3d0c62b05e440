"""XGBoost: an optional engine. Its library is imported on first use."""

import importlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradewise.errors import MissingDependencyError, TrainingError
from gradewise.models.boosters import BoosterParams, FittedBooster, Sample, check_widths
from gradewise.models.trees import LEAF, TreeEnsemble

NAME = "xgboost"
"""How a plan calls this engine."""


class XGBoostFitted(FittedBooster):
    """Trees that XGBoost grew."""

    def predict(self, values: NDArray[np.float32]) -> NDArray[np.float64]:
        """What XGBoost predicts from `native_text`, summed in single precision: shape ``(n,)``.

        Raises:
            MissingDependencyError: XGBoost is not installed.
        """
        xgboost = _library()
        booster = xgboost.Booster({"nthread": 1, "verbosity": 0})
        booster.load_model(bytearray(self.native_text, "utf-8"))
        return np.asarray(booster.predict(xgboost.DMatrix(values, nthread=1)), dtype=np.float64)


class XGBoostBooster:
    """Histogram boosting with leaf-wise growth: Chen and Guestrin (2016), doi:10.1145/2939672.2939785."""

    @property
    def name(self) -> str:
        """How a plan calls the engine."""
        return NAME

    @property
    def library_version(self) -> str:
        """Version of XGBoost.

        Raises:
            MissingDependencyError: it is not installed.
        """
        return str(_library().__version__)

    def fit(
        self,
        train: Sample,
        *,
        params: BoosterParams,
        seed: int,
        n_threads: int,
        valid: Sample | None = None,
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
            text = _grow(xgboost, train, native=native, params=params, valid=valid)
        ensemble = read_json(text)
        return XGBoostFitted(engine=NAME, rounds=ensemble.n_trees, ensemble=ensemble, native_text=text)


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


def read_json(text: str) -> TreeEnsemble:
    """The trees of a JSON model that XGBoost itself has written, with numerical splits.

    XGBoost sends ``x < t`` left, both in single precision; that is ``x <= t'`` with ``t'`` the float32 just
    below ``t``. A leaf keeps its value where an inner node keeps its threshold.

    Raises:
        BundleError: the trees make no forest.
    """
    learner = json.loads(text)["learner"]
    trees = learner["gradient_booster"]["model"]["trees"]
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
        n_features=int(learner["learner_model_param"]["num_feature"]),
        base=_base_score(learner["learner_model_param"]["base_score"]),
    )


def _base_score(text: str) -> float:
    """Read the intercept, which version 3 writes as a list (``[3.1E0]``) and earlier ones as a number."""
    return float(np.float32(text.strip("[]")))


def _grow(
    xgboost: Any, train: Sample, *, native: Mapping[str, Any], params: BoosterParams, valid: Sample | None
) -> str:
    def matrix(sample: Sample) -> Any:
        weights = sample.relative_weights
        return xgboost.DMatrix(sample.values, sample.targets, weight=weights, nthread=native["nthread"])

    stopping: dict[str, Any] = {}
    if valid is not None:
        stopping = {
            "evals": [(matrix(valid), "valid")],
            "early_stopping_rounds": params.early_stopping_rounds,
            "verbose_eval": False,
        }
    booster = xgboost.train(dict(native), matrix(train), num_boost_round=params.rounds, **stopping)
    if valid is not None:
        booster = booster[: booster.best_iteration + 1]
    return bytes(booster.save_raw("json")).decode()


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
