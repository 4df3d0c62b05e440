"""Gradient boosting: what goes in, what comes out, and what every engine promises."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from gradewise.errors import InputError, PlanError
from gradewise.models.objectives import Objective
from gradewise.models.piecewise import Floats
from gradewise.models.samples import Sample
from gradewise.models.trees import TreeEnsemble


@dataclass(frozen=True, slots=True, kw_only=True)
class BoosterParams:
    """How to boost, in words that hold for every engine; defaults suit 500–2,000 essays and ~90 features.

    Raises:
        PlanError: a value is out of range.
    """

    rounds: int = 1500
    """Trees to grow; at most so many when early stopping is on."""
    learning_rate: float = 0.03
    """How far each tree moves the prediction, in ``(0, 1]``."""
    max_leaves: int = 15
    """Leaves of a tree, at least 2; trees grow where the loss falls most."""
    max_depth: int = 0
    """Splits on the way to a leaf; 0 is no limit."""
    min_child: int = 20
    """Essays in a leaf at least (XGBoost: their summed weight, which has mean 1 an essay)."""
    feature_fraction: float = 0.6
    """Share of the features that a tree may look at, in ``(0, 1]``."""
    bagging_fraction: float = 0.8
    """Share of the essays that a tree is grown on, in ``(0, 1]``."""
    l2: float = 2.0
    """Pull of leaf values towards 0, in essays: 0 is none."""
    max_bins: int = 255
    """Distinct values that are told apart for each feature, at least 2."""
    early_stopping_rounds: int = 50
    """Rounds without a better validation loss before growing stops."""
    monotone: tuple[int, ...] | None = None
    """For each feature 1 (never falls), -1 (never rises) or 0 (free); ``None`` leaves all free."""

    def __post_init__(self) -> None:
        least = {"rounds": 1, "max_leaves": 2, "max_depth": 0, "min_child": 1, "l2": 0, "max_bins": 2,
                 "early_stopping_rounds": 1}  # fmt: skip
        for name, low in least.items():
            value = getattr(self, name)
            if not low <= value < float("inf"):
                raise PlanError(f"booster {name} is {value}, expected {low} or more")
        for name in ("learning_rate", "feature_fraction", "bagging_fraction"):
            value = getattr(self, name)
            if not 0 < value <= 1:
                raise PlanError(f"booster {name} is {value}, expected more than 0 and at most 1")
        for direction in self.monotone or ():
            if direction not in (-1, 0, 1):
                raise PlanError(f"booster monotone holds {direction}, expected -1, 0 or 1 for each feature")


@dataclass(frozen=True, eq=False)
class FittedBooster(ABC):
    """What an engine has learnt: the trees as arrays, and the same in the engine's own format.

    Scoring and explaining need `forests` alone; `native_text` is for parity checks and for other tools.
    """

    engine: str
    """Which engine grew it: ``lightgbm``, ``xgboost``."""
    rounds: int
    """Trees in each forest, the same in both forms; after early stopping, those up to the best round."""
    forests: tuple[TreeEnsemble, ...]
    """The trees as arrays, one forest for each output of the objective; for squared error there is one."""
    native_text: str
    """LightGBM's text or XGBoost's JSON; never read it from a file that was not verified."""

    @property
    def ensemble(self) -> TreeEnsemble:
        """The one forest that squared error and a cumulative link need."""
        (forest,) = self.forests
        return forest

    @abstractmethod
    def margins(self, values: NDArray[np.float32]) -> Floats:
        """What the engine's own library sums up, for parity checks: shape ``(n, n_outputs)``.

        Raises:
            MissingDependencyError: the library is not installed.
        """


@runtime_checkable
class Booster(Protocol):
    """Grows regression trees for squared error, or for another objective.

    The same sample, parameters and seed give the same trees, whatever the number of threads. An instance
    holds no state and may be shared; nothing is printed. A library's own failure is a `TrainingError`.
    """

    @property
    def name(self) -> str:
        """How a plan calls the engine."""
        ...

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
        """Grow trees on a sample.

        With `valid`, growing stops when the loss there has not fallen for ``params.early_stopping_rounds``,
        and the trees up to the best round are kept. Without, exactly ``params.rounds`` are grown, or fewer
        when no split is left to make.

        `objective` is what is made small, by default squared error (its loss is RMSE), in the engine's own
        code. With another one trees sum up to margins, which begin at 0, one for each of its outputs.

        Raises:
            InputError: `valid` or ``params.monotone`` has another width than `train`.
            MissingDependencyError: the library is not installed.
            TrainingError: the library failed.
        """
        ...


def check_widths(train: Sample, *, params: BoosterParams, valid: Sample | None) -> None:
    """Refuse a validation sample or constraints of another width than the training sample.

    Raises:
        InputError: a width differs.
    """
    if valid is not None and valid.n_features != train.n_features:
        raise InputError(
            f"the validation sample has {valid.n_features} features, the training sample {train.n_features}"
        )
    if params.monotone is not None and len(params.monotone) != train.n_features:
        raise InputError(
            f"{len(params.monotone)} monotone constraints for {train.n_features} features; give one for each"
        )
