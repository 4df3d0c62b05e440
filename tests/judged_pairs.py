"""Made-up comparisons for the tests of judgement."""

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.special import expit

from gradewise.judgement.comparisons import Comparisons, compare
from gradewise.judgement.decisions import Comparison


def made_up_qualities(n_items: int, *, spread: float = 2.0, seed: int = 0) -> NDArray[np.float64]:
    """True qualities in logits, lowest first: shape ``(n_items,)``."""
    return np.sort(np.random.default_rng(seed).normal(0, spread, n_items))


def made_up_session(
    qualities: NDArray[np.float64],
    n: int,
    *,
    n_judges: int = 5,
    coin_tossers: int = 0,
    first_ahead: float = 0.0,
    seed: int = 0,
) -> Comparisons:
    """Comparisons of random pairs, by judges in turn, of whom the first few toss coins.

    `first_ahead` is what is added, in logits, to whatever is shown first.
    """
    generator = np.random.default_rng(seed)
    first = generator.integers(qualities.size, size=n)
    second = (first + generator.integers(1, qualities.size, n)) % qualities.size
    judges = np.arange(n) % n_judges
    margins = np.where(judges < coin_tossers, 0, qualities[first] - qualities[second] + first_ahead)
    first_won = generator.uniform(size=n) < expit(margins)
    return compare(
        (
            Comparison(f"i{i:03}", f"i{j:03}", bool(won), judge=f"judge-{judge}")
            for i, j, won, judge in zip(first, second, first_won, judges, strict=True)
        ),
        items=[f"i{i:03}" for i in range(qualities.size)],
    )


def decisions(*, least: int = 1, most: int = 20) -> st.SearchStrategy[list[Comparison]]:
    """A few decisions between a few items: one number each, which is quick to draw."""
    return st.lists(st.integers(0, 6 * 5 * 2 * 3 - 1).map(_decision), min_size=least, max_size=most)


def _decision(number: int) -> Comparison:
    number, first = divmod(number, 6)
    number, ahead = divmod(number, 5)
    judge, won = divmod(number, 2)
    second = (first + 1 + ahead) % 6
    return Comparison("abcdef"[first], "abcdef"[second], won == 1, judge=("", "x", "y")[judge])
