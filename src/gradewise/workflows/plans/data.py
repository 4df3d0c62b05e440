"""The part of a plan that is about the essays: which file, which columns, what is left out."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, field_validator

from gradewise.essays.cards import DatasetCard
from gradewise.workflows.plans.classifier import ExpectedColumn
from gradewise.workflows.plans.section import NAME, Section


class ColumnsPlan(Section):
    """Which column holds what; a column left out is looked for by its usual names."""

    text: str | None = Field(None, description="the essay itself")
    label: str | None = Field(None, description="the teacher's grade")
    second_label: str | None = Field(
        None,
        description="a second teacher's grade on the same scale, given without knowing the first; may lack",
    )
    id: str | None = Field(None, description="a name for each essay; row numbers when there is none")
    prompt: str | None = Field(None, description="which task the essay answers: a title or a number")
    prompt_text: str | None = Field(None, description="the task as the writer saw it")
    written_at: str | None = Field(None, description="ISO 8601 time of writing, for temporal splits")
    writer: str | None = Field(
        None, description="who wrote it, a name or number; what one wrote is never parted by a split by texts"
    )
    traits: tuple[str, ...] = Field(
        (), description="grades of single traits of the same essays, each a column"
    )
    groups: tuple[str, ...] = Field((), description="writer groups to report fairness by")

    @field_validator("traits")
    @classmethod
    def _each_once(cls, traits: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(traits)) < len(traits):
            raise ValueError("name each trait once")
        return traits


class CardPlan(Section):
    """The dataset card: where the essays come from and what may be done with them."""

    name: str = Field(description="the dataset's name")
    source: str = Field("", description="who collected it, where it can be found")
    licence: str = Field("", description="as stated by the source; empty or 'unknown' blocks all metrics")
    blocked: bool = Field(default=False, description="smoke tests only: no metric is reported")
    reason: str = Field("", description="why it is blocked")


def dataset_card(plan: CardPlan | None) -> DatasetCard | None:
    """What may be done with data, as their section of a plan says; ``None`` for a user's own essays."""
    return None if plan is None else DatasetCard(**plan.model_dump())


class FiltersPlan(Section):
    """Which essays are left out before anything is measured."""

    min_words: int | None = Field(None, ge=1, description="shortest essay kept, in words")
    max_words: int | None = Field(None, ge=1, description="longest essay kept, in words")
    exclude_prompts: tuple[str, ...] | None = Field(
        None, description="prompts left out; those that a published dataset is used without when absent"
    )
    only_prompts: tuple[str, ...] = Field((), description="the only prompts kept; all when empty")


class AuxiliaryPlan(Section):
    """Further essays with marks of another kind: what they teach becomes features."""

    name: str = Field(pattern=NAME, description="of the set, in features and reports")
    file: Path = Field(description="CSV, JSON Lines or Parquet file")
    targets: tuple[str, ...] = Field(min_length=1, description="columns of numbers to learn, such as traits")
    text: str | None = Field(None, description="column of the essays; looked for by its usual names")
    prompt_text: str | None = Field(None, description="column of the task; looked for by its usual names")
    card: CardPlan | None = Field(None, description="absent: your own essays")


class DataPlan(Section):
    """The essays."""

    kind: Literal["csv", "ellipse", "asap", "ielts"] = Field(
        "csv", description="a published dataset, whose columns, scale, filters and terms are known"
    )
    train: Path = Field(description="CSV, JSON Lines or Parquet file of graded essays")
    test: Path | None = Field(None, description="a locked test file; drawn from `train` when absent")
    columns: ColumnsPlan = ColumnsPlan()
    auxiliary: tuple[AuxiliaryPlan, ...] = Field((), description="further sets of essays to learn from")
    corrections: Path | None = Field(
        None, description="a snapshot of teachers' corrections to learn from: gradewise corrections export"
    )
    card: CardPlan | None = Field(None, description="absent: your own essays")
    filters: FiltersPlan = FiltersPlan()
    on_bad_rows: Literal["stop", "set_aside"] = Field(
        "stop", description="rows without text or with an unknown grade: stop, or leave them out and say so"
    )
    expected: dict[str, ExpectedColumn] = Field(
        {}, description="by column, what its cells must hold; a row that does not is a bad row"
    )
    allow_pickle: bool = Field(
        default=False,
        description="whether .pkl files are read, by an unpickler that builds nothing but plain values; "
        "never open one that you did not write yourself",
    )
