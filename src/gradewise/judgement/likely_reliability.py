"""How reliable scores are by the likelihood of all comparisons, also where outcomes chose the pairs.

Separation and halves take the spread of scores at face value. Where pairs are chosen by what came out before,
that spread is too large, even where judges toss coins. The likelihood is the same whoever chose the pairs, as
long as they were chosen by outcomes alone: so it tells how far essays differ, and how much of that is known.
Pairs chosen for being alike by what else is known, such as a model's grades, make it too low.

With true scores normal around one mean, their standard deviation ``t`` has the marginal likelihood
``L(v) - v'v / (2 t**2) - log det(I + t**2 F) / 2``, ``v`` being the most likely scores, ``L`` their log
likelihood and ``F`` its curvature (Laplace's method). The reliability that goes with ``t`` is the expected
squared correlation of scores with true ones, ``1 - (trace((I + t**2 F)**-1) - 1) / (n - 1)``. Its bounds are
those of the ``t`` that a likelihood-ratio test does not refuse.

Source: Rubin (1976), doi:10.1093/biomet/63.3.581, on when the choice of what is seen can be left out of the
likelihood; Tierney & Kadane (1986), doi:10.1080/01621459.1986.10478240; Wilks (1938),
doi:10.1214/aoms/1177732360, on the ratio.
"""

from statistics import NormalDist

import numpy as np
from scipy.linalg import cho_factor, cho_solve
from scipy.special import expit, log_expit

from gradewise.evaluation.results import Interval
from gradewise.judgement.comparisons import Comparisons, Floats
from gradewise.judgement.posterior import Posterior

SPREADS = np.geomspace(0.1, 10, 17)
"""Standard deviations of true scores that are tried, in logits; published sessions have 1.2 to 4.4."""

_PLACES = 2001  # of spreads between those that are tried


def likely_reliability(
    comparisons: Comparisons, *, weights: Floats | None = None, confidence: float = 0.95
) -> Interval:
    """Reliability of the scores of a batch, 0 to 1, whose pairs may have been chosen by `next_pairs`.

    Simulated, 24 essays, pairs by `next_pairs` until the lower bound reached .8 (true scores spread by 2
    logits) or .7 (by 1): of 25 batches each, 1 fell short of it. Until the lower bound of separation did: 5
    and 18. Of judges who toss coins, asked for .5, separation believed 23 of 25, and this none. Where nothing
    but neighbours by score meet in every round, which `next_pairs` does not ask for, it is still too high:
    the bounds held the truth in 78 to 93 of 100 such batches, and in fewer the longer that goes on.

    Args:
        comparisons: Decisions between two items or more; there may be none.
        weights: How much each comparison counts, 0 or more: shape ``(n,)``; 1 when left out.
        confidence: Of the bounds, such as 0.95.
    """
    from scipy.interpolate import CubicSpline  # noqa: PLC0415 - slow to import, and asked for seldom

    counted = np.ones(comparisons.n) if weights is None else weights
    tried = np.log(SPREADS)
    places = np.linspace(tried[0], tried[-1], _PLACES)
    likely, reliable = CubicSpline(tried, _of_spreads(comparisons, counted))(places).T
    # No spread at all comes first: then every comparison is a coin.
    likely = np.append(-counted.sum() * np.log(2), likely)
    reliable = np.append(0.0, np.clip(reliable, 0, 1))
    refused = likely.max() - NormalDist().inv_cdf((1 + confidence) / 2) ** 2 / 2
    kept = np.flatnonzero(likely >= refused)
    return Interval(
        float(reliable[likely.argmax()]),
        float(reliable[kept[0]]) if kept[0] > 1 else 0.0,  # between none and the least nothing is tried
        float(reliable[kept[-1]]),
    )


def _of_spreads(comparisons: Comparisons, weights: Floats) -> Floats:
    """Log likelihood, in nats, and reliability under each of `SPREADS`: shape ``(n_spreads, 2)``."""
    n, rows = len(comparisons.items), []
    winners, losers, values = comparisons.winners, comparisons.losers, np.zeros(n)
    for spread in SPREADS.tolist():
        posterior = Posterior(
            winners=winners,
            losers=losers,
            weights=weights,
            expected=np.zeros(n),
            precisions=np.full(n, spread**-2),
            holds_mean=True,
        )
        values = posterior.climb(values).values
        margins = values[winners] - values[losers]
        told = spread**2 * weights * expit(margins) * expit(-margins)
        known = np.diag(1 + np.bincount(winners, told, n) + np.bincount(losers, told, n))
        np.subtract.at(known, (winners, losers), told)
        np.subtract.at(known, (losers, winners), told)
        factor = cho_factor(known, check_finite=False)
        fitted = weights @ log_expit(margins) - values @ values / (2 * spread**2)
        unknown = np.trace(cho_solve(factor, np.eye(n), check_finite=False)) - 1
        rows.append((fitted - np.log(np.diag(factor[0])).sum(), 1 - unknown / (n - 1)))
    return np.array(rows, dtype=np.float64)
