"""Prompts one by one: which have essays enough, how hard each is, which are the hardest. One rule for all.

A figure of a single prompt is drawn towards the mean of all prompts by as many essays as `PRIOR_ESSAYS`. That
number is fixed and not estimated from the prompts at hand: of five to fifteen small prompts an estimated
spread between them is 0 in one case of five to two, all prompts are then equally hard, and the prompt called
the hardest is a worse guess than with the fixed number (simulated with 30 to 60 essays a prompt). It is also
linear: how far two models differ on a prompt, drawn, is the difference of what each is drawn to.

Source: Efron & Morris (1975), doi:10.1080/01621459.1975.10479864, with a fixed prior.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gradewise.evaluation.figures import figures_of, slice_figures
from gradewise.evaluation.results import Graded, leading_metric
from gradewise.evaluation.side_by_side import Grader
from gradewise.evaluation.slices import select
from gradewise.evaluation.weights import Floats, Weights

PRIOR_ESSAYS = 100
"""How many essays of average agreement are added to each prompt.

The kappa of a prompt of ``n`` essays varies by about ``.32 / n`` from sample to sample (.040² at 200), and
prompts truly differ by about .06: their variances are equal at ``.32 / .06² ≈ 90`` essays.
"""


@dataclass(frozen=True, slots=True)
class PromptLimits:
    """Which prompts are looked at."""

    min_prompt: int
    """Fewest essays of a prompt that is judged alone."""
    bottom_k: int
    """How many of the hardest prompts are pooled; at most half of those judged."""


def prompt_sizes(prompts: Iterable[str | None]) -> dict[str, int]:
    """Essays of each prompt, largest first and then by name; essays without a prompt make none."""
    sizes = Counter(prompt for prompt in prompts if prompt)
    return dict(sorted(sizes.items(), key=lambda item: (-item[1], item[0])))


def judged_prompts(graded: Graded, *, min_prompt: int) -> dict[str, NDArray[np.int64]]:
    """Rows of each prompt with essays enough to be looked at alone, largest first and then by name."""
    sizes, names = prompt_sizes(graded.prompts or ()), np.array(graded.prompts or (), dtype=object)
    return {name: np.flatnonzero(names == name) for name, n in sizes.items() if n >= min_prompt}


def drawn_to_mean(figures: Floats, sizes: Floats) -> Floats:
    """Figures of prompts, each drawn towards their mean as far as its size leaves it to chance.

    ``(n * figure + PRIOR_ESSAYS * mean) / (n + PRIOR_ESSAYS)``, where ``mean`` is the mean of the prompts'
    figures, a prompt weighing as many essays as it has. A minimum over raw figures would mostly find the
    smallest prompt.

    Args:
        figures: shape ``(n_prompts, …)``; ``nan`` where not defined, which stays and takes no part.
        sizes: essays of each: the same shape, or one that broadcasts to it.

    >>> drawn_to_mean(np.array([0.4, 0.8]), np.array([100, 100])).round(3).tolist()
    [0.5, 0.7]
    """
    known = ~np.isnan(figures)
    n, found = np.where(known, sizes, 0.0), np.where(known, figures, 0.0)
    totals = n.sum(axis=0)
    mean = (n * found).sum(axis=0) / np.where(totals > 0, totals, 1.0)
    drawn: Floats = np.where(known, (n * found + PRIOR_ESSAYS * mean) / (n + PRIOR_ESSAYS), np.nan)
    return drawn


def prompt_kappas(grader: Grader, rows: Iterable[NDArray[np.int64]]) -> Floats:
    """Agreement on the essays of each prompt, mean over seeds: shape ``(n_prompts,)``."""
    return np.array([pooled_kappa(grader, of) for of in rows], dtype=np.float64)


def pooled_kappa(grader: Grader, rows: NDArray[np.int64]) -> float:
    """Agreement on some essays, mean over seeds: kappa, or macro F1 of classes."""
    by = leading_metric(grader[0])
    return float(np.mean([figures_of(select(graded, rows), slice_figures)[by] for graded in grader]))


def hardest_prompts(graders: Sequence[Grader], limits: PromptLimits) -> tuple[str, ...]:
    """The prompts on which all graders together agree least with the teacher, hardest first.

    They go by the mean of the graders' kappas, so that none is favoured by the choice: picked by the figures
    of one, that one would seem to gain or lose by chance alone. Half of the judged prompts at most are hard.
    """
    judged = judged_prompts(graders[0][0], min_prompt=limits.min_prompt)
    sizes = np.array([rows.size for rows in judged.values()])
    kappas = [prompt_kappas(grader, judged.values()) for grader in graders]
    drawn = drawn_to_mean(np.mean(kappas, axis=0), sizes)
    known = sorted((figure, name) for figure, name in zip(drawn, judged, strict=True) if not np.isnan(figure))
    return tuple(name for _, name in known[: min(limits.bottom_k, len(known) // 2)])


def rows_of_prompts(graded: Graded, names: Sequence[str]) -> NDArray[np.int64]:
    """Rows of the essays of some prompts, in their order."""
    return np.flatnonzero(np.isin(np.array(graded.prompts or (), dtype=object), names))


def worst_prompt_kappa(graded: Graded, weights: Weights, *, min_prompt: int) -> Floats:
    """The smallest drawn kappa among prompts: shape ``(n_resamples,)``.

    Args:
        graded: essays with prompts.
        weights: how often each essay counts, shape ``(n_resamples, n)``.
        min_prompt: prompts with fewer essays are left out.

    Returns:
        The kappa; ``nan`` where no prompt has one.
    """
    judged = judged_prompts(graded, min_prompt=min_prompt).values()
    if not judged:
        return np.full(len(weights), np.nan)
    by = leading_metric(graded)
    kappas = np.stack([slice_figures(select(graded, rows), weights[:, rows])[by] for rows in judged])
    drawn = drawn_to_mean(kappas, np.stack([weights[:, rows].sum(axis=1) for rows in judged]))
    known = ~np.isnan(drawn)
    smallest: Floats = np.where(known.any(axis=0), np.where(known, drawn, np.inf).min(axis=0), np.nan)
    return smallest
