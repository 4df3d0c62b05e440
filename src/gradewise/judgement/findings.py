"""All that is found of a batch that was judged: what its tables and its page are made of."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from gradewise.errors import InputError
from gradewise.evaluation.ranks import first_ranks
from gradewise.evaluation.results import Interval, Resampling
from gradewise.judgement.anchor_checks import AnchorCheck, AnchorDrift
from gradewise.judgement.anchors import Anchors, Inversion
from gradewise.judgement.batches import JudgedBatch
from gradewise.judgement.bradley_terry import Prior, Scores, fit_scores
from gradewise.judgement.comparisons import Comparisons, Flags, Floats, Ints, compare
from gradewise.judgement.connections import held_by_prior
from gradewise.judgement.judges import JudgeFit, PositionBias, expected_first, judge_fit, position_bias
from gradewise.judgement.likely_reliability import likely_reliability
from gradewise.judgement.panels import PanelAgreement, SharedPairs
from gradewise.judgement.projection import Projection
from gradewise.judgement.reliability import Separation, SplitHalf, pair_closeness, separation
from gradewise.judgement.tallies import Tallies, tally
from gradewise.judgement.weights import confidence_weights

NORMAL_95 = 1.96
"""Standard errors either way that hold 95 % of a normal distribution."""
ADAPTIVE_BELOW = 0.75
"""Closeness of pairs below which they were chosen for their nearness, so that reliabilities flatter."""
FEW_PER_ITEM = 10.0
"""Comparisons of an essay below which its place is mostly open."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ExaminedBatch:
    """A batch with its scores, and how far to trust them."""

    batch: JudgedBatch
    """What was judged."""
    comparisons: Comparisons
    """The same as arrays, between all essays of the batch."""
    scores: Scores
    """Of all essays."""
    tallies: Tallies
    """Comparisons and wins of each."""
    held: Flags
    """Which essays the prior alone holds at a finite distance: shape ``(n,)``."""
    reliability: Interval | None
    """How reliable the scores are, 0 to 1, whoever chose the pairs (`likely_reliability`): what people are
    told first, and what the stopping rule goes by; ``None`` without a comparison."""
    separation: Separation | None
    """Scale separation reliability, as other programs state it; ``None`` without a comparison."""
    judges: tuple[JudgeFit, ...]
    """How well each named judge follows the scores."""
    bias: tuple[PositionBias, ...]
    """Whether position matters: of all, then of each judge; empty where it is not known what was first."""
    closeness: float
    """How near compared essays are, by how near essays are on the whole; ``nan`` where it is not defined."""
    halves: tuple[SplitHalf, ...] = ()
    """Agreement of halves, of comparisons and of judges, as far as they were looked at."""
    weighted: bool = False
    """Whether comparisons count by how sure judges were."""
    alike: SharedPairs | None = None
    """How often two judges decided one pair alike, where it was looked at and two are named."""
    panel: PanelAgreement | None = None
    """How far one panel agrees with everybody else, where one was named."""

    @property
    def ranks(self) -> Ints:
        """Places by score, 1 the best, ties sharing the better one: shape ``(n,)``."""
        return first_ranks(-self.scores.told_apart)

    @property
    def intervals(self) -> tuple[Floats, Floats]:
        """Where scores lie with 95 %: lower and upper bounds, each of shape ``(n,)``, in logits."""
        reach = NORMAL_95 * self.scores.errors
        return self.scores.values - reach, self.scores.values + reach

    @property
    def first_expected(self) -> float:
        """Share that should go to what was shown first, by scores alone; ``nan`` where that is not known."""
        return expected_first(self.comparisons, self.scores) if self.bias else np.nan

    @property
    def always_won(self) -> tuple[str, ...]:
        """Essays that won every time."""
        return self._named((self.tallies.counts > 0) & (self.tallies.wins == self.tallies.counts))

    @property
    def always_lost(self) -> tuple[str, ...]:
        """Essays that lost every time."""
        return self._named((self.tallies.counts > 0) & (self.tallies.wins == 0))

    @property
    def never_compared(self) -> tuple[str, ...]:
        """Essays of which nothing is known."""
        return self._named(self.tallies.counts == 0)

    @property
    def adaptive(self) -> bool:
        """Whether pairs look as if they were chosen by what had come out before."""
        return self.closeness < ADAPTIVE_BELOW

    def _named(self, chosen: Flags) -> tuple[str, ...]:
        return tuple(self.scores.items[place] for place in np.flatnonzero(chosen).tolist())


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GradedBatch:
    """A batch with grades from its anchors, and how far to trust those."""

    scored: ExaminedBatch
    """What grades rest on."""
    anchors: Anchors
    """Essays with known grades that were judged."""
    projection: Projection
    """Grades of all essays."""
    signed: tuple[str, ...]
    """The same with minus and plus, where those were asked for; else as they are."""
    checks: tuple[AnchorCheck, ...]
    """Each anchor, graded by the others."""
    inversions: tuple[Inversion, ...]
    """Anchors that judges put the wrong way round."""
    drift: AnchorDrift | None = None
    """Against an earlier batch, where one was given."""
    unjudged: tuple[str, ...] = ()
    """Anchors with a grade that nobody compared."""
    unresolved: tuple[str, ...] = ()
    """Essays said to be anchors of which no grade is known."""
    ways: Mapping[str, str] = field(default_factory=dict)
    """How each anchor's grade was found."""

    @property
    def known(self) -> Mapping[str, str]:
        """Grades of the anchors that were judged."""
        grades = self.anchors.scale.grades
        codes = self.anchors.codes.tolist()
        return {item: grades[code] for item, code in zip(self.anchors.items, codes, strict=True)}


def arrays_of(batch: JudgedBatch) -> Comparisons:
    """A batch's comparisons as arrays, between all of its essays.

    Raises:
        InputError: there are fewer than two essays, or a comparison is of an essay that the batch has not.
    """
    items = {essay.id for essay in batch.essays} or {
        item for row in batch.comparisons for item in (row.first, row.second)
    }
    if len(items) < 2:  # noqa: PLR2004 - a pair
        raise InputError(f"batch {batch.id!r} has {len(items)} essays to compare; give 2 or more")
    return compare(batch.comparisons, items=items, positions_known=batch.positions_known)


def examine_batch(
    batch: JudgedBatch, *, prior: Prior | None = None, weighted: bool = False, n_resamples: int = 1000
) -> ExaminedBatch:
    """Score a batch, and look at what scores rest on; halves are looked at apart, since they take longer.

    Args:
        batch: With its comparisons.
        prior: Of the scores.
        weighted: Whether a comparison counts by how sure its judge was.
        n_resamples: Bootstrap resamples behind the interval of separation.

    Raises:
        InputError: there are fewer than two essays, or weights are asked for and nobody said how sure.
    """
    comparisons = arrays_of(batch)
    weights = confidence_weights(comparisons) if weighted else None
    scores = fit_scores(comparisons, prior=prior, weights=weights)
    return ExaminedBatch(
        batch=batch,
        comparisons=comparisons,
        scores=scores,
        tallies=tally(comparisons),
        held=held_by_prior(comparisons),
        reliability=likely_reliability(comparisons, weights=weights) if comparisons.n else None,
        separation=separation(scores, resampling=Resampling(n_resamples)) if comparisons.n else None,
        judges=judge_fit(comparisons, scores),
        bias=position_bias(comparisons) if comparisons.positions_known and comparisons.n else (),
        closeness=pair_closeness(comparisons, scores),
        weighted=weighted,
    )
