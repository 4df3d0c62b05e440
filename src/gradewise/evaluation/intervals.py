"""A figure with its uncertainty."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure with its uncertainty."""

    estimate: float
    """The figure on the sample; ``nan`` where it is not defined."""
    low: float
    """Lower confidence bound."""
    high: float
    """Upper confidence bound."""
