"""When to stop asking judges, why, and what asking on would bring.

A batch stops when what was asked of it is reached, or when its budget is used. The budget is a number of
comparisons and nothing else: the number of different pairs caps it only where no pair may be asked twice, and
then the reason says so. Comparisons that came to nothing cost as much as others, and teach nothing.

Reliability grows with comparisons as with the length of a test (Spearman–Brown), and standard errors shrink
with the square root of their number. Pairs chosen by `pairing` do at least as well as either says, so what is
projected is careful. The reliability to begin from must not be flattered by the choice of pairs, as scale
separation is: `likely_reliability` is not.

Source: Spearman (1910), doi:10.1111/j.2044-8295.1910.tb00206.x; Brown (1910),
doi:10.1111/j.2044-8295.1910.tb00207.x; Verhavert et al. (2018), doi:10.1177/0146621617748321, on what scale
separation reliability says of comparisons.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from gradewise.errors import InputError

Reason = Literal[
    "reliable",
    "precise",
    "budget used",
    "every pair asked",
    "too few",
    "not connected",
    "not yet",
    "no target",
]
"""Why to stop, or why not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoppingRule:
    """What a batch must reach, and what it may cost."""

    budget: int
    """Comparisons that may be asked, those that come to nothing included; 1 or more."""
    reliability: float | None = None
    """What the lower bound of reliability must reach, above 0 and below 1; ``None`` when not asked for."""
    error: float | None = None
    """What the mean standard error may be at the most, in logits, above 0; ``None`` when not asked for."""
    least_per_item: float = 5.0
    """Comparisons that each item must have been in on average before a target counts as reached: figures
    from fewer are chance."""
    repeats: bool = True
    """Whether a pair may be asked again."""

    def __post_init__(self) -> None:
        if self.budget < 1:
            raise InputError(f"the budget is {self.budget} comparisons; allow 1 or more")
        if self.reliability is not None and not 0 < self.reliability < 1:
            raise InputError(f"reliability {self.reliability} is asked for; ask for more than 0, less than 1")
        if self.error is not None and not 0 < self.error < math.inf:
            raise InputError(f"a mean error of {self.error} is asked for; ask for logits above 0")
        if not 0 <= self.least_per_item < math.inf:
            raise InputError(f"least_per_item is {self.least_per_item}; give 0 or more")

    def most_comparisons(self, n_items: int) -> int:
        """Comparisons that can be asked of so many items: the budget, less only where pairs run out."""
        return self.budget if self.repeats else min(self.budget, n_items * (n_items - 1) // 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a batch has come."""

    n_items: int
    """Items, 2 or more."""
    asked: int
    """Comparisons asked and answered or given up; those that came to nothing included."""
    usable: int
    """Comparisons that were decided; at most `asked`."""
    reliability: float
    """Estimate that the choice of pairs does not flatter, at most 1; ``nan`` when there is none yet."""
    reliability_low: float
    """Its lower bound, at most the estimate; ``nan`` when there is none."""
    error: float
    """Mean standard error of scores, in logits; ``nan`` when there is none."""
    groups: int = 1
    """Groups that no comparison connects."""

    def __post_init__(self) -> None:
        if self.n_items < 2:  # noqa: PLR2004 - a pair
            raise InputError(f"{self.n_items} items cannot be compared; give 2 or more")
        if not 0 <= self.usable <= self.asked:
            raise InputError(f"{self.usable} usable comparisons of {self.asked} asked; count both from 0")


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Whether to stop, why, and what asking on would bring."""

    stop: bool
    """Whether no more is to be asked."""
    reason: Reason
    """Why."""
    message: str
    """The same in words, with figures."""
    remaining: int
    """Comparisons that may still be asked."""
    needed: int | None
    """Further comparisons expected to reach everything that was asked for; 0 when reached, ``None`` when
    nothing was, or nothing can be said."""
    reliability_at_budget: float
    """Reliability expected when the budget is used; ``nan`` when there is no estimate."""


def decide(rule: StoppingRule, progress: Progress) -> Decision:
    """Whether to stop.

    Targets come first, then the budget, so that a batch which reaches both ends as reached.
    """
    remaining = max(0, rule.most_comparisons(progress.n_items) - progress.asked)
    reason = _reason(rule, progress, remaining)
    needed = _needed(rule, progress)
    stop = reason in {"reliable", "precise", "budget used", "every pair asked"}
    at_budget = expected_reliability(progress.reliability, _growth(progress, remaining))
    onwards = f"; about {needed} more are needed" if needed else ""
    brings = f"; {remaining} more would bring {at_budget:.2f}" if remaining and at_budget > 0 else ""
    return Decision(
        stop=stop,
        reason=reason,
        message=f"{_why(rule, progress, reason)}: {_state(progress)}{onwards}{brings}",
        remaining=remaining,
        needed=needed,
        reliability_at_budget=at_budget,
    )


def expected_reliability(reliability: float, times: float) -> float:
    """Reliability of so many times the comparisons; ``nan`` where there is none.

    >>> round(expected_reliability(0.6, 2.0), 2)
    0.75
    """
    if math.isnan(reliability) or math.isnan(times):
        return math.nan
    known = max(0.0, reliability)
    return times * known / (1 - known + times * known) if times * known > 0 else 0.0


def comparisons_for(target: float, reliability: float, usable: int) -> int | None:
    """Comparisons in all that are expected to be as reliable as asked; ``None`` when nothing can be said.

    Args:
        target: Above 0, below 1.
        reliability: Of the comparisons so far.
        usable: How many they are.

    >>> comparisons_for(0.9, 0.8, 100)
    225
    """
    if not 0 < reliability < 1 or usable == 0:
        return usable if reliability >= 1 else None
    return _whole(usable * target * (1 - reliability) / (reliability * (1 - target)))


def _whole(figure: float) -> int:
    """Rounded up, but not for what rounding added."""
    return math.ceil(figure * (1 - 1e-12))


def _reason(rule: StoppingRule, progress: Progress, remaining: int) -> Reason:
    met = _met(rule, progress)
    few = progress.usable * 2 < rule.least_per_item * progress.n_items
    if met and not few and progress.groups == 1:
        return "reliable" if rule.reliability is not None else "precise"
    if remaining == 0:
        return "budget used" if progress.asked >= rule.budget else "every pair asked"
    if rule.reliability is None and rule.error is None:
        return "no target"
    if few:
        return "too few"
    return "not connected" if progress.groups > 1 else "not yet"


def _met(rule: StoppingRule, progress: Progress) -> bool:
    """Whether all that is asked for is reached, and something is."""
    reached = []
    if rule.reliability is not None:
        reached.append(progress.reliability_low >= rule.reliability)
    if rule.error is not None:
        reached.append(progress.error <= rule.error)
    return bool(reached) and all(reached)


def _growth(progress: Progress, further: int) -> float:
    """Times as many usable comparisons after so many further ones, as many failing as so far."""
    return 1 + further / progress.asked if progress.usable else math.nan


def _needed(rule: StoppingRule, progress: Progress) -> int | None:
    """Further comparisons to ask, as many failing as so far."""
    if (rule.reliability is None and rule.error is None) or progress.usable == 0:
        return None
    totals: list[int | None] = [_whole(rule.least_per_item * progress.n_items / 2)]
    if rule.reliability is not None:
        totals.append(comparisons_for(rule.reliability, progress.reliability_low, progress.usable))
    if rule.error is not None:
        times = (progress.error / rule.error) ** 2
        totals.append(None if math.isnan(times) else _whole(progress.usable * times))
    known = [total for total in totals if total is not None]
    if len(known) < len(totals):
        return None
    return max(0, _whole((max(known) - progress.usable) * progress.asked / progress.usable))


def _why(rule: StoppingRule, progress: Progress, reason: Reason) -> str:
    words: Mapping[Reason, str] = {
        "reliable": f"reliability of {rule.reliability} is reached",
        "precise": f"a mean error of {rule.error} is reached",
        "budget used": f"the budget of {rule.budget} comparisons is used",
        "every pair asked": f"every pair of {progress.n_items} essays is asked, and none may be asked again",
        "too few": f"fewer than {rule.least_per_item:g} comparisons an essay",
        "not connected": f"{progress.groups} groups that no comparison connects",
        "not yet": "what was asked for is not reached",
        "no target": "no target was named but the budget",
    }
    return words[reason]


def _state(progress: Progress) -> str:
    if progress.usable == 0:
        return f"nothing is decided yet, {progress.asked} comparisons asked"
    reliability = f"{progress.reliability:.2f} (at least {progress.reliability_low:.2f})"
    return (
        f"{progress.usable} usable of {progress.asked} comparisons asked, reliability {reliability}, "
        f"mean error {progress.error:.2f}"
    )
