"""What each column adds to a model that has all the others, told from what random numbers add.

A column is left out and the model learnt again. Two kinds of luck make such a difference: which essays
happen to be graded, which resampling shows, and how learning happens to go once one column is fewer, which
columns of random numbers show. A column is kept when its gain stands out from both, and after the number of
columns that were tried is allowed for.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import stdtr, stdtrit

from gradewise.evaluation.fold_figures import Rows, figures_by_fold, gains_by_fold
from gradewise.evaluation.results import Interval, Resampling
from gradewise.evaluation.side_by_side import Grader, SideBySide, compare_graders
from gradewise.evaluation.weights import Floats

Advice = Literal["keep", "inside the noise", "drop"]
"""``keep``: the model is surely worse without the column; ``drop``: surely better; otherwise these essays do
not tell the column from random numbers."""

RULE_OF_THUMB = "qwk"
"""The figure that the rule of thumb goes by: keep what gains on average, and in enough of the folds."""
FLOOR_SHARE = 0.95
"""Of random columns whose gain lies below the floor that is named."""


@dataclass(frozen=True, slots=True, eq=False)
class ColumnGain:
    """What one column adds."""

    name: str
    """The column."""
    gains: Mapping[str, Interval]
    """By figure, how much better the model is with it: above 0 the column is useful."""
    figures: Mapping[str, Floats]
    """Figures of the model without it (of a random column: with it), ``(n_seeds, n_folds)`` each."""
    by_fold: Mapping[str, Floats]
    """The gains by seed and fold: shape ``(n_seeds, n_folds)``."""

    def gain(self, name: str) -> float:
        """How much better a figure is with the column."""
        return self.gains[name].estimate

    def positive(self, name: str) -> float:
        """Share of seeds and folds in which the column helps; ``nan`` when none tells."""
        return _share(self.by_fold[name], above=True)

    def negative(self, name: str) -> float:
        """Share of seeds and folds in which the column hurts."""
        return _share(self.by_fold[name], above=False)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class JudgedColumn(ColumnGain):
    """What one measured column adds, and what to do about it."""

    p_useful: float
    """How probable so large a gain is by luck, with essays or with learning, whichever is likelier."""
    p_harmful: float
    """The same of so large a loss."""
    q_useful: float
    """`p_useful` after all columns are allowed for: share of false ones among those kept at this level."""
    q_harmful: float
    """The same of those dropped."""
    advice: Advice
    """What to do."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NoiseFloor:
    """What columns of random numbers add: nothing, and what luck makes of it."""

    columns: tuple[ColumnGain, ...]
    """Each random column, added to the model; none where no floor was measured."""
    spread: float
    """Root mean square of their gains around 0; ``nan`` without columns."""
    highest: float
    """Below which `FLOOR_SHARE` of their gains lie."""
    reach: float
    """Gains up to this size, either way, are no larger than random columns' own, one column at a time."""
    passing: int
    """How many of them would be kept by the rule of thumb."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Importance:
    """What each column adds to all the others."""

    judged_by: str
    """The figure that advice and order go by, one of `HEADLINE`."""
    n: int
    """Essays, graded out of fold."""
    n_seeds: int
    """Models by as many seeds, with and without each column."""
    n_folds: int
    """Folds."""
    base: Mapping[str, Interval]
    """Figures of the model with every column."""
    base_folds: Mapping[str, Floats]
    """The same by seed and fold: shape ``(n_seeds, n_folds)``."""
    columns: tuple[JudgedColumn, ...]
    """Most useful first."""
    noise: NoiseFloor
    """What random columns add."""
    stable_share: float
    """Share of seeds and folds that a column must help, or hurt, in."""
    resampling: Resampling
    """How the intervals were made."""

    def advised(self, advice: Advice) -> tuple[JudgedColumn, ...]:
        """The columns with one advice, most useful first."""
        return tuple(column for column in self.columns if column.advice == advice)

    @property
    def level(self) -> float:
        """Largest share of false ones among the columns that are kept, on average, and among the dropped."""
        return 1 - self.resampling.confidence


def weigh_columns(
    base: Grader,
    without: Mapping[str, Grader],
    noised: Sequence[Grader],
    folds: Sequence[Rows],
    *,
    judged_by: str,
    stable_share: float,
    resampling: Resampling,
    clusters: Sequence[str] | None = None,
) -> Importance:
    """Say what each column adds, and whether that stands out from luck.

    Args:
        base: what the model with every column said, a seed each.
        without: the same without a column, by the column's name.
        noised: the same with one random column more.
        folds: positions of each fold's essays.
        judged_by: the figure that advice and order go by, one of `HEADLINE`.
        stable_share: share of seeds and folds that a column must help in.
        resampling: how intervals are made.
        clusters: each essay's cluster, when whole clusters are drawn.

    Raises:
        InputError: two did not grade the same essays by the same truth.
    """
    side = compare_graders([base, *without.values(), *noised], resampling=resampling, clusters=clusters)
    plain = figures_by_fold(base, folds)
    columns, random = [], []
    for place, (name, grader) in enumerate(without.items(), start=1):
        found = figures_by_fold(grader, folds)
        columns.append(ColumnGain(name, side.gains(0, over=place), found, gains_by_fold(plain, over=found)))
    for place, grader in enumerate(noised, start=1 + len(without)):
        name, found = f"noise {place - len(without)}", figures_by_fold(grader, folds)
        random.append(ColumnGain(name, side.gains(place, over=0), found, gains_by_fold(found, over=plain)))
    rule = sum(
        column.gain(RULE_OF_THUMB) > 0 and column.positive(RULE_OF_THUMB) >= stable_share for column in random
    )
    floor = _noise_floor(random, judged_by, confidence=resampling.confidence, passing=rule)
    return Importance(
        judged_by=judged_by,
        n=len(base[0].essay_ids),
        n_seeds=len(base),
        n_folds=len(folds),
        base=side.figures(0),
        base_folds=plain,
        columns=_judged(columns, side, floor, judged_by, stable_share=stable_share),
        noise=floor,
        stable_share=stable_share,
        resampling=resampling,
    )


def _noise_floor(
    columns: Sequence[ColumnGain], judged_by: str, *, confidence: float, passing: int
) -> NoiseFloor:
    """What random columns tell about luck.

    Their spread is taken around 0 and not around their mean: the model that all of them are added to, and
    from which all measured columns are taken away, has luck of its own, which lifts the ones and lowers the
    others by the same amount.
    """
    gains = np.array([column.gain(judged_by) for column in columns])
    spread = float(np.sqrt(np.mean(gains**2))) if gains.size else np.nan
    quantile = float(stdtrit(gains.size, (1 + confidence) / 2)) if gains.size else np.nan
    return NoiseFloor(
        columns=tuple(columns),
        spread=spread,
        highest=float(np.quantile(gains, FLOOR_SHARE)) if gains.size else np.nan,
        reach=quantile * spread,
        passing=passing,
    )


def adjusted(p_values: Floats) -> Floats:
    """p-values of several tests, each as the smallest false discovery rate at which it would count.

    Source: Benjamini & Hochberg (1995), doi:10.1111/j.2517-6161.1995.tb02031.x.

    >>> adjusted(np.array([0.01, 0.04, 0.03])).round(3).tolist()
    [0.03, 0.04, 0.04]
    """
    order = np.argsort(p_values)
    scaled = p_values[order] * len(p_values) / np.arange(1, len(p_values) + 1)
    found = np.empty(len(p_values))
    found[order] = np.minimum.accumulate(scaled[::-1])[::-1]
    return np.minimum(found, 1.0)


def _judged(
    columns: Sequence[ColumnGain],
    side: SideBySide,
    floor: NoiseFloor,
    judged_by: str,
    *,
    stable_share: float,
) -> tuple[JudgedColumn, ...]:
    places = range(1, 1 + len(columns))
    gains = np.array([column.gain(judged_by) for column in columns])
    useful = _p_values([side.luck(judged_by, 0, over=place) for place in places], gains, floor)
    harmful = _p_values([side.luck(judged_by, place, over=0) for place in places], -gains, floor)
    q_useful, q_harmful = adjusted(useful), adjusted(harmful)
    level = 1 - side.resampling.confidence
    judged = []
    for row, column in enumerate(columns):
        useful_enough, harmful_enough = q_useful[row] <= level, q_harmful[row] <= level
        advice = _advice(column, judged_by, useful=useful_enough, harmful=harmful_enough, stable=stable_share)
        judged.append(
            JudgedColumn(
                column.name,
                column.gains,
                column.figures,
                column.by_fold,
                p_useful=float(useful[row]),
                p_harmful=float(harmful[row]),
                q_useful=float(q_useful[row]),
                q_harmful=float(q_harmful[row]),
                advice=advice,
            )
        )
    return tuple(sorted(judged, key=lambda column: -np.nan_to_num(column.gain(judged_by))))


def _p_values(lucks: Sequence[float], gains: Floats, floor: NoiseFloor) -> Floats:
    """Of each gain the likelier of both kinds of luck: with essays, and with learning."""
    learning = [_luck_of_learning(float(gain), floor) for gain in gains]
    return np.maximum(np.array(lucks, dtype=np.float64), learning)


def _luck_of_learning(gain: float, floor: NoiseFloor) -> float:
    """How probable so large a gain is for a random column: Student's distribution, scaled by the floor."""
    if not floor.columns:
        return 0.0
    if floor.spread == 0:
        return float(gain <= 0)
    return float(stdtr(len(floor.columns), -gain / floor.spread)) if np.isfinite(gain) else 1.0


def _advice(column: ColumnGain, judged_by: str, *, useful: bool, harmful: bool, stable: float) -> Advice:
    interval = column.gains[judged_by]
    if useful and interval.low > 0 and column.positive(judged_by) >= stable:
        return "keep"
    if harmful and interval.high < 0 and column.negative(judged_by) >= stable:
        return "drop"
    return "inside the noise"


def _share(gains: Floats, *, above: bool) -> float:
    defined = gains[np.isfinite(gains)]
    return float(np.mean(defined > 0 if above else defined < 0)) if defined.size else np.nan
