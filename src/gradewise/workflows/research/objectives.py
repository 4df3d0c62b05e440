"""What a search makes best, and when a configuration is given up."""

import math
from collections.abc import Sequence
from functools import partial
from statistics import fmean, median
from typing import Literal

import numpy as np

from gradewise.errors import InputError
from gradewise.essays.codes import Codes
from gradewise.evaluation.continuous import pearson
from gradewise.evaluation.figures import Figures, MeasureOf, headline_figures
from gradewise.evaluation.prompts import prompt_sizes, worst_prompt_kappa
from gradewise.evaluation.results import ERRORS, Graded
from gradewise.evaluation.weights import Weights
from gradewise.models.predictions import Scores

Objective = Literal["qwk", "rps", "rmse", "worst_prompt_qwk"]
"""What a plan may ask for."""

WORST_PROMPT = "worst_prompt_qwk"

FIRST_FOLDS = 2
"""Folds that every configuration gets before it may be given up."""

FEWEST_RIVALS = 4
"""Earlier configurations on the same fold that are needed to call one hopeless."""


def measure_of(*, min_prompt: int, by_prompt: bool) -> MeasureOf:
    """Every figure that tuning speaks of, under weights; with prompts, also how the worst one fares."""
    return partial(_figures, min_prompt=min_prompt, by_prompt=by_prompt)


def _figures(graded: Graded, weights: Weights, *, min_prompt: int, by_prompt: bool) -> Figures:
    found = dict(headline_figures(graded, weights))
    if by_prompt:
        found[WORST_PROMPT] = worst_prompt_kappa(graded, weights, min_prompt=min_prompt)
    return found


def fold_loss(objective: Objective, scores: Scores, codes: Codes) -> float:
    """How far a fold's scores are from its grades, without decoding, which needs the other folds.

    For an error, the RMSE of the scores in grade steps. For agreement, which decoding may stretch or shift,
    ``1 - r``: what is lost to the best line through them.
    """
    if objective in ERRORS:
        return float(np.sqrt(np.mean((scores.astype(np.float64) - codes) ** 2)))
    r = pearson(codes, scores.astype(np.float64))
    return 1.0 if math.isnan(r) else 1.0 - r


def hopeless(steps: Sequence[float], earlier: Sequence[Sequence[float]]) -> bool:
    """Whether a configuration is worse than the median of earlier ones on the same folds.

    Folds are the same essays for all, so that what makes one hard cancels.

    Args:
        steps: losses of the folds that are done.
        earlier: the same of configurations of earlier batches, which may have been given up themselves.
    """
    n = len(steps)
    rivals = [fmean(each[:n]) for each in earlier if len(each) >= n]
    if n < FIRST_FOLDS or len(rivals) < FEWEST_RIVALS:
        return False
    return fmean(steps) > median(rivals)


def require_prompts(objective: Objective, prompts: Sequence[str | None], *, min_prompt: int) -> bool:
    """Whether any prompt can be judged alone.

    Raises:
        InputError: the objective is about prompts, and none can.
    """
    n_of = prompt_sizes(prompts)
    found = any(n >= min_prompt for n in n_of.values())
    if objective == WORST_PROMPT and not found:
        most = max(n_of.values(), default=0)
        raise InputError(
            f"the objective is {WORST_PROMPT}, and no prompt has {min_prompt} essays (the largest has "
            f"{most}); name the column of prompts, lower compare.min_prompt, or choose another objective"
        )
    return found
