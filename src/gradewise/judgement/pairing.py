"""Which pairs to ask about next: those whose outcome is expected to tell most about the order of all items.

What counts is expected information gain: by how much the outcome will lower the entropy of who stands above
whom, summed over all pairs of items, of which it moves many through the covariance of their scores. So a pair
whose outcome is certain promises nothing, one within a group that is known well relative to itself little,
and one that connects two groups much; where many items lie close by, the same shift settles more. Information
about the scores themselves would pay as much for the distance between items whose order is long known.

Pairs are chosen in rounds. In a round every item occurs once at the most (a greedy matching by what pairs
promise); before the next round, beliefs become as sure as the pairs chosen so far will make them. So many
pairs can be chosen at once without the same item, or the same question, coming up again and again.

Pairs chosen this way are harder to judge than random ones, and they inflate scale separation reliability when
there are few of them (Bramley 2015, Investigating the reliability of adaptive comparative judgment, Cambridge
Assessment): judge reliability by halves that were chosen apart.

Source: Lindley (1956), doi:10.1214/aoms/1177728069, and Chaloner & Verdinelli (1995),
doi:10.1214/ss/1177009939, on the worth of an experiment before it is made; Preis (1999),
doi:10.1007/3-540-49116-3_24, on the matching.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import entr, ndtr

from gradewise.errors import InputError
from gradewise.judgement.beliefs import Beliefs, after_asking, chances
from gradewise.judgement.comparisons import Comparisons, Flags, Floats, Ints

_ROUND_ENDS_AT = 0.25  # of what the round's best pair promises; what promises less waits for the next round
_TIE = 1e-6  # share of its promise that chance may add to a pair, so that equal pairs come in no order
_CERTAIN = 1e-300  # beyond which an outcome is certain, and moves nothing
_PROBIT = 1.7  # logits to one unit of the normal curve closest to the logistic one


@dataclass(frozen=True, slots=True)
class Pair:
    """Two items to be compared, in the order in which they are to be shown."""

    first: str
    """Shown first, or left."""
    second: str
    """Shown second."""
    gain: float = 0.0
    """What the outcome is expected to tell of the order, as a share of what is not known of it: 0 to 1."""
    chance: float = 0.5
    """How probable it is that the first is found better."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PairRules:
    """What a choice of pairs must respect."""

    most_per_item: int | None = None
    """Comparisons of one item at the most, those before included; ``None`` for no limit."""
    repeats: bool = True
    """Whether a pair may be asked again once every other pair has been asked as often."""

    def __post_init__(self) -> None:
        if self.most_per_item is not None and self.most_per_item < 1:
            raise InputError(f"most_per_item is {self.most_per_item}; allow at least 1 comparison an item")


@dataclass(slots=True, eq=False)
class _Asked:
    """What has been asked already, what is being chosen included."""

    times: Ints
    """How often each pair was asked: shape ``(n, n)``, symmetric."""

    def ask(self, first: Ints, second: Ints) -> None:
        """Count some pairs."""
        np.add.at(self.times, (first, second), 1)
        np.add.at(self.times, (second, first), 1)

    def allowed(self, rules: PairRules) -> Flags:
        """Which pairs may be asked now: shape ``(n, n)``, symmetric."""
        free = np.ones(len(self.times), dtype=np.bool_)
        if rules.most_per_item is not None:
            free = self.times.sum(axis=1) < rules.most_per_item
        open_pairs = free[:, None] & free[None, :] & ~np.eye(len(free), dtype=np.bool_)
        fewest = self.times.min(initial=np.iinfo(np.int64).max, where=open_pairs) if rules.repeats else 0
        allowed: Flags = open_pairs & (self.times == fewest)
        return allowed


def next_pairs(
    beliefs: Beliefs,
    asked: Comparisons,
    n_pairs: int,
    *,
    rng: np.random.Generator,
    rules: PairRules | None = None,
    waiting: Sequence[Pair] = (),
) -> tuple[Pair, ...]:
    """Choose the pairs to ask about next, those that promise most first.

    Args:
        beliefs: What is believed of the items after `asked`.
        asked: The comparisons made so far, between the same items.
        n_pairs: How many to choose, 1 or more.
        rng: Decides between pairs that promise the same, and who is first where both were as often.
        rules: What to respect; `PairRules()` when left out.
        waiting: Pairs that are asked and not yet answered.

    Returns:
        `n_pairs` pairs, fewer only where the rules allow no more.

    Raises:
        InputError: less than one pair is asked for, or beliefs, comparisons and pairs that wait are not about
            the same items.
    """
    if beliefs.items != asked.items:
        raise InputError(
            f"beliefs are about {len(beliefs.items)} items and comparisons about {len(asked.items)} others; "
            "form beliefs from these comparisons"
        )
    if n_pairs < 1:
        raise InputError(f"{n_pairs} pairs are asked for; ask for 1 or more")
    rules = rules or PairRules()
    waits = _positions(waiting, beliefs.items)
    so_far = _Asked(np.zeros(beliefs.covariance.shape, dtype=np.int64))
    so_far.ask(asked.first, asked.second)
    so_far.ask(*waits)
    surer = after_asking(beliefs, *waits)
    chosen: list[tuple[int, int, float]] = []
    while len(chosen) < n_pairs:
        one, other, promised = _round(surer, so_far.allowed(rules), n_pairs - len(chosen), rng)
        if one.size == 0:
            break
        chosen.extend(zip(one.tolist(), other.tolist(), promised.tolist(), strict=True))
        so_far.ask(one, other)
        if len(chosen) < n_pairs:
            surer = after_asking(surer, one, other)
    return _turned(chosen, beliefs, _leanings(asked, waits), rng)


def expected_shift(differences: Floats, variances: Floats) -> Floats:
    """How far an outcome is expected to move the difference it is about: same shape, above 0.

    The mean square of the shift, as a share of the squared variance, so that multiplied by the squared
    covariance with any other score it tells how far that one is moved. Exact for a probit with normal
    beliefs, which is within a hundredth of the logistic function.

    Args:
        differences: Most likely score of one item less that of the other, in logits.
        variances: Of the differences.

    Source: equations 3.74 to 3.77 of Rasmussen & Williams (2006), Gaussian Processes for Machine Learning.

    >>> expected_shift(np.array([0.0, 0.0, 3.0]), np.array([0.0, 4.0, 4.0])).round(3).tolist()
    [0.22, 0.092, 0.057]
    """
    spread = np.maximum(variances, 0) + _PROBIT**2
    return _told(differences / np.sqrt(spread)) / spread


def _told(standing: Floats) -> Floats:
    """Fisher's information about `standing` in one answer that is yes with the chance ``Phi(standing)``."""
    density = np.exp(-(standing**2) / 2) / np.sqrt(2 * np.pi)
    both = np.maximum(ndtr(standing) * ndtr(-standing), _CERTAIN)
    return np.asarray(density * (density / both))


def _promises(beliefs: Beliefs) -> Floats:
    """What each pair promises, as a share of what is not known of the order: shape ``(n, n)``, symmetric.

    The outcome of a pair moves the difference of every other by a mean square of ``cov**2 * expected_shift``;
    to first order, the entropy of that pair's order falls by half of this times `_told` by its variance. The
    sum over all pairs is a quadratic form of the covariance.
    """
    covariance = beliefs.covariance - beliefs.covariance.mean()  # what all share only costs digits
    spread = np.diag(covariance)
    apart = beliefs.means[:, None] - beliefs.means[None, :]
    variances = np.maximum(spread[:, None] + spread[None, :] - 2 * covariance, 0) + np.finfo(np.float64).eps
    standing = apart / np.sqrt(variances)
    weights = _told(standing) / (2 * variances)
    np.fill_diagonal(weights, 0)
    settled = covariance @ (np.diag(weights.sum(axis=1)) - weights) @ covariance
    through = np.diag(settled)
    reach = np.maximum(through[:, None] + through[None, :] - settled - settled.T, 0)
    promised = reach * expected_shift(apart, variances) / _entropy(standing)
    np.fill_diagonal(promised, 0)
    return np.asarray(promised)


def _entropy(standing: Floats) -> float:
    """What is not known of the order, in nats: of each pair who is above whom, summed.

    Args:
        standing: Differences of scores by their standard deviations: shape ``(n, n)``, antisymmetric.
    """
    unknown = entr(ndtr(standing))  # of one answer; that of the other stands across the diagonal
    return float(unknown.sum() - np.trace(unknown) + np.finfo(np.float64).tiny)


def _round(
    beliefs: Beliefs, allowed: Flags, most: int, rng: np.random.Generator
) -> tuple[Ints, Ints, Floats]:
    """Pairs in which no item occurs twice, best first: positions, and what each pair promises."""
    promised = _promises(beliefs)
    ties = np.triu(rng.random(promised.shape))
    ranked = np.where(allowed, (promised + np.finfo(np.float64).tiny) * (1 + _TIE * (ties + ties.T)), -np.inf)
    ranked[ranked < _ROUND_ENDS_AT * ranked.max(initial=0)] = -np.inf
    one, other = _matching(ranked)
    best = np.argsort(-ranked[one, other], kind="stable")[:most]
    return one[best], other[best], promised[one[best], other[best]]


def _matching(ranked: Floats) -> tuple[Ints, Ints]:
    """The greedy matching: the best pair first, then the best of what it leaves.

    Pairs that are best for both are taken together, which leads to the same end.

    Args:
        ranked: Symmetric, ``-inf`` where there is no pair: shape ``(n, n)``.
    """
    n = len(ranked)
    partner = np.full(n, -1, dtype=np.int64)
    left = np.arange(n)
    while left.size:
        among = ranked[np.ix_(left, left)]
        favourite = among.argmax(axis=1)
        wanted = np.isfinite(among[np.arange(left.size), favourite])
        mutual = wanted & (favourite[favourite] == np.arange(left.size))
        partner[left[mutual]] = left[favourite[mutual]]
        left = left[wanted & ~mutual]
    one = np.flatnonzero(partner > np.arange(n))
    return one, partner[one]


def _positions(pairs: Sequence[Pair], items: tuple[str, ...]) -> tuple[Ints, Ints]:
    code = {item: position for position, item in enumerate(items)}
    for pair in pairs:
        for item in (pair.first, pair.second):
            if item not in code:
                raise InputError(f"item {item!r} waits for a judge and is not among the {len(items)} items")
    first = np.array([code[pair.first] for pair in pairs], dtype=np.int64)
    return first, np.array([code[pair.second] for pair in pairs], dtype=np.int64)


def _leanings(asked: Comparisons, waits: tuple[Ints, Ints]) -> Ints:
    """How much more often each item was first than second: shape ``(n_items,)``."""
    n = len(asked.items)
    leanings = np.bincount(waits[0], minlength=n) - np.bincount(waits[1], minlength=n)
    if asked.positions_known:
        leanings += np.bincount(asked.first, minlength=n) - np.bincount(asked.second, minlength=n)
    return leanings


def _turned(
    chosen: Sequence[tuple[int, int, float]], beliefs: Beliefs, leanings: Ints, rng: np.random.Generator
) -> tuple[Pair, ...]:
    """Pairs in which whoever was first less often is first."""
    pairs, spread = [], np.diag(beliefs.covariance)
    for one, other, gain in chosen:
        lean = leanings[one] - leanings[other]
        keep = bool(rng.random() < 0.5) if lean == 0 else bool(lean < 0)  # noqa: PLR2004 - a coin
        first, second = (one, other) if keep else (other, one)
        leanings[first] += 1
        leanings[second] -= 1
        difference = beliefs.means[first] - beliefs.means[second]
        variance = spread[first] + spread[second] - 2 * beliefs.covariance[first, second]
        pairs.append(
            Pair(beliefs.items[first], beliefs.items[second], gain, float(chances(difference, variance)))
        )
    return tuple(pairs)
