"""What is usual in a database of essays: the presets of a plan's `source`, and what they leave to say."""

from typing import Any

from gradewise.essays.source_queries import JUDGED_LABELS, JudgementFeature, LabelOrigin
from gradewise.workflows.plans.section import Section
from gradewise.workflows.plans.source import (
    SourceColumnsPlan,
    SourceFeaturesPlan,
    SourceFiltersPlan,
    SourceJoinPlan,
    SourceJudgementPlan,
    SourcePlan,
)

MAIN = {"essays": "essays", "judgement_seed": "cj_processed_essays", "judgement": "cj_processed_essays"}
"""The table with one row an essay, by preset."""

_ALL: tuple[JudgementFeature, ...] = ("score", "se", "win_rate", "comparison_count", "rank")
_BATCHES, _PROJECTED, _PAIRS = "cj_batch_uploads", "grade_projections", "cj_comparison_pairs"

PRESETS: dict[str, SourcePlan] = {
    "essays": SourcePlan(
        joins=(SourceJoinPlan(table="features", on={"essay_id": "essay_id"}),),
        columns=SourceColumnsPlan(
            id="essay_id", text="text_content", label="grade", written_at="created_at"
        ),
        label_origin="teacher",
        features=SourceFeaturesPlan(vector="features.feature_vector"),
        filters=SourceFiltersPlan(since_column="created_at"),
    ),
    "judgement_seed": SourcePlan(
        preset="judgement_seed",
        joins=(
            SourceJoinPlan(table=_BATCHES, on={"batch_id": "batch_id"}),
            SourceJoinPlan(table=_PROJECTED, on={"essay_id": "essay_id"}),
        ),
        columns=SourceColumnsPlan(
            id="essay_id",
            text="text_content",
            label=f"{_PROJECTED}.projected_grade",
            written_at=f"{_BATCHES}.created_at",
            batch="batch_id",
        ),
        label_origin="judgement",
        features=SourceFeaturesPlan(judgement=_ALL),
        judgement=SourceJudgementPlan(
            score="current_bt_score", se="bt_se", comparisons=_PAIRS, first="essay_a_id",
            second="essay_b_id", winner="winner_essay_id", winner_is="id",
        ),
        filters=SourceFiltersPlan(
            since_column=f"{_BATCHES}.created_at",
            status=("COMPLETED",),
            status_column=f"{_BATCHES}.status",
        ),
    ),
    "judgement": SourcePlan(
        preset="judgement",
        joins=(
            SourceJoinPlan(table=_BATCHES, on={"id": "cj_batch_id"}),
            SourceJoinPlan(
                table=_PROJECTED, on={"els_essay_id": "els_essay_id", "cj_batch_id": "cj_batch_id"}
            ),
        ),
        columns=SourceColumnsPlan(
            id="els_essay_id",
            text="assessment_input_text",
            label=f"{_PROJECTED}.primary_grade",
            prompt=f"{_BATCHES}.assignment_id",
            written_at="created_at",
            batch="cj_batch_id",
        ),
        label_origin="judgement",
        features=SourceFeaturesPlan(judgement=_ALL),
        judgement=SourceJudgementPlan(
            score="current_bt_score", se="current_bt_se", comparisons=_PAIRS, first="essay_a_els_id",
            second="essay_b_els_id", winner="winner", winner_is="side",
        ),
        filters=SourceFiltersPlan(
            since_column=f"{_BATCHES}.created_at",
            status=("COMPLETE_STABLE", "COMPLETE_MAX_COMPARISONS", "COMPLETE_FORCED_RECOVERY"),
            status_column=f"{_BATCHES}.status",
        ),
    ),
}  # fmt: skip
"""What each preset says; of a batch that ended with too few essays no score means anything."""


def effective_source(plan: SourcePlan) -> SourcePlan:
    """The plan with all that it leaves open filled in by its preset."""
    preset = PRESETS[plan.preset]
    own, usual_id = {join.table for join in plan.joins}, preset.columns.id
    named = plan.columns.id or usual_id
    joins = (
        *(_following_id(join, usual_id, named) for join in preset.joins if join.table not in own),
        *plan.joins,
    )
    sections: dict[str, Any] = {
        name: _filled(getattr(plan, name), getattr(preset, name))
        for name in ("columns", "features", "judgement", "filters")
    }
    return plan.model_copy(update={**sections, "joins": joins, "label_origin": _origin(plan, preset)})


def _following_id(join: SourceJoinPlan, usual: str | None, named: str | None) -> SourceJoinPlan:
    """A join of a preset, met by the id of essays under the name that it has in this database."""
    on = {own: named if other == usual and named else other for own, other in join.on.items()}
    return join.model_copy(update={"on": on})


def _filled(section: Section, preset: Section) -> Section:
    given = {
        name: value for name in type(section).model_fields if (value := getattr(section, name)) is not None
    }
    return preset.model_copy(update=given)


def _origin(plan: SourcePlan, preset: SourcePlan) -> LabelOrigin | None:
    if plan.label_origin is not None:
        return plan.label_origin
    label = plan.columns.label
    if label is None or label == preset.columns.label or preset.label_origin == "teacher":
        judged = (label or "").rpartition(".")[2] in JUDGED_LABELS
        return "judgement" if judged else preset.label_origin
    return "judgement" if label.rpartition(".")[2] in JUDGED_LABELS else None
