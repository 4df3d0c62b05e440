"""A judged batch becomes final: scores, grades by anchors and by a model as one, kept once and told of."""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from gradewise.essays.intake import MAX_CHARACTERS, NO_TEXT
from gradewise.essays.records import Essay
from gradewise.essays.scales import Scale
from gradewise.essays.suggestions import quotable
from gradewise.essays.texts import repair_text
from gradewise.judgement.anchors import ADVISED
from gradewise.judgement.batch_events import batch_events
from gradewise.judgement.batch_scales import batch_scale
from gradewise.judgement.batches import BatchEssay, BatchResult, JudgedBatch, OutboxEvent
from gradewise.judgement.bradley_terry import Prior
from gradewise.judgement.merging import DEPENDENCE, HYBRID_DEPENDENCE, LEVEL
from gradewise.judgement.outcomes import (
    FallbackReason,
    ModelWord,
    ScoredBatch,
    essay_results,
    project_batch,
    score_batch,
)
from gradewise.protocols.scoring import Batches
from gradewise.service_events import BatchFinalized
from gradewise.telemetry import Listener, Notice, correlation_id, silent
from gradewise.work_events import StepTaken
from gradewise.workflows.scoring.batch_scoring import Asked, BatchScoring, ask_model
from gradewise.workflows.scoring.breaker import Breaker
from gradewise.workflows.scoring.requests import ScoreRequest

FINALIZE = "finalize"
"""The sequence of steps that is told: ``read``, ``judged``, ``graded``, ``merged``, ``kept``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FinalizeRules:
    """How a batch is made final."""

    min_comparisons: int = 10
    """Comparisons below which judgement of an essay is too young to be held against a model, which is then
    not asked about it."""
    deadline_s: float = 60.0
    """How long the model may take for all of the batch; then judgement alone grades what is left."""
    use_model: bool = True
    """Whether a model is asked at all."""
    scale: Scale | None = None
    """On which anchors are graded, where the database does not say, or says wrongly."""
    prior: Prior | None = None
    """Of the scores; the usual one when ``None``."""
    population: Mapping[str, float] | None = None
    """Share of each grade among those whose essays these are: see `project_grades`."""
    dependence: float | None = None
    """How much the errors of judgement and model have in common; when ``None``, `HYBRID_DEPENDENCE` of a
    model that reads what judgement found, else `DEPENDENCE`."""
    level: float = LEVEL
    """How often an essay may be flagged by chance."""
    rank_anchors: bool = False
    """Whether anchors take places in the ranking."""
    allow_unconnected: bool = False
    """Whether essays may be ranked that no comparisons connect."""


async def finalize(
    batch_id: str,
    *,
    batches: Batches,
    scoring: BatchScoring | None,
    clock: Callable[[], datetime],
    rules: FinalizeRules | None = None,
    breaker: Breaker | None = None,
    listener: Listener = silent,
) -> BatchResult:
    """Make a batch final; again, or by many at once, what was kept first is returned.

    All of it is worked out before anything is written. Results and events are written in one transaction, so
    that events wait in the outbox if and only if the batch is final.

    Args:
        batch_id: Which batch.
        batches: Where it is, and where it is kept.
        scoring: Grades texts; ``None`` where there is no model.
        clock: The time, with its zone.
        rules: How.
        breaker: Leaves the model alone after failures; shared by all calls of one process.
        listener: Hears of each step, and that the batch is final.

    Raises:
        InputError: there is no such batch, or it cannot be final yet; the message says what to do.
        UnavailableError: the database does not answer; nothing was written.
    """
    started = time.perf_counter()
    kept = await batches.result(batch_id)
    if kept is not None:
        return kept
    batch = await batches.batch(batch_id)
    listener(StepTaken(FINALIZE, "read", batch_id))
    result = await work_out(
        batch, scoring=scoring, clock=clock, rules=rules, breaker=breaker, listener=listener
    )
    decided = False

    def _decide() -> tuple[BatchResult, tuple[OutboxEvent, ...]]:
        nonlocal decided
        decided = True
        return result, batch_events(result)

    kept = await batches.finalize(batch_id, _decide)
    if decided:
        listener(StepTaken(FINALIZE, "kept", batch_id))
        listener(_told(kept, time.perf_counter() - started))
    return kept


async def work_out(
    batch: JudgedBatch,
    *,
    scoring: BatchScoring | None,
    clock: Callable[[], datetime],
    rules: FinalizeRules | None = None,
    breaker: Breaker | None = None,
    listener: Listener = silent,
) -> BatchResult:
    """What a batch comes to, without writing anything.

    Raises:
        InputError: it cannot be final yet.
    """
    rules = rules or FinalizeRules()
    scored = await asyncio.to_thread(
        score_batch, batch, prior=rules.prior, allow_unconnected=rules.allow_unconnected
    )
    listener(StepTaken(FINALIZE, "judged", batch.id))
    asked = await _ask(scored, scoring, rules, breaker)
    listener(StepTaken(FINALIZE, "graded", batch.id))
    result = await asyncio.to_thread(_merged, scored, asked, rules, clock(), correlation_id())
    for notice in _notices(batch, result):
        listener(Notice(notice))
    listener(StepTaken(FINALIZE, "merged", batch.id))
    return result


async def _ask(
    scored: ScoredBatch, scoring: BatchScoring | None, rules: FinalizeRules, breaker: Breaker | None
) -> Asked:
    """What the model says, and for every other essay of the batch why it says nothing."""
    counts = scored.counts
    no_model: FallbackReason | None = None
    if not rules.use_model:
        no_model = "disabled"
    elif scoring is None:
        no_model = "no_model"
    reasons: dict[str, FallbackReason] = {}
    for essay in scored.batch.essays:
        reason = _why_not(essay, counts[essay.id], rules) or no_model
        if reason is not None:
            reasons[essay.id] = reason
    requests = _requests(scored, reasons)
    if scoring is None or not requests:
        return Asked(word=ModelWord(reasons=reasons))
    asked = await ask_model(
        requests, scoring, batch_id=scored.batch.id, deadline_s=rules.deadline_s, breaker=breaker
    )
    return Asked(
        word=ModelWord(grades=asked.word.grades, reasons={**reasons, **asked.word.reasons}),
        model=asked.model,
        reads_judgement=asked.reads_judgement,
    )


def _why_not(essay: BatchEssay, count: int, rules: FinalizeRules) -> FallbackReason | None:
    """Why a model is not asked about an essay, whichever model."""
    if essay.is_anchor:
        return "anchor"
    if essay.text is None or essay.text.strip().casefold() in NO_TEXT:
        return "no_text"
    if len(essay.text) > MAX_CHARACTERS:
        return "not_readable"
    return "too_few_comparisons" if count < rules.min_comparisons else None


def _requests(scored: ScoredBatch, left_out: Mapping[str, FallbackReason]) -> tuple[ScoreRequest, ...]:
    """One for each essay, repaired as one that comes alone; all of one unit, so that one model answers."""
    given = scored.given
    return tuple(
        ScoreRequest(
            essay=Essay(
                id=essay.id,
                text=repair_text(essay.text or "").text,
                prompt=essay.prompt,
                prompt_text=None if essay.prompt_text is None else repair_text(essay.prompt_text).text,
                given=given[essay.id],
            ),
            unit=scored.batch.id,
        )
        for essay in scored.batch.essays
        if essay.id not in left_out
    )


def _merged(
    scored: ScoredBatch, asked: Asked, rules: FinalizeRules, now: datetime, correlation: str
) -> BatchResult:
    spoken = next((tuple(said.probabilities) for said in asked.word.grades.values()), None)
    scale = batch_scale(scored.batch, rules.scale, spoken)
    projection = project_batch(scored, scale, population=rules.population)
    essays = essay_results(
        scored,
        projection,
        asked.word,
        rank_anchors=rules.rank_anchors,
        dependence=_dependence(asked, rules),
        level=rules.level,
    )
    is_both = any(essay.scoring_method == "hybrid_bt_ml" for essay in essays)
    model = asked.model if is_both else None
    return BatchResult(
        batch_id=scored.batch.id,
        finalized_at=now,
        scale=None if projection is None else projection.scale.name,
        scoring_method="hybrid_bt_ml" if is_both else "bt_only",
        model_name=None if model is None else model.name,
        model_version=None if model is None else model.version,
        model_digest=None if model is None else model.digest,
        essays=essays,
        correlation_id=correlation,
    )


def _dependence(asked: Asked, rules: FinalizeRules) -> float:
    if rules.dependence is not None:
        return rules.dependence
    return HYBRID_DEPENDENCE if asked.reads_judgement else DEPENDENCE


def _notices(batch: JudgedBatch, result: BatchResult) -> tuple[str, ...]:
    found = []
    if result.scale is None:
        found.append(
            f"batch {quotable(batch.id)} has no anchors of two known grades, so that judgement gives ranks "
            f"and no grades; {ADVISED} anchors from the lowest grade to the highest would do"
        )
    if batch.set_aside:
        aside = ", ".join(f"{count} {reason}" for reason, count in sorted(batch.set_aside.items()))
        found.append(f"comparisons of batch {quotable(batch.id)} that count for nothing: {aside}")
    return tuple(found)


def _told(result: BatchResult, seconds: float) -> BatchFinalized:
    return BatchFinalized(
        scoring_method=result.scoring_method,
        reasons=tuple(essay.reason for essay in result.essays if essay.reason),
        n_essays=len(result.essays),
        n_disagree=sum(essay.disagrees for essay in result.essays),
        seconds=seconds,
    )
