"""A review policy: which essays go out without a teacher's look, chosen so that a promise is kept."""

from dataclasses import dataclass
from math import ceil, log
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv

from gradewise.errors import InputError
from gradewise.evaluation.interval_json import intervals_to_json, number_to_json
from gradewise.evaluation.policy import ReviewPolicy
from gradewise.evaluation.probability import wilson_interval
from gradewise.evaluation.results import Interval
from gradewise.evaluation.review import SHARES, Candidates, released_of

SMALLEST_RELEASE = 0.2
"""Share of the essays from which release is worth a policy, and from which thresholds are tested."""

EVEN_ODDS = 0.5
"""No essay is released whose grade is more likely on the wrong side of a cut than not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """What a policy does on essays whose grades are known."""

    policy: ReviewPolicy
    """The policy."""
    n: int
    """Essays."""
    n_released: int
    """Of these, essays that go out without a look."""
    share: Interval
    """Share that is released, with a Wilson interval, as all below."""
    agreement: Interval
    """Share of the released that agree with the teacher about every cut; ``nan`` when none is released."""
    within_one: Interval
    """Share of the released that are at most one grade apart."""
    exact: Interval
    """Share of the released that have the teacher's grade."""
    held_back: Interval
    """Share of the others that would have agreed about every cut; ``nan`` when all are released."""


def choose_policy(candidates: Candidates, *, required: float, level: float = 0.95) -> ReviewPolicy:
    """The policy that releases most and still keeps the required agreement, as far as can be shown.

    Shares are tested in turn, from a fifth of the essays upwards in steps of 5 %, surest first: a share
    passes when the exact lower bound of its agreement reaches what is required. The first that fails ends
    the sequence, and the last that passed is taken. In a fixed order every test may use the whole level, and
    the chance that the policy falls short is at most ``1 - level``. Taking the largest share whose bound
    passes, without an order, does not keep that: on resampled ELLIPSE essays (300 times 1,455, eight cuts and
    requirements) it fell short in up to .07 of the samples, in order in .03 and less, for 45 % against 38 %
    released at the cut 3.0 with .95 required.

    Args:
        candidates: Essays that the model has not seen; what the policy is worth shows on others again.
        required: Agreement about every cut that released essays must reach, in ``(0, 1)``.
        level: How sure that must be, in ``(0, 1)``.

    Returns:
        The policy; it releases nothing when no share passes.

    Source: Angelopoulos, Bates, Candès, Jordan & Lei (2025), Learn then test, doi:10.1214/24-AOAS1998.

    Raises:
        InputError: `required` or `level` is no share.
    """
    policy = ReviewPolicy(cuts=candidates.cuts, required=required, level=level, threshold=np.inf)
    falling = np.sort(candidates.confidence)[::-1]
    agrees = candidates.agrees
    for share in (share for share in SHARES if share >= SMALLEST_RELEASE):
        threshold = max(float(falling[released_of(share, agrees.size) - 1]), EVEN_ODDS)
        released = candidates.confidence >= threshold
        n = int(released.sum())
        if lower_bound(n, n, level=level) < required:
            continue  # too few to tell, even if all agreed: nothing is tested yet
        if lower_bound(int(agrees[released].sum()), n, level=level) < required:
            break
        policy = ReviewPolicy(cuts=candidates.cuts, required=required, level=level, threshold=threshold)
    return policy


def fewest_to_show(required: float, *, level: float) -> int:
    """How many essays show an agreement, if the teacher agrees about all of them.

    Args:
        required: The agreement, in ``(0, 1)``.
        level: How sure that must be, in ``(0, 1)``.

    >>> fewest_to_show(0.95, level=0.95), lower_bound(59, 59, level=0.95) > 0.95
    (59, True)
    """
    # Of the exact bound where all agree: (1 - level) ** (1 / n).
    return ceil(log(1 - level) / log(required))


def lower_bound(successes: int, n: int, *, level: float) -> float:
    """The exact one-sided lower bound of a share: the least that these successes do not rule out.

    Source: Clopper & Pearson (1934), doi:10.1093/biomet/26.4.404.

    >>> round(lower_bound(59, 59, level=0.95), 4), lower_bound(0, 10, level=0.95)
    (0.9505, 0.0)
    """
    return float(betaincinv(successes, n - successes + 1, 1 - level)) if successes else 0.0


def exact_interval(successes: int, n: int, *, level: float) -> Interval:
    """A share with its exact two-sided interval, which covers the true share at least as often as it says.

    Returns:
        Share and bounds, all in ``[0, 1]``; ``nan`` throughout where there is nothing to take a share of.

    Source: Clopper & Pearson (1934), doi:10.1093/biomet/26.4.404.

    >>> found = exact_interval(19, 20, level=0.95)
    >>> round(found.estimate, 3), round(found.low, 3), round(found.high, 3)
    (0.95, 0.751, 0.999)
    """
    if n == 0:
        return Interval(np.nan, np.nan, np.nan)
    one_sided = 1 - (1 - level) / 2
    return Interval(
        successes / n,
        lower_bound(successes, n, level=one_sided),
        1 - lower_bound(n - successes, n, level=one_sided),
    )


def apply_policy(policy: ReviewPolicy, candidates: Candidates, *, confidence: float = 0.95) -> Release:
    """Say what a policy does on essays by which it was not chosen.

    Args:
        policy: Chosen on other essays.
        candidates: The essays, with the cuts of the policy.
        confidence: Of the intervals, such as 0.95.

    Raises:
        InputError: the essays were prepared for other cuts.
    """
    if policy.cuts != candidates.cuts:
        raise InputError(
            f"the policy is about cuts {policy.cuts}, the essays about {candidates.cuts}; use the same cuts"
        )
    released = policy.releases(candidates.confidence)
    n, n_released = released.size, int(released.sum())

    def share_of(hits: NDArray[np.bool_], of: NDArray[np.bool_]) -> Interval:
        return wilson_interval(int(hits[of].sum()), int(of.sum()), level=confidence)

    return Release(
        policy=policy,
        n=n,
        n_released=n_released,
        share=wilson_interval(n_released, n, level=confidence),
        **{name: share_of(hits, released) for name, hits in candidates.outcomes.items()},
        held_back=share_of(candidates.agrees, ~released),
    )


def release_to_json(release: Release) -> dict[str, Any]:
    """The release as plain values for JSON; the threshold of a policy that releases nothing is ``null``."""
    policy = release.policy
    return {
        "cuts": list(policy.cuts),
        "required": policy.required,
        "level": policy.level,
        "threshold": number_to_json(policy.threshold),
        "n": release.n,
        "n_released": release.n_released,
        **intervals_to_json(
            {
                "share": release.share,
                "agreement": release.agreement,
                "within_one": release.within_one,
                "exact": release.exact,
                "held_back": release.held_back,
            }
        ),
    }
