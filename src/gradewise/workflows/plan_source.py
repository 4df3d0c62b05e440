"""What a plan says of a database of essays: a preset, and what is otherwise in this one."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from gradewise.errors import PlanError
from gradewise.essays.source_queries import (
    JUDGED_LABELS,
    ColumnRef,
    Comparisons,
    EssayQuery,
    FeatureColumns,
    Join,
    JudgementFeature,
    LabelOrigin,
    RowFilters,
    column_ref,
)
from gradewise.workflows.plan_section import Section

Preset = Literal["essays", "judgement_seed", "judgement"]
Value = bool | int | str


class SourceJoinPlan(Section):
    """A further table, in which each essay has one row at most."""

    table: str = Field(min_length=1, description="the table")
    on: dict[str, str] = Field(
        min_length=1, description="{column of this table: what it equals, as column or table.column}"
    )


class SourceColumnsPlan(Section):
    """Which column holds what: `column` of the main table, or `table.column`; '' for none."""

    id: str | None = Field(None, description="names the essay")
    text: str | None = Field(None, description="the essay")
    label: str | None = Field(None, description="the grade")
    second_label: str | None = Field(None, description="a second teacher's grade")
    prompt: str | None = Field(None, description="tells tasks apart")
    prompt_text: str | None = Field(None, description="the task as the writer saw it")
    written_at: str | None = Field(None, description="when it was written")
    batch: str | None = Field(None, description="tells apart the essays that were compared with one another")
    groups: tuple[str, ...] | None = Field(None, description="writer groups to report fairness by")


class SourceFeaturesPlan(Section):
    """Numbers that come with the essays, which become columns `given_…`."""

    vector: str | None = Field(None, description="column of JSON: an array, or an object by feature name")
    names: tuple[str, ...] | None = Field(None, description="of the entries; f000, f001 … when absent")
    columns: tuple[str, ...] | None = Field(
        None, description="columns that hold one feature each; table.* for every number of a table"
    )
    judgement: tuple[JudgementFeature, ...] | None = Field(
        None, description="of comparative judgement: score, se, win_rate, comparison_count, rank"
    )


class SourceJudgementPlan(Section):
    """Where comparative judgement keeps its results."""

    score: str | None = Field(None, description="column of scores")
    se: str | None = Field(None, description="column of their standard errors")
    comparisons: str | None = Field(None, description="table of comparisons")
    first: str | None = Field(None, description="its column with the id of one essay")
    second: str | None = Field(None, description="its column with the id of the other")
    winner: str | None = Field(None, description="its column that says who won")
    winner_is: Literal["id", "side"] | None = Field(
        None, description="whether that is the essay's id, or essay_a and essay_b"
    )


class SourceFiltersPlan(Section):
    """Which essays are read."""

    since: date | datetime | None = Field(None, description="the earliest, as 2025-05-14; UTC")
    since_days: int | None = Field(None, ge=1, description="the same, in days before now")
    since_column: str | None = Field(None, description="what must not lie before that")
    status: tuple[str, ...] | None = Field(
        None, description="of which one must hold; COMPLETE_* stands for all that begin so; [] asks nothing"
    )
    status_column: str | None = Field(None, description="where the status stands")
    min_comparisons: int | None = Field(None, ge=1, description="fewest decided comparisons of an essay")
    equals: dict[str, Value] = Field({}, description="{column: value} that must hold besides")

    @model_validator(mode="after")
    def _one_beginning(self) -> SourceFiltersPlan:
        if self.since is not None and self.since_days is not None:
            raise PydanticCustomError("since", "`since` and `since_days` both say when; write one of them")
        return self


class SourcePlan(Section):
    """A database of essays, for `gradewise extract-training-data`."""

    preset: Preset = Field("essays", description="which tables there are; what follows changes it")
    url_variable: str = Field(
        "GRADEWISE_SOURCE_URL",
        pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,63}$",
        description="environment variable that holds the database's URL, which no plan may hold",
    )
    tables: dict[str, str] = Field({}, description="{table of the preset: what it is called here}")
    joins: tuple[SourceJoinPlan, ...] = Field((), description="further tables, {table, on: {column: column}}")
    columns: SourceColumnsPlan = SourceColumnsPlan()
    label_origin: LabelOrigin | None = Field(
        None, description="who gave the label; must be said where a preset of judgement gets another label"
    )
    features: SourceFeaturesPlan = SourceFeaturesPlan()
    judgement: SourceJudgementPlan = SourceJudgementPlan()
    filters: SourceFiltersPlan = SourceFiltersPlan()
    allow_circular_label: bool = Field(
        default=False, description="whether a judged label may stand beside features that decide it"
    )
    on_bad_rows: Literal["set_aside", "stop"] = Field(
        "set_aside", description="rows without text, label or a feature: leave them out and count, or stop"
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


def essay_query(plan: SourcePlan, *, now: datetime) -> EssayQuery:
    """What a plan asks of its database.

    Args:
        plan: as written.
        now: from when on `since_days` counts back.

    Raises:
        PlanError: it says too little.
    """
    full, main = effective_source(plan), MAIN[plan.preset]
    if full.label_origin is None:
        raise PlanError(
            f"`source.columns.label` is {plan.columns.label!r}, and not who gave it; add "
            "`source.label_origin: teacher` or `judgement` (--label-origin)"
        )
    columns, judgement = full.columns, full.judgement

    def ref(text: str | None) -> ColumnRef | None:
        return column_ref(text, main) if text else None

    def needed(name: str) -> ColumnRef:
        found = ref(getattr(columns, name))
        if found is None:
            raise PlanError(f"`source.columns.{name}` is empty; name the column that holds it")
        return found

    return EssayQuery(
        main=main,
        tables=dict(plan.tables),
        joins=tuple(
            Join(join.table, tuple((own, column_ref(other, main)) for own, other in join.on.items()))
            for join in full.joins
        ),
        id=needed("id"),
        text=needed("text"),
        label=needed("label"),
        label_origin=full.label_origin,
        second_label=ref(columns.second_label),
        prompt=ref(columns.prompt),
        prompt_text=ref(columns.prompt_text),
        written_at=ref(columns.written_at),
        batch=ref(columns.batch),
        groups=tuple(column_ref(name, main) for name in columns.groups or ()),
        score=ref(judgement.score),
        se=ref(judgement.se),
        comparisons=_comparisons(judgement),
        features=_features(plan, full, main),
        filters=_filters(full.filters, main, now),
    )


def _comparisons(plan: SourceJudgementPlan) -> Comparisons | None:
    if not plan.comparisons:
        return None
    if not (plan.first and plan.second and plan.winner and plan.winner_is):
        raise PlanError(
            f"`source.judgement.comparisons` is {plan.comparisons!r}; add `first`, `second`, `winner` and "
            "`winner_is` (id or side)"
        )
    return Comparisons(
        table=plan.comparisons,
        first=plan.first,
        second=plan.second,
        winner=plan.winner,
        winner_is=plan.winner_is,
    )


def _features(plan: SourcePlan, full: SourcePlan, main: str) -> FeatureColumns:
    features = full.features
    return FeatureColumns(
        vector=column_ref(features.vector, main) if features.vector else None,
        names=features.names or (),
        columns=tuple(column_ref(name, main) for name in features.columns or ()),
        judgement=tuple(dict.fromkeys(features.judgement or ())),
        optional=plan.features.vector is None,
    )


def _filters(filters: SourceFiltersPlan, main: str, now: datetime) -> RowFilters:
    since = filters.since
    if filters.since_days is not None:
        since = now - timedelta(days=filters.since_days)
    elif since is not None and not isinstance(since, datetime):
        since = datetime.combine(since, time())
    if since is not None and since.tzinfo is None:
        since = since.replace(tzinfo=UTC)
    return RowFilters(
        since=since,
        since_column=column_ref(filters.since_column, main) if filters.since_column else None,
        statuses=filters.status or (),
        status_column=column_ref(filters.status_column, main) if filters.status_column else None,
        min_comparisons=filters.min_comparisons,
        equals=tuple((column_ref(name, main), value) for name, value in filters.equals.items()),
    )
