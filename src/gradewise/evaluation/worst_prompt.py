"""How well the worst prompt fares, without mistaking a small prompt's bad luck for a bad prompt."""

from collections import Counter

import numpy as np

from gradewise.evaluation.figures import slice_figures
from gradewise.evaluation.results import Graded
from gradewise.evaluation.slices import select
from gradewise.evaluation.weights import Floats, Weights

PRIOR_ESSAYS = 100
"""How many essays of average agreement are added to each prompt.

The kappa of a prompt of ``n`` essays varies by about ``.32 / n`` from sample to sample (.040² at 200), and
prompts truly differ by about .06: their variances are equal at ``.32 / .06² ≈ 90`` essays.
"""


def judged_prompts(graded: Graded, *, min_prompt: int) -> tuple[str, ...]:
    """Prompts with enough essays to be looked at alone, by name."""
    counts = Counter(graded.prompts or ())
    return tuple(sorted(prompt for prompt, n in counts.items() if n >= min_prompt))


def worst_prompt_kappa(graded: Graded, weights: Weights, *, min_prompt: int) -> Floats:
    """The smallest kappa among prompts, each drawn towards their mean: shape ``(n_resamples,)``.

    ``shrunk = (n * kappa + PRIOR_ESSAYS * mean) / (n + PRIOR_ESSAYS)``, where ``mean`` is the mean of the
    prompts' kappas, a prompt weighing as many essays as it has. A minimum over raw kappas would mostly find
    the smallest prompt.

    Args:
        graded: essays with prompts.
        weights: how often each essay counts, shape ``(n_resamples, n)``.
        min_prompt: prompts with fewer essays are left out.

    Returns:
        The kappa; ``nan`` where no prompt has one.

    Source: Efron & Morris (1975), doi:10.1080/01621459.1975.10479864, with a fixed prior.
    """
    names = np.array(graded.prompts or ())
    kappas, sizes = [], []
    for prompt in judged_prompts(graded, min_prompt=min_prompt):
        rows = np.flatnonzero(names == prompt)
        kappas.append(slice_figures(select(graded, rows), weights[:, rows])["qwk"])
        sizes.append(weights[:, rows].sum(axis=1))
    if not kappas:
        return np.full(len(weights), np.nan)
    return _smallest_shrunk(np.stack(kappas), np.stack(sizes))


def _smallest_shrunk(kappas: Floats, sizes: Floats) -> Floats:
    """Of kappas and sizes of shape ``(n_prompts, n_resamples)``; an undefined kappa takes no part."""
    known = ~np.isnan(kappas)
    n, found = np.where(known, sizes, 0.0), np.where(known, kappas, 0.0)
    totals = n.sum(axis=0)
    mean = (n * found).sum(axis=0) / np.where(totals > 0, totals, 1.0)
    shrunk = np.where(known, (n * found + PRIOR_ESSAYS * mean) / (n + PRIOR_ESSAYS), np.inf)
    smallest: Floats = np.where(known.any(axis=0), shrunk.min(axis=0), np.nan)
    return smallest
