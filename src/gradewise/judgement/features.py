"""What judgement says of each essay, as columns for a model that reads the text as well.

Such columns may only feed a model that has them for new essays too. They go with teachers' grades alone: a
grade that was projected from these scores would be learnt from them perfectly, and say nothing of the essay.
"""

from dataclasses import dataclass

import numpy as np

from gradewise.evaluation.ranks import mean_ranks
from gradewise.judgement.bradley_terry import Scores, check_same_items
from gradewise.judgement.comparisons import Comparisons, Floats
from gradewise.judgement.tallies import tally

COLUMNS = ("bt_score", "bt_se", "win_rate", "comparison_count", "comparison_variance", "rank_percentile")
"""Score and standard error in logits; share won; comparisons; variance of won and lost; place in the batch,
from 0 (worst) to 1 (best)."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class JudgementFeatures:
    """What judgement says of each essay."""

    items: tuple[str, ...]
    """The essays."""
    columns: tuple[str, ...]
    """What is said: `COLUMNS`."""
    values: Floats
    """Finite: shape ``(n_items, n_columns)``."""


def judgement_features(comparisons: Comparisons, scores: Scores) -> JudgementFeatures:
    """Make columns of comparisons and the scores fitted to them.

    An essay that nobody compared has what is believed before any comparison: a score of about 0 with the
    prior's error, a win rate of .5.

    Raises:
        InputError: the scores are of other items.
    """
    check_same_items(comparisons, scores)
    counted = tally(comparisons)
    values = (
        scores.values,
        scores.errors,
        counted.win_rates,
        counted.counts,
        counted.variances,
        percentiles(scores.told_apart),
    )
    return JudgementFeatures(
        items=scores.items, columns=COLUMNS, values=np.column_stack(values).astype(np.float64)
    )


def percentiles(values: Floats) -> Floats:
    """Each value's place among all, from 0 (lowest) to 1 (highest), ties in the middle of theirs: ``(n,)``.

    ``(rank - 1/2) / n``, so that places do not depend on how large the batch is.

    Source: Hazen (1914), doi:10.1061/taceat.0002563.

    >>> percentiles(np.array([3.0, 1.0, 1.0, 9.0])).tolist()
    [0.625, 0.25, 0.25, 0.875]
    """
    places: Floats = (mean_ranks(values) - 0.5) / values.size
    return places
