"""Auxiliary models: what essays with other labels taught, said of the essays at hand."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gradewise.errors import InputError
from gradewise.features.schema import FeatureMatrix
from gradewise.models.linear_part import LinearPart
from gradewise.models.text.learners import FittedTextLearner, Suggestions, rounded

AUXILIARY_VERSION = "1"
"""Raised by hand whenever the same auxiliary model would say something else of the same essay."""


@dataclass(frozen=True, slots=True, eq=False)
class AuxiliaryModel:
    """What a further set of labelled essays teaches: a mark for each of its targets.

    Each target is a ridge regression on the measured features and on what the set's own text learners say
    of all its targets. Safe for use by several threads.

    Raises:
        InputError: learners and regressions do not belong together.
    """

    name: str
    """Of the set."""
    targets: tuple[str, ...]
    """What the set has marks for, unique, at least one."""
    features: str
    """Fingerprint of the measured features."""
    learners: tuple[FittedTextLearner, ...]
    """Text learners of the set's essays, each of a kind and of all `targets`."""
    regressions: tuple[LinearPart, ...]
    """For each target one of measured features and text columns."""

    def __post_init__(self) -> None:
        widths = {part.n_features - self._n_columns for part in self.regressions}
        alike = all((each.source, each.targets) == (self.name, self.targets) for each in self.learners)
        unique = len({each.kind for each in self.learners}) == len(self.learners)
        if not self.targets or len(self.regressions) != len(self.targets) or len(widths) != 1:
            raise InputError(
                f"auxiliary model {self.name!r} has {len(self.regressions)} regressions of one width or "
                f"another for targets {', '.join(self.targets) or 'none'}; train it again"
            )
        if not alike or not unique or min(widths) < 0:
            raise InputError(f"auxiliary model {self.name!r} has text learners of another; train it again")

    @property
    def _n_columns(self) -> int:
        return len(self.learners) * len(self.targets)

    def suggest(self, measured: FeatureMatrix, texts: Sequence[str]) -> Suggestions:
        """The marks to expect: shape ``(n, n_targets)``, in the set's own unit.

        Args:
            measured: features of the essays, of the schema that the model was learnt with.
            texts: of the same essays, in the same order.

        Raises:
            InputError: the essays were measured otherwise.
        """
        if measured.schema.fingerprint != self.features:
            raise InputError(
                f"auxiliary model {self.name!r} reads features {self.features[:12]}…, these are "
                f"{measured.schema.fingerprint[:12]}…; measure as in training, or train again"
            )
        values = joined(measured, [learner.predict(texts) for learner in self.learners])
        return rounded(np.stack([each.predict(values) for each in self.regressions], axis=1))


def joined(measured: FeatureMatrix, columns: Sequence[Suggestions]) -> Suggestions:
    """What regressions read: measured features, then text columns, kind by kind."""
    return np.concatenate([measured.values, *columns], axis=1)
