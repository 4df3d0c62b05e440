"""Of a plan: how essays are divided into the locked test set and the folds."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field

from gradewise.workflows.plans.section import Section, Share

N_FOLDS = 5
"""Folds of the training part where a plan names no number."""


class SplitsPlan(Section):
    """How essays are divided into the locked test set and the folds."""

    scheme: Literal["stratified_text", "prompt_holdout", "temporal"] = Field(
        "stratified_text", description="what must not be shared between parts: texts, prompts, or time"
    )
    schemes: tuple[Literal["stratified_text", "prompt_holdout", "temporal"], ...] = Field(
        (), description="what make-splits lays out; texts, and prompts where there are enough, when empty"
    )
    folds: int | None = Field(
        None, ge=2, le=20, description="folds of the training part; 5, or the saved split's, when absent"
    )
    inner_folds: int = Field(
        0,
        ge=0,
        le=20,
        description="folds within each fold's training part, saved for nested experiments; 0 is none",
    )
    test_share: Share = Field(0.2, description="share drawn as locked test set when no test file is named")
    seed: int = Field(42, ge=0, description="of the draw")
    reuse: Path | None = Field(None, description="a saved splits.json to follow instead of drawing anew")
