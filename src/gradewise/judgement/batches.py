"""A batch of essays that are judged together, as it is read; and what it comes to, as it is kept."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from gradewise.judgement.decisions import Comparison

ScoringMethod = Literal["hybrid_bt_ml", "bt_only"]
"""Judgement and a model together, or judgement alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchEssay:
    """An essay of a batch."""

    id: str
    """Unique within the batch."""
    text: str | None = field(default=None, repr=False)
    """As it was judged; ``None`` where the database keeps it elsewhere."""
    known_grade: str | None = None
    """Of an anchor; ``None`` for everybody else."""
    is_anchor: bool = False
    """Whether it is there to lend its grade."""
    prompt: str | None = None
    """What prompts are told apart by."""
    prompt_text: str | None = field(default=None, repr=False)
    """The task as the writer saw it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedBatch:
    """Essays with the comparisons that were made of them."""

    id: str
    """Which batch."""
    essays: tuple[BatchEssay, ...]
    """By id, anchors included."""
    comparisons: tuple[Comparison, ...]
    """Decided ones, in the order in which they were made."""
    set_aside: Mapping[str, int] = field(default_factory=dict)
    """Comparisons without a decision, counted by reason."""
    positions_known: bool = True
    """Whether `Comparison.first` is what was shown first, and not merely what won."""
    scale: str | None = None
    """Name of the grade scale, where the database says."""
    status: str = ""
    """What the database says of its state."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EssayResult:
    """What a batch came to for one essay."""

    essay_id: str
    """Which."""
    is_anchor: bool
    """Whether it was there to lend its grade."""
    rank: int
    """By score, 1 the best; ties share the better rank."""
    bt_score: float
    """Bradley-Terry score in logits, mean 0 over the batch."""
    bt_se: float
    """Its standard error in logits, above 0."""
    bt_grade: str | None
    """The grade that judgement projects, also of an anchor; ``None`` without anchors."""
    bt_probabilities: Mapping[str, float]
    """P(grade) by judgement, lowest first, summing to 1; empty without anchors."""
    ml_grade: str | None
    """The model's grade; ``None`` where it gave none."""
    ml_confidence: float | None
    """Its probability of that grade."""
    ml_probabilities: Mapping[str, float]
    """P(grade) by the model, lowest first, summing to 1; empty where it gave none."""
    grade: str | None
    """The known grade of an anchor; else the grade of both together, or of whichever there is."""
    confidence: float | None
    """Probability of that grade; ``None`` where it is known, or there is none."""
    probabilities: Mapping[str, float]
    """P(grade) of both together, lowest first, summing to 1; empty where the grade is known."""
    scoring_method: ScoringMethod
    """What the grade rests on."""
    reason: str
    """Why judgement alone: one of a few codes; empty where both spoke."""
    disagrees: bool
    """Whether judgement and model are further apart than both uncertainties allow."""
    score_id: str | None = None
    """The model's answer in the score log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchResult:
    """What a batch came to."""

    batch_id: str
    """Which batch."""
    finalized_at: datetime
    """When."""
    scale: str | None
    """Name of the grade scale; ``None`` where there are no grades."""
    scoring_method: ScoringMethod
    """``hybrid_bt_ml`` when a model spoke of at least one essay."""
    model_name: str | None
    """Which model; one and the same for the whole batch."""
    model_version: str | None
    """Which version."""
    model_digest: str | None
    """Content id of its bundle: 64 hex digits."""
    essays: tuple[EssayResult, ...]
    """By rank."""
    correlation_id: str = ""
    """What else was done for the same request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxEvent:
    """An event that is to be published: written in one transaction with what it tells of."""

    id: str
    """Names it: 32 hex digits; whoever hears it twice can tell."""
    topic: str
    """Where it goes: ``gradewise.batch.finalized`` …"""
    key: str
    """What it is about, such as a batch: events of one key keep their order."""
    payload: Mapping[str, Any]
    """JSON values, without essay text."""
    made_at: datetime
    """When."""
