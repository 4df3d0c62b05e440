"""The profile of training data, as far as models have it that kept no other than quantiles of features."""

from collections.abc import Collection, Sequence

import numpy as np

from gradewise.evaluation.data_profile import DataProfile
from gradewise.evaluation.profile_parts import SUMMARY_LEVELS, NumberProfile
from gradewise.evaluation.vocabulary import learn_vocabulary
from gradewise.models.bundles.files import ReferenceProfile


def profile_of_quantiles(reference: ReferenceProfile, names: Collection[str]) -> DataProfile:
    """What the quantiles of features tell, of these features.

    Features with a value that many essays share are left out: of these, quantiles do not say how many
    essays lie at it or below, and what is not known would pass for a change.
    """
    vocabulary, _ = learn_vocabulary(())
    return DataProfile(
        n=reference.n,
        lengths={},
        numbers={
            name: _numbers(reference, quantiles)
            for name, quantiles in reference.quantiles.items()
            if name in names and len(set(quantiles[1:-1])) == len(quantiles) - 2
        },
        labels={},
        times=None,
        vectors={},
        vocabulary=vocabulary,
        repeated=0.0,
    )


def _numbers(reference: ReferenceProfile, quantiles: Sequence[float]) -> NumberProfile:
    levels, values = np.array(reference.levels), np.array(quantiles)
    below = np.rint(reference.n * levels).astype(int)
    mean = float(np.trapezoid(values, levels))
    return NumberProfile(
        n=reference.n,
        missing=0,
        mean=mean,
        sd=float(np.sqrt(max(0.0, np.trapezoid(values**2, levels) - mean**2))),
        low=float(values[0]),
        high=float(values[-1]),
        quantiles=tuple(np.interp(SUMMARY_LEVELS, levels, values).tolist()),
        edges=tuple(values[1:-1].tolist()),
        counts=tuple(np.diff(below).tolist()),
    )
