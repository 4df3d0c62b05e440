"""The parts of a plan that only comparisons of experiments read."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError

from gradewise.workflows.plans.section import Section, Share

Choice = bool | int | float | str | None | tuple[str, ...]
"""A value that a key of a plan may take."""


class RangePlan(Section):
    """Numbers between two bounds, both included."""

    low: float = Field(description="smallest value")
    high: float = Field(description="largest value")
    log: bool = Field(default=False, description="whether factors count rather than differences")
    step: float | None = Field(None, gt=0, description="distance between values; any value when absent")


Space = dict[str, tuple[Choice, ...] | RangePlan]
"""Values to try, by dotted key of the plan: a list, or bounds."""

GRID: dict[str, tuple[Choice, ...]] = {
    "model.booster.max_leaves": (7, 15, 31),
    "model.booster.min_child": (5, 10, 20),
    "model.booster.l2": (2.0, 10.0),
}
"""What a sweep tries unless told otherwise."""

SPACE: Space = {
    "model.booster.learning_rate": RangePlan(low=0.01, high=0.1, log=True),
    "model.booster.max_leaves": (3, 7, 15, 31),
    "model.booster.min_child": (5, 10, 20, 40),
    "model.booster.feature_fraction": RangePlan(low=0.2, high=1.0, step=0.1),
    "model.booster.bagging_fraction": RangePlan(low=0.5, high=1.0, step=0.1),
    "model.booster.l2": RangePlan(low=0.1, high=30.0, log=True),
    "model.linear_share": RangePlan(low=0.0, high=0.8, step=0.1),
}
"""Where a search looks unless told otherwise."""

_RANK_BY = "the figure that order and verdict go by; rps hears more of each essay than qwk and is less noisy"

LEARNING_KEYS = "model."
"""Where keys of a space begin: what changes features or splits would not be the same experiment."""


def _learning_keys_alone(keys: tuple[str, ...]) -> None:
    odd = [key for key in keys if not key.startswith(LEARNING_KEYS)]
    if odd:
        raise PydanticCustomError(
            "space",
            f"key {odd[0]!r} cannot be searched; keys of a space begin with `{LEARNING_KEYS}`, such as "
            "`model.booster.learning_rate`",
        )


class DropColumnPlan(Section):
    """How drop-column importance is measured."""

    seeds: int = Field(3, ge=1, le=20, description="models by as many seeds, each with and without a column")
    noise_columns: int = Field(
        10, ge=0, le=200, description="columns of random numbers, whose importance is the noise floor"
    )
    columns: tuple[str, ...] = Field(
        (), description="columns to leave out in turn; all measured ones when empty"
    )
    rank_by: Literal["qwk", "rps", "mae"] = Field("rps", description=_RANK_BY)
    stable_share: Share = Field(0.8, description="share of folds and seeds that a kept column must help in")
    by_prompt: bool = Field(
        default=False, description="whether intervals speak of other prompts: whole prompts are drawn"
    )


class AblationPlan(Section):
    """How parts of the columns are compared with all of them."""

    seeds: int = Field(3, ge=1, le=20, description="models by as many seeds, whose figures are averaged")


class SweepPlan(Section):
    """A grid of settings, each evaluated on the same folds."""

    grid: dict[str, tuple[Choice, ...]] = Field(
        default=GRID,
        description="values by key of the plan; every combination is evaluated",
    )
    rank_by: Literal["qwk", "rps", "mae"] = Field("rps", description=_RANK_BY)
    max_runs: int | None = Field(None, ge=1, description="most combinations; all when absent")
    shuffle: bool = Field(default=False, description="whether combinations are taken in random order")
    seed: int = Field(42, ge=0, description="of that order")

    @field_validator("grid")
    @classmethod
    def _checked_keys(cls, grid: dict[str, tuple[Choice, ...]]) -> dict[str, tuple[Choice, ...]]:
        _learning_keys_alone(tuple(grid))
        return grid


class TunePlan(Section):
    """A search for better settings."""

    space: Space = Field(
        default=SPACE,
        description="values by key of the plan: a list, or {low, high, log, step}",
    )
    trials: int = Field(40, ge=1, le=10_000, description="configurations to evaluate, all different")
    sampler: Literal["tpe", "random"] = Field("tpe", description="how configurations are chosen")
    objective: Literal["qwk", "rps", "rmse", "worst_prompt_qwk"] = Field(
        "rps", description="what is made best; rps hears more of each essay than qwk and is less noisy"
    )
    batch: int = Field(
        4,
        ge=1,
        le=64,
        description="configurations chosen at a time; it shapes the result, workers do not",
    )
    prune: bool = Field(default=True, description="whether hopeless configurations stop after some folds")
    nested_trials: int = Field(
        8, ge=0, le=1000, description="configurations of the search repeated within each fold; 0 is no check"
    )
    seed: int = Field(42, ge=0, description="of the search")
    storage: str | None = Field(
        None,
        description="SQLAlchemy URL of a database for the study; that of the registry when the environment "
        "names one (GRADEWISE_DATABASE_URL), else a file of the run",
    )

    @field_validator("space")
    @classmethod
    def _checked_keys(cls, space: Space) -> Space:
        _learning_keys_alone(tuple(space))
        return space


class ComparePlan(Section):
    """Two finished cross-validations, compared essay by essay."""

    reference: Path | None = Field(None, description="run directory of what there is")
    candidate: Path | None = Field(None, description="run directory of what may replace it")
    profile: Literal["prompt_holdout_primary", "stratified_stability", "none"] | None = Field(
        None,
        description="the rules of the verdict; prompt_holdout_primary when absent, of classes "
        "stratified_stability",
    )
    resamples: int = Field(5000, ge=100, le=100_000, description="bootstrap resamples over essays")
    seed: int = Field(42, ge=0)
    min_prompt: int = Field(30, ge=2, description="fewest essays of a prompt that is judged alone")
    bottom_k: int = Field(5, ge=1, description="worst prompts that are pooled")


class TrackingPlan(Section):
    """Where runs are written down besides `experiments.jsonl`."""

    registry: bool = Field(default=True, description="whether runs are kept in the registry's database")
    register_model: bool = Field(
        default=False, description="whether a trained model is registered at the end"
    )
    mlflow: str | None = Field(None, description="MLflow tracking URI, such as sqlite:///mlflow.db")
