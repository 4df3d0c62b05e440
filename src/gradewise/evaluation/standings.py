"""How several ways to grade the same essays stand: figures, gains over one of them, weak spots, choice."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from gradewise.evaluation.figures import figures_of, slice_figures
from gradewise.evaluation.fold_figures import Rows, Spread, figures_by_fold, spread_of
from gradewise.evaluation.prompts import (
    PromptLimits,
    drawn_to_mean,
    hardest_prompts,
    judged_prompts,
    pooled_kappa,
    prompt_kappas,
    rows_of_prompts,
)
from gradewise.evaluation.results import ERRORS, Graded, Interval, Resampling, few_metrics
from gradewise.evaluation.side_by_side import Grader, compare_graders
from gradewise.evaluation.slices import rows_by_tail, select
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
    """How the prompts fare that fare worst, among those with enough essays; see `prompts`."""

    n_prompts: int
    """Prompts with enough essays."""
    worst: str
    """The one with the lowest agreement of this way to grade, drawn to the mean of its prompts."""
    n_worst: int
    """Its essays."""
    worst_qwk: float
    """That agreement: kappa, or macro F1 of classes."""
    n_pooled: int
    """Essays of the prompts that are hardest for all ways together: the same for each."""
    pooled_qwk: float
    """Agreement of this way on them, pooled."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Standing:
    """How one way to grade stands."""

    name: str
    """The way."""
    figures: Mapping[str, Interval]
    """By name in `few_metrics`."""
    gains: Mapping[str, Interval]
    """How much better it is than the reference: above 0 it is better, whatever the figure."""
    by_fold: Mapping[str, Floats]
    """Figures by seed and fold: shape ``(n_seeds, n_folds)``."""
    tails: tuple[Tail, ...]
    """Low, middle and high; none of classes."""
    prompts: WeakPrompts | None
    """Weak prompts; ``None`` where fewer than two have enough essays."""

    def over_folds(self, name: str) -> Spread:
        """A figure over seeds and folds."""
        return spread_of(self.by_fold[name])


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
    hardest = hardest_prompts(list(graders.values()), limits)
    shown = few_metrics(next(iter(graders.values()))[0])
    return {
        name: Standing(
            name=name,
            figures=side.figures(place, shown),
            gains=side.gains(place, over=base, names=shown),
            by_fold=figures_by_fold(grader, folds),
            tails=_tails(grader),
            prompts=_weak_prompts(grader, limits, hardest),
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
        name: the figure, one of `compared_metrics`.
    """
    parts, choices = [], []
    for held_out in folds:
        others = np.setdiff1d(np.arange(len(graded[0].essay_ids)), held_out)
        found = np.array([figures_of(select(each, others))[name] for each in graded])
        losses = found if name in ERRORS else -found
        choices.append(int(np.argmin(np.nan_to_num(losses, nan=np.inf))))
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
    tails: list[Tail] = []
    if not grader[0].ordered:
        return ()
    for name, rows in rows_by_tail(grader[0]).items():
        found = [slice_figures(select(graded, rows), unit_weights(len(rows))) for graded in grader]
        mae, residual, adjacent = (
            float(np.mean([figures[figure][0] for figures in found]))
            for figure in ("mae", "mean_residual", "adjacent_accuracy")
        )
        tails.append(Tail(name, len(rows), mae, residual, adjacent))
    return tuple(tails)


def _weak_prompts(grader: Grader, limits: PromptLimits, hardest: Sequence[str]) -> WeakPrompts | None:
    if not hardest:  # else each way has a figure on these at least
        return None
    judged = judged_prompts(grader[0], min_prompt=limits.min_prompt)
    sizes = np.array([rows.size for rows in judged.values()])
    drawn = drawn_to_mean(prompt_kappas(grader, judged.values()), sizes)
    worst = int(np.nanargmin(drawn))
    pooled = rows_of_prompts(grader[0], hardest)
    return WeakPrompts(
        n_prompts=len(judged),
        worst=tuple(judged)[worst],
        n_worst=int(sizes[worst]),
        worst_qwk=float(drawn[worst]),
        n_pooled=len(pooled),
        pooled_qwk=pooled_kappa(grader, pooled),
    )
