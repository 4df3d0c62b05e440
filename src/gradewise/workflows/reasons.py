"""Why an essay got its score: contributions in words that a teacher can check against the text."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gradewise.features.constructs import EMBEDDING_CONSTRUCT, construct_of, has_name
from gradewise.features.labels import amount, label_of, named_spec
from gradewise.features.schema import FeatureSchema, FeatureSpec

TEXT_MODEL = "text_model"
"""What stands for the features of a text model, which have no names."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One feature's part in a score, or that of all features which have no name."""

    feature: str
    """The feature's name, unit included."""
    construct: str
    """The side of writing it belongs to: ``vocabulary``, ``spelling`` …"""
    value: float | None
    """What was measured in this essay; ``None`` where it is no single number."""
    average: float | None
    """The mean of the training essays, which is what an effect is measured from."""
    effect: float
    """How far it moved the score, in grade steps; above 0 towards better grades."""

    @property
    def label(self) -> str:
        """What was measured, as a teacher would say it."""
        return self.construct if self.value is None else label_of(named_spec(self.feature))

    def spoken(self, number: float | None) -> str:
        """The value or the average, as a teacher would say it."""
        return "\N{EN DASH}" if number is None else amount(named_spec(self.feature), number)

    @property
    def sentence(self) -> str:
        """The reason as a short phrase."""
        direction = "raises" if self.effect > 0 else "lowers"
        here = self.label
        if self.value is not None and self.average is not None:
            here = f"{here}: {self.spoken(self.value)} (average {self.spoken(self.average)})"
        return f"{here} {direction} the score by {abs(self.effect):.2f}"


def strongest_reasons(
    contributions: NDArray[np.float64],
    values: NDArray[np.float32],
    schema: FeatureSchema,
    averages: Mapping[str, float],
    *,
    limit: int = 6,
) -> tuple[Reason, ...]:
    """The features that moved one score most, largest effect first.

    Args:
        contributions: TreeSHAP values of the essay, shape ``(n_features,)``, in grade steps.
        values: its features, shape ``(n_features,)``.
        schema: what the columns mean.
        averages: of the training essays, by feature name.
        limit: how many at the most.
    """
    reasons = [
        _reason(schema.specs[column], float(values[column]), float(contributions[column]), averages)
        for column in np.flatnonzero(contributions).tolist()
        if has_name(schema.specs[column])
    ]
    nameless = [column for column, spec in enumerate(schema.specs) if not has_name(spec)]
    if together := float(contributions[nameless].sum()):
        reasons.append(Reason(TEXT_MODEL, EMBEDDING_CONSTRUCT, None, None, together))
    return tuple(sorted(reasons, key=lambda reason: -abs(reason.effect))[:limit])


def _reason(spec: FeatureSpec, value: float, effect: float, averages: Mapping[str, float]) -> Reason:
    return Reason(spec.name, construct_of(spec), value, averages[spec.name], effect)
