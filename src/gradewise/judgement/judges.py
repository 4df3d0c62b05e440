"""How each judge decides: in line with all, at random, or by where an item is shown."""

from dataclasses import dataclass

import numpy as np
from scipy.special import bdtr, expit

from gradewise.errors import InputError
from gradewise.evaluation.probability import wilson_interval
from gradewise.evaluation.results import Interval
from gradewise.judgement.bradley_terry import Scores, check_same_items
from gradewise.judgement.comparisons import Comparisons, Flags, Floats

Z_LIMIT = 2.0
"""How many standard deviations from what is expected a judge's fit may lie before it is flagged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeFit:
    """How well one judge's decisions follow the scores."""

    judge: str
    """Who."""
    n: int
    """Decisions."""
    agreement: float
    """Share of decisions for the item with the higher score, ties counting half."""
    infit: float
    """Mean square of surprise in which close pairs, which tell most, count most; more is more erratic."""
    outfit: float
    """Mean square of surprise in which each decision counts alike: one very odd decision shows here."""
    infit_z: float
    """How much more surprising than the middle judge's decisions, as a standard normal deviate; 0 where
    nothing can vary."""

    @property
    def erratic(self) -> bool:
        """Whether decisions follow the scores clearly less than the middle judge's."""
        return self.infit_z > Z_LIMIT

    @property
    def too_regular(self) -> bool:
        """Whether decisions follow the scores clearly more than the middle judge's."""
        return self.infit_z < -Z_LIMIT


def judge_fit(comparisons: Comparisons, scores: Scores) -> tuple[JudgeFit, ...]:
    """How well each named judge's decisions follow the scores, in the order of `judge_names`.

    With ``p`` the chance that the scores give to what was decided, a decision's surprise is ``(1 - p)**2``,
    and ``p * (1 - p)`` is expected. Both fits are ratios of the two, as is usual. They come out below 1 where
    the scores have learnt from few comparisons (.6 from 6 an essay): `infit_z` allows for what they have
    learnt, and holds a judge against the middle one. In simulations it calls 2 to 4 of 100 ordinary judges
    erratic, and 8 of 10 who toss a coin, 30 decisions each.

    Args:
        comparisons: Decisions.
        scores: Fitted to them.

    Raises:
        InputError: the scores are of other items.

    Source: Wright & Masters (1982), Rating Scale Analysis, chapter 5 (whose cube root makes `infit_z`);
    Pollitt (2012), doi:10.1080/0969594X.2012.665354.
    """
    check_same_items(comparisons, scores)
    seen = _surprises(comparisons, scores)
    parts = [(name, comparisons.judges == code) for code, name in enumerate(comparisons.judge_names)]
    judged = [(name, of) for name, of in parts if of.any()]
    middle = float(np.median([seen.relative(of) for _, of in judged])) if judged else 1.0
    return tuple(_fit_of(name, seen, of, middle=middle) for name, of in judged)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Surprises:
    """Decisions as the scores see them: arrays of shape ``(n,)``."""

    margins: Floats
    """How much better the winner is found, in logits."""
    squares: Floats
    """How surprising each is."""
    spreads: Floats
    """What `squares` would be in the mean, had the scores not learnt from the decision, above 0."""
    unlearnt: Floats
    """What share of `spreads` is left since they have, above 0."""

    def relative(self, of: Flags) -> float:
        """Surprise by what is expected of scores that have learnt from these decisions."""
        return float(self.squares[of].sum() / (self.spreads * self.unlearnt)[of].sum())

    def deviation(self, of: Flags) -> float:
        """Standard deviation of `relative`."""
        variances = self.spreads * np.maximum(1 - 4 * self.spreads, 0) * self.unlearnt**2
        return float(np.sqrt(variances[of].sum()) / (self.spreads * self.unlearnt)[of].sum())


def _surprises(comparisons: Comparisons, scores: Scores) -> _Surprises:
    winners, losers = comparisons.winners, comparisons.losers
    margins = scores.values[winners] - scores.values[losers]
    doubt = expit(-margins)
    spreads = doubt * expit(margins)
    learnt = spreads * scores.difference_errors(winners, losers) ** 2
    return _Surprises(
        margins=margins, squares=doubt**2, spreads=spreads, unlearnt=1 - np.minimum(learnt, _MOST_LEARNT)
    )


_MOST_LEARNT = 0.999  # rounding may take the only comparison of two items to 1


def _fit_of(judge: str, seen: _Surprises, of: Flags, *, middle: float) -> JudgeFit:
    squares, spreads = seen.squares[of], seen.spreads[of]
    return JudgeFit(
        judge=judge,
        n=int(of.sum()),
        agreement=float(np.mean((np.sign(seen.margins[of]) + 1) / 2)),
        infit=float(squares.sum() / spreads.sum()),
        outfit=float(np.mean(squares / spreads)),
        infit_z=_deviate(seen.relative(of) / middle, seen.deviation(of)),
    )


def _deviate(mean_square: float, spread: float) -> float:
    """A mean square with mean 1 and this standard deviation as a standard normal deviate."""
    return (float(np.cbrt(mean_square)) - 1) * 3 / spread + spread / 3 if spread > 0 else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PositionBias:
    """Whether what is shown first wins more often than it should."""

    judge: str | None
    """Whose decisions; ``None`` where they are everybody's."""
    n: int
    """Decisions."""
    first_won: Interval
    """Share that went to what was shown first."""
    p_value: float
    """Chance of a share at least as far from one half, if position did not matter (exact, two-sided)."""


def position_bias(comparisons: Comparisons, *, confidence: float = 0.95) -> tuple[PositionBias, ...]:
    """Test whether position matters: for all decisions together, then for each named judge.

    Position is taken to be drawn at random, so that the first should win half the time. With many judges some
    p-values are small by chance: of 20 judges without bias, one is expected below .05.

    Raises:
        InputError: it is not known which item was shown first, or there is no comparison.

    Source: Wilson (1927), doi:10.1080/01621459.1927.10502953, for the interval.
    """
    if not comparisons.positions_known:
        raise InputError("it is not known which item was shown first; name the column that holds the winner")
    if comparisons.n == 0:
        raise InputError("there is no comparison; position bias needs at least one")
    everybody = _bias_of(None, comparisons.first_won, confidence)
    parts = ((name, comparisons.judges == code) for code, name in enumerate(comparisons.judge_names))
    each = (_bias_of(name, comparisons.first_won[of], confidence) for name, of in parts if of.any())
    return (everybody, *each)


def expected_first(comparisons: Comparisons, scores: Scores) -> float:
    """Share of decisions that should go to what was shown first, from scores alone: 0 to 1.

    One half where position is drawn at random. Where weaker items are shown first more often it is below, and
    a share won that is just as low says nothing of position: scores cannot tell the two apart.

    Raises:
        InputError: the scores are of other items, or there is no comparison.
    """
    check_same_items(comparisons, scores)
    if comparisons.n == 0:
        raise InputError("there is no comparison; position bias needs at least one")
    return float(expit(scores.values[comparisons.first] - scores.values[comparisons.second]).mean())


def _bias_of(judge: str | None, first_won: Flags, confidence: float) -> PositionBias:
    n, won = first_won.size, int(np.count_nonzero(first_won))
    return PositionBias(
        judge=judge,
        n=n,
        first_won=wilson_interval(won, n, level=confidence),
        p_value=min(1.0, float(2 * bdtr(min(won, n - won), n, 0.5))),
    )


def decided_by(comparisons: Comparisons, judges: frozenset[str]) -> Flags:
    """Which comparisons some judges decided: shape ``(n,)``.

    Raises:
        InputError: a judge decided nothing.
    """
    unknown = judges.difference(comparisons.judge_names)
    if unknown:
        raise InputError(f"judge {min(unknown)!r} decided nothing; {len(comparisons.judge_names)} others did")
    theirs = np.array([name in judges for name in comparisons.judge_names], dtype=np.bool_)
    by_code: Flags = np.append(theirs, [False])  # the last for `UNKNOWN_JUDGE`, which is -1
    decided: Flags = by_code[comparisons.judges]
    return decided
