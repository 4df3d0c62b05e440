"""What flagged essays do to the figures: with them, without them, and on each kind of flag alone.

A person reads what is flagged, so that the model answers for the rest; but a model that is good only because
its hard cases were set aside must be seen to be so.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gradewise.errors import InputError
from gradewise.evaluation.bootstrap import bootstrap_intervals, prompt_clusters
from gradewise.evaluation.figures import Figures, slice_figures
from gradewise.evaluation.results import USUAL, Graded, Interval, Resampling
from gradewise.evaluation.weights import Weights

FEWEST_FOR_BOUNDS = 10
"""Essays below which a part has no bounds: a bootstrap of so few is far too sure."""

Mask = NDArray[np.bool_]

_EVERYTHING, _KEPT, _ASIDE, _GAIN = "everything", "kept", "set_aside", "gain"


@dataclass(frozen=True, slots=True)
class FlagRow:
    """How the essays with one flag fare."""

    flag: str
    """The flag."""
    n: int
    """Essays that have it."""
    metrics: Mapping[str, Interval]
    """As `SliceRow.metrics`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FlaggedEvaluation:
    """The same essays with and without those that are set aside; metrics as in `SliceRow`."""

    n: int
    """Essays."""
    n_flagged: int
    """Essays with any flag."""
    n_set_aside: int
    """Essays with a flag for which they are set aside."""
    flags: tuple[FlagRow, ...]
    """One row a flag that occurs, commonest first."""
    everything: Mapping[str, Interval]
    """Over all essays."""
    kept: Mapping[str, Interval]
    """Over those that are not set aside."""
    set_aside: Mapping[str, Interval]
    """Over those that are; ``nan`` when there is none."""
    gain: Mapping[str, Interval]
    """Kept less everything, on the same resamples: what setting aside does to a figure."""
    resampling: Resampling
    """How intervals were made."""


def evaluate_flagged(
    graded: Graded,
    flags: Sequence[Collection[str]],
    *,
    set_aside: Collection[str],
    resampling: Resampling = USUAL,
) -> FlaggedEvaluation:
    """Say how grades are with and without the essays that have certain flags.

    Args:
        graded: essays with the teacher's grade and the model's.
        flags: the flags of each essay, in the same order; mostly none.
        set_aside: an essay with any of these flags is set aside.
        resampling: how intervals are made.

    Raises:
        InputError: there is no essay, or not one set of flags for each.
    """
    n = len(graded.essay_ids)
    if n == 0 or len(flags) != n:
        raise InputError(f"{n} graded essays and {len(flags)} sets of flags; give one set for each essay")
    counts = Counter(flag for of_essay in flags for flag in set(of_essay))
    names = sorted(counts, key=lambda flag: (-counts[flag], flag))
    masks = _masks(flags, names, set_aside)
    found = bootstrap_intervals(
        lambda weights: _figures(graded, masks, weights),
        n,
        resampling=resampling,
        clusters=prompt_clusters(graded, resampling),
    )
    small = {part for part, mask in masks.items() if mask.sum() < FEWEST_FOR_BOUNDS}
    parts = _by_part({name: intervals[0] for name, intervals in found.items()}, without_bounds=small)
    return FlaggedEvaluation(
        n=n,
        n_flagged=sum(bool(of_essay) for of_essay in flags),
        n_set_aside=int(masks[_ASIDE].sum()),
        flags=tuple(FlagRow(name, counts[name], parts[f"flag {name}"]) for name in names),
        everything=parts[_EVERYTHING],
        kept=parts[_KEPT],
        set_aside=parts[_ASIDE],
        gain=parts[_GAIN],
        resampling=resampling,
    )


def _masks(
    flags: Sequence[Collection[str]], names: Sequence[str], set_aside: Collection[str]
) -> dict[str, Mask]:
    """Which essays each part holds."""
    aside = _having(flags, set_aside)
    parts = {_EVERYTHING: np.ones(len(flags), dtype=np.bool_), _KEPT: ~aside, _ASIDE: aside}
    return parts | {f"flag {name}": _having(flags, {name}) for name in names}


def _having(flags: Sequence[Collection[str]], any_of: Collection[str]) -> Mask:
    return np.array([not set(any_of).isdisjoint(of_essay) for of_essay in flags], dtype=np.bool_)


def _figures(graded: Graded, masks: Mapping[str, Mask], weights: Weights) -> Figures:
    """Every figure of every part by ``part/figure``, on the same resamples: differences are paired."""
    parts = {part: slice_figures(graded, weights * mask) for part, mask in masks.items()}
    parts[_GAIN] = {name: parts[_KEPT][name] - values for name, values in parts[_EVERYTHING].items()}
    return {f"{part}/{name}": values for part, figures in parts.items() for name, values in figures.items()}


def _by_part(
    found: Mapping[str, Interval], *, without_bounds: Collection[str]
) -> dict[str, dict[str, Interval]]:
    parts: dict[str, dict[str, Interval]] = {}
    for name, interval in found.items():
        part, _, figure = name.rpartition("/")
        bare = Interval(interval.estimate, np.nan, np.nan)
        parts.setdefault(part, {})[figure] = bare if part in without_bounds else interval
    return parts
