"""Of a plan: what is measured of each text."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from gradewise.models.text.terms import TermKind
from gradewise.workflows.plans.classifier import TfidfPlan
from gradewise.workflows.plans.embedder import EmbedderPlan
from gradewise.workflows.plans.given import GivenColumns
from gradewise.workflows.plans.section import Section


class FeaturesPlan(Section):
    """What is measured of each text."""

    set: Literal["handcrafted", "embeddings", "combined"] = Field(
        "handcrafted", description="what is measured: named features, what a text model sees, or both"
    )
    groups: tuple[str, ...] | None = Field(
        None, description="feature groups; every available one when absent"
    )
    drop: tuple[str, ...] = Field((), description="single features left out")
    keep: tuple[str, ...] = Field((), description="the only features used; all when empty")
    given: GivenColumns = Field(
        (), description="numbers that come with the essays, each a column; all: those that begin with given_"
    )
    store: Path | None = Field(None, description="a feature store, or the run that holds one, to read from")
    tfidf: TfidfPlan = TfidfPlan()
    embedder: EmbedderPlan | None = Field(
        None, validate_default=True, description="needed by `embeddings` and `combined`"
    )
    checker: Literal["harper", "none"] = Field(
        "harper", description="finds language errors; harper knows English"
    )
    text_learners: tuple[TermKind, ...] = Field(
        ("words", "characters"),
        description="learn from wording too: words with their neighbours, characters in short runs, longer "
        "runs that count once a text; [] for none",
    )

    @field_validator("keep")
    @classmethod
    def _not_dropped_too(cls, keep: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        if keep and info.data.get("drop"):
            raise PydanticCustomError(
                "keep", "`keep` and `drop` contradict each other; name what is kept, or what is left out"
            )
        return keep

    @field_validator("embedder")
    @classmethod
    def _named_where_needed(cls, embedder: EmbedderPlan | None, info: ValidationInfo) -> EmbedderPlan | None:
        chosen, stored = info.data.get("set", "handcrafted"), info.data.get("store")
        if embedder is None and chosen != "handcrafted" and stored is None:  # a store says which it was
            raise PydanticCustomError(
                "embedder",
                f"set `{chosen}` needs a text model; name its directory: `features.embedder.model`, on the "
                "command line --embedding-model",
            )
        return embedder

    @field_validator("text_learners")
    @classmethod
    def _each_once(cls, kinds: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(kinds)) < len(kinds):
            raise ValueError("name each learner once")
        return kinds
