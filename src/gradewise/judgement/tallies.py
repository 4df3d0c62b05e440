"""What is counted of each item's comparisons, before any model."""

from dataclasses import dataclass

import numpy as np

from gradewise.judgement.comparisons import Comparisons, Floats, Ints


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tallies:
    """Each item's comparisons, counted."""

    items: tuple[str, ...]
    """What was compared."""
    counts: Ints
    """Comparisons: shape ``(n,)``."""
    wins: Ints
    """Those that it won: shape ``(n,)``."""

    @property
    def win_rates(self) -> Floats:
        """Share won: shape ``(n,)``; .5, a fair coin, where there was no comparison."""
        return np.where(self.counts > 0, self.wins / np.maximum(self.counts, 1), 0.5)

    @property
    def variances(self) -> Floats:
        """Variance of won (1) and lost (0): shape ``(n,)``, from 0 to the .25 of a fair coin."""
        rates = self.win_rates
        return rates * (1 - rates)


def tally(comparisons: Comparisons) -> Tallies:
    """Count each item's comparisons and wins.

    >>> from gradewise.judgement.comparisons import Comparison, compare
    >>> tally(compare([Comparison("b", "a", first_won=True)])).wins.tolist()
    [0, 1]
    """
    n = len(comparisons.items)
    wins = np.bincount(comparisons.winners, minlength=n).astype(np.int64)
    losses = np.bincount(comparisons.losers, minlength=n).astype(np.int64)
    return Tallies(items=comparisons.items, counts=wins + losses, wins=wins)
