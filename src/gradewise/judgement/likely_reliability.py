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
from scipy.linalg import cho_factor
from scipy.linalg.lapack import dtrtri
from scipy.special import expit, log_expit

from gradewise.evaluation.results import Interval
from gradewise.judgement.comparisons import Comparisons, Floats
from gradewise.judgement.posterior import NEARLY, Posterior

SPREADS = np.geomspace(0.1, 10, 17)
"""Standard deviations of true scores that may be tried, in logits; published sessions have 1.2 to 4.4."""

_PLACES = 2001  # of spreads between those that are tried
_FIRST_TRIED = 10  # of `SPREADS`: 1.8 logits
_UNLIKELY = 8.0  # nats below the top; so that what is tried, and the estimate, is the same up to .9999
_BEYOND = 2  # unlikely spreads on either side, so that a curve through all is not led by its ends
_MANY = 300  # items from which on a climb by conjugate gradients is faster


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
    refusal = NormalDist().inv_cdf((1 + confidence) / 2) ** 2 / 2
    tried, found = _of_spreads(comparisons, counted, max(refusal, _UNLIKELY))
    places = np.linspace(tried[0], tried[-1], _PLACES)
    likely, reliable = CubicSpline(tried, found)(places).T
    # No spread at all comes first: then every comparison is a coin.
    likely = np.append(-counted.sum() * np.log(2), likely)
    reliable = np.append(0.0, np.clip(reliable, 0, 1))
    kept = np.flatnonzero(likely >= likely.max() - refusal)
    return Interval(
        float(reliable[likely.argmax()]),
        float(reliable[kept[0]]) if kept[0] > 1 else 0.0,  # between none and the least nothing is tried
        float(reliable[kept[-1]]),
    )


def _of_spreads(comparisons: Comparisons, weights: Floats, below: float) -> tuple[Floats, Floats]:
    """Try spreads from the middle outwards, until they are so many nats below the likeliest.

    Returns:
        Logarithms of those that were tried, ascending: shape ``(n_tried,)``; log likelihood, in nats, and
        reliability under each: shape ``(n_tried, 2)``.
    """
    n = len(comparisons.items)
    at_first, row = _under(SPREADS[_FIRST_TRIED], comparisons, weights, np.zeros(n))
    rows = {_FIRST_TRIED: row}
    for way in (1, -1):
        values, place, refused = at_first, _FIRST_TRIED + way, 0
        while 0 <= place < SPREADS.size and refused < _BEYOND:
            values, rows[place] = _under(SPREADS[place], comparisons, weights, values)
            refused += bool(rows[place][0] < max(likely for likely, _ in rows.values()) - below)
            place += way
    places = sorted(rows)
    return np.log(SPREADS[places]), np.array([rows[place] for place in places], dtype=np.float64)


def _under(
    spread: float, comparisons: Comparisons, weights: Floats, start: Floats
) -> tuple[Floats, tuple[float, float]]:
    """The most likely scores under one spread, with its log likelihood and reliability."""
    n, winners, losers = start.size, comparisons.winners, comparisons.losers
    posterior = Posterior(
        winners=winners,
        losers=losers,
        weights=weights,
        expected=np.zeros(n),
        precisions=np.full(n, spread**-2),
        holds_mean=True,
    )
    values = posterior.climb(start, smallest_step=NEARLY, sparsely=n > _MANY).values
    margins = values[winners] - values[losers]
    told = spread**2 * weights * expit(margins) * expit(-margins)
    known = np.diag(1 + np.bincount(winners, told, n) + np.bincount(losers, told, n))
    np.subtract.at(known, (winners, losers), told)
    np.subtract.at(known, (losers, winners), told)
    factor, _ = cho_factor(known, lower=True, check_finite=False)
    unknown = float(np.sum(np.tril(dtrtri(factor, lower=True)[0]) ** 2)) - 1
    fitted = float(weights @ log_expit(margins) - values @ values / (2 * spread**2))
    return values, (fitted - float(np.log(np.diag(factor)).sum()), 1 - unknown / (n - 1))
