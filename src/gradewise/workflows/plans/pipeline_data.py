"""The part of a `config.yaml` that is about the texts: which file, which columns, how they are divided."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from gradewise.essays.expectations import CellKind
from gradewise.workflows.plans.classifier import ExpectedColumn
from gradewise.workflows.plans.pipeline_spellings import (
    KINDS,
    as_mapping,
    as_section,
)
from gradewise.workflows.plans.section import Share
from gradewise.workflows.plans.spellings import SpelledSection, Spellings


class PipelineColumn(SpelledSection, ExpectedColumn):
    """What a column must hold; its kind alone, such as `float`, will do."""

    kind: Annotated[CellKind, Spellings(KINDS)] = Field(description="what its cells are")


Schema = Annotated[
    dict[
        str,
        Annotated[PipelineColumn, BeforeValidator(as_section, json_schema_input_type=PipelineColumn | str)],
    ],
    BeforeValidator(as_mapping),
]


class PipelineData(SpelledSection):
    """The texts, what their columns hold, and how they are divided."""

    OTHER_KEYS: ClassVar[Mapping[str, str]] = {
        "train_path": "path", "text": "text_column", "label": "label_column", "target_column": "label_column",
        "id": "id_column", "stratification": "stratify", "seed": "random_state", "test_share": "test_size",
    }  # fmt: skip

    path: Path = Field(description="CSV, JSON Lines or Parquet file of labelled texts")
    test_path: Path | None = Field(None, description="a locked test file; drawn from `path` when absent")
    text_column: str | None = Field(None, description="column of texts; looked for by its usual names")
    label_column: str | None = Field(None, description="column of classes; looked for by its usual names")
    id_column: str | None = Field(None, description="a name for each text; row numbers when there is none")
    time_column: str | None = Field(None, description="ISO 8601 times, for `split: temporal`")
    expected: Schema = Field(
        {},
        alias="schema",
        description="by column, what its cells must hold; a row that does not is a bad row",
    )
    on_bad_rows: Literal["stop", "set_aside"] = Field(
        "stop",
        description="rows without text or class, or against the schema: stop, or leave them out and say so",
    )
    allow_pickle: bool = Field(
        default=False,
        description="whether .pkl files are read, by an unpickler that builds nothing but plain values; "
        "never open one that you did not write yourself",
    )
    out_of_scope: str | None = Field(
        None, description="a label that is no class: its texts teach nothing, and show what is told apart"
    )
    min_per_class: int = Field(
        2, ge=1, description="training texts below which a class is left out, and said"
    )
    split: Literal["stratified", "temporal"] = Field(
        "stratified", description="classes spread evenly over the parts, or the newest texts tested"
    )
    stratify: bool = Field(default=True, description="classes are always spread evenly; see `split`")
    test_size: Share = Field(0.2, description="share drawn as locked test set")
    random_state: int = Field(42, ge=0, description="seed of the draw")

    @field_validator("stratify", mode="before", json_schema_input_type=bool | str)
    @classmethod
    def _by_the_label(cls, value: Any, info: ValidationInfo) -> Any:
        label = info.data.get("label_column")
        if isinstance(value, str) and value == label:
            return True
        if isinstance(value, str) and value.casefold() not in {"true", "false"}:
            raise PydanticCustomError(
                "stratify", "parts are stratified by the column of classes alone; name that: `label_column`"
            )
        return value
