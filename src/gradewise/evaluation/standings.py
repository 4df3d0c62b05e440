"""How several ways to grade the same essays stand: figures, gains over one of them, weak spots, choice."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from gradewise.evaluation.figures import slice_figures
from gradewise.evaluation.results import Graded, Interval, Resampling
from gradewise.evaluation.side_by_side import (
    BETTER,
    Grader,
    Rows,
    compare_graders,
    figures_of,
    fold_figures,
)
from gradewise.evaluation.slices import TAILS, select, tails_of_codes
from gradewise.evaluation.weights import Floats, unit_weights


@dataclass(frozen=True, slots=True)
class Tail:
    """How one third of the scale fares, by true grade; means over seeds, in grade steps."""

    name: str
    """One of `TAILS`."""
    n: int
    """Essays in it."""
    mae: float
    """Mean distance from the teacher's grade."""
    mean_residual: float
    """Prediction less truth: above 0 too kind."""
    adjacent_accuracy: float
    """Share within one step."""


@dataclass(frozen=True, slots=True)
class WeakPrompts:
    """How the prompts fare that fare worst, among those with enough essays."""

    n_prompts: int
    """Prompts with enough essays."""
    worst: str
    """The one with the lowest agreement."""
    n_worst: int
    """Its essays."""
    worst_qwk: float
    """Its agreement; of one prompt it is noisy."""
    n_pooled: int
    """Essays of the few worst prompts together."""
    pooled_qwk: float
    """Their agreement, pooled."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Standing:
    """How one way to grade stands."""

    name: str
    """The way."""
    figures: Mapping[str, Interval]
    """By name in `BETTER`."""
    gains: Mapping[str, Interval]
    """How much better it is than the reference: above 0 it is better, whatever the figure."""
    by_fold: Mapping[str, Floats]
    """Figures by seed and fold: shape ``(n_seeds, n_folds)``."""
    tails: tuple[Tail, ...]
    """Low, middle and high."""
    prompts: WeakPrompts | None
    """Weak prompts; ``None`` where no prompt has enough essays."""

    def over_folds(self, name: str) -> tuple[float, float]:
        """Mean and population standard deviation of a figure over seeds and folds."""
        defined = self.by_fold[name][np.isfinite(self.by_fold[name])]
        return (float(defined.mean()), float(defined.std())) if defined.size else (np.nan, np.nan)


@dataclass(frozen=True, slots=True)
class PromptLimits:
    """Which prompts are looked at."""

    fewest: int
    """Essays that a prompt must have to be judged alone."""
    pooled: int
    """How many of the worst are pooled."""


def stand(
    graders: Mapping[str, Grader],
    folds: Sequence[Rows],
    *,
    reference: str,
    resampling: Resampling,
    limits: PromptLimits,
) -> dict[str, Standing]:
    """Say how each way to grade stands, in the order given.

    Args:
        graders: what each said of the same essays.
        folds: positions of each fold's essays.
        reference: over which gains are taken; one of `graders`.
        resampling: how intervals are made.
        limits: which prompts are looked at.

    Raises:
        InputError: two did not grade the same essays by the same truth.
    """
    side = compare_graders(list(graders.values()), resampling=resampling)
    base = list(graders).index(reference)
    return {
        name: Standing(
            name=name,
            figures=side.figures(place),
            gains=side.gains(place, over=base),
            by_fold=fold_figures(grader, folds),
            tails=_tails(grader),
            prompts=_weak_prompts(grader, limits),
        )
        for place, (name, grader) in enumerate(graders.items())
    }


@dataclass(frozen=True, slots=True, eq=False)
class ChosenElsewhere:
    """What comes of choosing the best way anew for each fold, by the other folds alone."""

    graded: Graded
    """Each fold's essays, graded by the way that is best on the others."""
    choices: tuple[int, ...]
    """Which way each fold got, by position."""


def choose_elsewhere(graded: Sequence[Graded], folds: Sequence[Rows], *, name: str) -> ChosenElsewhere:
    """Choose for each fold the way with the best figure on the essays of all other folds.

    The best of many ways looks better than it is on the essays by which it was chosen; these grades were
    not chosen by the essays that they are given to.

    Args:
        graded: what each way said of the same essays; of equals the first is chosen.
        folds: positions of each fold's essays, which together are all.
        name: the figure, one of `BETTER`.
    """
    parts, choices = [], []
    for held_out in folds:
        others = np.setdiff1d(np.arange(len(graded[0].essay_ids)), held_out)
        found = [BETTER[name] * float(figures_of(select(each, others))[name]) for each in graded]
        choices.append(int(np.argmax(np.nan_to_num(found, nan=-np.inf))))
        parts.append(select(graded[choices[-1]], held_out))
    order = np.argsort(np.concatenate(folds))
    chosen = replace(
        graded[0],
        predicted_codes=np.concatenate([part.predicted_codes for part in parts])[order],
        scores=np.concatenate([part.scores for part in parts])[order],
        probabilities=np.concatenate([part.probabilities for part in parts])[order],
    )
    return ChosenElsewhere(chosen, tuple(choices))


def _tails(grader: Grader) -> tuple[Tail, ...]:
    codes = tails_of_codes(grader[0].true_codes, n_grades=grader[0].probabilities.shape[1])
    tails = []
    for position, name in enumerate(TAILS):
        rows = np.flatnonzero(codes == position)
        found = [slice_figures(select(graded, rows), unit_weights(len(rows))) for graded in grader]
        mae, residual, adjacent = (
            float(np.mean([figures[figure][0] for figures in found]))
            for figure in ("mae", "mean_residual", "adjacent_accuracy")
        )
        tails.append(Tail(name, len(rows), mae, residual, adjacent))
    return tuple(tails)


def _weak_prompts(grader: Grader, limits: PromptLimits) -> WeakPrompts | None:
    if grader[0].prompts is None:
        return None
    prompts = np.array(grader[0].prompts)
    sizes = {name: n for name, n in Counter(grader[0].prompts).items() if n >= limits.fewest}
    agreement = {name: _agreement(grader, np.flatnonzero(prompts == name)) for name in sorted(sizes)}
    defined = [name for name, found in agreement.items() if np.isfinite(found)]
    worst = sorted(defined, key=agreement.__getitem__)
    if not worst:
        return None
    pooled = np.flatnonzero(np.isin(prompts, worst[: limits.pooled]))
    return WeakPrompts(
        n_prompts=len(sizes),
        worst=worst[0],
        n_worst=sizes[worst[0]],
        worst_qwk=agreement[worst[0]],
        n_pooled=len(pooled),
        pooled_qwk=_agreement(grader, pooled),
    )


def _agreement(grader: Grader, rows: Rows) -> float:
    return float(np.mean([figures_of(select(graded, rows))["qwk"] for graded in grader]))
