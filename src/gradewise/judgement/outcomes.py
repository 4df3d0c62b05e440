"""What a judged batch comes to: scores, grades by anchors, and what a model says beside them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from gradewise.errors import InputError
from gradewise.essays.scales import Scale
from gradewise.essays.suggestions import quotable
from gradewise.evaluation.ranks import first_ranks
from gradewise.judgement.anchors import FEWEST_GRADES, find_anchors
from gradewise.judgement.batches import BatchEssay, EssayResult, JudgedBatch
from gradewise.judgement.bradley_terry import Prior, Scores, fit_scores
from gradewise.judgement.comparisons import Comparisons, Ints
from gradewise.judgement.features import judgement_features
from gradewise.judgement.findings import arrays_of
from gradewise.judgement.merging import DEPENDENCE, LEVEL, Merged, merge
from gradewise.judgement.projection import Projection, project_grades
from gradewise.judgement.tallies import tally

FallbackReason = Literal[
    "anchor", "disabled", "no_model", "too_few_comparisons", "no_text", "not_readable", "scale_differs",
    "model_changed", "model_error", "unavailable", "busy", "deadline", "circuit_open",
]  # fmt: skip
"""Why judgement alone grades an essay: it is an anchor; no model was wanted; there is none; it was hardly
compared; its text is elsewhere; the model cannot read it; the model knows other grades; another model had
taken over midway; the model failed; what it needs did not answer; it had too much to do; its answer came too
late; it failed so often that it was not asked."""

_NAMED = 3  # essays that a message names


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelGrade:
    """What a model says of one essay."""

    grade: str
    """Its grade."""
    confidence: float
    """The probability of it."""
    probabilities: Mapping[str, float]
    """P(grade), lowest first, summing to 1."""
    score_id: str | None = None
    """Its answer in the score log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelWord:
    """What a model says of a batch."""

    grades: Mapping[str, ModelGrade] = field(default_factory=dict)
    """By essay."""
    reasons: Mapping[str, FallbackReason] = field(default_factory=dict)
    """Of every other essay: why it says nothing."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ScoredBatch:
    """A batch whose comparisons have become scores."""

    batch: JudgedBatch
    """The batch."""
    comparisons: Comparisons
    """Of its essays, as arrays."""
    scores: Scores
    """Of its essays."""

    @property
    def counts(self) -> Mapping[str, int]:
        """Comparisons of each essay."""
        return dict(zip(self.scores.items, tally(self.comparisons).counts.tolist(), strict=True))

    @property
    def given(self) -> Mapping[str, Mapping[str, float]]:
        """What judgement says of each essay, for models that read it too, under every name that it has."""
        found = judgement_features(self.comparisons, self.scores)
        n = len(found.items)
        places = (first_ranks(self.scores.told_apart) - 1) / max(n - 1, 1)
        return {
            item: dict(zip(found.columns, row, strict=True)) | {"batch_rank": place}
            for item, row, place in zip(found.items, found.values.tolist(), places.tolist(), strict=True)
        }


def score_batch(
    batch: JudgedBatch, *, prior: Prior | None = None, allow_unconnected: bool = False
) -> ScoredBatch:
    """Fit scores to the comparisons of a batch.

    Args:
        batch: With its comparisons.
        prior: Of the scores; `Prior()` when left out.
        allow_unconnected: Whether essays may be ranked that no comparisons connect: how they stand to each
            other rests on the prior alone.

    Raises:
        InputError: there is no comparison, or they do not connect all essays; the message says what to do.
    """
    if not batch.comparisons:
        aside = ", ".join(f"{count} {reason}" for reason, count in batch.set_aside.items())
        raise InputError(
            f"batch {quotable(batch.id)!r} has no decided comparison{f' ({aside})' if aside else ''}; "
            "let its essays be judged first"
        )
    comparisons = arrays_of(batch)
    scores = fit_scores(comparisons, prior=prior)
    if scores.n_groups > 1 and not allow_unconnected:
        raise InputError(_unconnected(batch.id, scores))
    return ScoredBatch(batch=batch, comparisons=comparisons, scores=scores)


def _unconnected(batch_id: str, scores: Scores) -> str:
    largest = int(np.bincount(scores.groups).argmax())
    apart = [
        item for item, group in zip(scores.items, scores.groups.tolist(), strict=True) if group != largest
    ]
    named = ", ".join(quotable(item) for item in apart[:_NAMED])
    return (
        f"batch {quotable(batch_id)!r}: no comparison connects {len(apart)} of {len(scores.items)} essays "
        f"with the others, such as {named}; let one of them be compared with one of the others, or allow it "
        "(--allow-unconnected), and their distance is assumed"
    )


def project_batch(
    scored: ScoredBatch, scale: Scale | None, *, population: Mapping[str, float] | None = None
) -> Projection | None:
    """Grades by anchors; ``None`` where anchors of fewer than two grades are judged.

    Raises:
        InputError: an anchor's grade is not on the scale.
    """
    known = {essay.id: essay.known_grade for essay in scored.batch.essays if essay.known_grade is not None}
    if scale is None or len({scale.code(grade) for grade in known.values()}) < FEWEST_GRADES:
        return None
    anchors = find_anchors(known, scored.scores, scale).anchors
    return project_grades(scored.scores, anchors, population=population)


def essay_results(
    scored: ScoredBatch,
    projection: Projection | None,
    word: ModelWord,
    *,
    rank_anchors: bool = False,
    dependence: float = DEPENDENCE,
    level: float = LEVEL,
) -> tuple[EssayResult, ...]:
    """What the batch comes to, the best first.

    Where no anchors say what a score means, the grade is the model's alone, and the rank is judgement's. The
    grade of an anchor is the known one, to which nobody gives a probability; what judgement says of it stands
    beside.

    Args:
        scored: The batch.
        projection: Its grades by judgement.
        word: What a model says; grades on another scale become a reason.
        rank_anchors: Whether anchors take places; else students are ranked among themselves, and an anchor
            stands where a student of its score would.
        dependence: How much the errors of both have in common.
        level: How often an essay may be flagged by chance.
    """
    word = on_scale(word, projection)
    ranks = _ranks(scored, rank_anchors=rank_anchors)
    merged = _merged(projection, word, dependence=dependence, level=level)
    essays = {essay.id: essay for essay in scored.batch.essays}
    results = [
        _result(
            scored,
            n,
            projection,
            word,
            rank=int(ranks[n]),
            merged=merged.get(item),
            essay=essays[item],
        )
        for n, item in enumerate(scored.scores.items)
    ]
    placed = zip(scored.scores.told_apart.tolist(), results, strict=True)
    return tuple(each for _, each in sorted(placed, key=lambda row: (-row[0], row[1].essay_id)))


def on_scale(word: ModelWord, projection: Projection | None) -> ModelWord:
    """The same without grades that the batch does not know."""
    if projection is None:
        return word
    grades = projection.scale.grades
    strange = {item for item, said in word.grades.items() if tuple(said.probabilities) != grades}
    if not strange:
        return word
    kept = {item: said for item, said in word.grades.items() if item not in strange}
    return ModelWord(grades=kept, reasons={**word.reasons, **dict.fromkeys(strange, "scale_differs")})


def _merged(
    projection: Projection | None, word: ModelWord, *, dependence: float, level: float
) -> Mapping[str, Merged]:
    if projection is None:
        return {}
    judged = dict(zip(projection.items, map(tuple, projection.probabilities.tolist()), strict=True))
    modelled = {item: tuple(said.probabilities.values()) for item, said in word.grades.items()}
    codes = dict(zip(projection.items, projection.codes.tolist(), strict=True))
    spoken = {item: projection.scale.code(said.grade) for item, said in word.grades.items()}
    return merge(judged, modelled, codes=codes, modelled_codes=spoken, dependence=dependence, level=level)


def _ranks(scored: ScoredBatch, *, rank_anchors: bool) -> Ints:
    """One more than there are better ones among those that take places: shape ``(n,)``."""
    students = {essay.id for essay in scored.batch.essays if not essay.is_anchor}
    counts = np.array([rank_anchors or item in students for item in scored.scores.items], dtype=bool)
    scores = scored.scores.told_apart
    placed = np.sort(scores[counts])
    return np.asarray(1 + placed.size - np.searchsorted(placed, scores, side="right"))


@dataclass(frozen=True, slots=True)
class _Grade:
    """What somebody says of one essay; nothing where nobody does."""

    grade: str | None = None
    confidence: float | None = None
    probabilities: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def of(cls, scale: Scale, probabilities: Sequence[float], code: int) -> "_Grade":
        return cls(
            scale.grades[code], probabilities[code], dict(zip(scale.grades, probabilities, strict=True))
        )


def _result(
    scored: ScoredBatch,
    n: int,
    projection: Projection | None,
    word: ModelWord,
    *,
    rank: int,
    merged: Merged | None,
    essay: BatchEssay,
) -> EssayResult:
    item = essay.id
    said = word.grades.get(item)
    own = _Grade() if said is None else _Grade(said.grade, said.confidence, said.probabilities)
    judged, both = _Grade(), own
    if projection is not None and merged is not None:
        judged = _Grade.of(projection.scale, projection.probabilities[n].tolist(), int(projection.codes[n]))
        both = _Grade.of(projection.scale, merged.probabilities, merged.code)
    if essay.known_grade is not None:
        both = _Grade(_spelled(essay.known_grade, projection))
    return EssayResult(
        essay_id=item,
        is_anchor=essay.is_anchor,
        rank=rank,
        bt_score=float(scored.scores.values[n]),
        bt_se=float(scored.scores.errors[n]),
        bt_grade=judged.grade,
        bt_probabilities=judged.probabilities,
        ml_grade=own.grade,
        ml_confidence=own.confidence,
        ml_probabilities=own.probabilities,
        grade=both.grade,
        confidence=both.confidence,
        probabilities=both.probabilities,
        scoring_method="bt_only" if said is None else "hybrid_bt_ml",
        reason="" if said is not None else word.reasons.get(item, "no_model"),
        disagrees=merged is not None and merged.disagrees,
        score_id=None if said is None else said.score_id,
    )


def _spelled(grade: str, projection: Projection | None) -> str:
    """A known grade as its scale spells it, and as it was given where no scale is known."""
    return grade if projection is None else projection.scale.grades[projection.scale.code(grade)]
