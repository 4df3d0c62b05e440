"""Of a plan: what is promised beside a grade, and how the figures are made."""

from __future__ import annotations

from pydantic import Field, field_validator

from gradewise.evaluation.gates import GateName
from gradewise.workflows.plans.section import Section, Share


class ConfidencePlan(Section):
    """What is promised beside a grade, and what may go out without a teacher's look."""

    coverage: Share = Field(0.9, description="share of essays whose grade set holds the teacher's grade")
    cuts: tuple[str, ...] = Field(
        (),
        description="grades that decide something, each the lowest above its boundary, such as the lowest "
        "that passes; every boundary when empty",
    )
    required: Share = Field(0.95, description="agreement about the cuts that released essays must reach")
    level: Share = Field(0.95, description="how sure that must be")

    @field_validator("cuts", mode="before", json_schema_input_type=tuple[str | int | float, ...])
    @classmethod
    def _as_written(cls, cuts: object) -> object:
        return tuple(str(cut) for cut in cuts) if isinstance(cuts, (list, tuple)) else cuts


class EvaluationPlan(Section):
    """How the figures are made."""

    resamples: int = Field(1000, ge=100, le=20000, description="bootstrap resamples behind every interval")
    confidence: Share = Field(0.95, description="of the intervals")
    seed: int = Field(0, ge=0)
    gates: tuple[GateName, ...] | None = Field(
        None,
        description="rules to hold the figures to: seeds, williamson2012, ctb2014, classes; when absent "
        "williamson2012, or classes where labels have no order",
    )
    locked_test: bool = Field(
        default=True, description="whether the locked test set is looked at, which is best done once"
    )
    shap: bool = Field(default=True, description="whether every test essay's score is taken apart")
    min_group: int = Field(30, ge=2, description="fewest essays in a writer group for it to be judged")
