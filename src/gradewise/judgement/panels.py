"""How far judges agree with each other, and machine judges with people."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import partial

import numpy as np

from gradewise.errors import InputError
from gradewise.evaluation.bootstrap import bootstrap_intervals
from gradewise.evaluation.continuous import correlation_of_moments, moments
from gradewise.evaluation.figures import Figures
from gradewise.evaluation.probability import wilson_interval
from gradewise.evaluation.results import USUAL, Interval, Resampling
from gradewise.evaluation.weights import Weights, ratio
from gradewise.judgement.bradley_terry import Prior, Scores, fit_scores
from gradewise.judgement.comparisons import Comparisons, Flags, Floats, Ints
from gradewise.judgement.judges import decided_by
from gradewise.judgement.tallies import tally


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedPairs:
    """Pairs that several judges decided."""

    n_pairs: int
    """Pairs of items that at least two judges decided."""
    agreement: Interval
    """Of two judges who decided the same pair, how often they decided it alike; ``nan`` without such pairs.
    The interval is over pairs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelAgreement:
    """How far one panel, such as machine judges, agrees with the others, such as people."""

    n_panel: int
    """The panel's decisions."""
    n_others: int
    """The others'."""
    shared: SharedPairs
    """Pairs that both decided: how often a judge of either decided alike."""
    panel_follows: Interval
    """Share of the panel's decisions for the item that the others' scores put higher; where two of them or
    more are named, scores without one of them, each in turn, whose place the panel so takes."""
    others_follow: Interval
    """Share of the others' decisions for the item that the panel's scores put higher."""
    others_themselves: Interval
    """Share of the others' decisions for the item that scores without that judge put higher: what one of
    them reaches. ``nan`` where fewer than two are named."""
    correlation: Interval
    """Pearson's, between the two's scores of items that both compared."""
    resampling: Resampling
    """How intervals were made that are over items or pairs."""


def judge_agreement(comparisons: Comparisons, *, resampling: Resampling = USUAL) -> SharedPairs:
    """How often two named judges who decided the same pair decided it alike.

    Args:
        comparisons: Of any judges; those who are not named are left out.
        resampling: How the interval over pairs is made.
    """
    named = comparisons.only(comparisons.judges >= 0)
    votes = _votes(named, by=named.judges, n_by=len(named.judge_names))
    alike = _couples(votes.sum(axis=2)).sum(axis=1) - _couples(votes).sum(axis=(1, 2))
    couples = _couples(votes.sum(axis=(1, 2))) - _couples(votes.sum(axis=1)).sum(axis=1)
    return _shared(alike, couples, resampling)


def compare_panels(
    comparisons: Comparisons,
    panel: Collection[str],
    *,
    prior: Prior | None = None,
    resampling: Resampling = USUAL,
) -> PanelAgreement:
    """How far a panel agrees with everybody else: each is held against scores without its own decisions.

    Decisions between items that the other side's comparisons do not connect are left out of the shares.
    Machine judges are worth as much as people where `panel_follows` is no lower than `others_themselves`:
    both are held against scores of as many people. Held against all of them, a panel no better than they
    are would come out ahead by .03 to .05 (simulated, two to four people of 25 to 60 decisions each).

    Args:
        comparisons: Decisions of both.
        panel: Names of the judges in the panel, such as those that are machines.
        prior: Of the scores of either.
        resampling: How intervals are made; its seed says whose place the panel takes in which decision, too.

    Raises:
        InputError: a judge decided nothing, or one side decided nothing.
    """
    inside = decided_by(comparisons, frozenset(panel))
    if inside.all() or not inside.any():
        raise InputError(f"{inside.sum()} of {inside.size} decisions are the panel's; both sides need some")
    panels, others = comparisons.only(inside), comparisons.only(~inside)
    panel_scores, others_scores = fit_scores(panels, prior=prior), fit_scores(others, prior=prior)
    votes = _votes(comparisons, by=inside.astype(np.int64), n_by=2)
    alike = (votes[:, :, 0] * votes[:, :, 1]).sum(axis=1)
    panel_follows, others_themselves = _follow_others(panels, others, prior, seed=resampling.seed)
    return PanelAgreement(
        n_panel=panels.n,
        n_others=others.n,
        shared=_shared(alike, votes.sum(axis=1).prod(axis=1), resampling),
        panel_follows=_share(panel_follows, resampling.confidence),
        others_follow=_share(_follows(others, panel_scores), resampling.confidence),
        others_themselves=_share(others_themselves, resampling.confidence),
        correlation=_correlation((panels, panel_scores), (others, others_scores), resampling),
        resampling=resampling,
    )


def _votes(comparisons: Comparisons, *, by: Ints, n_by: int) -> Floats:
    """Decisions by pair, by which item of it won, and by who decided: shape ``(n_pairs, 2, n_by)``."""
    low = np.minimum(comparisons.first, comparisons.second)
    high = np.maximum(comparisons.first, comparisons.second)
    pairs, codes = np.unique(low * len(comparisons.items) + high, return_inverse=True)
    votes = np.zeros((pairs.size, 2, n_by))
    np.add.at(votes, (codes, (comparisons.winners == high).astype(np.int64), by), 1)
    return votes


def _couples(counts: Floats) -> Floats:
    """How many couples there are among so many."""
    return counts * (counts - 1) / 2


def _shared(alike: Floats, couples: Floats, resampling: Resampling) -> SharedPairs:
    decided = couples > 0
    n_pairs = int(decided.sum())
    if n_pairs == 0:
        return SharedPairs(n_pairs=0, agreement=Interval(np.nan, np.nan, np.nan))
    measure = partial(_alike, alike[decided], couples[decided])
    found = bootstrap_intervals(measure, n_pairs, resampling=resampling)
    return SharedPairs(n_pairs=n_pairs, agreement=found["agreement"][0])


def _alike(alike: Floats, couples: Floats, weights: Weights) -> Figures:
    return {"agreement": ratio(weights @ alike, weights @ couples)}


def _follows(comparisons: Comparisons, scores: Scores) -> Flags:
    """Which decisions are for the item with the higher score, of those whose items the scores set apart."""
    winners, losers = comparisons.winners, comparisons.losers
    margins = scores.values[winners] - scores.values[losers]
    set_apart = (scores.groups[winners] == scores.groups[losers]) & (margins != 0)
    follows: Flags = margins[set_apart] > 0
    return follows


def _follow_others(
    panels: Comparisons, others: Comparisons, prior: Prior | None, *, seed: int
) -> tuple[Flags, Flags]:
    """Which decisions of the panel, and which of the others, follow scores of the others without one judge.

    Each of the panel's is held against the scores that lack one judge, dealt in proportion to what judges
    decided. Where fewer than two are named, the panel is held against all, and of the others there is none.
    """
    named = others.judges[others.judges >= 0]
    judges = np.unique(named)
    if judges.size < 2:  # noqa: PLR2004 - the second is the one to follow
        return _follows(panels, fit_scores(others, prior=prior)), np.zeros(0, dtype=np.bool_)
    dealt = np.sort(named)[np.arange(panels.n) * named.size // panels.n]
    dealt = np.random.default_rng(seed).permutation(dealt)
    panel, each = [], []
    for judge in judges:
        scores = fit_scores(others.only(others.judges != judge), prior=prior)
        panel.append(_follows(panels.only(dealt == judge), scores))
        each.append(_follows(others.only(others.judges == judge), scores))
    return np.concatenate(panel), np.concatenate(each)


def _share(hits: Flags, confidence: float) -> Interval:
    return wilson_interval(int(np.count_nonzero(hits)), hits.size, level=confidence)


_Side = tuple[Comparisons, Scores]


def _correlation(one: _Side, other: _Side, resampling: Resampling) -> Interval:
    compared = (tally(one[0]).counts > 0) & (tally(other[0]).counts > 0)
    n = int(compared.sum())
    if n == 0:
        return Interval(np.nan, np.nan, np.nan)
    measure = partial(_correlated, one[1].values[compared], other[1].values[compared])
    return bootstrap_intervals(measure, n, resampling=resampling)["correlation"][0]


def _correlated(one: Floats, other: Floats, weights: Weights) -> Figures:
    return {"correlation": correlation_of_moments(moments(one, other, weights))}
