"""Which items comparisons connect, and which of them the prior alone holds at a finite distance."""

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from gradewise.judgement.comparisons import Comparisons, Flags, Ints


def connected_groups(comparisons: Comparisons) -> Ints:
    """Which items comparisons connect, whoever won: codes from 0, shape ``(n_items,)``.

    The distance between items of different groups is not known from comparisons.
    """
    return _components(comparisons, "weak")


def held_by_prior(comparisons: Comparisons) -> Flags:
    """Which items would have no finite score without the prior: shape ``(n_items,)``.

    Scores without a prior are finite among items each of which beat each other one, itself or through a chain
    of wins. The largest such set counts as held by comparisons; items outside, such as those that won every
    time or lost every time, are as far away as the prior lets them be. Where there are none but single items,
    all are held by the prior.

    Source: Ford (1957), doi:10.2307/2308513.
    """
    codes = _components(comparisons, "strong")
    sizes = np.bincount(codes)
    outside: Flags = (codes != sizes.argmax()) | (sizes.max() == 1)
    return outside


def _components(comparisons: Comparisons, kind: str) -> Ints:
    n = len(comparisons.items)
    won = sparse.csr_array((np.ones(comparisons.n), (comparisons.winners, comparisons.losers)), shape=(n, n))
    codes = csgraph.connected_components(won, directed=True, connection=kind)[1]
    return np.asarray(codes, dtype=np.int64)
