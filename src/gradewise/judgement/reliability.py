"""How far scores would come out the same again: separation of essays, and agreement of two halves.

Both speak of comparisons that were chosen without regard to their outcome. Where pairs are chosen by earlier
outcomes (adaptively), separation comes out too high, and so does the agreement of halves, which share the
choice of pairs: for judges who toss coins, and 20 rounds in which neighbours by score are compared, all of
them are near .97 (simulated, 100 items), where pairs at random give .1 and less. `pair_closeness` shows such
a choice of pairs; a fresh set of comparisons, chosen at random, is the honest test.

Source: Bramley (2015), Investigating the reliability of adaptive comparative judgment, Cambridge Assessment;
Bramley & Vitello (2019), doi:10.1080/0969594X.2017.1418734.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np

from gradewise.errors import InputError
from gradewise.evaluation.bootstrap import bootstrap_intervals
from gradewise.evaluation.continuous import correlation_of_moments, moments
from gradewise.evaluation.figures import Figures
from gradewise.evaluation.results import USUAL, Interval, Resampling
from gradewise.evaluation.weights import Weights, ratio
from gradewise.judgement.bradley_terry import Prior, Scores, scores_of_parts
from gradewise.judgement.comparisons import UNKNOWN_JUDGE, Comparisons, Flags, Floats
from gradewise.judgement.tallies import tally

HalvesOf = Literal["comparisons", "judges"]
"""What is dealt into two halves: single comparisons, or all that a judge decided."""

_FEWEST_ITEMS = 2
_FEWEST_JUDGES = 2
_FEWEST_COMMON = 5  # essays of two halves; two of them always agree, or disagree, wholly
_AT_ONCE = 2**19  # comparisons of all halves that are fitted side by side: some 100 MB


@dataclass(frozen=True, slots=True, kw_only=True)
class Separation:
    """How much of the spread of scores is no error."""

    reliability: Interval
    """Scale separation reliability: at most 1, below 0 where errors exceed the spread; told by `as_share`."""
    spread: float
    """Standard deviation of scores, in logits."""
    error: float
    """Root mean square of the errors around the mean of all, in logits."""
    resampling: Resampling
    """How the interval was made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitHalf:
    """How far two halves of the comparisons give the same scores."""

    halves_of: HalvesOf
    """What was dealt into halves."""
    correlation: Interval
    """Pearson's, between the scores of two halves: the mean over splits."""
    reliability: Interval
    """The same for all comparisons, which are twice as many (Spearman–Brown): -1 to 1, told by `as_share`."""
    n_splits: int
    """Ways of dealing."""
    resampling: Resampling
    """How intervals were made, and the seed of the splits."""


def separation_reliability(scores: Scores) -> float:
    """Share of the spread of scores that is no error: ``(var - error) / var``.

    ``var`` is the sample variance of scores, and ``error`` is what errors add to it: the trace of their
    covariance by ``n - 1``. At most 1, and below 0, however far, where errors exceed the spread: then there
    were too few comparisons to tell, and `as_share` says 0. ``nan`` where all scores are the same. Pairs
    chosen adaptively make it too high.

    Source: Andrich (1982), Education Research and Perspectives 9; Pollitt (2012),
    doi:10.1080/0969594X.2012.665354.
    """
    return float(_separation(scores, np.ones((1, len(scores.items))))["reliability"][0])


def separation(scores: Scores, *, resampling: Resampling = USUAL) -> Separation:
    """Scale separation reliability with its interval.

    The interval is over essays: what others of the same kind, judged alike, would have given.

    Args:
        scores: Of at least two items.
        resampling: How the interval over items is made.

    Raises:
        InputError: there is one item.
    """
    n = _checked_items(scores.items)
    found = bootstrap_intervals(partial(_separation, scores), n, resampling=resampling)
    return Separation(
        reliability=found["reliability"][0],
        spread=float(scores.values.std(ddof=1)),
        error=float(np.sqrt(np.sum(scores.errors**2) / (n - 1))),
        resampling=resampling,
    )


def _checked_items(items: tuple[str, ...]) -> int:
    if len(items) < _FEWEST_ITEMS:
        raise InputError("reliability needs at least two items; there is 1")
    return len(items)


def _separation(scores: Scores, weights: Weights) -> Figures:
    """Both sums are over items and lack the same divisor; a resample of one item alone has no spread."""
    n = weights.sum(axis=1)
    spread = weights @ scores.values**2 - (weights @ scores.values) ** 2 / n
    spread = np.where(spread > n * np.finfo(np.float64).eps, spread, 0)
    return {"reliability": 1 - ratio(weights @ scores.errors**2, spread)}


def as_share(reliability: Interval) -> Interval:
    """A reliability as people are told it: a share of the differences, 0 where errors exceed them.

    Separation and halves come out below 0 by chance where little is known; what they estimate cannot be.
    `separation`, `split_half` and `lengthened` keep the value as it came out.

    Source: Brennan (2001), Generalizability Theory, doi:10.1007/978-1-4757-3456-0, on variances that are
    estimated below 0.

    >>> as_share(Interval(-8.0, -20.0, 0.25))
    Interval(estimate=0.0, low=0.0, high=0.25)
    """
    return Interval(*(max(bound, 0.0) for bound in (reliability.estimate, reliability.low, reliability.high)))


def pair_closeness(comparisons: Comparisons, scores: Scores) -> float:
    """How near to each other compared items are, by how near items are on the whole.

    The ratio of mean distances: about 1 where pairs were chosen at random. Well below 1, pairs were chosen
    for their nearness, and reliabilities of these comparisons flatter. ``nan`` without a comparison, or where
    all scores are the same.
    """
    ordered = np.sort(scores.values)
    n = ordered.size
    overall = 2 * float((2 * np.arange(n) - n + 1) @ ordered) / (n * max(n - 1, 1))
    distances = np.abs(scores.values[comparisons.first] - scores.values[comparisons.second])
    return float(distances.mean()) / overall if distances.size and overall > 0 else np.nan


def lengthened(reliability: Floats | float, *, factor: float) -> Floats:
    """The reliability of `factor` times as many comparisons, not below -1 (Spearman–Brown).

    Args:
        reliability: Of the comparisons there are: at most 1, any shape.
        factor: Above 0; 2 from a half to the whole.

    Source: Spearman (1910), doi:10.1111/j.2044-8295.1910.tb00206.x; Brown (1910), the same volume.

    >>> float(lengthened(0.5, factor=2).round(3))
    0.667
    """
    known = np.asarray(reliability, dtype=np.float64)
    longer = ratio(factor * known, np.maximum(1 + (factor - 1) * known, 0))
    return np.where(np.isnan(longer) & ~np.isnan(known), -1.0, np.maximum(longer, -1))


def split_half(
    comparisons: Comparisons,
    *,
    halves_of: HalvesOf = "comparisons",
    prior: Prior | None = None,
    n_splits: int = 20,
    resampling: Resampling = USUAL,
) -> SplitHalf:
    """How far two halves of the comparisons give the same scores, over many ways of halving them.

    Halves of judges ask more: that another panel finds the same. An essay counts in a split where both halves
    compared it, and a split where five essays count, or more. The interval is over essays, with the same
    splits throughout. Pairs chosen adaptively make halves agree too well.

    Args:
        comparisons: Decisions.
        halves_of: What is dealt: comparisons, or judges with all that they decided, so that halves have about
            as many comparisons. Decisions of judges who are not named are then left out.
        prior: Of the scores of either half.
        n_splits: Ways of dealing.
        resampling: How the interval over items is made; its seed deals the halves too.

    Raises:
        InputError: there are fewer than two items, comparisons or judges, or no split is asked for.
    """
    n = _checked_items(comparisons.items)
    splits = tuple(_splits(comparisons, halves_of, n_splits=n_splits, seed=resampling.seed))
    pairs = tuple(_halved(comparisons, splits, prior))
    found = bootstrap_intervals(partial(_split_figures, pairs), n, resampling=resampling)
    return SplitHalf(
        halves_of=halves_of,
        correlation=found["correlation"][0],
        reliability=found["reliability"][0],
        n_splits=n_splits,
        resampling=resampling,
    )


_Half = tuple[Floats, Flags]
"""Scores of one half, and which items it compared."""


def _halved(
    comparisons: Comparisons, splits: Sequence[tuple[Flags, Flags]], prior: Prior | None
) -> Iterator[tuple[_Half, _Half]]:
    """Both halves of each split; as many are fitted at once as memory has room for."""
    at_once = max(1, _AT_ONCE // comparisons.n)
    for begin in range(0, len(splits), at_once):
        parts = [part for split in splits[begin : begin + at_once] for part in split]
        halves = [
            (values, tally(comparisons.only(part)).counts > 0)
            for part, values in zip(parts, scores_of_parts(comparisons, parts, prior=prior), strict=True)
        ]
        yield from zip(halves[::2], halves[1::2], strict=True)


def _split_figures(pairs: tuple[tuple[_Half, _Half], ...], weights: Weights) -> Figures:
    nothing = np.full(len(weights), np.nan)
    each = np.stack(
        [
            correlation_of_moments(moments(one, other, weights * (in_one & in_other)))
            if int((in_one & in_other).sum()) >= _FEWEST_COMMON
            else nothing
            for (one, in_one), (other, in_other) in pairs
        ]
    )
    defined = ~np.isnan(each)
    correlation = ratio(np.where(defined, each, 0).sum(axis=0), defined.sum(axis=0).astype(np.float64))
    return {"correlation": correlation, "reliability": lengthened(correlation, factor=2)}


def _splits(
    comparisons: Comparisons, halves_of: HalvesOf, *, n_splits: int, seed: int
) -> Iterator[tuple[Flags, Flags]]:
    """Which comparisons are in either half: flags of shape ``(n,)``."""
    if n_splits < 1:
        raise InputError(f"n_splits is {n_splits}; give at least 1, better 20")
    named = comparisons.judges != UNKNOWN_JUDGE
    n_parts = len(np.unique(comparisons.judges[named])) if halves_of == "judges" else comparisons.n
    if n_parts < _FEWEST_JUDGES:
        raise InputError(f"there are {n_parts} {halves_of} to deal into halves; give at least two")
    generator = np.random.default_rng(seed)
    for _ in range(n_splits):
        if halves_of == "judges":
            inside = _half_of_judges(comparisons, generator)[comparisons.judges]
            yield inside & named, ~inside & named
        else:
            inside = generator.permutation(comparisons.n) < comparisons.n // 2
            yield inside, ~inside


def _half_of_judges(comparisons: Comparisons, generator: np.random.Generator) -> Flags:
    """Deal judges in a random order, each to the half that has fewer comparisons: shape ``(n_judges,)``."""
    named = comparisons.judges[comparisons.judges != UNKNOWN_JUDGE]
    decided = np.bincount(named, minlength=len(comparisons.judge_names))
    inside = np.zeros(decided.size, dtype=np.bool_)
    lead = 0
    for judge in generator.permutation(decided.size):
        inside[judge] = lead < 0 or (lead == 0 and generator.integers(2) == 1)
        lead += int(decided[judge]) * (1 if inside[judge] else -1)
    return inside
