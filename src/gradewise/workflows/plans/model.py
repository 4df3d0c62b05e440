"""Of a plan: what learns grades, and how its score becomes a grade."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from gradewise.workflows.plans.section import Section


class BoosterPlan(Section):
    """The gradient-boosted trees."""

    rounds: int = Field(1500, ge=1, le=20000, description="most trees; early stopping finds fewer")
    early_stopping_rounds: int = Field(50, ge=1, description="rounds without gain before stopping")
    learning_rate: float = Field(0.03, gt=0, le=1)
    max_leaves: int = Field(15, ge=2, le=4096, description="leaves of a tree")
    max_depth: int = Field(0, ge=0, le=64, description="splits on the way to a leaf; 0 is no limit")
    min_child: int = Field(20, ge=1, description="fewest essays in a leaf")
    feature_fraction: float = Field(0.6, gt=0, le=1, description="share of features tried by a tree")
    bagging_fraction: float = Field(0.8, gt=0, le=1, description="share of essays seen by a tree")
    l2: float = Field(2.0, ge=0, description="penalty on leaf values")


class ModelPlan(Section):
    """What learns, and how its score becomes a grade."""

    engine: Literal["lightgbm", "xgboost", "both"] = Field(
        "lightgbm", description="grows the trees; both averages the two"
    )
    probabilities: Literal["residuals", "cumulative_link", "frank_hall", "multiclass"] = Field(
        "residuals",
        description="what trees learn and probabilities come from: a score and how far grades lie from it, "
        "proportional odds, a yes or no at each grade boundary, or each grade for itself (never monotone)",
    )
    seeds: int = Field(1, ge=1, le=20, description="models by as many seeds are averaged")
    linear_share: float | None = Field(
        None,
        ge=0,
        le=0.9,
        description="share of the score from a ridge regression; half of it with residuals, none otherwise, "
        "when absent",
    )
    band_weights: bool = Field(default=False, description="rare grades weigh more in training")
    decision: Literal["auto", "rounding", "rescale", "cutpoints"] = Field(
        "auto",
        description="score to grade: auto is rescale below 800 essays and QWK-optimal cutpoints from there",
    )
    calibration: Literal["none", "temperature", "sigmoid", "isotonic"] = Field(
        "sigmoid", description="correction of the probabilities"
    )
    monotone: bool = Field(
        default=True,
        description="all else equal, errors never raise a grade and better wording never lowers it",
    )
    booster: BoosterPlan = BoosterPlan()
    seed: int = Field(42, ge=0)

    @field_validator("linear_share")
    @classmethod
    def _mixed_with_scores_alone(cls, share: float | None, info: ValidationInfo) -> float | None:
        if share and info.data.get("probabilities") in ("cumulative_link", "frank_hall", "multiclass"):
            raise PydanticCustomError(
                "blend", "a linear part needs `probabilities: residuals`; drop one of the two"
            )
        return share

    @property
    def blend(self) -> float:
        """The share of the score from a ridge regression, once it is decided."""
        if self.linear_share is not None:
            return self.linear_share
        return 0.5 if self.probabilities == "residuals" else 0.0
