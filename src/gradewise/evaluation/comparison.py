"""Two models on the same essays, which neither had seen: which is better, and how surely.

Both are resampled together, so that what is lucky or hard for both cancels. Everything is said as candidate
less reference: comparing a model with itself gives zeros, and swapping the two turns every sign.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from gradewise.errors import InputError
from gradewise.essays.scales import Codes
from gradewise.evaluation.agreement import Counts, kappa_of_counts, weighted_joint_counts
from gradewise.evaluation.bootstrap import bootstrap_intervals
from gradewise.evaluation.figures import Figures, agreement_figures
from gradewise.evaluation.probability import ranked_probability_scores
from gradewise.evaluation.results import Graded, Interval, Resampling
from gradewise.evaluation.shrinking import shrink, standard_error
from gradewise.evaluation.slices import TAILS, select, tails_of_codes
from gradewise.evaluation.weights import Weights, ratio, unit_weights

COMPARED = ("qwk", "adjacent_accuracy", "accuracy", "mae", "rmse", "rps")
"""What is compared; of the last three less is better."""
FEWEST_PROMPTS = 2
"""From which number of prompts on whole prompts can be drawn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """How two models differ on some essays."""

    name: str
    """Which essays."""
    n: int
    """How many."""
    reference: Mapping[str, float]
    """The figures of what there is, by `COMPARED`."""
    candidate: Mapping[str, float]
    """The figures of what may replace it."""
    differences: Mapping[str, Interval]
    """Candidate less reference, paired."""
    shrunken_qwk: float | None = None
    """Of a prompt: its QWK difference drawn towards those of other prompts, as far as chance explains it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedEssay:
    """An essay that the two grade differently."""

    essay_id: str
    """Which."""
    prompt: str
    """Its prompt; empty when not known."""
    true_code: int
    """The teacher's grade."""
    reference_code: int
    """What the reference gives."""
    candidate_code: int
    """What the candidate gives."""

    @property
    def change(self) -> int:
        """Candidate less reference, in steps."""
        return self.candidate_code - self.reference_code

    @property
    def gain(self) -> int:
        """How many steps the candidate is nearer to the teacher; below 0 it is farther."""
        return abs(self.reference_code - self.true_code) - abs(self.candidate_code - self.true_code)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A candidate beside a reference, on the same essays."""

    whole: Difference
    """All essays, which are drawn one by one."""
    over_prompts: Difference | None
    """All essays, whole prompts drawn: what to expect on other prompts; ``None`` without two prompts."""
    tails: tuple[Difference, ...]
    """Low, middle and high thirds of the scale by the teacher's grade; empty ones are left out."""
    prompts: tuple[Difference, ...]
    """Prompts with enough essays, largest first."""
    hardest: Difference | None
    """The hardest prompts for the two together, pooled; ``None`` without prompts that are large enough."""
    hardest_prompts: tuple[str, ...]
    """Which those are, hardest first."""
    changed: tuple[ChangedEssay, ...]
    """Every essay whose grade differs: the largest change first."""
    resampling: Resampling
    """How intervals were made."""


def compare_graded(
    reference: Graded, candidate: Graded, *, resampling: Resampling, min_prompt: int = 30, bottom_k: int = 5
) -> Comparison:
    """Compare two models essay by essay.

    The hardest prompts are those with the lowest mean of the two models' QWK, so that neither is favoured by
    the choice: picked by one model's figures, that model would seem to gain or lose by chance alone.

    Args:
        reference: what there is.
        candidate: what may replace it, on the same essays in the same order.
        resampling: how intervals are made.
        min_prompt: fewest essays of a prompt that is looked at alone.
        bottom_k: how many of the hardest prompts are pooled; at most half of them are.

    Raises:
        InputError: the two did not grade the same essays by the same truth.
    """
    require_same_essays(reference, candidate)
    prompts = _prompts(reference, candidate, min_prompt, resampling)
    n_hardest = min(bottom_k, len(prompts) // 2)
    hardest = tuple(row.name for row in sorted(prompts, key=_difficulty)[:n_hardest])
    return Comparison(
        whole=find_difference("all essays", reference, candidate, resampling),
        over_prompts=_drawn_by_prompt(reference, candidate, resampling),
        tails=tail_differences(reference, candidate, resampling),
        prompts=prompts,
        hardest=_pooled(reference, candidate, hardest, resampling),
        hardest_prompts=hardest,
        changed=_changed(reference, candidate),
        resampling=resampling,
    )


def require_same_essays(reference: Graded, candidate: Graded) -> None:
    """Pass when two models graded the same essays, in the same order, by the same truth.

    Raises:
        InputError: they did not; the message names an essay.
    """
    if reference.essay_ids != candidate.essay_ids:
        odd = sorted(set(reference.essay_ids) ^ set(candidate.essay_ids))
        named = f", such as {odd[0]!r}" if odd else " in another order"
        raise InputError(
            f"the two graded different essays ({len(reference.essay_ids)} and {len(candidate.essay_ids)}"
            f"{named}); compare runs on the same essays"
        )
    if not np.array_equal(reference.true_codes, candidate.true_codes):
        row = int(np.argmax(reference.true_codes != candidate.true_codes))
        raise InputError(
            f"essay {reference.essay_ids[row]!r} has two true grades; compare runs on the same grades"
        )


def _figures(graded: Graded, weights: Weights) -> Figures:
    counts = _counts(graded.true_codes, graded.predicted_codes, graded.probabilities.shape[1], weights)
    scores = ranked_probability_scores(graded.probabilities, graded.true_codes)
    every = {**agreement_figures(counts), "rps": ratio(weights @ scores, weights.sum(axis=1))}
    return {name: every[name] for name in COMPARED}


def _counts(true: Codes, given: Codes, n_grades: int, weights: Weights) -> Counts:
    return weighted_joint_counts(true, given, weights, n_grades=n_grades)


def _apart(reference: Graded, candidate: Graded, weights: Weights) -> Figures:
    first, second = _figures(reference, weights), _figures(candidate, weights)
    return {name: second[name] - first[name] for name in COMPARED}


def find_difference(
    name: str,
    reference: Graded,
    candidate: Graded,
    resampling: Resampling,
    *,
    clusters: tuple[str, ...] | None = None,
) -> Difference:
    """How two models differ on some essays, paired.

    Args:
        name: which essays they are.
        reference: what there is.
        candidate: what may replace it, on the same essays in the same order.
        resampling: how intervals are made.
        clusters: each essay's cluster, when whole clusters are drawn.
    """
    n = len(reference.essay_ids)
    ones = unit_weights(n)
    found = bootstrap_intervals(
        partial(_apart, reference, candidate), n, resampling=resampling, clusters=clusters
    )
    first, second = (
        {of: float(values[0]) for of, values in _figures(graded, ones).items()}
        for graded in (reference, candidate)
    )
    return Difference(
        name=name,
        n=n,
        reference=first,
        candidate=second,
        differences={of: intervals[0] for of, intervals in found.items()},
    )


def _drawn_by_prompt(reference: Graded, candidate: Graded, resampling: Resampling) -> Difference | None:
    if reference.prompts is None or len(set(reference.prompts)) < FEWEST_PROMPTS:
        return None
    return find_difference(
        "whole prompts drawn", reference, candidate, resampling, clusters=reference.prompts
    )


def tail_differences(reference: Graded, candidate: Graded, resampling: Resampling) -> tuple[Difference, ...]:
    """How two models differ in each tail of the scale that has essays."""
    tails = tails_of_codes(reference.true_codes, n_grades=reference.probabilities.shape[1])
    rows = {name: np.flatnonzero(tails == position) for position, name in enumerate(TAILS)}
    return tuple(
        find_difference(name, select(reference, of), select(candidate, of), resampling)
        for name, of in rows.items()
        if of.size
    )


def _prompts(
    reference: Graded, candidate: Graded, min_prompt: int, resampling: Resampling
) -> tuple[Difference, ...]:
    if reference.prompts is None:
        return ()
    sizes = sorted(Counter(reference.prompts).items(), key=lambda item: (-item[1], item[0]))
    names = np.array(reference.prompts, dtype=object)
    rows = {name: np.flatnonzero(names == name) for name, n in sizes if n >= min_prompt}
    alone = [
        find_difference(name, select(reference, of), select(candidate, of), resampling)
        for name, of in rows.items()
    ]
    drawn = shrink(
        np.array([row.differences["qwk"].estimate for row in alone]),
        np.array([standard_error(row.differences["qwk"], resampling.confidence) for row in alone]),
    )
    return tuple(replace(row, shrunken_qwk=float(value)) for row, value in zip(alone, drawn, strict=True))


def _difficulty(row: Difference) -> tuple[float, str]:
    both = (row.reference["qwk"] + row.candidate["qwk"]) / 2
    return (np.inf if np.isnan(both) else both, row.name)


def _pooled(
    reference: Graded, candidate: Graded, names: tuple[str, ...], resampling: Resampling
) -> Difference | None:
    if not names or reference.prompts is None:
        return None
    rows = np.flatnonzero(np.isin(np.array(reference.prompts, dtype=object), names))
    return find_difference(
        "the hardest prompts", select(reference, rows), select(candidate, rows), resampling
    )


def _changed(reference: Graded, candidate: Graded) -> tuple[ChangedEssay, ...]:
    rows = np.flatnonzero(reference.predicted_codes != candidate.predicted_codes)
    essays = [
        ChangedEssay(
            essay_id=reference.essay_ids[row],
            prompt=reference.prompts[row] if reference.prompts else "",
            true_code=int(reference.true_codes[row]),
            reference_code=int(reference.predicted_codes[row]),
            candidate_code=int(candidate.predicted_codes[row]),
        )
        for row in rows
    ]
    return tuple(sorted(essays, key=lambda each: (-abs(each.change), -abs(each.gain), each.essay_id)))


def fold_differences(reference: Mapping[int, Graded], candidate: Mapping[int, Graded]) -> dict[int, float]:
    """QWK of the candidate less that of the reference in each fold: a description, no test.

    Args:
        reference: what it said of each fold's held-out essays.
        candidate: the same essays, fold by fold.
    """
    return {fold: _kappa(candidate[fold]) - _kappa(graded) for fold, graded in reference.items()}


def _kappa(graded: Graded) -> float:
    counts = _counts(
        graded.true_codes,
        graded.predicted_codes,
        graded.probabilities.shape[1],
        unit_weights(len(graded.essay_ids)),
    )
    return float(kappa_of_counts(counts)[0])
