"""What a plan says of the registry: what a model must show before it is used, and what is kept."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from gradewise.evaluation.gates import Comparison
from gradewise.workflows.plans.section import Section

Metric = Literal[
    "qwk",
    "accuracy",
    "adjacent_accuracy",
    "mae",
    "pearson",
    "smd",
    "ece",
    "rps",
    "group_dsm",
    "training_share_difference",
    "latency_p95_ms",
    "batch_of_50_s",
    "changed_grades",
    "qwk_over_production",
    "macro_f1",
    "weighted_f1",
    "log_loss",
    "brier",
    "roc_auc",
    "pr_auc",
    "macro_f1_over_commonest",
    "accuracy_over_commonest",
    "lost_classes",
    "macro_f1_over_production",
]
"""What a gate of a plan may ask about."""
COMPARISONS: tuple[tuple[str, Comparison], ...] = (
    ("at_least", "at least"),
    ("above", "above"),
    ("at_most", "at most"),
    ("below", "below"),
    ("within", "within"),
)
"""How a plan writes comparisons, and what they are."""


class GatePlan(Section):
    """One rule, such as `{metric: qwk, at_least: 0.70}`."""

    metric: Metric = Field(description="which figure")
    at_least: float | None = Field(None, description="the figure must reach this")
    above: float | None = Field(None, description="the figure must lie above this")
    at_most: float | None = Field(None, description="the figure must not exceed this")
    below: float | None = Field(None, description="the figure must lie below this")
    within: float | None = Field(None, ge=0, description="the figure must lie no farther from 0")
    required: bool = Field(
        default=True, description="whether a figure that could not be measured fails the rule"
    )

    @model_validator(mode="after")
    def _one_comparison(self) -> GatePlan:
        if len([name for name, _ in COMPARISONS if getattr(self, name) is not None]) != 1:
            raise PydanticCustomError(
                "gate", "a gate has one of at_least, above, at_most, below and within; write one of them"
            )
        return self

    @property
    def comparison(self) -> Comparison:
        """How the figure is held against the bound."""
        return next(comparison for name, comparison in COMPARISONS if getattr(self, name) is not None)

    @property
    def bound(self) -> float:
        """What is asked."""
        return next(float(value) for name, _ in COMPARISONS if (value := getattr(self, name)) is not None)


SEEDS_GATES = (
    GatePlan(metric="qwk", at_least=0.70),
    GatePlan(metric="accuracy", at_least=0.65),
    GatePlan(metric="training_share_difference", at_most=0.10),
    GatePlan(metric="ece", at_most=0.10),
    GatePlan(metric="group_dsm", within=0.10, required=False),
    GatePlan(metric="changed_grades", at_most=0),
    GatePlan(metric="latency_p95_ms", below=100),
    GatePlan(metric="batch_of_50_s", below=2),
    GatePlan(metric="qwk_over_production", at_least=-0.02, required=False),
)
"""What a model must show when a plan says nothing."""
CLASS_GATES = (
    GatePlan(metric="macro_f1_over_commonest", above=0),
    GatePlan(metric="accuracy_over_commonest", above=0),
    GatePlan(metric="lost_classes", at_most=0, required=False),
    GatePlan(metric="training_share_difference", at_most=0.10),
    GatePlan(metric="ece", at_most=0.10),
    GatePlan(metric="latency_p95_ms", below=100),
    GatePlan(metric="batch_of_50_s", below=2),
    GatePlan(metric="macro_f1_over_production", at_least=-0.02, required=False),
)
"""The same of a model of classes."""


class PromotionPlan(Section):
    """What a model must show before it may be tried or used."""

    gates: tuple[GatePlan, ...] | None = Field(
        None,
        description="the rules, each {metric, at_least | above | at_most | below | within}; if absent, "
        "those of the guide for grades or for classes",
    )
    judged_by: Literal["interval", "estimate"] = Field(
        "interval", description="interval: a rule passes by the unfavourable bound; estimate: by the figure"
    )

    def asked(self, *, ordered: bool) -> tuple[GatePlan, ...]:
        """The rules; the usual ones of grades, or of classes, where none are written."""
        usual = SEEDS_GATES if ordered else CLASS_GATES
        return usual if self.gates is None else self.gates


class RetentionPlan(Section):
    """Which bundles `registry prune` keeps, staged ones and those in production always; and which answers."""

    newest: int = Field(5, ge=0, description="of each name, by when they were registered")
    days: int = Field(30, ge=0, description="younger ones are kept")
    former: int = Field(3, ge=0, description="of each name, those last in production, to roll back to")
    scores_days: int | None = Field(
        None, ge=1, description="`scores prune` forgets answers that are older; none when absent"
    )
