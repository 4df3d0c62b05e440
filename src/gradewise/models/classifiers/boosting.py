"""Growing boosted classifiers."""

import numpy as np

from gradewise.models.boosters import Booster, BoosterParams
from gradewise.models.classifiers.boosted import BoostedClassifier
from gradewise.models.classifiers.params import ClassifierParams
from gradewise.models.classifiers.rows import ClassRows
from gradewise.models.lightgbm_booster import LightGBMBooster
from gradewise.models.links import SoftmaxLink
from gradewise.models.objectives import MulticlassObjective
from gradewise.models.samples import Sample

COLUMNS_A_TREE = 64
"""Columns that a tree may look at, drawn anew for each: all, where there are no more.

Components of one text say much alike, so that few of them will do, and a tree takes time by their number.
"""
BINS = 63
"""Values that are told apart of a column."""
PULL = 5.0
"""Pull of leaf values towards 0, in texts: the best of 0.1, 2, 5, 10 and 20 on BANKING77."""

_BOOSTER: Booster = LightGBMBooster()


def fit_boosted(rows: ClassRows, *, params: ClassifierParams, seed: int) -> BoostedClassifier:
    """Boost a forest for each class towards the multinomial log loss, in ``params.rounds`` rounds.

    A class with fewer than `gradewise.models.objectives.FEWEST_ESSAYS` rows gets no trees of its own: it stays
    as probable as it is frequent. LightGBM has one thread: several wait for each other at every split.

    Args:
        rows: to learn from, two classes or more, weighted or not.
        params: ``rounds``, ``learning_rate``, ``max_leaves`` and ``min_child``.
        seed: of the columns and rows that each tree sees.

    Raises:
        TrainingError: LightGBM failed.
    """
    objective = MulticlassObjective(rows.n_classes)
    sample = Sample(rows.values, rows.codes.astype(np.float64), rows.weights)
    boosted = _BOOSTER.fit(
        sample,
        params=BoosterParams(
            rounds=params.rounds,
            learning_rate=params.learning_rate,
            max_leaves=params.max_leaves,
            min_child=params.min_child,
            feature_fraction=min(1.0, COLUMNS_A_TREE / sample.n_features),
            max_bins=BINS,
            l2=PULL,
        ),
        seed=seed,
        n_threads=1,
        objective=objective,
    )
    link = objective.begin(sample).link(np.zeros((len(rows), rows.n_classes)))
    assert isinstance(link, SoftmaxLink)  # noqa: S101 (what this objective leads to)
    return BoostedClassifier(boosted.forests, link.intercepts)
