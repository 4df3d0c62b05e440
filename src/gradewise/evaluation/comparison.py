"""Two models on the same essays, which neither had seen: which is better, and how surely.

Both are resampled together, so that what is lucky or hard for both cancels. Everything is said as candidate
less reference: comparing a model with itself gives zeros, and swapping the two turns every sign.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from gradewise.essays.scales import Scale
from gradewise.evaluation.fold_figures import Rows, figures_by_fold
from gradewise.evaluation.prompts import (
    PromptLimits,
    drawn_to_mean,
    hardest_prompts,
    judged_prompts,
    rows_of_prompts,
)
from gradewise.evaluation.results import Graded, Interval, Resampling, compared_metrics, leading_metric
from gradewise.evaluation.side_by_side import compare_graders, require_same_essays
from gradewise.evaluation.slices import rows_by_tail, select

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
    """The figures of what there is, by `compared_metrics`."""
    candidate: Mapping[str, float]
    """The figures of what may replace it."""
    differences: Mapping[str, Interval]
    """Candidate less reference, paired."""
    shrunken_qwk: float | None = None
    """Of a prompt: its difference of QWK, or of macro F1 of classes, drawn towards those of other
    prompts, as far as chance explains it."""


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
    ordered: bool = True
    """Whether codes are grades in order; classes are right or wrong, and no distance lies between them."""

    @property
    def change(self) -> int:
        """Candidate less reference, in steps; of classes, which have none, 0."""
        return self.candidate_code - self.reference_code if self.ordered else 0

    @property
    def gain(self) -> int:
        """How many steps the candidate is nearer to the teacher; below 0 it is farther.

        Of classes 1 where the candidate alone is right, -1 where the reference alone is.
        """
        if not self.ordered:
            return (self.candidate_code == self.true_code) - (self.reference_code == self.true_code)
        return abs(self.reference_code - self.true_code) - abs(self.candidate_code - self.true_code)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A candidate beside a reference, on the same essays."""

    whole: Difference
    """All essays, which are drawn one by one."""
    over_prompts: Difference | None
    """All essays, whole prompts drawn: what to expect on other prompts; ``None`` without two prompts."""
    tails: tuple[Difference, ...]
    """Low, middle and high thirds of the scale by the teacher's grade; empty ones are left out; none of
    classes."""
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
    reference: Graded, candidate: Graded, *, resampling: Resampling, limits: PromptLimits
) -> Comparison:
    """Compare two models essay by essay.

    Args:
        reference: what there is.
        candidate: what may replace it, on the same essays in the same order.
        resampling: how intervals are made.
        limits: which prompts are looked at.

    Raises:
        InputError: the two did not grade the same essays by the same truth.
    """
    require_same_essays(reference, candidate)
    hardest = hardest_prompts([(reference,), (candidate,)], limits)
    return Comparison(
        whole=find_difference("all essays", reference, candidate, resampling),
        over_prompts=_drawn_by_prompt(reference, candidate, resampling),
        tails=tail_differences(reference, candidate, resampling),
        prompts=_prompts(reference, candidate, limits.min_prompt, resampling),
        hardest=_pooled(reference, candidate, hardest, resampling),
        hardest_prompts=hardest,
        changed=_changed(reference, candidate),
        resampling=resampling,
    )


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
    side = compare_graders([(reference,), (candidate,)], resampling=resampling, clusters=clusters)
    names = compared_metrics(reference)
    first, second = ({of: side.figure(of, place) for of in names} for place in (0, 1))
    return Difference(
        name=name,
        n=len(reference.essay_ids),
        reference=first,
        candidate=second,
        differences={of: side.difference(of, 1, less=0) for of in names},
    )


def _drawn_by_prompt(reference: Graded, candidate: Graded, resampling: Resampling) -> Difference | None:
    if reference.prompts is None or len(set(reference.prompts)) < FEWEST_PROMPTS:
        return None
    return find_difference(
        "whole prompts drawn", reference, candidate, resampling, clusters=reference.prompts
    )


def tail_differences(reference: Graded, candidate: Graded, resampling: Resampling) -> tuple[Difference, ...]:
    """How two models differ in each tail of the scale that has essays; classes have no tails."""
    if not reference.ordered:
        return ()
    return tuple(
        find_difference(name, select(reference, rows), select(candidate, rows), resampling)
        for name, rows in rows_by_tail(reference).items()
        if rows.size
    )


def grade_differences(
    reference: Graded, candidate: Graded, scale: Scale, resampling: Resampling
) -> tuple[Difference, ...]:
    """How two models differ on the essays to which the teacher gave a grade, lowest grade first.

    Within one grade of the teacher's there is no agreement beyond chance: look at the other figures.
    """
    rows = (np.flatnonzero(reference.true_codes == code) for code in range(scale.n_grades))
    return tuple(
        find_difference(grade, select(reference, own), select(candidate, own), resampling)
        for grade, own in zip(scale.grades, rows, strict=True)
        if own.size
    )


def _prompts(
    reference: Graded, candidate: Graded, min_prompt: int, resampling: Resampling
) -> tuple[Difference, ...]:
    by = leading_metric(reference)
    alone = [
        find_difference(name, select(reference, rows), select(candidate, rows), resampling)
        for name, rows in judged_prompts(reference, min_prompt=min_prompt).items()
    ]
    differences = np.array([row.differences[by].estimate for row in alone])
    drawn = drawn_to_mean(differences, np.array([row.n for row in alone]))
    return tuple(replace(row, shrunken_qwk=float(value)) for row, value in zip(alone, drawn, strict=True))


def _pooled(
    reference: Graded, candidate: Graded, names: Sequence[str], resampling: Resampling
) -> Difference | None:
    if not names:
        return None
    rows = rows_of_prompts(reference, names)
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
            ordered=reference.ordered,
        )
        for row in rows
    ]
    return tuple(sorted(essays, key=lambda each: (-abs(each.change), -abs(each.gain), each.essay_id)))


def fold_differences(reference: Graded, candidate: Graded, folds: Mapping[int, Rows]) -> dict[int, float]:
    """QWK, or macro F1, of the candidate less that of the reference in each fold: a description, no test.

    Args:
        reference: what there is.
        candidate: what may replace it, on the same essays in the same order.
        folds: rows of each fold's held-out essays.
    """
    first, second = (figures_by_fold((graded,), list(folds.values())) for graded in (reference, candidate))
    by = leading_metric(reference)
    return dict(zip(folds, (second[by] - first[by])[0].tolist(), strict=True))
