"""What a plan says of a database of essays: a preset, and what is otherwise in this one."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from gradewise.essays.source_queries import (
    JudgementFeature,
    LabelOrigin,
)
from gradewise.workflows.plans.section import Section

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
