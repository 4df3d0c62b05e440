"""What a search for settings tried, one frozen row a trial."""

from collections.abc import Mapping
from dataclasses import dataclass

Setting = str | int | float
"""The value of one setting."""


@dataclass(frozen=True, slots=True)
class SearchTrial:
    """One setting of a learner, tried on folds of the training part."""

    params: Mapping[str, Setting]
    """What was set, by name."""
    score: float
    """Mean over folds of what is made best; ``nan`` where the trial came to no figure."""
    seconds: float
    """How long it took."""
    state: str
    """``complete``, ``pruned`` or ``failed``."""
